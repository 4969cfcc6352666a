"""The ERP's books as one state, and the steps that all document kinds share: start a document, post it, take it back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from mocks.company.projections import ErpCompany, ErpMaster, ErpVendor
from mocks.kit.ids import draw_id, draw_uuid
from mocks.kit.operation import Call, Effect, Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.budget.ledger import BudgetLedger, Spending, first_budgets
from mocks.systems.erp.budget.models import BudgetVersionRecord
from mocks.systems.erp.budget.versions import bucket_of
from mocks.systems.erp.clearing import GR_IR, Clearing
from mocks.systems.erp.currency.rates import Rates
from mocks.systems.erp.documents.kind import UNDONE, DocumentKind, Status
from mocks.systems.erp.documents.positions import Positions
from mocks.systems.erp.documents.store import Document, Documents, PostingJob
from mocks.systems.erp.invoices.book import InvoiceBook
from mocks.systems.erp.ledger import Entry, Journal, Ledger, moving, reversed_entries
from mocks.systems.erp.payables import OpenItems
from mocks.systems.erp.periods import Periods
from mocks.systems.erp.vendors.book import VendorBook


@dataclass(frozen=True, slots=True)
class VendorState:
    """The part of a vendor record that people change."""

    version: int
    purchasing_block: bool
    posting_block: bool = False
    payment_block: bool = False


@dataclass(slots=True)
class Erp:
    """State of one ERP. Every method either changes nothing and raises, or changes everything."""

    master: ErpMaster
    posting_delay_ms: int
    books_as_told: bool = False  # a connector states how lines are booked (profile books_as_told)
    is_lenient: bool = False  # takes more than was ordered, and back what is paid in part (profile lenient)
    documents: Documents = field(default_factory=Documents)
    periods: Periods = field(default_factory=Periods)
    vendor_states: dict[str, VendorState] = field(default_factory=dict)
    ledger: Ledger = field(init=False)
    budget: BudgetLedger = field(init=False)
    positions: Positions = field(default_factory=Positions)
    payables: OpenItems = field(default_factory=OpenItems)
    locks: dict[str, str] = field(default_factory=dict)  # documents that nobody takes back, and why: those that are being paid
    clearing: Clearing = field(default_factory=Clearing)
    invoices: InvoiceBook = field(default_factory=InvoiceBook)
    after_clearing: list[Callable[[Call, Document], tuple[Effect, ...]]] = field(default_factory=list)
    after_block: list[Callable[[Call, str], tuple[Effect, ...]]] = field(default_factory=list)
    after_reopening: list[Callable[[Call, Sequence[str]], tuple[Effect, ...]]] = field(default_factory=list)
    published: dict[str, BudgetVersionRecord] = field(default_factory=dict)  # the version in force of each budget that was ever published
    vendors: VendorBook = field(default_factory=VendorBook)
    rates: Rates = field(default_factory=Rates)
    told_spending: dict[str, tuple[Spending, ...]] = field(default_factory=dict)  # by document: what was stated instead of derived

    def __post_init__(self) -> None:
        """The ledger knows the chart of accounts, and every company begins with its first budget."""
        self.ledger = Ledger(self.master.accounts)
        self.budget = first_budgets({code: company.budget for code, company in self.master.companies.items()})

    def vendor(self, vendor_id: str) -> tuple[ErpVendor, VendorState]:
        """A vendor and its blocks. Raises KeyError."""
        vendor = self.master.vendors[vendor_id]
        return vendor, self.vendor_states.get(vendor_id) or VendorState(1, vendor.purchasing_block)

    def start(
        self,
        call: Call,
        of: DocumentKind,
        request: Any,
        company: ErpCompany,
        *,
        amount_minor: int,
        posting_date: date,
        entries: tuple[Entry, ...],
        job_id: str | None = None,
        number: str | None = None,
        status: Status | None = None,
    ) -> Document:
        """A new document, not yet posted. number: one that was drawn for it already; status: when it is not the usual first one."""
        document = Document(
            of=of,
            number=number or self.documents.free_number(of, call),
            id=draw_id(call, of.name),
            uuid=draw_uuid(call, of.name),
            version=1,
            status=status or ("accepted" if job_id else "created"),
            company_code=company.code,
            currency=company.currency,
            amount_minor=amount_minor,
            posting_date=posting_date,
            ext_ref=request.external_ref,
            src_version=request.source_revision,
            request=request,
            entries=moving(entries),
            created_at=call.now,
            updated_at=call.now,
            job_id=job_id,
        )
        self.documents.add(document)
        return document

    def post(self, document: Document) -> tuple[Effect, ...]:
        """Post a document's entries: the effect of the document, then one of each line."""
        return (document_effect(document, "create"), *self.enter(document))

    def enter(self, document: Document) -> tuple[Effect, ...]:
        """Only its lines, and what they spend: of a document that was there before it was posted."""
        lines = self.ledger.post(_journal(document))
        for entry in document.entries:
            if entry.account == GR_IR:
                self.clearing.move(document.company_code, entry.item or "", document.posting_date, -entry.amount_minor)
        self._spend(document)
        return lines

    def tell_clearing(self, call: Call, document: Document) -> tuple[Effect, ...]:
        """Who waits for goods learns that they came, went (a reversal) or never will come (a write-off); what came of it."""
        return tuple(effect for follow in self.after_clearing for effect in follow(call, document))

    def tell_block(self, call: Call, vendor_id: str) -> tuple[Effect, ...]:
        """Who owes a supplier learns that its blocks changed; what came of it."""
        return tuple(effect for follow in self.after_block for effect in follow(call, vendor_id))

    def tell_reopened(self, call: Call, documents: Sequence[str]) -> tuple[Effect, ...]:
        """Who holds invoices learns that these are to be paid again; what came of it."""
        return tuple(effect for follow in self.after_reopening for effect in follow(call, documents))

    def _spend(self, document: Document) -> None:
        """What is booked as expense is actual spending, unless it is accrued and spent with the bill; documents of the memo ledger say
        themselves what they commit."""
        if document.of.ledger == "actual":
            self.budget.expire(document.updated_at)
            if not (document.of.accrues and self.master.companies[document.company_code].matching.relief == "invoice"):
                self.budget.book(document.number, tuple(self._spendings(document)))

    def _spendings(self, document: Document) -> Iterator[Spending]:
        told = self.told_spending.get(document.reverses or document.number)
        if told is not None:
            back = document.reverses is not None
            yield from (replace(each, period=document.period, amount_minor=-each.amount_minor) if back else each for each in told)
            return
        accounts = self.master.accounts
        for number, entry in enumerate(document.entries, 1):
            if entry.cost_center is not None and accounts[entry.account].takes_costs:
                bucket = bucket_of(document.company_code, entry.account, entry.cost_center, entry.project)
                yield Spending(str(number), bucket, document.period, entry.amount_minor)

    def undo(
        self, call: Call, document: Document, *, reason: str, posting_date: date | None, entries: tuple[Entry, ...] | None = None
    ) -> tuple[Document, tuple[Effect, ...]]:
        """Take a document back by a new one that names it; an accepted one is withdrawn instead. Again: no change. entries: what is taken
        back, when it is not what was posted first."""
        rules.check_version(call.if_match, document.version, f"{document.kind} {document.number}")
        if document.status in UNDONE:
            return document, ()
        after = document.step("undo")
        if document.number in self.locks:
            raise Refusal(
                "INVALID_TRANSITION",
                f"{document.kind} {document.number} is {self.locks[document.number]}: it cannot be taken back",
                current_status=document.status,
            )
        if after == "withdrawn":
            return self._withdraw(call, document, reason)
        day = self._day_of_reversal(document, posting_date, call.now.date())
        reversal = self._reversal(call, document, day, reason, document.entries if entries is None else entries)
        self.documents.add(reversal)
        lines = self.enter(reversal)
        self.budget.relieve(document.number, self.budget.held(document.number, "encumbrance"), "encumbrance")
        changed = self.documents.change(document, status=after, reversed_by=reversal.number, reason=reason, updated_at=call.now)
        return changed, (document_effect(reversal, "reverse"), update_effect(changed, call.if_match), *lines)

    def _day_of_reversal(self, document: Document, asked: date | None, today: date) -> date:
        module = document.of.module
        if asked is not None:
            self.periods.require_open(document.company_code, asked, module, today)
            return asked
        return self.periods.first_open_day(document.company_code, document.posting_date, module, today)

    def _reversal(self, call: Call, document: Document, day: date, reason: str, entries: tuple[Entry, ...]) -> Document:
        name = f"{document.kind}.reversal"
        return replace(
            document,
            number=self.documents.free_number(document.of, call, reversal=True),
            id=draw_id(call, name),
            uuid=draw_uuid(call, name),
            version=1,
            status="reversal",
            posting_date=day,
            entries=reversed_entries(entries),
            created_at=call.now,
            updated_at=call.now,
            job_id=None,
            reverses=document.number,
            reason=reason,
        )

    def _withdraw(self, call: Call, document: Document, reason: str) -> tuple[Document, tuple[Effect, ...]]:
        changed = self.documents.change(document, status="withdrawn", reason=reason, updated_at=call.now)
        job = self.close_job(call, document, "withdrawn", None, reason)
        return changed, (job_effect(changed, job, "update"),)

    def close_job(
        self, call: Call, document: Document, status: Literal["posted", "rejected", "withdrawn"], code: str | None, reason: str | None
    ) -> PostingJob:
        """The job of a document ends."""
        job = self.documents.job(document.job_id or "")
        closed = replace(job, version=job.version + 1, status=status, code=code, reason=reason, updated_at=call.now)
        self.documents.jobs[job.job_id] = closed
        return closed

    def touch(self, call: Call, kind: str, number: str) -> tuple[Document, tuple[Effect, ...]]:
        """A person edits something harmless on a document. One that is only accepted is not in the books yet: nothing is written of it, as
        nothing is of its withdrawal."""
        changed = self.documents.change(self.documents.get(kind, number), updated_at=call.now)
        return changed, () if changed.status == "accepted" else (update_effect(changed, None),)

    def require_vendor_for_order(self, vendor_id: str, company: ErpCompany) -> None:
        """The vendor may be ordered from. Raises SUPPLIER_UNKNOWN or SUPPLIER_BLOCKED."""
        if vendor_id not in self.master.vendors or self.master.vendors[vendor_id].company_code != company.code:
            raise Refusal("SUPPLIER_UNKNOWN", f"no supplier {vendor_id!r} in company {company.code}")
        vendor, state = self.vendor(vendor_id)
        if not vendor.active or state.purchasing_block:
            why = "is blocked for purchasing" if vendor.active else "is inactive"
            raise Refusal("SUPPLIER_BLOCKED", f"supplier {vendor_id} {why}")


def _journal(document: Document) -> Journal:
    return Journal(document.number, document.of.ledger, document.company_code, document.currency, document.period, document.entries)


def document_effect(document: Document, effect: Literal["create", "reverse"]) -> Effect:
    """A document came into being, as itself or as the reversal of another one."""
    reversal = effect == "reverse"
    return Effect(
        entity_type=document.kind,
        entity_id=document.number,
        effect=effect,
        version=document.version,
        src_version=document.src_version,
        amount_minor=document.amount_minor,
        currency=document.currency,
        company=document.company_code,
        period=document.period,
        document_date=rules.to_day(document.request.document_date).isoformat(),
        posting_date=document.posting_date.isoformat(),
        party=document.party,
        approvers=" ".join(approval.approver for approval in document.request.approvals) or None,
        parent_id=document.reverses,
        ext_ref=None if reversal else document.ext_ref,
        state=document.status,
    )


def update_effect(document: Document, base_version: int | None) -> Effect:
    """A document changed its state or was touched."""
    return Effect(
        entity_type=document.kind,
        entity_id=document.number,
        effect="update",
        version=document.version,
        base_version=base_version,
        company=document.company_code,
        state=document.status,
    )


def job_effect(document: Document, job: PostingJob, effect: Literal["create", "update"]) -> Effect:
    """A job began or ended."""
    return Effect(
        entity_type="posting_job",
        entity_id=job.job_id,
        effect=effect,
        version=job.version,
        src_version=document.src_version,
        amount_minor=document.amount_minor,
        currency=document.currency,
        company=document.company_code,
        period=document.period,
        ext_ref=job.ext_ref,
        state=job.status,
    )
