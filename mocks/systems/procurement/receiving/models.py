"""What goes over procurement's wire about orders and receipts."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.procurement.models import (
    Answered,
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

ReceiptStatus = Literal["recorded", "posted", "refused", "reversed"]
OrderNumber = Annotated[str, Meta(min_length=1, max_length=64, description="as the ERP knows it", examples=["4500012345"])]
OrderLineNo = Annotated[int, Meta(ge=1, le=200, description="which line of the order, counted from 1, whatever number the ERP gave it")]


class OrderLineRegister(Request, frozen=True, kw_only=True):
    """One line of an order, in procurement's own codes."""

    description: Title
    quantity: Quantity
    unit_price: Price
    category: Id
    cost_center: Id
    project: Id | None = None


class OrderRegister(Request, frozen=True, kw_only=True):
    """An order that the ERP has, so that its goods can be received here."""

    purchase_order: OrderNumber
    legal_entity: Id
    supplier_id: Id
    currency: Currency
    ordered_on: Day
    lines: Annotated[tuple[OrderLineRegister, ...], Meta(min_length=1, max_length=200)]


class ReceiptLineCreate(Request, frozen=True, kw_only=True):
    """How much of one order line came."""

    order_line: OrderLineNo
    quantity: Quantity


class ReceiptCreate(Request, frozen=True, kw_only=True):
    """Goods that somebody took."""

    purchase_order: OrderNumber
    note: Title | None = None
    lines: Annotated[tuple[ReceiptLineCreate, ...], Meta(min_length=1, max_length=200)]


class ReceiptReverse(Request, frozen=True, kw_only=True):
    """Why a receipt is taken back. `replacementExpected`: the supplier still owes the goods."""

    reason: Reason
    replacement_expected: bool = True


class AddNote(Request, frozen=True, kw_only=True):
    """A remark that changes nothing else."""

    text: Comment = ""


class RecordReceipt(Request, frozen=True, kw_only=True):
    """The ERP's goods receipt for this one."""

    erp_receipt_number: Annotated[str, Meta(min_length=1, max_length=64)]
    erp_receipt_id: Annotated[int, Meta(ge=0, le=9_007_199_254_740_991)] | None = None
    revision: Revision | None = None


class OrderLineState(Answered, frozen=True, kw_only=True):
    """One line of an order."""

    line_no: int
    description: str
    quantity: str
    unit_price: Price
    category: str
    cost_center: str
    project: str | None


class RegisteredOrder(Answered, frozen=True, kw_only=True):
    """An order of the ERP as procurement knows it."""

    purchase_order: str
    uuid: str
    version: int
    legal_entity: str
    supplier_id: str
    buyer_id: str
    currency: str
    ordered_on: str
    lines: tuple[OrderLineState, ...]
    exported: bool
    external_id: str | None
    created_at: datetime
    updated_at: datetime


class ReceiptLine(Answered, frozen=True, kw_only=True):
    """One line of a receipt. `amount`: what it is worth at the order's price."""

    line_no: int
    order_line: int
    description: str
    quantity: str
    amount: Money


class ReceiptReversal(Answered, frozen=True, kw_only=True):
    """Why a receipt was taken back, and whether the supplier still owes the goods."""

    reason: str
    replacement_expected: bool
    reversed_by_id: str
    reversed_at: datetime


class ErpReceipt(Answered, frozen=True, kw_only=True):
    """The goods receipt that was posted for it."""

    number: str
    id: int | None
    recorded_at: datetime


class Receipt(Answered, frozen=True, kw_only=True):
    """A receipt. Nobody approves it: it is due as soon as it is recorded."""

    id: str
    number: int
    uuid: str
    revision: int
    version: int
    status: ReceiptStatus
    receiver_id: str
    legal_entity: str
    supplier_id: str
    purchase_order: str
    currency: str
    received_on: str
    note: str | None
    lines: tuple[ReceiptLine, ...]
    total: Money
    reversal: ReceiptReversal | None
    erp_receipt: ErpReceipt | None
    erp_refusal: ErpRefusal | None
    exported: bool
    external_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime


class ReceiptSummary(Answered, frozen=True, kw_only=True):
    """What a list tells of a receipt."""

    id: str
    number: int
    status: ReceiptStatus
    revision: int
    version: int
    updated_at: datetime


class ReceiptPage(Struct, frozen=True, kw_only=True):
    """A page of receipts in order of their last change."""

    items: tuple[ReceiptSummary, ...]
    next_cursor: str | None
