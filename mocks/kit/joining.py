"""People who work over HTTP: their documents join the run when the correlation id of their requests says so.

In a verification the harness opens each transaction before its document exists. Under load the documents are created by other
processes, so the correlation id names the transaction: `<prefix><entity>.<transaction>`, for example `load.US01.p2p-000123`. Only
people's operations are read this way: a connector that passes a correlation id on must still be recognised by what it writes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.catalog import Catalog, Flow
from mocks.kit.attribution import AttributionIndex
from mocks.kit.books import Books
from mocks.kit.operation import Effect
from mocks.kit.recorder import Recorder
from mocks.kit.windows import Windows

TXN = r"(?P<entity>[A-Z0-9]{2,8})\.(?P<txn>[a-z0-9-]{1,60})"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whose documents join, and as what."""

    prefix: str
    wave: str
    role: str


class Joining:
    """Opens transactions as their first request arrives."""

    def __init__(self, recorder: Recorder, books: Books, windows: Windows, index: AttributionIndex, catalog: Catalog) -> None:
        self._recorder = recorder
        self._books = books
        self._windows = windows
        self._index = index
        self._flows = catalog.flows
        self._begun_by = flows_by_call_point(catalog)
        self._admission: Admission | None = None
        self._pattern: re.Pattern[str] | None = None

    def admit(self, admission: Admission | None) -> None:
        """From now on; None: nobody any more."""
        self._admission = admission
        self._pattern = re.compile(re.escape(admission.prefix) + TXN) if admission else None

    def transaction(self, correlation_id: str, call_point: str) -> str | None:
        """The transaction that a person's request belongs to, opened when it is its first. Which flow it is says the kind of document
        that people work on here; where several flows begin with one kind, or none does, the first word of the transaction's id."""
        if self._admission is None or self._pattern is None:
            return None
        found = self._pattern.fullmatch(correlation_id)
        if found is None:
            return None
        txn_id = found["txn"]
        if self._books.flow_of(txn_id) is None:
            flow = self._flow(txn_id, call_point)
            if flow is None:
                return None
            self._open(txn_id, flow.id, found["entity"], self._admission)
        return txn_id

    def _flow(self, txn_id: str, call_point: str) -> Flow | None:
        """By the kind of document, or, where somebody makes what one grows out of, by the first word of the transaction's id."""
        flows = self._begun_by.get(call_point.rpartition(".")[0], ())
        named = [flow for flow in flows or self._flows.values() if txn_id.rpartition("-")[0] == flow.prefix]
        return next(iter((*named, *flows)), None)

    def _open(self, txn_id: str, flow: str, entity: str, admission: Admission) -> None:
        self._books.open(txn_id, flow)
        self._recorder.write(
            "experiment", "harness", txn_id=txn_id, flow=flow, wave=admission.wave, role=admission.role, template=f"{flow}/{entity}"
        )
        self._windows.joined(txn_id)

    def learn(self, txn_id: str, effects: Iterable[Effect]) -> None:
        """The source document that a transaction's person just made or changed names the transaction from now on."""
        flow = self._books.flow_of(txn_id)
        if flow is None:
            return
        document = self._flows[flow].source_document
        for effect in effects:
            if effect.entity_type == document:
                self._index.bind(txn_id, source_id=effect.entity_id)


def flows_by_call_point(catalog: Catalog) -> dict[str, tuple[Flow, ...]]:
    """The flows that begin with the kind of document that people work on at call points of this beginning: `procurement.requisition`."""
    found: dict[str, tuple[Flow, ...]] = {}
    for flow in catalog.flows.values():
        kind = catalog.documents[flow.source_document]
        for system in catalog.instances(kind.system):
            where = f"{system}.{kind.short}"
            found[where] = (*found.get(where, ()), flow)
    return found
