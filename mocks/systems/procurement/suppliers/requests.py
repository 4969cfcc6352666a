"""A request for a supplier, what it is called, and every transition that exists (domain.md 8 and 13.1)."""

from dataclasses import dataclass
from typing import ClassVar, get_args

from mocks.abilities.tax_ids import canonical
from mocks.systems.procurement.suppliers.models import Account, ErpVendorRef, PostalAddress, RequestStatus
from mocks.workflow.desk import Form
from mocks.workflow.document import ApprovedDocument
from mocks.workflow.lifecycle import Lifecycle

# `check` follows `submit` at once where no other request looks like it; `review` where one does, and somebody has to compare them.
LIFECYCLE = Lifecycle(
    "supplier request",
    {
        ("draft", "submit"): "submitted",
        ("submitted", "check"): "pending_approval",
        ("submitted", "review"): "duplicate_review",
        ("duplicate_review", "confirm_new"): "pending_approval",
        ("duplicate_review", "reject"): "rejected",
        ("duplicate_review", "withdraw"): "withdrawn",
        ("pending_approval", "approve_step"): "pending_approval",
        ("pending_approval", "approve"): "approved",
        ("pending_approval", "reject"): "rejected",
        ("pending_approval", "withdraw"): "withdrawn",
        ("approved", "reverse_approval"): "returned",
        ("active", "reverse_approval"): "returned",
        ("approved", "record_vendor"): "active",
        ("approved", "record_refusal"): "refused",
        ("draft", "amend"): "draft",
        ("returned", "amend"): "draft",
        ("refused", "amend"): "draft",
        ("draft", "cancel"): "cancelled",
        ("duplicate_review", "cancel"): "cancelled",
        ("pending_approval", "cancel"): "cancelled",
        ("approved", "cancel"): "cancelled",
        ("active", "cancel"): "cancelled",
        ("returned", "cancel"): "cancelled",
        ("refused", "cancel"): "cancelled",
    },
)

FORM = Form(
    kind="supplier_request",
    noun="supplier request",
    id_prefix="SR",
    home="/api/v1/supplier-requests",
    id_member="id",
    event_id="supplierRequestId",
    status="status",
    since="updatedSince",
    statuses=get_args(RequestStatus),
    person="user id",
    after_submit="check",
    refused="refused",
    approved="supplier_request.approved",
    lifecycle=LIFECYCLE,
)
IN_REVIEW = "duplicate_review"
LIVE = frozenset({IN_REVIEW, "pending_approval", "approved", "active"})
"""Statuses in which a request stands for a supplier, so that another one with its tax id is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRequest(ApprovedDocument):
    """A request. title: its justification; total_minor: what is going to be spent in a year; recorded: the vendor that was made of it;
    looks_like: what it was found to look like when it was submitted last."""

    pending: ClassVar[str] = "pending_approval"

    name: str
    address: PostalAddress
    tax_id: str
    bank: Account
    payment_terms: str
    lines: tuple[object, ...] = ()
    recorded: ErpVendorRef | None = None
    duplicate_of: str | None = None
    looks_like: tuple[str, ...] = ()

    @property
    def reviewer(self) -> str | None:
        """Who is asked to compare it with what it looks like: whoever decides first afterwards. Anybody but its requester may."""
        return self.chain[0].approver if self.status == IN_REVIEW else None

    @property
    def tax_number(self) -> str:
        """However it was typed."""
        return canonical(self.tax_id)
