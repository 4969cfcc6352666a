"""Expense reports: employees hand in what a trip cost, managers decide."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from harness.actors.actor import Actor, Occasion, Office, Show, member
from harness.actors.chance import lognormal
from mocks.company import Draft
from mocks.company.chart import HR_CLERKS
from mocks.company.company import BUSINESS_START
from mocks.company.staffing import ended, transferred

SHARE = 5  # a report is a fifth of a purchase


def write(occasion: Occasion) -> Draft:
    """What the employee types. With master data of its own it is claimed by somebody who claims nothing else."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    center = None if number is None else company.minted_cost_center(entity, number)
    claimant = None if number is None else company.minted_employee(entity, number)
    write_it = partial(company.draft_expense_report, cost_center=center, claimant=claimant)
    return write_it(entity, occasion.key, occasion.amount_minor, **occasion.manner)


def event_data(body: Any, status: str) -> dict[str, Any]:
    """`data` of the approval's event."""
    revision, version = member(body, "revision"), member(body, "version") + 1
    return {"report_id": member(body, "report_id"), "revision": revision, "version": version, "state": status}


def transfer_author(office: Office, occasion: Occasion, txn_id: str | None) -> None:
    """People of HR transfer the claimant to another company of the group."""
    assert occasion.minted is not None, f"{txn_id}: a claimant who moves must be minted"
    person = office.company.minted_employee(occasion.entity, occasion.minted)
    _decide(office, occasion, transferred(office.company, person, occasion.key), txn_id)


def end_author(office: Office, occasion: Occasion, txn_id: str | None) -> None:
    """The claimant leaves."""
    assert occasion.minted is not None, f"{txn_id}: a claimant who leaves must be minted"
    _decide(office, occasion, ended(occasion.on or BUSINESS_START), txn_id)


def _decide(office: Office, occasion: Occasion, change: Mapping[str, Any], txn_id: str | None) -> None:
    """Two people of HR."""
    path = {"employee_no": office.company.minted_employee(occasion.entity, occasion.minted or 0).erp_id}
    first, second, *_ = HR_CLERKS
    office.act("hr.employee.change", path=path, body=change, actor=first, txn_id=txn_id)
    office.act("hr.employee.confirm", path=path, body={}, actor=second, txn_id=txn_id)


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
    races={"transfer_author": transfer_author, "end_author": end_author},
    show=Show(
        asks="hands in expenses:",
        reasons=("the hotel receipt is missing", "wrong cost centre", "please split the dinner by guests"),
        amount=lambda stream, median: lognormal(stream, median // SHARE, 0.9, median // 60, median * 2),
        turn_down="send_back",
        comes_back=True,
    ),
)
