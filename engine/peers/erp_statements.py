"""The ERP's budget statements: what is committed and spent, as it was issued last. snake_case, decimal text in which a cost is positive."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.consumption import BudgetStatement, StatedCost
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.sources import Change, SourceStage
from engine.peers.caller import Peer, decode

HOME = "/budget-statements"
READ, LIST = "erp.budget_statement.read", "erp.budget_statement.list"
STATUSES = ("issued",)


class _Line(msgspec.Struct):
    account_group: str
    committed: str
    actual: str
    available: str


class _Statement(msgspec.Struct):
    number: str
    version: int
    revision: int
    status: str
    company_code: str
    cost_center: str
    period: str
    currency: str
    as_of: datetime
    budget_version: str
    lines: list[_Line]
    committed: str
    actual: str
    correlation_id: str | None = None


class _Summary(msgspec.Struct):
    number: str
    status: str
    revision: int
    version: int
    as_of: str


class _Page(msgspec.Struct):
    items: list[_Summary]
    next_cursor: str | None = None


_STATEMENT = msgspec.json.Decoder(_Statement)
_PAGE = msgspec.json.Decoder(_Page)


class StatementGateway:
    """The calls about one statement, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> BudgetStatement:
        """As it was issued last."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"{HOME}/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _STATEMENT)
        self._trace.adopt(wire.correlation_id)
        try:
            return _canonical(wire)
        except (ValueError, InvalidOperation) as error:
            raise other_shape(READ, str(error) or repr(error)) from error

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of what was issued, oldest first, and the cursor of the next page."""
        params = {"limit": str(limit)}
        if since is not None:
            params["updated_since"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request(LIST, "GET", HOME, params=params), self._trace), _PAGE)
        return [
            Change(item.number, item.status, SourceStage.APPROVED, item.revision, item.version, item.as_of) for item in page.items
        ], page.next_cursor


def _canonical(wire: _Statement) -> BudgetStatement:
    return BudgetStatement(
        source_id=wire.number,
        sequence=wire.revision,
        version=wire.version,
        status=one_of(READ, "status", wire.status, STATUSES),
        company_code=wire.company_code,
        cost_center=wire.cost_center,
        month=wire.period,
        currency=wire.currency,
        as_of=wire.as_of,
        budget_version=wire.budget_version,
        lines=tuple(
            StatedCost(line.account_group, Decimal(line.committed), Decimal(line.actual), Decimal(line.available)) for line in wire.lines
        ),
        committed=Decimal(wire.committed),
        actual=Decimal(wire.actual),
        correlation_id=wire.correlation_id,
    )
