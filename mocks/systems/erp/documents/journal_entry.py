"""Journals: PST-X04 by the journal route, or any other balanced posting from an interface."""

from datetime import date

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Operation, Refusal, Reply
from mocks.systems.erp import models, refs, rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.desk import PostingDesk, posting_head
from mocks.systems.erp.documents.kind import DocumentKind, posted_by_job
from mocks.systems.erp.documents.operations import CREATE_RULES, WRITE, shared
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import JournalEntry, JournalEntryCreate, JournalLine

JOURNAL = DocumentKind(
    name="journal_entry",
    noun="journal",
    point="erp.journal",
    path="/journal-entries",
    undo="reverse",
    module="GL",
    ledger="actual",
    numbers=("10", "11"),
    transitions=posted_by_job("reversed"),
    record=JournalEntry,
    page=models.JournalEntryPage,
    party=lambda request: " ".join(sorted(request.employees)) or None,
)


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the general ledger desk of one ERP."""
    desk = Journals(erp, JOURNAL)
    create = Operation(
        "erp.journal.create", "POST", JOURNAL.path, "create", WRITE, "Accept a journal; a job posts it", models.Accepted,
        desk.create, request=JournalEntryCreate, status=202, refs=refs.CallRefs(erp.master).journal,
        errors=(*CREATE_RULES, "EMPLOYEE_UNKNOWN", "JOURNAL_UNBALANCED"),
    )  # fmt: skip
    return (create, *shared(JOURNAL, desk, plural="journals", undoing="Take a journal back by a new document"))


class Journals(PostingDesk):
    """The journals of one ERP."""

    def create(self, call: Call) -> Reply:
        """erp.journal.create"""
        body: JournalEntryCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat(JOURNAL.name, body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        rules.to_day(body.document_date)
        on = rules.to_day(body.posting_date)
        entries = tuple(self._entry(line, company, on) for line in body.lines)
        debits = sum(entry.amount_minor for entry in entries if entry.amount_minor > 0)
        difference = sum(entry.amount_minor for entry in entries)
        if difference:
            raise Refusal("JOURNAL_UNBALANCED", f"debits exceed credits by {difference} minor units of {company.currency}, expected 0")
        rules.check_evidence(erp.master, body.approvals, body.employee, debits, company)
        erp.periods.require_open(company.code, on, JOURNAL.module, call.now.date())
        return self.accept(call, body, company, amount_minor=debits, posting_date=on, entries=entries)

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

    def record(self, document: Document, company: ErpCompany) -> JournalEntry:
        """The journal on the wire; `total` is the sum of its debits."""
        return JournalEntry(**posting_head(document, company))
