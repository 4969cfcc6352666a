"""Employees: a clerk of HR hires somebody, a second one confirms it; and they move, go on leave or leave."""

from typing import Any

from harness.actors.actor import Actor, Occasion, member
from mocks.company import Draft
from mocks.company.company import BUSINESS_START
from mocks.company.staffing import draft_employee


def write(occasion: Occasion) -> Draft:
    """What the clerk types. Whoever is hired is new; what is written about somebody who is known is a change (`author`)."""
    on, is_change = occasion.on or BUSINESS_START, occasion.author is not None
    return draft_employee(occasion.company, occasion.entity, occasion.key, occasion.amount_minor, is_change=is_change, on=on)


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the event of its confirmation."""
    return {"employee_no": member(body, "employee_no"), "revision": 1, "version": member(body, "version") + 1, "status": status}


ACTOR = Actor(
    document="employee_record",
    points="hr.employee",
    id_member="employee_no",
    write=write,
    create="hire",
    submit=None,
    approve="confirm",
    versions=2,
    amend="change",
    amendable=("company_code", "cost_center", "manager", "status", "valid_from", "valid_to"),
    due_event="employee.changed",
    event_data=event_data,
)
