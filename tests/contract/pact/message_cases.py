"""What the engine relies on in each event. The mocks send events and the engine receives them; there is no other direction."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from typing import Any

from pact import match

from engine.mapping.references import external_ref
from engine.store.inbox import Fact
from tests.contract.pact.consumer import CORRELATION, TRACE, Check, MessageCase, State

REQ, REPORT, JOB = "REQ-PACT-00000001", "ER-PACT-00000001", "J0123456789AB"
GRN, INV, PLAN, SR = "GRN-PACT-00000001", "INV-PACT-00000001", "BP-PACT-00000001", "SR-PACT-00000001"
RUN, FILE, RECORD = "PR00000001", "PF-PACT-00000001", "MD00000017"
P2P, EXP, GRIR, BILLED = "requisition-to-po", "expense-to-posting", "receipt-to-grir", "invoice-to-posting"
BUD, SUP, PAY = "budget-publication", "supplier-onboarding", "payment-run-to-bank"
NEWS, PAID = "payment-status", "5100047110"
MDM = "master-data-replication"
CON, STATEMENT = "consumption-to-planning", "BS00000017"
EMP, EMPLOYEE = "employee-replication", "20000017"
INSTANT = match.regex("2026-10-28T09:00:00.000001Z", regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
EVENT_ID = "msg_0123456789abcdef01234567"


def cases() -> Iterator[MessageCase]:
    """Every event of contracts/events.yaml."""
    yield from _requisitions()
    yield from _supplier_requests()
    yield from _reports()
    yield from _receipts()
    yield from _invoices()
    yield from _payments()
    yield from _payment_statuses()
    yield from _postings()
    yield from _budgets()
    yield from _master_data()
    yield from _statements()
    yield from _employees()


def _event(type_: str, source: str, subject: str, data: dict[str, Any], states: tuple[State, ...], check: Check) -> MessageCase:
    envelope = {
        "specversion": "1.0",
        "id": match.regex(EVENT_ID, regex=r"msg_.+"),
        "type": type_,
        "source": f"/{source}",
        "subject": subject,
        "time": INSTANT,
        "datacontenttype": "application/json",
        "correlationid": match.like(CORRELATION),
        "data": data,
    }
    return MessageCase(f"{source}-events", type_, states, envelope, check)


def _fact(name: str, flow: str, source_id: str, type_: str, **members: bool) -> Check:
    expected = Fact(name, flow, source_id, type_, event_id=EVENT_ID, correlation_id=CORRELATION, trace_id=TRACE, **members)

    def check(found: Any) -> None:
        assert found == expected, found

    return check


def _requisitions() -> Iterator[MessageCase]:
    versions = {"requisitionId": REQ, "revision": match.integer(1)}
    yield _event(
        "requisition.approved", "procurement", REQ, {**versions, "version": match.integer(3), "status": "approved"},
        (("a requisition exists", {"id": REQ, "status": "approved"}),), _fact(f"{P2P}:{REQ}:1:3", P2P, REQ, "requisition.approved"),
    )  # fmt: skip
    yield _event(
        "approval.reversed", "procurement", REQ,
        {**versions, "version": match.integer(4), "status": "returned", "reason": match.like("why")},
        (("a requisition exists", {"id": REQ, "status": "returned"}),), _fact(f"{P2P}:{REQ}:1:4", P2P, REQ, "approval.reversed"),
    )  # fmt: skip


def _invoices() -> Iterator[MessageCase]:
    versions = {"invoiceId": INV, "revision": match.integer(1)}
    yield _event(
        "invoice.approved", "procurement", INV, {**versions, "version": match.integer(3), "status": "approved"},
        (("an invoice exists", {"id": INV, "status": "approved"}),), _fact(f"{BILLED}:{INV}:1:3", BILLED, INV, "invoice.approved"),
    )  # fmt: skip
    yield _event(
        "invoice.approval_reversed", "procurement", INV,
        {**versions, "version": match.integer(4), "status": "returned", "reason": match.like("why")},
        (("an invoice exists", {"id": INV, "status": "returned"}),),
        _fact(f"{BILLED}:{INV}:1:4", BILLED, INV, "invoice.approval_reversed"),
    )  # fmt: skip


def _receipts() -> Iterator[MessageCase]:
    versions = {"receiptId": GRN, "revision": match.integer(1)}
    yield _event(
        "goods_receipt.recorded", "procurement", GRN, {**versions, "version": match.integer(1), "status": "recorded"},
        (("a receipt exists", {"id": GRN, "status": "recorded"}),), _fact(f"{GRIR}:{GRN}:1:1", GRIR, GRN, "goods_receipt.recorded"),
    )  # fmt: skip
    yield _event(
        "goods_receipt.reversed", "procurement", GRN,
        {**versions, "version": match.integer(2), "status": "reversed", "reason": match.like("why")},
        (("a receipt exists", {"id": GRN, "status": "reversed"}),), _fact(f"{GRIR}:{GRN}:1:2", GRIR, GRN, "goods_receipt.reversed"),
    )  # fmt: skip


def _supplier_requests() -> Iterator[MessageCase]:
    versions = {"supplierRequestId": SR, "revision": match.integer(1)}
    yield _event(
        "supplier_request.approved", "procurement", SR, {**versions, "version": match.integer(3), "status": "approved"},
        (("a supplier request exists", {"id": SR, "status": "approved"}),), _fact(f"{SUP}:{SR}:1:3", SUP, SR, "supplier_request.approved"),
    )  # fmt: skip
    yield _event(
        "supplier_request.reversed", "procurement", SR,
        {**versions, "version": match.integer(4), "status": "returned", "reason": match.like("why")},
        (("a supplier request exists", {"id": SR, "status": "returned"}),), _fact(f"{SUP}:{SR}:1:4", SUP, SR, "supplier_request.reversed"),
    )  # fmt: skip


def _payments() -> Iterator[MessageCase]:
    issued, acknowledged = "payment_run.issued", "payment_file.acknowledged"
    yield _event(
        issued, "erp", RUN, {"number": RUN, "version": match.integer(4), "status": "file_issued"},
        (("a payment run exists", {"number": RUN, "status": "file_issued"}),), _fact(f"{PAY}:{RUN}:1:4", PAY, RUN, issued),
    )  # fmt: skip
    yield _event(
        acknowledged, "bank", FILE, {"fileId": FILE, "messageId": RUN, "status": "accepted"},
        (("a payment file exists at the bank", {"file_id": FILE, "message_id": RUN, "status": "accepted"}),),
        _fact(f"posting:{FILE}:{acknowledged}", PAY, RUN, acknowledged, about_source=False, only_known=True),
    )  # fmt: skip


def _payment_statuses() -> Iterator[MessageCase]:
    changed = "payment.status_changed"
    yield _event(
        changed, "erp", PAID,
        {"document_number": PAID, "payment_number": match.like("PH00000001"), "version": match.integer(3), "status": "cleared"},
        (("an invoice is paid by hand", {"number": PAID, "status": "cleared"}),), _fact(f"{NEWS}:{PAID}:3:3", NEWS, PAID, changed),
    )  # fmt: skip


def _reports() -> Iterator[MessageCase]:
    versions = {"report_id": REPORT, "revision": match.integer(1)}
    yield _event(
        "expense_report.approved", "expense", REPORT, {**versions, "version": match.integer(3), "state": "approved"},
        (("an expense report exists", {"report_id": REPORT, "state": "approved"}),),
        _fact(f"{EXP}:{REPORT}:1:3", EXP, REPORT, "expense_report.approved"),
    )  # fmt: skip
    yield _event(
        "expense_report.sent_back", "expense", REPORT,
        {**versions, "version": match.integer(4), "state": "sent_back", "reason": match.like("why")},
        (("an expense report exists", {"report_id": REPORT, "state": "sent_back"}),),
        _fact(f"{EXP}:{REPORT}:1:4", EXP, REPORT, "expense_report.sent_back"),
    )  # fmt: skip


def _postings() -> Iterator[MessageCase]:
    reference = external_ref(REPORT, 1)
    data = {"job_id": JOB, "document_type": "ap_invoice", "document_number": "1900012345", "external_ref": reference}

    def state(status: str) -> tuple[State, ...]:
        return (("an AP invoice exists", {"number": "1900012345", "job_id": JOB, "external_ref": reference, "status": status}),)

    confirmed, rejected = "posting.confirmed", "posting.rejected"
    yield _event(
        confirmed, "erp", JOB, {**data, "status": "posted"}, state("posted"),
        _fact(f"posting:{JOB}:{confirmed}", EXP, REPORT, confirmed, about_source=False, only_known=True),
    )  # fmt: skip
    yield _event(
        rejected, "erp", JOB, {**data, "status": "rejected", "code": "PERIOD_CLOSED", "reason": match.like("why")}, state("rejected"),
        _fact(f"posting:{JOB}:{rejected}", EXP, REPORT, rejected, about_source=False, only_known=True),
    )  # fmt: skip


def _budgets() -> Iterator[MessageCase]:
    data = {"plan-id": PLAN, "sequence": match.integer(1), "version": match.integer(4), "status": "published"}
    state: State = ("a budget plan exists", {"plan_id": PLAN})
    check = _fact(f"{BUD}:{PLAN}:1:4", BUD, PLAN, "budget.published")
    yield _event("budget.published", "planning", PLAN, data, (state,), check)


def _master_data() -> Iterator[MessageCase]:
    data = {"number": RECORD, "kind": "cost_center", "revision": match.integer(1), "version": match.integer(2), "status": "active"}
    state: State = ("a master record exists", {"number": RECORD})
    check = _fact(f"{MDM}:{RECORD}:1:2", MDM, RECORD, "master_data.changed")
    yield _event("master_data.changed", "erp", RECORD, data, (state,), check)


def _statements() -> Iterator[MessageCase]:
    data = {"number": STATEMENT, "revision": match.integer(1), "version": match.integer(2), "status": "issued"}
    state: State = ("a budget statement exists", {"number": STATEMENT})
    check = _fact(f"{CON}:{STATEMENT}:1:2", CON, STATEMENT, "budget_statement.issued")
    yield _event("budget_statement.issued", "erp", STATEMENT, data, (state,), check)


def _employees() -> Iterator[MessageCase]:
    data = {"employee_no": EMPLOYEE, "revision": match.integer(1), "version": match.integer(2), "status": "active"}
    state: State = ("an employee exists in HR", {"employee_no": EMPLOYEE})
    check = _fact(f"{EMP}:{EMPLOYEE}:1:2", EMP, EMPLOYEE, "employee.changed")
    yield _event("employee.changed", "hr", EMPLOYEE, data, (state,), check)
