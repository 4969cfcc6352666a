"""States of a requisition and every transition that exists (domain.md 3.2 and 13.1). Whatever is not here is refused."""

from typing import Literal

from mocks.kit.operation import Refusal
from mocks.systems.procurement.models import Status

Trigger = Literal[
    "submit",
    "reserve",
    "approve_step",
    "approve",
    "reject",
    "withdraw",
    "reverse_approval",
    "amend",
    "cancel",
    "record_order",
    "record_refusal",
]

# `reserve` follows `submit` at once as long as no budget service answers: nobody sees a requisition in `submitted`.
TRANSITIONS: dict[tuple[Status, Trigger], Status] = {
    ("draft", "submit"): "submitted",
    ("submitted", "reserve"): "pending_approval",
    ("pending_approval", "approve_step"): "pending_approval",
    ("pending_approval", "approve"): "approved",
    ("pending_approval", "reject"): "rejected",
    ("submitted", "withdraw"): "withdrawn",
    ("pending_approval", "withdraw"): "withdrawn",
    ("approved", "reverse_approval"): "returned",
    ("approved", "record_order"): "ordered",
    ("approved", "record_refusal"): "refused",
    ("draft", "amend"): "draft",
    ("returned", "amend"): "draft",
    ("refused", "amend"): "draft",
    ("draft", "cancel"): "cancelled",
    ("submitted", "cancel"): "cancelled",
    ("pending_approval", "cancel"): "cancelled",
    ("approved", "cancel"): "cancelled",
    ("returned", "cancel"): "cancelled",
    ("refused", "cancel"): "cancelled",
}


def after(requisition_id: str, status: Status, trigger: Trigger) -> Status:
    """The status after a trigger. Raises INVALID_TRANSITION when the table has no such step."""
    following = TRANSITIONS.get((status, trigger))
    if following is None:
        possible = sorted({name for state, name in TRANSITIONS if state == status})
        hint = f"possible: {', '.join(possible)}" if possible else "nothing more is possible"
        raise Refusal(
            "INVALID_TRANSITION", f"requisition {requisition_id} is {status}: {trigger} is not possible; {hint}", current_status=status
        )
    return following
