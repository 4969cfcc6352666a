"""Reading the history while it grows: which documents joined, were approved, are confirmed. For the progress line and the end."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from contracts.catalog import Catalog

SETTLED = frozenset({"posted", "refused"})  # meanings of a source document's states (contracts/documents.yaml)
READ_MAX = 4 << 20  # at once: the world shares this process


class _Row(msgspec.Struct, frozen=True):
    kind: str
    txn_id: str | None = None
    entity_type: str | None = None
    entity_id: str | None = None
    state: str | None = None
    status: int | None = None


class Pulse:
    """Where the documents of a load stand, from the history alone."""

    def __init__(self, path: Path, catalog: Catalog, *, from_start: bool = False) -> None:
        """Reads what is written from now on, or everything."""
        self._path = path
        self._offset = path.stat().st_size if path.exists() and not from_start else 0
        self._decoder = msgspec.json.Decoder(_Row)
        self._sources = {flow.source_document: catalog.documents[flow.source_document] for flow in catalog.flows.values()}
        self._new: dict[str, str] = {}
        self.source_ids: dict[str, str] = {}
        self.approved: set[str] = set()
        self.settled: set[str] = set()
        self.throttled = 0

    @property
    def backlog(self) -> int:
        """Approved and not confirmed."""
        return len(self.approved - self.settled)

    def read(self) -> Mapping[str, str]:
        """Take in what is new; answers the documents that joined: source id by transaction."""
        if not self._path.exists():
            return {}
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read(READ_MAX)
        end = data.rfind(b"\n") + 1
        self._offset += end
        self._new = {}
        for line in data[:end].splitlines():
            self._take(self._decoder.decode(line))
        return self._new

    def _take(self, row: _Row) -> None:
        if row.kind == "response_end":
            self.throttled += row.status == 429
            return
        if row.txn_id is None or row.entity_type not in self._sources or row.kind not in ("source_action", "commit"):
            return
        if row.txn_id not in self.source_ids and row.entity_id:
            self.source_ids[row.txn_id] = self._new[row.txn_id] = row.entity_id
        meaning = self._sources[row.entity_type].meaning(row.state)
        if meaning == "approved":
            self.approved.add(row.txn_id)
        elif meaning in SETTLED:
            self.settled.add(row.txn_id)
