"""The documents of the ERP's cases: ids, what must exist before, drafts of the engine and their bodies on the wire."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pact import match

from engine.mapping.references import external_ref, idempotency_key
from engine.model.erp_documents import (
    Evidence,
    InvoiceLine,
    JournalLine,
    OrderDraft,
    OrderLine,
    PostingDraft,
)
from tests.contract.pact.consumer import State

DAY = date(2026, 10, 28)
VENDOR, CENTER, PROJECT, APPROVER, AUTHOR = "V100017", "4711000", "P-0007", "10090001", "10090002"
REQ, REPORT = "REQ-PACT-00000001", "ER-PACT-00000001"
REF, REPORT_REF = external_ref(REQ, 1), external_ref(REPORT, 1)
ORDER_KEY, POSTING_KEY, UNDO_KEY = (idempotency_key(ref, verb) for ref, verb in ((REF, "create"), (REPORT_REF, "create"), (REF, "undo")))
ORDER, INVOICE, JOURNAL, JOB = "4500012345", "1900012345", "1000012345", "J0123456789AB"
LIVE_TOKEN: State = ("the access token is valid", {"token": "example-token"})

SUPPLIER: State = ("a supplier exists", {"vendor_id": VENDOR, "company_code": "1000"})
COST_CENTER: State = ("a cost centre exists", {"cost_center": CENTER, "company_code": "1000"})
OPEN_PROJECT: State = ("a project exists", {"project": PROJECT, "company_code": "1000"})


def person(number: str, company: str = "1000", **limit: str) -> State:
    """Somebody with this personnel number."""
    return ("an employee exists", {"personnel_no": number, "company_code": company, **limit})


def period(module: str, status: str = "open", company: str = "1000") -> State:
    """October 2026 of a module."""
    return (f"a period is {status}", {"company_code": company, "period": "2026-10", "module": module})


EVIDENCE = (Evidence(1, APPROVER, "2026-10-28T09:00:00.000001Z", REQ),)
ORDER_DRAFT = OrderDraft(
    external_ref=REF,
    source_revision=1,
    company_code="1000",
    vendor_id=VENDOR,
    document_date=DAY,
    currency="USD",
    decimals=2,
    requested_by=AUTHOR,
    lines=(OrderLine(10, "Monitors", Decimal(10), Decimal(98), Decimal(980), "5400", CENTER, None),),
    total=Decimal(980),
    approvals=EVIDENCE,
)
ORDER_BODY: dict[str, Any] = {
    "company_code": "1000",
    "vendor_id": VENDOR,
    "document_date": "20261028",
    "currency": "USD",
    "external_ref": REF,
    "source_revision": 1,
    "requested_by": AUTHOR,
    "lines": [
        {
            "line_no": 10,
            "text": "Monitors",
            "quantity": "10",
            "unit": "EA",
            "unit_price": "98.00",
            "amount": "980.00",
            "gl_account": "5400",
            "cost_center": CENTER,
        }
    ],
    "total": "980.00",
    "approvals": [{"step": 1, "approver": APPROVER, "decided_at": "2026-10-28T09:00:00.000001Z", "source_document": REQ}],
}
INVOICE_DRAFT = PostingDraft(
    kind="ap_invoice",
    external_ref=REPORT_REF,
    source_revision=1,
    company_code="1000",
    personnel_no=AUTHOR,
    document_date=DAY,
    posting_date=DAY,
    currency="USD",
    decimals=2,
    text="Customer visit",
    total=Decimal("107.00"),
    invoice_lines=(InvoiceLine(1, "5400", CENTER, Decimal(100), Decimal(7), "employee_paid", "Hotel"),),
    journal_lines=(),
    approvals=(replace(EVIDENCE[0], source_document=REPORT),),
)
HEAD: dict[str, Any] = {
    "company_code": "1000",
    "document_date": "20261028",
    "posting_date": "20261028",
    "currency": "USD",
    "external_ref": REPORT_REF,
    "source_revision": 1,
    "text": "Customer visit",
    "approvals": [{"step": 1, "approver": APPROVER, "decided_at": "2026-10-28T09:00:00.000001Z", "source_document": REPORT}],
}
INVOICE_BODY: dict[str, Any] = {
    **HEAD,
    "personnel_no": AUTHOR,
    "total": "107.00",
    "lines": [
        {
            "line_no": 1,
            "gl_account": "5400",
            "cost_center": CENTER,
            "net_amount": "100.00",
            "tax_amount": "7.00",
            "payment_type": "employee_paid",
            "text": "Hotel",
        }
    ],
}
JOURNAL_DRAFT = replace(
    INVOICE_DRAFT,
    kind="journal_entry",
    company_code="2000",
    currency="EUR",
    invoice_lines=(),
    journal_lines=(
        JournalLine(1, "5400", CENTER, Decimal(100), Decimal(0), "Hotel"),
        JournalLine(2, "1100", None, Decimal(7), Decimal(0), "Input tax"),
        JournalLine(3, "2030", None, Decimal(0), Decimal(107), "To pay", AUTHOR),
    ),
)
JOURNAL_BODY: dict[str, Any] = {
    **HEAD,
    "company_code": "2000",
    "currency": "EUR",
    "lines": [
        {"line_no": 1, "gl_account": "5400", "debit": "100.00", "credit": "0.00", "text": "Hotel", "cost_center": CENTER},
        {"line_no": 2, "gl_account": "1100", "debit": "7.00", "credit": "0.00", "text": "Input tax"},
        {"line_no": 3, "gl_account": "2030", "debit": "0.00", "credit": "107.00", "text": "To pay", "personnel_no": AUTHOR},
    ],
}
MONEY = match.regex("980.00", regex=r"\d+\.\d{2}")
