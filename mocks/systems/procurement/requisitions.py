"""A requisition, what it is called, and every transition that exists (domain.md 3.2 and 13.1)."""

from dataclasses import dataclass
from typing import ClassVar, get_args

from mocks.systems.procurement.models import DraftLine, ErpOrder, Status
from mocks.workflow.desk import Form
from mocks.workflow.document import ApprovedDocument
from mocks.workflow.lifecycle import Lifecycle

# `reserve` follows `submit` at once as long as no budget service answers: nobody sees a requisition in `submitted`.
LIFECYCLE = Lifecycle(
    "requisition",
    {
        ("draft", "submit"): "submitted",
        ("submitted", "reserve"): "pending_approval",
        ("pending_approval", "approve_step"): "pending_approval",
        ("pending_approval", "approve"): "approved",
        ("pending_approval", "reject"): "rejected",
        ("submitted", "withdraw"): "withdrawn",
        ("pending_approval", "withdraw"): "withdrawn",
        ("approved", "reverse_approval"): "returned",
        ("ordered", "reverse_approval"): "returned",
        ("approved", "record_order"): "ordered",
        ("approved", "record_refusal"): "refused",
        ("draft", "amend"): "draft",
        ("returned", "amend"): "draft",
        ("refused", "amend"): "draft",
        ("draft", "cancel"): "cancelled",
        ("submitted", "cancel"): "cancelled",
        ("pending_approval", "cancel"): "cancelled",
        ("approved", "cancel"): "cancelled",
        ("ordered", "cancel"): "cancelled",
        ("returned", "cancel"): "cancelled",
        ("refused", "cancel"): "cancelled",
    },
)

FORM = Form(
    kind="requisition",
    noun="requisition",
    id_prefix="REQ",
    home="/api/v1/requisitions",
    id_member="id",
    event_id="requisitionId",
    status="status",
    since="updatedSince",
    statuses=get_args(Status),
    person="user id",
    after_submit="reserve",
    refused="refused",
    approved="requisition.approved",
    lifecycle=LIFECYCLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requisition(ApprovedDocument):
    """A purchase requisition. Dates are ISO."""

    pending: ClassVar[str] = "pending_approval"

    lines: tuple[DraftLine, ...]
    supplier_id: str
    needed_by: str
    requested_on: str
    recorded: ErpOrder | None = None
