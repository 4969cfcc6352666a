"""What every document of the procurement suite has in common on its wire: camelCase, ISO dates, money as decimal strings with their
currency, approvals, lists of what changed, write-backs under the document."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import InvalidOperation
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.sources import Approval, Change, Refusal, SourceStage
from engine.peers.caller import Peer, decode

DECISIONS = ("approved", "rejected", "reversed")


class Money(msgspec.Struct):
    """An amount."""

    amount: str
    currency: str


class Decided(msgspec.Struct, rename="camel"):
    """One decision of an approval chain."""

    step: int
    approver_id: str
    decision: str
    decided_at: str


class Numbered(msgspec.Struct):
    """What was made of it in the ERP."""

    number: str


class _Summary(msgspec.Struct, rename="camel"):
    id: str
    status: str
    revision: int
    version: int
    updated_at: str


class _Page(msgspec.Struct):
    items: list[_Summary]
    next_cursor: str | None = None


_PAGE = msgspec.json.Decoder(_Page)


class Wire(Protocol):
    """A document as it comes."""

    correlation_id: str | None


W = TypeVar("W", bound=Wire)
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class SuiteDocument(Generic[W, S]):
    """One kind. point: what its call points begin with; stages: of each status in which something was decided; others: every other status
    that there is; listed: what catch-up polling asks for; canonical: raises ValueError or InvalidOperation for what cannot be read."""

    point: str
    path: str
    stages: Mapping[str, SourceStage]
    others: tuple[str, ...]
    listed: str
    decoder: msgspec.json.Decoder[W]
    canonical: Callable[[W], S]

    def where(self, source_id: str, part: str = "") -> str:
        """The path of a document, or of a part of it."""
        return f"{self.path}/{quote(source_id, safe='')}{part}"


class SuiteGateway(Generic[W, S]):
    """The calls of one document, or of one polling cycle."""

    def __init__(self, kind: SuiteDocument[W, S], peer: Peer, trace: Trace) -> None:
        self._kind = kind
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> S:
        """The document as it is now."""
        point = f"{self._kind.point}.read"
        try:
            answer = await self._peer.call(Request(point, "GET", self._kind.where(source_id)), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, self._kind.decoder)
        self._trace.adopt(wire.correlation_id)
        try:
            return self._kind.canonical(wire)
        except (ValueError, InvalidOperation) as error:
            raise other_shape(point, str(error) or repr(error)) from error

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell its author why the ERP refused, and which document is there already where that is the reason."""
        body: dict[str, object] = {"code": refusal.code, "reason": refusal.reason, "owner": refusal.owner}
        if refusal.duplicate_of is not None:
            body["duplicateOf"] = refusal.duplicate_of
        await self._put("record_refusal", source_id, "/refusal", body, version)

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of what changed, oldest first, and the cursor of the next page."""
        params = {"status": self._kind.listed, "limit": str(limit)}
        if since is not None:
            params["updatedSince"] = since
        if cursor is not None:
            params["cursor"] = cursor
        asked = Request(f"{self._kind.point}.list", "GET", self._kind.path, params=params)
        page = decode(await self._peer.call(asked, self._trace), _PAGE)
        stages = self._kind.stages
        return [
            Change(item.id, item.status, stages.get(item.status, SourceStage.NOT_APPROVED), item.revision, item.version, item.updated_at)
            for item in page.items
        ], page.next_cursor

    async def _put(self, verb: str, source_id: str, part: str, body: Mapping[str, object], version: int) -> None:
        """Writing the same again changes nothing there, so no idempotency key is needed."""
        path = self._kind.where(source_id, part)
        await self._peer.call(
            Request(f"{self._kind.point}.{verb}", "PUT", path, body=msgspec.json.encode(body), if_match=version), self._trace
        )


def stage_of(kind: SuiteDocument[W, S], status: str) -> SourceStage:
    """Raises CallFailed for a status that nobody knows."""
    one_of(f"{kind.point}.read", "status", status, (*kind.stages, *kind.others))
    return kind.stages.get(status, SourceStage.NOT_APPROVED)


def approved(kind: SuiteDocument[W, S], steps: Iterable[Decided]) -> tuple[Approval, ...]:
    """Who approved. Raises CallFailed for a decision that nobody knows."""
    found = list(steps)
    for step in found:
        one_of(f"{kind.point}.read", "approvals[].decision", step.decision, DECISIONS)
    return tuple(Approval(step.step, step.approver_id, step.decided_at) for step in found if step.decision == "approved")


def check_currency(source_id: str, currency: str, amounts: Iterable[Money]) -> None:
    """Raises ValueError when one of them is in another one."""
    if {money.currency for money in amounts} != {currency}:
        raise ValueError(f"{source_id}: amounts are not all in {currency}")
