"""States of the expense system: reports in every state, played by the people who lead there."""

from collections.abc import Mapping
from typing import Literal

from mocks.abilities.people import (
    AMOUNT_MINOR,
    ENTITY_OF_HOUSE,
    GONE,
    WHY,
    Move,
    Play,
    Version,
    approve,
    approver,
    author,
    raise_version,
    refuse,
    refuse_taken,
    submit,
)
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.systems.expense.system import ExpenseSystem


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
    )


def _report(stage: Stage, given: ReportGiven) -> Values:
    desk = stage.system(ExpenseSystem).desk
    refuse_taken(given.report_id, desk.reports)
    draft = stage.company.draft_expense_report(ENTITY_OF_HOUSE[given.entity_code], given.report_id or WHY, AMOUNT_MINOR)
    desk.wanted = given.report_id
    play = Play(stage, draft, "expense.report", "report_id")
    for step in _REPORT_STEPS[given.state]:
        step(play, given)
    raise_version(stage, "expense.report.record_posting", play, given.version, lambda: desk.reports.get(play.source_id).version)
    found = desk.reports.get(play.source_id)
    return {"report_id": found.report_id, "version": found.version, "revision": found.revision, "state": found.state}


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
