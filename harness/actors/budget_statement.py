"""Statements of what is committed and spent: a controller opens one and issues it; people order and are billed before, and in between."""

from typing import Any

from harness.actors.actor import Actor, Occasion, member
from mocks.company import Draft
from mocks.company.company import BUSINESS_START
from mocks.company.stating import draft_budget_statement


def write(occasion: Occasion) -> Draft:
    """What the controller types, and what others spent. Of a cost centre and month there is one statement: a run gives each one a cost
    centre that no other one is of."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    center = None if number is None else company.minted_cost_center(entity, number)
    on, is_further = occasion.on or BUSINESS_START, occasion.author is not None
    own = f"{occasion.own or occasion.key}/{occasion.serial or 0}"
    return draft_budget_statement(
        company, entity, occasion.key, occasion.amount_minor, cost_center=center, on=on, own=own, is_further=is_further
    )


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the event of its issue."""
    said = {"revision": 1, "version": member(body, "version") + 1, "status": "issued" if status == "approved" else status}
    return {"number": member(body, "number"), **said}


ACTOR = Actor(
    document="budget_statement",
    points="erp.budget_statement",
    id_member="number",
    write=write,
    create="open",
    submit=None,
    approve="issue",
    versions=2,
    due_event="budget_statement.issued",
    event_data=event_data,
    is_prepared=True,
)
