"""AP invoices of employees: PST-X04 by the route of accounts payable."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Operation, Refs, Reply
from mocks.systems.erp import models, refs, rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.desk import PostingDesk, posting_head
from mocks.systems.erp.documents.example import DAY, Body, Example
from mocks.systems.erp.documents.kind import DocumentKind, posted_by_job
from mocks.systems.erp.documents.operations import CREATE_RULES, WRITE, shared
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import (
    Amount,
    Approval,
    Approvals,
    Code,
    CompanyCode,
    Currency,
    Day,
    LineNo,
    PaymentType,
    PostingStatus,
    Record,
    Reference,
    Request,
    Revision,
    SignedAmount,
    Text,
)

INPUT_TAX, CARD_CLEARING, AP_EMPLOYEES = "1100", "1145", "2010"


class InvoiceLine(Request, frozen=True, kw_only=True):
    """One line of an employee's invoice; a credit has negative amounts."""

    line_no: LineNo
    gl_account: Code
    cost_center: Code
    net_amount: SignedAmount
    tax_amount: SignedAmount
    payment_type: PaymentType
    text: Text


class ApInvoiceCreate(Request, frozen=True, kw_only=True):
    """An expense report to post through accounts payable; `total` is gross."""

    company_code: CompanyCode
    personnel_no: Code
    document_date: Day
    posting_date: Day
    currency: Currency
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    text: Text
    lines: Annotated[tuple[InvoiceLine, ...], Meta(min_length=1, max_length=200)]
    total: Amount
    approvals: Approvals = ()


class ApInvoice(Record, frozen=True, kw_only=True):
    """An AP invoice. `reversal` is the document that voids another one."""

    number: str
    status: PostingStatus
    company_code: str
    personnel_no: str
    document_date: str
    posting_date: str
    currency: str
    external_ref: str | None
    source_revision: int | None
    text: str
    lines: tuple[InvoiceLine, ...]
    total: str
    approvals: tuple[Approval, ...]
    job_id: str | None
    reversed_by: str | None
    reverses: str | None
    reason: str | None


class ApInvoicePage(Struct, frozen=True, kw_only=True):
    """A page of AP invoices."""

    items: tuple[ApInvoice, ...]
    next_cursor: str | None


KIND = DocumentKind(
    name="ap_invoice",
    noun="AP invoice",
    point="erp.ap_invoice",
    path="/ap-invoices",
    undo="void",
    module="AP",
    ledger="actual",
    numbers=("19", "17"),
    transitions=posted_by_job("voided"),
    record=ApInvoice,
    page=ApInvoicePage,
    party=lambda request: request.personnel_no,
)


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the accounts payable desk of one ERP."""
    desk = ApInvoices(erp, KIND)
    own = refs.CallRefs(erp.master)

    def references(call: Call) -> Refs:
        body: ApInvoiceCreate = call.body
        return own.document(body, refs.centers(line.cost_center for line in body.lines), own.minor(body.total, body.currency))

    create = Operation(
        "erp.ap_invoice.create", "POST", KIND.path, "create", WRITE, "Accept an AP invoice; a job posts it", models.Accepted,
        desk.create, request=ApInvoiceCreate, status=202, refs=references,
        errors=(*CREATE_RULES, "EMPLOYEE_UNKNOWN", "AMOUNT_MISMATCH"),
    )  # fmt: skip
    return (create, *shared(KIND, desk, plural="AP invoices", undoing="Take a AP invoice back by a new document"))


class ApInvoices(PostingDesk):
    """The AP invoices of one ERP."""

    def create(self, call: Call) -> Reply:
        """erp.ap_invoice.create"""
        body: ApInvoiceCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat(KIND.name, body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        rules.to_day(body.document_date)
        on = rules.to_day(body.posting_date)
        total = rules.minor(body.total, company)
        rules.check_person(erp.master, body.personnel_no, company)
        rules.check_evidence(erp.master, body.approvals, body.personnel_no, total, company)
        entries = self._entries(body, company, on)
        rules.check_sum((-entry.amount_minor for entry in entries if entry.account in {CARD_CLEARING, AP_EMPLOYEES}), total, "AP invoice")
        erp.periods.require_open(company.code, on, KIND.module, call.now.date())
        return self.accept(call, body, company, amount_minor=total, posting_date=on, entries=entries)

    def _entries(self, body: ApInvoiceCreate, company: ErpCompany, on: date) -> tuple[Entry, ...]:
        costs: list[Entry] = []
        tax = card = paid = 0
        for line in body.lines:
            rules.check_expense_account(self._erp.master, line.gl_account)
            rules.check_coding(self._erp.master, company, line.gl_account, line.cost_center, on=on)
            net, line_tax = _amounts(line, company)
            costs.append(Entry(line.gl_account, net, line.cost_center, text=line.text))
            tax += line_tax
            if line.payment_type == "company_card":
                card += net + line_tax
            else:
                paid += net + line_tax
        who = body.personnel_no
        return (*costs, Entry(INPUT_TAX, tax), Entry(CARD_CLEARING, -card, item=who), Entry(AP_EMPLOYEES, -paid, item=who))

    def record(self, document: Document, company: ErpCompany) -> ApInvoice:
        """The invoice on the wire."""
        return ApInvoice(**posting_head(document, company), personnel_no=document.request.personnel_no)


def _amounts(line: InvoiceLine, company: ErpCompany) -> tuple[int, int]:
    return rules.minor(line.net_amount, company), rules.minor(line.tax_amount, company)


def example(desk: Example) -> Body:
    """A valid one."""
    line = {
        "line_no": 1, "gl_account": "5100", "cost_center": desk.cost_center, "net_amount": desk.total, "tax_amount": desk.zero,
        "payment_type": "employee_paid", "text": "Hotel",
    }  # fmt: skip
    more = {"personnel_no": desk.person, "posting_date": DAY, "text": "Trip", "lines": [line], "total": desk.total}
    return {**desk.head(), **more}
