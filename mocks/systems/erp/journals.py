"""Journals: PST-X04 by the journal route, or any other balanced posting from an interface."""

from datetime import date
from typing import Any, cast

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import JournalEntry, JournalEntryCreate, JournalLine
from mocks.systems.erp.posting import PostingDesk


class GeneralLedger:
    """The general ledger desk of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.desk = PostingDesk(erp, "journal_entry", self._record)

    def create(self, call: Call) -> Reply:
        """erp.journal.create"""
        body: JournalEntryCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat("journal_entry", body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        rules.to_day(body.document_date)
        on = rules.to_day(body.posting_date)
        entries = tuple(self._entry(line, company, on) for line in body.lines)
        debits = sum(entry.amount_minor for entry in entries if entry.amount_minor > 0)
        difference = sum(entry.amount_minor for entry in entries)
        if difference:
            raise Refusal("JOURNAL_UNBALANCED", f"debits exceed credits by {difference} minor units of {company.currency}, expected 0")
        rules.check_evidence(erp.master, body.approvals, body.employee, debits, company)
        erp.periods.require_open(company.code, on, "GL", call.now.date())
        return self.desk.accept(call, body, company, amount_minor=debits, posting_date=on, entries=entries)

    def _entry(self, line: JournalLine, company: ErpCompany, on: date) -> Entry:
        debit, credit = rules.minor(line.debit, company), rules.minor(line.credit, company)
        if (debit == 0) == (credit == 0):
            raise Refusal(
                "JOURNAL_UNBALANCED", f"line {line.line_no}: exactly one of debit {line.debit} and credit {line.credit} must not be 0"
            )
        rules.check_coding(self._erp.master, company, line.gl_account, line.cost_center, on=on)
        if line.personnel_no is not None:
            rules.check_person(self._erp.master, line.personnel_no, company)
        return Entry(line.gl_account, debit - credit, line.cost_center, line.personnel_no, line.text)

    def _record(self, document: Document) -> JournalEntry:
        return journal_record(document, self._erp.master.companies[document.company_code])


def journal_record(document: Document, company: ErpCompany) -> JournalEntry:
    """The journal on the wire; `total` is the sum of its debits."""
    request = cast("JournalEntryCreate", document.request)
    return JournalEntry(
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
