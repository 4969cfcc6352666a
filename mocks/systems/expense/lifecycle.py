"""States of an expense report and every transition that exists (domain.md 7.1 and 13.1). Whatever is not here is refused."""

from typing import Literal

from mocks.kit.operation import Refusal
from mocks.systems.expense.models import State

Trigger = Literal["submit", "check_policy", "approve_step", "approve", "send_back", "recall", "revise", "record_posting", "record_refusal"]

# `check_policy` follows `submit` at once as long as there is no policy engine: nobody sees a report in `submitted`.
TRANSITIONS: dict[tuple[State, Trigger], State] = {
    ("draft", "submit"): "submitted",
    ("submitted", "check_policy"): "pending_manager",
    ("pending_manager", "approve_step"): "pending_manager",
    ("pending_manager", "approve"): "approved",
    ("pending_manager", "send_back"): "sent_back",
    ("approved", "send_back"): "sent_back",
    ("submitted", "recall"): "recalled",
    ("pending_manager", "recall"): "recalled",
    ("sent_back", "revise"): "draft",
    ("recalled", "revise"): "draft",
    ("on_hold", "revise"): "draft",
    ("approved", "record_posting"): "posted",
    ("approved", "record_refusal"): "on_hold",
}


def after(report_id: str, state: State, trigger: Trigger) -> State:
    """The state after a trigger. Raises INVALID_TRANSITION when the table has no such step."""
    following = TRANSITIONS.get((state, trigger))
    if following is None:
        possible = sorted({name for known, name in TRANSITIONS if known == state})
        hint = f"possible: {', '.join(possible)}" if possible else "nothing more is possible"
        raise Refusal("INVALID_TRANSITION", f"report {report_id} is {state}: {trigger} is not possible; {hint}", current_status=state)
    return following
