"""AP invoices of employees: PST-X04 by the route of accounts payable."""

from datetime import date

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Operation, Reply
from mocks.systems.erp import models, refs, rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.desk import PostingDesk, posting_head
from mocks.systems.erp.documents.kind import DocumentKind, posted_by_job
from mocks.systems.erp.documents.operations import CREATE_RULES, WRITE, shared
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import ApInvoice, ApInvoiceCreate, InvoiceLine

INPUT_TAX, CARD_CLEARING, AP_EMPLOYEES = "1100", "1145", "2010"

INVOICE = DocumentKind(
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
    page=models.ApInvoicePage,
    party=lambda request: request.personnel_no,
)


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the accounts payable desk of one ERP."""
    desk = ApInvoices(erp, INVOICE)
    create = Operation(
        "erp.ap_invoice.create", "POST", INVOICE.path, "create", WRITE, "Accept an AP invoice; a job posts it", models.Accepted,
        desk.create, request=ApInvoiceCreate, status=202, refs=refs.CallRefs(erp.master).invoice,
        errors=(*CREATE_RULES, "EMPLOYEE_UNKNOWN", "AMOUNT_MISMATCH"),
    )  # fmt: skip
    return (create, *shared(INVOICE, desk, plural="AP invoices", undoing="Take a AP invoice back by a new document"))


class ApInvoices(PostingDesk):
    """The AP invoices of one ERP."""

    def create(self, call: Call) -> Reply:
        """erp.ap_invoice.create"""
        body: ApInvoiceCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat(INVOICE.name, body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        rules.to_day(body.document_date)
        on = rules.to_day(body.posting_date)
        total = rules.minor(body.total, company)
        rules.check_person(erp.master, body.personnel_no, company)
        rules.check_evidence(erp.master, body.approvals, body.personnel_no, total, company)
        entries = self._entries(body, company, on)
        rules.check_sum((-entry.amount_minor for entry in entries if entry.account in {CARD_CLEARING, AP_EMPLOYEES}), total, "AP invoice")
        erp.periods.require_open(company.code, on, INVOICE.module, call.now.date())
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
