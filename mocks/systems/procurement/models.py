"""What goes over procurement's wire: camelCase, ISO dates, money as an object of decimal text and currency."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.company.money import AMOUNT_PATTERN
from mocks.company.texts import TEXT_MAX

Status = Literal[
    "draft",
    "submitted",
    "pending_approval",
    "approved",
    "rejected",
    "returned",
    "withdrawn",
    "ordered",
    "refused",
    "cancelled",
    "closed",
]
Decision = Literal["approved", "rejected", "reversed"]
_DAYS_31, _DAYS_30, _DAYS_28 = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[12][0-9]|30)", "(0[1-9]|1[0-9]|2[0-8])"
DAY_PATTERN = f"^(20[0-9]{{2}}-((0[13578]|1[02])-{_DAYS_31}|(0[469]|11)-{_DAYS_30}|02-{_DAYS_28})|20([02468][048]|[13579][26])-02-29)$"

Day = Annotated[str, Meta(pattern=DAY_PATTERN, min_length=10, max_length=10, examples=["2026-11-20"])]
Id = Annotated[str, Meta(min_length=1, max_length=40)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", min_length=3, max_length=3, examples=["USD"])]
Title = Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
Comment = Annotated[str, Meta(max_length=500)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Revision = Annotated[int, Meta(ge=1, le=1_000_000)]


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A body that somebody sends."""


class Money(Request, frozen=True, kw_only=True):
    """An amount with exactly the currency's decimals."""

    amount: Annotated[str, Meta(pattern=AMOUNT_PATTERN.replace("-?", ""), max_length=17, examples=["980.00"])]
    currency: Currency


class Price(Request, frozen=True, kw_only=True):
    """A price for one unit; may have more decimals than the currency."""

    amount: Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,6})?$", max_length=20, examples=["98.00"])]
    currency: Currency


class DraftLine(Request, frozen=True, kw_only=True):
    """One line that somebody asks for."""

    description: Title
    quantity: Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?$", max_length=13, examples=["10"])]
    unit_price: Price
    amount: Money
    category: Id
    cost_center: Id
    project: Id | None = None


Lines = Annotated[tuple[DraftLine, ...], Meta(min_length=1, max_length=100)]


class RequisitionCreate(Request, frozen=True, kw_only=True):
    """A requisition to draft."""

    legal_entity: Id
    supplier_id: Id
    title: Title
    currency: Currency
    needed_by: Day
    lines: Lines


class RequisitionAmend(Request, frozen=True, kw_only=True):
    """What changes in the next revision; what is absent stays."""

    supplier_id: Id | None = None
    title: Title | None = None
    needed_by: Day | None = None
    lines: Lines | None = None


class Nothing(Request, frozen=True, kw_only=True):
    """An action that needs no word."""


class Approve(Request, frozen=True, kw_only=True):
    """An approver agrees."""

    comment: Comment | None = None


class WithReason(Request, frozen=True, kw_only=True):
    """An action that needs a reason."""

    reason: Reason


class AddComment(Request, frozen=True, kw_only=True):
    """A remark that changes nothing else."""

    text: Comment = ""


class RecordOrder(Request, frozen=True, kw_only=True):
    """The ERP's purchase order for this requisition."""

    erp_order_number: Annotated[str, Meta(min_length=1, max_length=64)]
    erp_order_id: Annotated[int, Meta(ge=0, le=9_007_199_254_740_991)] | None = None
    erp_status: Annotated[str, Meta(min_length=1, max_length=40)]
    revision: Revision | None = None


class RecordRefusal(Request, frozen=True, kw_only=True):
    """The ERP would not take it: why, and who has to repair it."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]
    owner: Annotated[str, Meta(min_length=1, max_length=100)]


class Told(Struct, frozen=True, kw_only=True, rename="camel"):
    """What procurement answers."""


class RequisitionLine(Told, frozen=True, kw_only=True):
    """One line of a requisition."""

    line_no: int
    description: str
    quantity: str
    unit_price: Price
    amount: Money
    category: str
    cost_center: str
    project: str | None


class ApprovalStep(Told, frozen=True, kw_only=True):
    """What one approver decided. `limit` null: no limit; `onBehalfOfId`: who was asked, where a delegate decided."""

    step: int
    approver_id: str
    on_behalf_of_id: str | None
    decision: Decision
    decided_at: datetime
    limit: Money | None
    comment: str | None


class ErpOrder(Told, frozen=True, kw_only=True):
    """The purchase order that was made from a requisition."""

    number: str
    id: int | None
    status: str
    recorded_at: datetime


class ErpRefusal(Told, frozen=True, kw_only=True):
    """Why the ERP refused."""

    code: str
    reason: str
    owner: str
    recorded_at: datetime


class Requisition(Told, frozen=True, kw_only=True):
    """A requisition. `nextApproverId`: whose turn it is while it is pending."""

    id: str
    number: int
    uuid: str
    revision: int
    version: int
    status: Status
    requester_id: str
    legal_entity: str
    supplier_id: str
    currency: str
    needed_by: str
    requested_on: str
    title: str
    lines: tuple[RequisitionLine, ...]
    total: Money
    approvals: tuple[ApprovalStep, ...]
    next_approver_id: str | None
    erp_order: ErpOrder | None
    erp_refusal: ErpRefusal | None
    exported: bool
    external_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime


class RequisitionSummary(Told, frozen=True, kw_only=True):
    """What a list tells of a requisition."""

    id: str
    number: int
    status: Status
    revision: int
    version: int
    updated_at: datetime


class RequisitionPage(Struct, frozen=True, kw_only=True):
    """A page of requisitions in order of their last change."""

    items: tuple[RequisitionSummary, ...]
    next_cursor: str | None


class Supplier(Told, frozen=True, kw_only=True):
    """A supplier as buyers know it."""

    id: str
    number: int
    uuid: str
    version: int
    name: str
    city: str
    legal_entity: str
    status: Literal["active", "inactive"]
    exported: bool
    external_id: str | None
    created_at: datetime
    updated_at: datetime


class SupplierPage(Struct, frozen=True, kw_only=True):
    """A page of suppliers in order of their id."""

    items: tuple[Supplier, ...]
    next_cursor: str | None


class User(Told, frozen=True, kw_only=True):
    """A person; `approvalLimit` null: no limit."""

    id: str
    number: int
    uuid: str
    version: int
    name: str
    legal_entity: str
    manager_id: str | None
    approval_limit: Money | None
    exported: bool
    external_id: str | None
    created_at: datetime
    updated_at: datetime
