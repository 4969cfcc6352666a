"""States of HR: an employee in each standing, after so many decisions."""

from typing import Annotated, Literal

from msgspec import Meta

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.staffing import draft_employee
from mocks.kit.operation import Refusal
from mocks.systems.hr.system import HrSystem

AMOUNT_MINOR = 98_000  # names the draft; nobody has an amount


class EmployeeGiven(Parameters, frozen=True, kw_only=True):
    """Somebody new; without `employee_no` a number is drawn and answered. A draft was never confirmed. revision: of the last decision;
    whoever is on leave or left has two at least."""

    employee_no: Name | None = None
    company_code: Literal["1000", "2000", "3000"] = "1000"
    status: Literal["draft", "active", "on_leave", "left"] = "active"
    revision: Annotated[int, Meta(ge=1, le=50)] = 1


class EmployeeGone(Parameters, frozen=True, kw_only=True):
    """The number that nobody has."""

    employee_no: Name = "29999999"


def states() -> tuple[State, ...]:
    """Every state of HR."""
    return (
        State("an employee exists in HR", "a draft, or in force, after so many decisions", EmployeeGiven, _employee),
        State("there is no employee in HR", "with this number (so it is in every state; for readers)", EmployeeGone, _gone),
    )


def _employee(stage: Stage, given: EmployeeGiven) -> Values:
    desk = stage.system(HrSystem).desk
    if given.employee_no is not None and given.employee_no in desk.book:
        raise Refusal("INVALID_TRANSITION", f"employee {given.employee_no} exists already: send a teardown first")
    desk.wanted = given.employee_no
    entity = next(each.key for each in stage.company.entities if each.erp_company == given.company_code)
    draft = draft_employee(stage.company, entity, given.employee_no or f"state-{len(desk.book)}", AMOUNT_MINOR)
    made = stage.act("hr.employee.hire", actor=draft.actor, body=draft.body)
    path = {"employee_no": made.employee_no}
    if given.status != "draft":
        made = stage.act("hr.employee.confirm", actor=draft.approvers[0], path=path, body={})
        last = {"status": given.status, **({"valid_to": "2026-12-31"} if given.status == "left" else {})}
        for turn in range(2, max(given.revision, 2 if given.status != "active" else 1) + 1):
            body = last if turn >= given.revision else {}
            stage.act("hr.employee.change", actor=draft.actor, path=path, body=body)
            made = stage.act("hr.employee.confirm", actor=draft.approvers[0], path=path, body={})
    return {**path, "version": made.version, "revision": made.revision}


def _gone(_stage: Stage, given: EmployeeGone) -> Values:
    return {"employee_no": given.employee_no}
