"""What the engine asks the ERP for and what the ERP says about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal, Protocol

from engine.model.parties import BankAccount, PostalAddress

Kind = str  # an id of contracts/documents.yaml; engine/peers/erp_kinds.py knows those that are served
PostingKind = Literal["ap_invoice", "journal_entry"]
PostingState = Literal["unknown", "accepted", "live", "rejected", "undone"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One approval, its approver named as the ERP names people."""

    step: int
    approver: str
    decided_at: str
    source_document: str


@dataclass(frozen=True, slots=True)
class Coding:
    """One combination to be checked before posting. `code` and `reason` of a check are None when it is valid."""

    company_code: str
    gl_account: str
    cost_center: str
    project: str | None
    on: date


class Draft(Protocol):
    """A document to be created. posted_on: the date that decides the period, when the source is told of it."""

    @property
    def kind(self) -> Kind: ...
    @property
    def external_ref(self) -> str: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def posted_on(self) -> date | None: ...

    def codings(self) -> Sequence[Coding]: ...


@dataclass(frozen=True, slots=True)
class OrderedAs:
    """A line of an order as the ERP has it: amount is what all of it costs, in the currency's decimals."""

    line_no: int
    quantity: Decimal
    amount: Decimal
    gl_account: str
    cost_center: str
    project: str | None


@dataclass(frozen=True, slots=True)
class BudgetPlace:
    """Whose budget pays for a line, and in the month of which day."""

    cost_center: str
    account_group: str
    project: str | None
    on: date


@dataclass(frozen=True, slots=True)
class ReceivedAs:
    """How a received line is booked: what it puts on GR/IR."""

    accrual: Decimal
    place: BudgetPlace


@dataclass(frozen=True, slots=True)
class BilledAs:
    """How a billed line is booked: what it ends of its order line, what of its tax comes back, and what the entity owes itself."""

    relief: Decimal
    recoverable_tax: Decimal
    self_assessed_tax: Decimal
    place: BudgetPlace


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of a purchase order."""

    line_no: int
    text: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    gl_account: str
    cost_center: str
    project: str | None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """A purchase order to be created."""

    kind: ClassVar[Kind] = "purchase_order"
    posted_on: ClassVar[date | None] = None  # the source does not ask for it
    external_ref: str
    source_revision: int
    company_code: str
    vendor_id: str
    document_date: date
    currency: str
    decimals: int
    requested_by: str
    lines: tuple[OrderLine, ...]
    total: Decimal
    approvals: tuple[Evidence, ...]

    def codings(self) -> tuple[Coding, ...]:
        """Each combination once, in line order."""
        return tuple(
            dict.fromkeys(
                Coding(self.company_code, line.gl_account, line.cost_center, line.project, self.document_date) for line in self.lines
            )
        )


@dataclass(frozen=True, slots=True)
class Clearance:
    """A check against the sanctions list that was clear: what the ERP wants to see."""

    check_id: str
    list_version: int
    checked_at: str  # ISO 8601, as it came: evidence is not rewritten


@dataclass(frozen=True, slots=True)
class VendorDraft:
    """A vendor to be created. clearance: None until somebody asked the screening."""

    kind: ClassVar[Kind] = "vendor"
    posted_on: ClassVar[date | None] = None
    external_ref: str
    source_revision: int
    company_code: str
    name: str
    address: PostalAddress
    tax_id: str
    bank: BankAccount
    payment_terms: str
    currency: str
    total: Decimal  # what is going to be spent; the ERP is not told
    requested_by: str
    approvals: tuple[Evidence, ...]
    clearance: Clearance | None = None

    def codings(self) -> tuple[Coding, ...]:
        """Nothing is booked."""
        return ()


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an AP invoice for an employee."""

    line_no: int
    gl_account: str
    cost_center: str
    net: Decimal
    tax: Decimal
    payment_type: str
    text: str


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a journal: exactly one of debit and credit is not zero."""

    line_no: int
    gl_account: str
    cost_center: str | None
    debit: Decimal
    credit: Decimal
    text: str
    personnel_no: str | None = None


@dataclass(frozen=True, slots=True)
class PostingDraft:
    """An expense posting: `invoice_lines` for the AP route, `journal_lines` for the journal route."""

    kind: PostingKind
    external_ref: str
    source_revision: int
    company_code: str
    personnel_no: str
    document_date: date
    posting_date: date
    currency: str
    decimals: int
    text: str
    total: Decimal
    invoice_lines: tuple[InvoiceLine, ...]
    journal_lines: tuple[JournalLine, ...]
    approvals: tuple[Evidence, ...]

    @property
    def posted_on(self) -> date:
        """The date that decides the period."""
        return self.posting_date

    def codings(self) -> tuple[Coding, ...]:
        """Each expense combination once, in line order; balance-sheet lines carry no cost centre and need no check."""
        pairs = [(line.gl_account, line.cost_center) for line in self.invoice_lines]
        pairs += [(line.gl_account, line.cost_center) for line in self.journal_lines if line.cost_center is not None]
        return tuple(
            dict.fromkeys(Coding(self.company_code, account, center, None, self.posting_date) for account, center in pairs if center)
        )


@dataclass(frozen=True, slots=True)
class GoodsReceiptLine:
    """What came of one order line, under the ERP's number of it."""

    line_no: int
    order_line: int
    quantity: Decimal
    booking: ReceivedAs | None = None


@dataclass(frozen=True, slots=True)
class GoodsReceiptDraft:
    """A goods receipt to be posted. total: what it is worth at the order's price, as the source sees it."""

    kind: ClassVar[Kind] = "goods_receipt"
    posted_on: ClassVar[date | None] = None  # the source does not ask for it
    external_ref: str
    source_revision: int
    order: str
    document_date: date
    posting_date: date
    received_by: str
    text: str
    lines: tuple[GoodsReceiptLine, ...]
    total: Decimal

    def codings(self) -> tuple[Coding, ...]:
        """None of its own: it is coded as its order is."""
        return ()


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """What is billed of an order line, under the ERP's number of it."""

    order: str
    order_line: int
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class ChargedItem:
    """What is billed without an order, and who pays it."""

    gl_account: str
    cost_center: str
    project: str | None


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One line of a supplier invoice, net, with its tax in the ERP's code."""

    line_no: int
    item: OrderedItem | ChargedItem
    net: Decimal
    tax: Decimal
    tax_code: str
    text: str
    booking: BilledAs | None = None


@dataclass(frozen=True, slots=True)
class SupplierInvoiceDraft:
    """A supplier invoice to be posted; with `credit` (price or quantity) a credit memo. All amounts are positive, total is gross."""

    kind: ClassVar[Kind] = "supplier_invoice"
    posted_on: ClassVar[date | None] = None  # the source does not ask for it
    external_ref: str
    source_revision: int
    company_code: str
    vendor_id: str
    supplier_number: str
    credit: str | None
    credit_reason: str | None
    document_date: date
    posting_date: date
    currency: str
    decimals: int
    entered_by: str
    text: str
    lines: tuple[BilledLine, ...]
    tax_total: Decimal
    total: Decimal
    approvals: tuple[Evidence, ...]

    def codings(self) -> tuple[Coding, ...]:
        """None that is checked before: the ERP checks them as it posts."""
        return ()


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Why a document is undone. replacement: of goods, whether the supplier still owes them; None where nobody asks."""

    reason: str
    replacement: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A document that the ERP has under our reference. `status` is the ERP's own word, e.g. created, on_hold, voided."""

    number: str
    id: int | None
    status: str
    total: Decimal | None
    job_id: str | None = None

    @property
    def live(self) -> bool:
        """It counts, or will count, in the books."""
        return self.standing in {"live", "accepted"}

    @property
    def standing(self) -> PostingState:
        """The same as the flows call it; what stands in no books, whatever word the system has for it, is undone."""
        return _STANDING.get(self.status, "undone")


_STANDING: Mapping[str, PostingState] = {
    "created": "live",
    "closed": "live",  # an order of which nothing more is to come; it was ordered
    "finally_closed": "live",
    "active": "live",
    "posted": "live",
    "on_hold": "live",  # booked, and not paid: the ERP's people see to that
    "accepted": "accepted",
    "parked": "accepted",  # taken, and in no books until its reason is gone
    "rejected": "rejected",
}


@dataclass(frozen=True, slots=True)
class PostingJob:
    """Where an accepted document stands: accepted, posted, rejected, withdrawn."""

    status: str
    number: str
    code: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SupplierState:
    """Whether orders may be placed with a supplier; `problem` says why not."""

    orderable: bool
    problem: str | None
