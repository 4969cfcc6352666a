"""Payments of invoices by hand: a treasurer pays and enters what the bank says, again when that changes. A clerk keys the bill before."""

from typing import Any

from harness.actors.actor import Actor, Occasion, member
from mocks.company import Draft
from mocks.company.company import BUSINESS_START
from mocks.company.hand_payments import NUMBER, draft_hand_payment


def write(occasion: Occasion) -> Draft:
    """What the treasurer types, and the clerk before."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    center = None if number is None else company.minted_cost_center(entity, number)
    own = f"{occasion.own or occasion.key}/{occasion.serial or 0}"
    on = occasion.on or BUSINESS_START
    return draft_hand_payment(
        company, entity, occasion.key, occasion.amount_minor, cost_center=center, on=on, shape=occasion.shape, own=own
    )


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the event of what the bank says next."""
    names = ("document_number", "payment_number")
    said = {"version": member(body, "version") + 1, "status": "cleared" if status == "approved" else status}
    return {**{name: member(body, name) for name in names}, **said}


ACTOR = Actor(
    document="invoice_payment",
    points="erp.invoice_payment",
    id_member="document_number",
    write=write,
    create="pay",
    under={"number": NUMBER},
    submit=None,
    approve="enter_statement",
    due_event="payment.status_changed",
    event_data=event_data,
    is_prepared=True,
    has_news=True,
)
