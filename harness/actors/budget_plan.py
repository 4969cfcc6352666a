"""Budgets: planners write them, owners hand them in, controllers approve, planning admins publish; and amend them."""

from typing import Any

from harness.actors.actor import Actor, Occasion, member
from mocks.company import Draft
from mocks.company.company import BUSINESS_START
from mocks.company.planning import draft_budget


def write(occasion: Occasion) -> Draft:
    """What the planner types. Of a node and a year there is one budget: a run gives each one a cost centre that no other one is of."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    center = None if number is None else company.minted_cost_center(entity, number)
    return draft_budget(company, entity, occasion.key, occasion.amount_minor, cost_center=center, on=occasion.on or BUSINESS_START)


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the event of its publication."""
    version = member(body, "version") + 1
    return {"plan-id": member(body, "plan_id"), "sequence": 1, "version": version, "status": status}


ACTOR = Actor(
    document="budget_plan",
    points="planning.budget",
    id_member="plan_id",
    write=write,
    submit=None,
    approve="publish",
    verbs=("submit", "approve", "publish"),
    versions=2,
    amend="amend",
    amendable=("lines",),
    due_event="budget.published",
    event_data=event_data,
)
