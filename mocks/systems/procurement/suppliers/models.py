"""What goes over procurement's wire about suppliers that somebody asks for."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.procurement.models import Answered, ApprovalStep, Currency, Id, Money, Reason, Request, Revision, Title

RequestStatus = Literal[
    "draft",
    "submitted",
    "duplicate_review",
    "pending_approval",
    "approved",
    "rejected",
    "returned",
    "withdrawn",
    "active",
    "refused",
    "cancelled",
]
Name = Annotated[str, Meta(min_length=1, max_length=160, examples=["Northline Media LLC"])]
Line = Annotated[str, Meta(min_length=1, max_length=100)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", min_length=2, max_length=2, description="ISO 3166-1 alpha-2", examples=["US"])]
TaxId = Annotated[str, Meta(pattern="^[A-Z0-9][A-Z0-9-]{1,29}$", min_length=2, max_length=30, examples=["12-3456789"])]
Terms = Literal["N14", "N30", "N45", "N60", "2/10N30"]


class PostalAddress(Request, frozen=True, kw_only=True):
    """Where a supplier sits."""

    street: Line
    postcode: Annotated[str, Meta(max_length=12)]
    city: Line
    country: Country


class Account(Request, frozen=True, kw_only=True):
    """Where it wants to be paid: an IBAN, or the bank's routing number and the account's own."""

    country: Country
    holder: Name
    iban: Annotated[str, Meta(pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{4,30}$", max_length=34)] | None = None
    routing: Annotated[str, Meta(pattern="^[0-9]{4,12}$", max_length=12)] | None = None
    account: Annotated[str, Meta(pattern="^[0-9]{4,17}$", max_length=17)] | None = None


class SupplierRequestCreate(Request, frozen=True, kw_only=True):
    """A supplier that somebody wants to buy from. expectedSpend: in a year; it decides who has to agree."""

    legal_entity: Id
    name: Name
    address: PostalAddress
    tax_id: TaxId
    bank: Account
    payment_terms: Terms
    currency: Currency
    expected_spend: Money
    justification: Title


class SupplierRequestAmend(Request, frozen=True, kw_only=True):
    """What changes in the next revision; what is absent stays."""

    name: Name | None = None
    address: PostalAddress | None = None
    tax_id: TaxId | None = None
    bank: Account | None = None
    payment_terms: Terms | None = None
    expected_spend: Money | None = None
    justification: Title | None = None


class Reviewed(Request, frozen=True, kw_only=True):
    """Somebody compared it with what it looks like, and it is another one."""

    reason: Reason


class RecordVendor(Request, frozen=True, kw_only=True):
    """The ERP's vendor for this request."""

    erp_vendor_id: Annotated[str, Meta(min_length=1, max_length=64)]
    erp_status: Annotated[str, Meta(min_length=1, max_length=40)]
    revision: Revision | None = None


class RecordSupplierRefusal(Request, frozen=True, kw_only=True):
    """The ERP, or compliance, would not take it: why, who has to repair it, and which vendor it seems to be."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]
    owner: Annotated[str, Meta(min_length=1, max_length=100)]
    duplicate_of: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class ErpVendorRef(Answered, frozen=True, kw_only=True):
    """The vendor that was made from a request."""

    number: str
    status: str
    recorded_at: datetime


class SupplierRefusal(Answered, frozen=True, kw_only=True):
    """Why it was refused. `duplicateOf`: the vendor that is there already, where that is the reason."""

    code: str
    reason: str
    owner: str
    duplicate_of: str | None
    recorded_at: datetime


class SupplierRequest(Answered, frozen=True, kw_only=True):
    """A request for a supplier. `looksLike`: other requests with the same tax id, while it is in review; `reviewerId`: who is asked to
    compare them."""

    id: str
    number: int
    uuid: str
    revision: int
    version: int
    status: RequestStatus
    requester_id: str
    legal_entity: str
    name: str
    address: PostalAddress
    tax_id: str
    bank: Account
    payment_terms: str
    currency: str
    expected_spend: Money
    justification: str
    looks_like: tuple[str, ...]
    reviewer_id: str | None
    approvals: tuple[ApprovalStep, ...]
    next_approver_id: str | None
    erp_vendor: ErpVendorRef | None
    erp_refusal: SupplierRefusal | None
    exported: bool
    external_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime


class SupplierRequestSummary(Answered, frozen=True, kw_only=True):
    """What a list tells of a request."""

    id: str
    number: int
    status: RequestStatus
    revision: int
    version: int
    updated_at: datetime


class SupplierRequestPage(Struct, frozen=True, kw_only=True):
    """A page of requests in order of their last change."""

    items: tuple[SupplierRequestSummary, ...]
    next_cursor: str | None
