"""The planning system: kebab-case, fiscal periods, decimal text in which a cost is negative."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec

from engine.model.budgets import BudgetInForce, BudgetPlan, PlannedCost
from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.sources import Change, Refusal, SourceStage
from engine.peers.caller import Peer, decode

PATH = "/plans/v1/budgets"
READ, LIST, RECORD = "planning.budget.read", "planning.budget.list", "planning.budget.record_publication"
PUBLISHED = "published"
LISTED_STATUSES = (PUBLISHED, "superseded")
OUTCOMES = ("in-force", "refused")


class _Line(msgspec.Struct):
    account: str
    period: str
    amount: str


class _Publication(msgspec.Struct):
    sequence: int
    outcome: str


class _Budget(msgspec.Struct, rename="kebab"):
    plan_id: str
    version: int
    entity: str
    node: str
    fiscal_year: str
    currency: str
    status: str
    sequence: int
    checksum: str
    total: str
    lines: list[_Line]
    publication: _Publication | None = None
    correlation_id: str | None = None


class _Published(msgspec.Struct, rename="kebab"):
    plan_id: str
    sequence: int
    version: int
    status: str
    control_relevant: bool
    published_at: str


class _Page(msgspec.Struct):
    items: list[_Published]
    next_cursor: str | None = None


_BUDGET = msgspec.json.Decoder(_Budget)
_PAGE = msgspec.json.Decoder(_Page)


class PlanningGateway:
    """The calls of one plan, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> BudgetPlan:
        """The version that is published now."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"{PATH}/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _BUDGET)
        self._trace.adopt(wire.correlation_id)
        try:
            return _canonical(wire)
        except (ValueError, InvalidOperation) as error:
            raise other_shape(READ, str(error) or repr(error)) from error

    async def record_in_force(self, plan: BudgetPlan, held: BudgetInForce) -> None:
        """Told twice it changes nothing there, so no idempotency key is needed."""
        overdrawn = [{"account-group": each.account_group, "periods": each.months, "available": each.available} for each in held.overdrawn]
        await self._record(plan, {"outcome": "in-force", "target-version": held.version_id, "overdrawn": overdrawn})

    async def record_refusal(self, plan: BudgetPlan, refusal: Refusal) -> None:
        """Why it is not in force."""
        reason = f"{refusal.code}: {refusal.reason}"[:500]
        await self._record(plan, {"outcome": "refused", "reason": reason, "owner": refusal.owner})

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of publications that are meant to be enforced, oldest first, and the cursor of the next page."""
        params = {"scenario": "BUDGET", "limit": str(limit)}
        if since is not None:
            params["updated-since"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request(LIST, "GET", PATH, params=params), self._trace), _PAGE)
        return [_change(item) for item in page.items if item.control_relevant], page.next_cursor

    async def _record(self, plan: BudgetPlan, told: Mapping[str, object]) -> None:
        body = {"sequence": plan.sequence, "checksum": plan.checksum, **told}
        path = f"{PATH}/{quote(plan.source_id, safe='')}/publication"
        request = Request(RECORD, "PUT", path, body=msgspec.json.encode(body), if_match=plan.version)
        await self._peer.call(request, self._trace)


def _change(item: _Published) -> Change:
    stage = SourceStage.APPROVED if one_of(LIST, "status", item.status, LISTED_STATUSES) == PUBLISHED else SourceStage.NOT_APPROVED
    return Change(item.plan_id, item.status, stage, item.sequence, item.version, item.published_at)


def _canonical(wire: _Budget) -> BudgetPlan:
    told = wire.publication
    return BudgetPlan(
        source_id=wire.plan_id,
        sequence=wire.sequence,
        version=wire.version,
        status=one_of(READ, "status", wire.status, (PUBLISHED,)),
        stage=SourceStage.APPROVED,
        entity=wire.entity,
        node=wire.node,
        fiscal_year=wire.fiscal_year,
        currency=wire.currency,
        lines=tuple(PlannedCost(line.account, line.period, Decimal(line.amount)) for line in wire.lines),
        total=Decimal(wire.total),
        checksum=wire.checksum,
        recorded=(told.sequence, one_of(READ, "publication.outcome", told.outcome, OUTCOMES)) if told else None,
        correlation_id=wire.correlation_id,
    )
