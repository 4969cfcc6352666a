"""States of the expense system: reports in every state, played by the people who lead there."""

from collections.abc import Mapping
from typing import Any, Literal

from mocks.abilities.people import GONE, Move, Play, Version, approve, approver, author, refuse, submit
from mocks.abilities.replica_states import EmployeeCopyGiven, ReplicaGiven, replica_state, staff_state
from mocks.abilities.replicas import SAID
from mocks.abilities.staff import EMPLOYED, EMPLOYEE
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.projections import Member
from mocks.systems.expense.replicas import POINT
from mocks.systems.expense.staff import POINT as STAFF
from mocks.systems.expense.system import ExpenseSystem
from mocks.workflow.states import lead


class ReportGiven(Parameters, frozen=True, kw_only=True):
    """An expense report; without `report_id` one is drawn and answered. `erp_document`: what a posted one carries."""

    report_id: Name | None = None
    state: Literal["draft", "pending_manager", "approved", "sent_back", "recalled", "posted", "on_hold"] = "approved"
    entity_code: Literal["10", "20", "30"] = "10"
    version: Version | None = None
    erp_document: Name = "1900012345"


class ReportGone(Parameters, frozen=True, kw_only=True):
    """The id that no report has."""

    report_id: Name = "ER-EXAMPLE-00000404"


class LoginGiven(Parameters, frozen=True, kw_only=True):
    """Somebody who may claim expenses, and be named by others."""

    login: Name = "example.login"
    entity_code: Literal["10", "20", "30"] = "10"


def states() -> tuple[State, ...]:
    """Every state of the expense system."""
    return (
        State(
            "an expense report exists",
            "in this state, with the events that led there; `erp_document` is what a posted one carries",
            ReportGiven,
            _report,
        ),
        State("there is no expense report", GONE, ReportGone, lambda _stage, given: {"report_id": given.report_id}),
        State("an employee has a login", "in this entity", LoginGiven, _login),
        replica_state(POINT, "source_record", _copy),
        staff_state(STAFF, "employee_no", _employee),
    )


def _login(stage: Stage, given: LoginGiven) -> Values:
    stage.system(ExpenseSystem).copies.master.employees[given.login] = Member(given.login, given.login, given.entity_code, None, None)
    return {"login": given.login}


def _copy(stage: Stage, given: ReplicaGiven) -> Mapping[str, Any]:
    told = {"entity_code": "10", "source_revision": given.revision}
    days = {"valid_from": "01/01/2026", "valid_to": "31/12/2099"}
    return {**SAID, **told, **days, "responsible_login": stage.company.employees[0].expense_id}


def _employee(stage: Stage, given: EmployeeCopyGiven) -> Mapping[str, Any]:
    center = stage.company.cost_centers_of(stage.company.entities[0].key)[0].expense_id
    told = {"login": EMPLOYEE, "manager_login": stage.company.employees[0].expense_id, "entity_code": "10", "cost_object": center}
    return {**EMPLOYED, **told, "source_revision": given.revision, "valid_from": "01/01/2026", "valid_to": "31/12/2099"}


def _report(stage: Stage, given: ReportGiven) -> Values:
    return lead(
        stage,
        stage.system(ExpenseSystem).desk,
        "expense.report.record_posting",
        draft=stage.company.draft_expense_report,
        house=given.entity_code,
        steps=_REPORT_STEPS[given.state],
        given=given,
    )


def _posting(play: Play, given: ReportGiven) -> None:
    kind = "journal_entry" if given.entity_code == "20" else "ap_invoice"
    play.by_connector("record_posting", erp_document=given.erp_document, erp_document_type=kind, posted_on="28/10/2026")


_REPORT_STEPS: Mapping[str, tuple[Move, ...]] = {
    "draft": (),
    "pending_manager": (submit,),
    "approved": (submit, approve),
    "sent_back": (submit, approve, approver("send_back")),
    "recalled": (submit, author("recall")),
    "posted": (submit, approve, _posting),
    "on_hold": (submit, approve, refuse),
}
