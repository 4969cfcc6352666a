"""What planning knows of spending: a node in a fiscal month, told as a whole. kebab-case, decimal text in which a cost is negative."""

import msgspec

from engine.model.calls import Request, Trace
from engine.model.consumption import ConsumptionDraft, ConsumptionHeld, KnownCost, checksum_of
from engine.peers.caller import Peer, decode

PATH = "/plans/v1/consumption"
READ, RECORD = "planning.consumption.read", "planning.consumption.record"


class _Line(msgspec.Struct):
    account: str
    actual: str
    committed: str
    available: str | None = None


class _Known(msgspec.Struct):
    period: str
    version: int
    lines: list[_Line]
    sequence: int | None = None


class _List(msgspec.Struct):
    items: list[_Known]


_KNOWN = msgspec.json.Decoder(_Known)
_LIST = msgspec.json.Decoder(_List)


class ConsumptionGateway:
    """The calls about one node and month."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def known(self, draft: ConsumptionDraft) -> ConsumptionHeld | None:
        """What is known of the month; None: nothing yet."""
        params = {"node": draft.node, "fiscal-year": draft.fiscal_year}
        answer = decode(await self._peer.call(Request(READ, "GET", PATH, params=params), self._trace), _LIST)
        return next((_held(each) for each in answer.items if each.period == draft.period), None)

    async def record(self, draft: ConsumptionDraft) -> ConsumptionHeld:
        """Told twice it changes nothing there, so no idempotency key is needed. VERSION_CONFLICT: something newer is known."""
        request = Request(RECORD, "PUT", PATH, body=msgspec.json.encode(_body(draft)))
        return _held(decode(await self._peer.call(request, self._trace), _KNOWN))


def _held(wire: _Known) -> ConsumptionHeld:
    lines = tuple(KnownCost(line.account, line.actual, line.committed, line.available) for line in wire.lines)
    return ConsumptionHeld(wire.sequence or 0, checksum_of(lines))


def _body(draft: ConsumptionDraft) -> dict[str, object]:
    return {
        "node": draft.node,
        "period": draft.period,
        "currency": draft.currency,
        "lines": [
            {"account": line.account, "actual": line.actual, "committed": line.committed, "available": line.available}
            for line in draft.lines
        ],
        "total": draft.total,
        "as-of": draft.as_of.isoformat(),
        "target-version": draft.target_version,
        "statement": draft.statement,
        "sequence": draft.sequence,
    }
