"""Master data: a steward drafts a cost centre or a project, a second person releases it; and what it says changes."""

from typing import Any

from harness.actors.actor import Actor, Occasion, member
from mocks.company import Draft
from mocks.company.company import BUSINESS_START
from mocks.company.stewardship import draft_master_record


def write(occasion: Occasion) -> Draft:
    """What the steward types. Of a code there is one record: a run gives each one a cost centre that no other one is of."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    center = None if number is None else company.minted_cost_center(entity, number)
    on = occasion.on or BUSINESS_START
    return draft_master_record(company, entity, occasion.key, occasion.amount_minor, cost_center=center, on=on)


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the event of its release."""
    named = {"number": member(body, "number"), "kind": member(body, "kind")}
    return {**named, "revision": 1, "version": member(body, "version") + 1, "status": status}


ACTOR = Actor(
    document="master_record",
    points="erp.master_record",
    id_member="number",
    write=write,
    submit=None,
    approve="release",
    versions=2,
    amend="change",
    amendable=("name", "responsible", "valid_from", "valid_to", "active"),
    due_event="master_data.changed",
    event_data=event_data,
)
