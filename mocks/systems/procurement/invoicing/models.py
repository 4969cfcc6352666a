"""What goes over procurement's wire about supplier invoices. Prices and lines are net; the total is gross."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.procurement.models import (
    Answered,
    ApprovalStep,
    Comment,
    Currency,
    Day,
    ErpRefusal,
    Id,
    Money,
    Price,
    Quantity,
    Reason,
    Request,
    Revision,
    Title,
)
from mocks.systems.procurement.receiving.models import OrderLineNo, OrderNumber

InvoiceState = Literal[
    "captured", "validating", "pending_approval", "approved", "rejected", "returned", "posted", "refused", "cancelled"
]  # fmt: skip
PaymentState = Literal["paid", "rejected", "returned"]
SupplierNumber = Annotated[str, Meta(min_length=1, max_length=40, description="the supplier's own number, as it is printed")]


class KeyedLine(Request, frozen=True, kw_only=True):
    """One line: what is billed of an order line, or (`category`, `costCenter`) what nobody ordered."""

    description: Title
    quantity: Quantity
    unit_price: Price
    net: Money
    tax_code: Id
    tax: Money
    order_line: OrderLineNo | None = None
    category: Id | None = None
    cost_center: Id | None = None
    project: Id | None = None


class Credit(Request, frozen=True, kw_only=True):
    """That it is a credit memo: for a lower price, or for a quantity that went back."""

    kind: Literal["price", "quantity"]
    reason: Reason


KeyedLines = Annotated[tuple[KeyedLine, ...], Meta(min_length=1, max_length=100)]


class InvoiceCreate(Request, frozen=True, kw_only=True):
    """A supplier's invoice to key; with `credit` a credit memo, whose amounts are positive too. `total`: gross."""

    legal_entity: Id
    supplier_id: Id
    supplier_invoice_number: SupplierNumber
    invoice_date: Day
    currency: Currency
    purchase_order: OrderNumber | None = None
    credit: Credit | None = None
    note: Title | None = None
    lines: KeyedLines
    total: Money


class InvoiceEnter(InvoiceCreate, frozen=True, kw_only=True):
    """A supplier's invoice that somebody posted in the ERP by hand already, to be known here too: nobody approves it any more."""

    erp_invoice_number: Annotated[str, Meta(min_length=1, max_length=64)]


class InvoiceAmend(Request, frozen=True, kw_only=True):
    """All that is billed, once more, as the next revision has it."""

    supplier_id: Id
    purchase_order: OrderNumber | None = None
    credit: Credit | None = None
    lines: KeyedLines
    total: Money


class AddRemark(Request, frozen=True, kw_only=True):
    """A remark that changes nothing else."""

    text: Comment = ""


class RecordInvoice(Request, frozen=True, kw_only=True):
    """The ERP's supplier invoice for this one."""

    erp_invoice_number: Annotated[str, Meta(min_length=1, max_length=64)]
    erp_invoice_id: Annotated[int, Meta(ge=0, le=9_007_199_254_740_991)] | None = None
    revision: Revision | None = None


class RecordPayment(Request, frozen=True, kw_only=True):
    """What became of the money for a posted invoice. sequence: counts what the ERP said of it; one that is not newer than what is known is
    refused. Without it whatever comes last stands."""

    status: PaymentState
    sequence: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    payment_number: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    value_date: Day | None = None
    reason: Reason | None = None


class BilledItem(Answered, frozen=True, kw_only=True):
    """One line of an invoice."""

    line_no: int
    description: str
    quantity: str
    unit_price: Price
    net: Money
    tax_code: str
    tax: Money
    order_line: int | None
    category: str | None
    cost_center: str | None
    project: str | None


class ErpInvoice(Answered, frozen=True, kw_only=True):
    """The supplier invoice that was posted for it."""

    number: str
    id: int | None
    recorded_at: datetime


class InvoicePayment(Answered, frozen=True, kw_only=True):
    """What became of the money. paid: it has left the bank; rejected: the bank did not send it; returned: it came back."""

    status: PaymentState
    sequence: int | None
    payment_number: str | None
    value_date: str | None
    reason: str | None
    recorded_at: datetime


class Invoice(Answered, frozen=True, kw_only=True):
    """A supplier's invoice. `nextApproverId`: whose turn it is while it is pending; `approved`: ok to pay; `payment` null: nothing is known
    of it."""

    id: str
    number: int
    uuid: str
    revision: int
    version: int
    status: InvoiceState
    clerk_id: str
    legal_entity: str
    supplier_id: str
    supplier_invoice_number: str
    invoice_date: str
    captured_on: str
    currency: str
    purchase_order: str | None
    credit: Credit | None
    note: str | None
    lines: tuple[BilledItem, ...]
    tax_total: Money
    total: Money
    approvals: tuple[ApprovalStep, ...]
    next_approver_id: str | None
    erp_invoice: ErpInvoice | None
    erp_refusal: ErpRefusal | None
    payment: InvoicePayment | None
    exported: bool
    external_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime


class InvoiceSummary(Answered, frozen=True, kw_only=True):
    """What a list tells of an invoice."""

    id: str
    number: int
    status: InvoiceState
    revision: int
    version: int
    updated_at: datetime


class InvoicesFound(Struct, frozen=True, kw_only=True):
    """The invoices that name one supplier invoice of the ERP."""

    items: tuple[Invoice, ...]
    next_cursor: str | None


class InvoicePage(Struct, frozen=True, kw_only=True):
    """A page of invoices in order of their last change."""

    items: tuple[InvoiceSummary, ...]
    next_cursor: str | None
