"""Expense reports: employees hand in what a trip cost, managers decide."""

from typing import Any

from harness.actors.actor import Actor, Occasion, Show, member
from harness.actors.chance import lognormal
from mocks.company import Draft

SHARE = 5  # a report is a fifth of a purchase


def write(occasion: Occasion) -> Draft:
    """What the employee types."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    center = None if number is None else company.minted_cost_center(entity, number)
    return company.draft_expense_report(entity, occasion.key, occasion.amount_minor, cost_center=center, **occasion.manner)


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the approval's event."""
    revision, version = member(body, "revision"), member(body, "version") + 1
    return {"report_id": member(body, "report_id"), "revision": revision, "version": version, "state": status}


ACTOR = Actor(
    document="expense_report",
    points="expense.report",
    id_member="report_id",
    write=write,
    take_back="send_back",
    recall="recall",
    amend="revise",
    amendable=("lines",),
    correctable=("lines",),
    due_event="expense_report.approved",
    event_data=event_data,
    show=Show(
        asks="hands in expenses:",
        reasons=("the hotel receipt is missing", "wrong cost centre", "please split the dinner by guests"),
        amount=lambda stream, median: lognormal(stream, median // SHARE, 0.9, median // 60, median * 2),
        turn_down="send_back",
        comes_back=True,
    ),
)
