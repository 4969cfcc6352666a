"""Journals: PST-X04 by the journal route, or any other balanced posting from an interface."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Operation, Refs, Refusal, Reply
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
    PostingStatus,
    Record,
    Reference,
    Request,
    Revision,
    Text,
)


class JournalLine(Request, frozen=True, kw_only=True):
    """One line of a journal; exactly one of debit and credit is not zero."""

    line_no: LineNo
    gl_account: Code
    cost_center: Code | None = None
    debit: Amount
    credit: Amount
    text: Text
    personnel_no: Code | None = None


class JournalEntryCreate(Request, frozen=True, kw_only=True):
    """A journal to post."""

    company_code: CompanyCode
    document_date: Day
    posting_date: Day
    currency: Currency
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    text: Text
    lines: Annotated[tuple[JournalLine, ...], Meta(min_length=2, max_length=400)]
    approvals: Approvals = ()

    @property
    def employee(self) -> str | None:
        """Whom the journal is about, when its lines name exactly one."""
        return next(iter(self.employees)) if len(self.employees) == 1 else None

    @property
    def employees(self) -> frozenset[str]:
        """Everybody whom its lines name."""
        return frozenset(line.personnel_no for line in self.lines if line.personnel_no is not None)


class JournalEntry(Record, frozen=True, kw_only=True):
    """A journal. `reversal` is the document that reverses another one; `total` is what it leaves owed, else the sum of its debits."""

    number: str
    status: PostingStatus
    company_code: str
    document_date: str
    posting_date: str
    currency: str
    external_ref: str | None
    source_revision: int | None
    text: str
    lines: tuple[JournalLine, ...]
    total: str
    approvals: tuple[Approval, ...]
    job_id: str | None
    reversed_by: str | None
    reverses: str | None
    reason: str | None


class JournalEntryPage(Struct, frozen=True, kw_only=True):
    """A page of journals."""

    items: tuple[JournalEntry, ...]
    next_cursor: str | None


KIND = DocumentKind(
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
    page=JournalEntryPage,
    party=lambda request: " ".join(sorted(request.employees)) or None,
)


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the general ledger desk of one ERP."""
    desk = Journals(erp, KIND)
    own = refs.CallRefs(erp.master)

    def references(call: Call) -> Refs:
        body: JournalEntryCreate = call.body
        debits = [own.minor(line.debit, body.currency) for line in body.lines]
        total = None if None in debits else sum(debit for debit in debits if debit)
        return own.document(body, refs.centers(line.cost_center for line in body.lines if line.cost_center), total)

    create = Operation(
        "erp.journal.create", "POST", KIND.path, "create", WRITE, "Accept a journal; a job posts it", models.Accepted,
        desk.create, request=JournalEntryCreate, status=202, refs=references,
        errors=(*CREATE_RULES, "EMPLOYEE_UNKNOWN", "JOURNAL_UNBALANCED"),
    )  # fmt: skip
    return (create, *shared(KIND, desk, plural="journals", undoing="Take a journal back by a new document"))


class Journals(PostingDesk):
    """The journals of one ERP."""

    def create(self, call: Call) -> Reply:
        """erp.journal.create"""
        body: JournalEntryCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat(KIND.name, body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        rules.to_day(body.document_date)
        on = rules.to_day(body.posting_date)
        entries = tuple(self._entry(line, company, on) for line in body.lines)
        amount = self._amount(entries)
        difference = sum(entry.amount_minor for entry in entries)
        if difference:
            raise Refusal("JOURNAL_UNBALANCED", f"debits exceed credits by {difference} minor units of {company.currency}, expected 0")
        rules.check_evidence(erp.master, body.approvals, body.employee, amount, company)
        erp.periods.require_open(company.code, on, KIND.module, call.now.date())
        return self.accept(call, body, company, amount_minor=amount, posting_date=on, entries=entries)

    def _amount(self, entries: Sequence[Entry]) -> int:
        """What it is about: what it leaves owed, so that credits count against it however they are written; else its debits."""
        accounts = self._erp.master.accounts
        owed = -sum(entry.amount_minor for entry in entries if accounts[entry.account].is_owed)
        return owed if owed > 0 else sum(entry.amount_minor for entry in entries if entry.amount_minor > 0)

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
        """The journal on the wire."""
        return JournalEntry(**posting_head(document, company))


def example(desk: Example) -> Body:
    """A valid one."""
    cost = {
        "line_no": 1, "gl_account": "5100", "cost_center": desk.cost_center, "debit": desk.total, "credit": desk.zero, "text": "Hotel",
    }  # fmt: skip
    payable = {"line_no": 2, "gl_account": "2030", "debit": desk.zero, "credit": desk.total, "text": "Hotel", "personnel_no": desk.person}
    return {**desk.head(), "posting_date": DAY, "text": "Trip", "lines": [cost, payable]}
