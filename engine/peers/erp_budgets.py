"""The ERP's budgets: a whole version replaces the one before, with its sequence as the guard."""

import msgspec

from engine.model.budgets import BudgetDraft, BudgetInForce, Overdrawn
from engine.model.calls import Request, Trace
from engine.model.failures import one_of
from engine.peers.caller import Peer, decode

PATH = "/budget-versions"
READ, CREATE = "erp.budget_version.read", "erp.budget_version.create"
STATUSES = ("in_force",)


class _Warning(msgspec.Struct):
    account_group: str
    months: tuple[str, ...]
    available: str


class _Version(msgspec.Struct):
    budget_version: str
    status: str
    sequence: int
    checksum: str
    cost_center: str | None
    overdrawn: tuple[_Warning, ...]


_VERSION = msgspec.json.Decoder(_Version)


class BudgetGateway:
    """The calls about one budget."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def in_force(self, draft: BudgetDraft) -> BudgetInForce | None:
        """The cost centre's own in this fiscal year; None where the company's still governs it."""
        params = {"company_code": draft.company_code, "cost_center": draft.cost_center, "fiscal_year": str(draft.fiscal_year)}
        answer = decode(await self._peer.call(Request(READ, "GET", PATH, params=params), self._trace), _VERSION)
        held = _held(READ, answer)
        return held if answer.cost_center is not None else None

    async def publish(self, draft: BudgetDraft, key: str) -> BudgetInForce:
        """In the place of the one before. VERSION_CONFLICT: something as new is there."""
        request = Request(CREATE, "POST", PATH, body=msgspec.json.encode(_body(draft)), key=key)
        return _held(CREATE, decode(await self._peer.call(request, self._trace), _VERSION))


def _held(operation: str, wire: _Version) -> BudgetInForce:
    one_of(operation, "status", wire.status, STATUSES)
    overdrawn = tuple(Overdrawn(each.account_group, each.months, each.available) for each in wire.overdrawn)
    return BudgetInForce(wire.budget_version, wire.sequence, wire.checksum, overdrawn)


def _body(draft: BudgetDraft) -> dict[str, object]:
    return {
        "company_code": draft.company_code,
        "currency": draft.currency,
        "cost_center": draft.cost_center,
        "fiscal_year": draft.fiscal_year,
        "sequence": draft.sequence,
        "external_ref": draft.external_ref,
        "lines": [
            {
                "cost_center": draft.cost_center,
                "account_group": line.account_group,
                "period": line.month,
                "amount": _text(line.amount_minor, draft.decimals),
            }
            for line in draft.lines
        ],
        "total": _text(draft.total_minor, draft.decimals),
        "checksum": draft.checksum,
    }


def _text(minor: int, decimals: int) -> str:
    """Decimal text of minor units that are not negative."""
    digits = str(minor).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
