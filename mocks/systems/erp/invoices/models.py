"""What goes over the wire about supplier invoices."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.erp.booking import BilledAs
from mocks.systems.erp.documents.order.models import ReservationId
from mocks.systems.erp.models import (
    Amount,
    Approval,
    Approvals,
    Balance,
    Code,
    CompanyCode,
    Currency,
    Day,
    LineNo,
    Quantity,
    Reason,
    Record,
    Reference,
    Request,
    Revision,
    SignedAmount,
    Text,
    UnitPrice,
)

InvoiceStatus = Literal["parked", "on_hold", "posted", "rejected", "voided", "reversal"]
HoldCode = Literal[
    "PRICE", "QTY_ORD", "QTY_REC", "AMT_ORD", "NO_RECEIPT", "FUNDS", "DUP_SUSPECT", "TAX_VARIANCE", "LINE_VARIANCE", "SUPPLIER_BLOCK",
    "MANUAL",
]  # fmt: skip
CreditMemo = Literal["price", "quantity"]
TaxCodeName = Annotated[str, Meta(min_length=1, max_length=4, examples=["V1"])]
SupplierReference = Annotated[str, Meta(min_length=1, max_length=40, description="the number that the supplier gave it")]


class BilledOrderLine(Request, frozen=True, kw_only=True, tag_field="type", tag="order"):
    """What is billed of a line of a purchase order. On a price credit, unit_price is what each unit becomes cheaper."""

    line_no: LineNo
    order_number: Code
    order_line: LineNo
    receipt_number: Code | None = None
    quantity: Quantity
    unit_price: UnitPrice
    net_amount: Amount
    tax_code: TaxCodeName
    tax_amount: Amount
    text: Text = ""
    booking: BilledAs | None = None


class BilledCost(Request, frozen=True, kw_only=True, tag_field="type", tag="account"):
    """What is billed without an order: the budget is asked now (PST-P12)."""

    line_no: LineNo
    gl_account: Code
    cost_center: Code
    project: Code | None = None
    net_amount: Amount
    tax_code: TaxCodeName
    tax_amount: Amount
    text: Text = ""
    booking: BilledAs | None = None


class BilledFreight(BilledCost, frozen=True, kw_only=True, tag_field="type", tag="freight"):
    """Freight and other cost that comes with ordered goods, and that nobody ordered (PST-P13): needs an order line beside it."""


BilledLine = BilledOrderLine | BilledCost | BilledFreight


class Withholding(Request, frozen=True, kw_only=True):
    """What is kept back from the supplier and owed the authorities instead (PST-P19). base: the net amount of which it is; amount: at the
    rate of the code."""

    code: Annotated[str, Meta(min_length=1, max_length=4, examples=["WC"])]
    base: Amount
    amount: Amount


class SupplierInvoiceCreate(Request, frozen=True, kw_only=True):
    """An invoice, or with `credit_memo` a credit, to post; all amounts are positive.

    total: gross, which is net and tax of the lines, and `rounding`. entered_by: the person who keyed it; nobody who approved it, received
    the goods or releases its holds. approvals: evidence that it is ok to pay; needed where something was not ordered. withholding: what of
    the total the supplier does not get. reservation_id, and `booking` of a line: taken by an ERP that books what it is told, and by no
    other.
    """

    company_code: CompanyCode
    vendor_id: Code
    supplier_reference: SupplierReference
    credit_memo: CreditMemo | None = None
    credit_reason: Reason | None = None
    document_date: Day
    posting_date: Day
    currency: Currency
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    entered_by: Code
    text: Text = ""
    lines: Annotated[tuple[BilledLine, ...], Meta(min_length=1, max_length=200)]
    tax_total: Amount
    rounding: SignedAmount | None = None
    total: Amount
    withholding: Withholding | None = None
    reservation_id: ReservationId | None = None
    approvals: Approvals = ()


class InvoiceHold(Struct, frozen=True, kw_only=True):
    """Why an invoice is not paid, or not posted; released_at: since when it is no reason any more."""

    code: HoldCode
    line_no: int | None
    reason: str
    owner: str
    raised_at: datetime
    raised_by: str | None
    released_at: datetime | None
    released_by: str | None
    release_reason: str | None


class SupplierInvoice(Record, frozen=True, kw_only=True):
    """A supplier invoice. `reversal` is the document that voids another one; open_amount: what is still to be paid, a credit negative."""

    number: str
    status: InvoiceStatus
    company_code: str
    vendor_id: str
    supplier_reference: str
    credit_memo: CreditMemo | None
    credit_reason: str | None
    document_date: str
    posting_date: str
    due_on: str | None
    currency: str
    external_ref: str | None
    source_revision: int | None
    entered_by: str
    text: str
    lines: tuple[BilledLine, ...]
    tax_total: str
    rounding: str | None
    total: str
    withholding: Withholding | None
    open_amount: Balance
    holds: tuple[InvoiceHold, ...]
    approvals: tuple[Approval, ...]
    reversed_by: str | None
    reverses: str | None
    reason: str | None


class SupplierInvoicePage(Struct, frozen=True, kw_only=True):
    """A page of supplier invoices."""

    items: tuple[SupplierInvoice, ...]
    next_cursor: str | None


class ReleaseHold(Request, frozen=True, kw_only=True):
    """Lift a hold by hand; without line_no on every line that has it."""

    code: HoldCode
    line_no: LineNo | None = None
    reason: Reason


class ManualHold(Request, frozen=True, kw_only=True):
    """Keep an invoice from being paid."""

    reason: Reason


class Rematch(Request, frozen=True, kw_only=True):
    """Compare again with orders, receipts and budget as they are now."""


class SupplierInvoiceBatch(Request, frozen=True, kw_only=True):
    """Several invoices, each posted or refused for itself."""

    items: Annotated[tuple[SupplierInvoiceCreate, ...], Meta(min_length=1, max_length=50)]


class SupplierInvoiceStack(Request, frozen=True, kw_only=True):
    """What a clerk keys in one go. reviewed_by: a second person, who has compared what looks like an invoice that is there already."""

    reviewed_by: Code
    items: Annotated[tuple[SupplierInvoiceCreate, ...], Meta(min_length=1, max_length=50)]


class BatchAnswer(Struct, frozen=True, kw_only=True):
    """What became of one of them, in the order in which they were sent."""

    index: int
    outcome: Literal["created", "refused"]
    external_ref: str | None
    number: str | None
    status: InvoiceStatus | None
    code: str | None
    detail: str | None
    existing_id: str | None


class BatchResult(Struct, frozen=True, kw_only=True):
    """Some may be refused while others are posted."""

    created: int
    refused: int
    items: tuple[BatchAnswer, ...]


class EnteredStack(Struct, frozen=True, kw_only=True):
    """What became of a stack. documents: the numbers of what was taken, in its order."""

    documents: tuple[str, ...]
    items: tuple[BatchAnswer, ...]
