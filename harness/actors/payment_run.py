"""Payment runs: a treasurer proposes and reviews, a second person approves and issues. A clerk enters the invoices before."""

from typing import Any

from harness.actors.actor import Actor, Occasion, member
from mocks.company import Draft
from mocks.company.company import BUSINESS_START
from mocks.company.continuing import draft_payment_run_of, seen


def write(occasion: Occasion) -> Draft:
    """What the treasurer types, and the clerk before."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    center = None if number is None else company.minted_cost_center(entity, number)
    return company.draft_payment_run(entity, occasion.key, occasion.amount_minor, cost_center=center, **occasion.manner)


def continue_case(occasion: Occasion) -> Draft:
    """The payment of the bill of the case."""
    on = occasion.on or BUSINESS_START
    return draft_payment_run_of(occasion.company, occasion.entity, occasion.key, seen(occasion.elders[-1]), on=on)


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the event that says that its file is there."""
    return {"number": member(body, "number"), "version": member(body, "version") + 1, "status": status}


ACTOR = Actor(
    document="payment_run",
    points="erp.payment_run",
    id_member="number",
    write=write,
    create="propose",
    submit="review",
    verbs=("approve", "issue"),
    due_event="payment_run.issued",
    event_data=event_data,
    is_prepared=True,
    continue_case=continue_case,
)
