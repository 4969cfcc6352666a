"""The expense system: snake_case, whole minor units, dates as DD/MM/YYYY."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.sources import Approval, Change, ExpenseLine, ExpenseReport, Recorded, Refusal, SourceStage
from engine.peers.caller import Peer, decode

STAGES = {"approved": SourceStage.APPROVED, "posted": SourceStage.RECORDED, "paid": SourceStage.RECORDED, "on_hold": SourceStage.REFUSED}
STATES = (*STAGES, "draft", "submitted", "pending_manager", "sent_back", "recalled", "rejected")
DECISIONS = ("approved", "sent_back", "reversed")
LISTED = "approved,sent_back,recalled,rejected,draft"


class _Line(msgspec.Struct):
    line_no: int
    category: str
    spent_on: str
    description: str
    amount_minor: int
    tax_minor: int
    cost_object: str
    payment_type: str


class _Approval(msgspec.Struct):
    step: int
    approver_login: str
    decision: str
    decided_at: str


class _Posting(msgspec.Struct):
    erp_document: str


class _Report(msgspec.Struct):
    report_id: str
    revision: int
    version: int
    state: str
    employee_login: str
    entity_code: str
    currency: str
    total_minor: int
    lines: list[_Line]
    approvals: list[_Approval]
    submitted_on: str | None = None
    approved_on: str | None = None
    posting: _Posting | None = None
    correlation_id: str | None = None


class _Summary(msgspec.Struct):
    report_id: str
    state: str
    revision: int
    version: int
    updated_at: str


class _Page(msgspec.Struct):
    items: list[_Summary]
    next_cursor: str | None = None


_REPORT = msgspec.json.Decoder(_Report)
_PAGE = msgspec.json.Decoder(_Page)
READ = "expense.report.read"
LIST = "expense.report.list"


class ExpenseGateway:
    """The calls of one document, or of one polling cycle. `minor_units`: decimals by currency."""

    def __init__(self, peer: Peer, trace: Trace, minor_units: Mapping[str, int]) -> None:
        self._peer = peer
        self._trace = trace
        self._minor_units = minor_units

    async def read(self, source_id: str) -> ExpenseReport:
        """The report as it is now."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"/v2/reports/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _REPORT)
        self._trace.adopt(wire.correlation_id)
        try:
            return _canonical(wire, self._minor_units)
        except ValueError as error:
            raise other_shape(READ, str(error) or repr(error)) from error

    async def record_posting(self, source_id: str, version: int | None, *, number: str, kind: str, posted_on: date, revision: int) -> None:
        """Write the ERP document back. The same document again changes nothing there; `revision` guards where no version is known."""
        body = {"erp_document": number, "erp_document_type": kind, "posted_on": posted_on.strftime("%d/%m/%Y"), "revision": revision}
        await self._put("expense.report.record_posting", f"/v2/reports/{quote(source_id, safe='')}/posting", body, version)

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the employee why the ERP refused."""
        body = {"code": refusal.code, "reason": refusal.reason, "owner": refusal.owner}
        await self._put("expense.report.record_refusal", f"/v2/reports/{quote(source_id, safe='')}/refusal", body, version)

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of what changed, oldest first, and the cursor of the next page."""
        params = {"state": LISTED, "limit": str(limit)}
        if since is not None:
            params["updated_since"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request(LIST, "GET", "/v2/reports", params=params), self._trace), _PAGE)
        return [
            Change(item.report_id, item.state, _stage(item.state), item.revision, item.version, item.updated_at) for item in page.items
        ], page.next_cursor

    async def _put(self, operation: str, path: str, body: Mapping[str, object], version: int | None) -> None:
        await self._peer.call(Request(operation, "PUT", path, body=msgspec.json.encode(body), if_match=version), self._trace)


def _stage(state: str) -> SourceStage:
    return STAGES.get(state, SourceStage.NOT_APPROVED)


def _date(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 (a calendar date has no zone)


def _canonical(wire: _Report, minor_units: Mapping[str, int]) -> ExpenseReport:
    if wire.currency not in minor_units:
        raise ValueError(f"{wire.report_id}: currency {wire.currency} is not in contracts/currencies.yaml")
    for step in wire.approvals:
        one_of(READ, "approvals[].decision", step.decision, DECISIONS)
    unit = Decimal(1).scaleb(-minor_units[wire.currency])
    return ExpenseReport(
        source_id=wire.report_id,
        revision=wire.revision,
        version=wire.version,
        status=wire.state,
        stage=_stage(one_of(READ, "state", wire.state, STATES)),
        entity=wire.entity_code,
        employee=wire.employee_login,
        currency=wire.currency,
        submitted_on=_date(wire.submitted_on) if wire.submitted_on else date.min,
        approved_on=_date(wire.approved_on) if wire.approved_on else None,
        lines=tuple(
            ExpenseLine(
                line_no=line.line_no,
                category=line.category,
                spent_on=_date(line.spent_on),
                text=line.description,
                gross=line.amount_minor * unit,
                tax=line.tax_minor * unit,
                cost_object=line.cost_object,
                payment_type=line.payment_type,
            )
            for line in wire.lines
        ),
        total=wire.total_minor * unit,
        approvals=tuple(
            Approval(step.step, step.approver_login, step.decided_at) for step in wire.approvals if step.decision == "approved"
        ),
        recorded=Recorded(wire.posting.erp_document) if wire.posting else None,
        correlation_id=wire.correlation_id,
    )
