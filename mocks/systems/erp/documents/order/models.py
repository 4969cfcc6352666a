"""What goes over the wire about purchase orders."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.erp.models import (
    Amount,
    Approval,
    Approvals,
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
    Text,
    UnitPrice,
)

ReservationId = Annotated[
    str, Meta(min_length=1, max_length=20, description="of funds that were reserved for it, and are given back for what it encumbers")
]
Unit = Annotated[str, Meta(min_length=1, max_length=3)]
Status = Literal["created", "closed", "finally_closed", "cancelled", "reversal"]
DeliveryStatus = Literal["open", "partially_received", "received"]


class OrderLine(Request, frozen=True, kw_only=True):
    """One line of a purchase order."""

    line_no: LineNo
    text: Text
    quantity: Quantity
    unit: Unit = "EA"
    unit_price: UnitPrice
    amount: Amount
    gl_account: Code
    cost_center: Code
    project: Code | None = None


class OrderedLine(Struct, frozen=True, kw_only=True):
    """A line as it is ordered now. quantity: without what was cancelled; a line that was cancelled stays, with quantity 0."""

    line_no: int
    text: str
    quantity: str
    unit: str
    unit_price: str
    amount: str
    gl_account: str
    cost_center: str
    project: str | None
    received_quantity: str = "0"
    cancelled_quantity: str = "0"


OrderLines = Annotated[tuple[OrderLine, ...], Meta(min_length=1, max_length=200)]


class PurchaseOrderCreate(Request, frozen=True, kw_only=True):
    """A purchase order to create, with the evidence of its approval."""

    company_code: CompanyCode
    vendor_id: Code
    document_date: Day
    currency: Currency
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    requested_by: Code | None = None
    reservation_id: ReservationId | None = None
    lines: OrderLines
    total: Amount
    approvals: Approvals = ()


class PurchaseOrderChange(Request, frozen=True, kw_only=True):
    """An order as it shall be from now on: a line that is left out is cancelled, one with a new number is added.

    vendor_id: where it is said it has to be that of the order, because another supplier is another order. document_date: where it is said
    the order is moved to that day, and the budget of that month pays for what is open. approvals: of the change; they may be left out
    where it needs no new approval.
    """

    source_revision: Revision
    reason: Reason
    vendor_id: Code | None = None
    document_date: Day | None = None
    lines: OrderLines
    total: Amount
    approvals: Approvals = ()


class PurchaseOrder(Record, frozen=True, kw_only=True):
    """A purchase order. `reversal` is the document that cancels another one.

    revision: 1, and one more with each change of what is ordered. approvals: of the order, then of its changes.
    """

    number: str
    status: Status
    delivery_status: DeliveryStatus
    company_code: str
    vendor_id: str
    document_date: str
    currency: str
    external_ref: str | None
    source_revision: int | None
    revision: int
    requested_by: str | None
    lines: tuple[OrderedLine, ...]
    total: str
    approvals: tuple[Approval, ...]
    reversed_by: str | None
    reverses: str | None
    reason: str | None


class PurchaseOrderPage(Struct, frozen=True, kw_only=True):
    """A page of purchase orders."""

    items: tuple[PurchaseOrder, ...]
    next_cursor: str | None


class Cancel(Request, frozen=True, kw_only=True):
    """Why a purchase order, or what is left of it, is cancelled."""

    reason: Reason


class CloseOrder(Request, frozen=True, kw_only=True):
    """Nothing more is expected. It may be opened again by a change."""

    reason: Reason | None = None


class FinalCloseOrder(Request, frozen=True, kw_only=True):
    """Why nothing will ever be delivered any more."""

    reason: Reason
