"""AP invoices of employees: PST-X04 by the route of accounts payable."""

from datetime import date
from typing import Any, cast

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import ApInvoice, ApInvoiceCreate, InvoiceLine
from mocks.systems.erp.posting import PostingDesk

INPUT_TAX, CARD_CLEARING, AP_EMPLOYEES = "1100", "1145", "2010"


class Payables:
    """The accounts payable desk of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.desk = PostingDesk(erp, "ap_invoice", self._record)

    def create(self, call: Call) -> Reply:
        """erp.ap_invoice.create"""
        body: ApInvoiceCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat("ap_invoice", body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        rules.to_day(body.document_date)
        on = rules.to_day(body.posting_date)
        total = rules.minor(body.total, company)
        rules.check_person(erp.master, body.personnel_no, company)
        rules.check_evidence(erp.master, body.approvals, body.personnel_no, total, company)
        entries = self._entries(body, company, on)
        rules.check_sum((-entry.amount_minor for entry in entries if entry.account in {CARD_CLEARING, AP_EMPLOYEES}), total, "AP invoice")
        erp.periods.require_open(company.code, on, "AP", call.now.date())
        return self.desk.accept(call, body, company, amount_minor=total, posting_date=on, entries=entries)

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

    def _record(self, document: Document) -> ApInvoice:
        return invoice_record(document, self._erp.master.companies[document.company_code])


def _amounts(line: InvoiceLine, company: ErpCompany) -> tuple[int, int]:
    return rules.minor(line.net_amount, company), rules.minor(line.tax_amount, company)


def invoice_record(document: Document, company: ErpCompany) -> ApInvoice:
    """The invoice on the wire."""
    request = cast("ApInvoiceCreate", document.request)
    return ApInvoice(
        id=document.id,
        uuid=document.uuid,
        version=document.version,
        created_at=document.created_at,
        updated_at=document.updated_at,
        exported=False,
        external_id=None,
        number=document.number,
        status=cast("Any", document.status),
        company_code=document.company_code,
        personnel_no=request.personnel_no,
        document_date=request.document_date,
        posting_date=rules.to_yyyymmdd(document.posting_date),
        currency=document.currency,
        external_ref=document.ext_ref,
        source_revision=document.src_version,
        text=request.text,
        lines=request.lines,
        total=to_text(document.amount_minor, company.decimals),
        approvals=request.approvals,
        job_id=document.job_id,
        reversed_by=document.reversed_by,
        reverses=document.reverses,
        reason=document.reason,
    )
