"""HR moves or lets go the author of a report that is on its way (F-F20): it is still owed once, where it was claimed and to whom."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import Fault, Scribe, expense, post_expense
from tests.unit.judge.history_builder import both, drop, judged, one, quiet, refresh_views
from tests.unit.judge.one_question import answer

pytestmark = pytest.mark.requirement("R07.06")
TXN, REPORT, NUMBER = "exp-000020", "ER-T1-000020", 20
MODES = {"transferred": "active", "left": "left"}


def run(mode: str, *, is_posted: bool = True, plant: Callable[[Scribe], None] | None = None) -> Scribe:
    """One report whose author's employment changed after it was read. is_posted: the connector went on."""
    fault = Fault("F-F20", mode, commits=True, status=200, view="ok")
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    both(scribe, (1, 2, 3), wave="baseline-1", role="baseline")
    scribe.enter("wave")
    expense(scribe, NUMBER, wave="wave", role="faulted", step=("expense.report.read", fault), settle=False)
    scribe.call("expense.report.read", TXN, fault=fault)
    place = {"company": "2000", "cost_center": "4711000", "version": 2, "src_version": 2}
    scribe.person("hr.employee.confirm", TXN, "employee_record", "10081360", MODES[mode], **place)
    if is_posted:
        post_expense(scribe, TXN, REPORT, NUMBER)
    if plant is not None:
        plant(scribe)
    scribe.enter("quiesce-at-last")
    quiet(scribe)
    scribe.enter("final")
    refresh_views(scribe)
    scribe.end()
    return scribe


def made(scribe: Scribe) -> dict[str, object]:
    """The AP invoice as it was accepted."""
    return one(scribe, txn_id=TXN, kind="commit", entity_type="ap_invoice", effect="create")[1]


def posted_where_they_are_now(scribe: Scribe) -> None:
    """The connector asked HR for the company."""
    made(scribe)["company"] = "2000"


def owed_to_somebody_else(scribe: Scribe) -> None:
    """Whoever has left is owed nothing, it thought."""
    made(scribe)["party"] = "10081361"


def undone(scribe: Scribe) -> None:
    """It was posted, and taken back because of HR's word."""
    row = made(scribe)
    drop(scribe, lambda each: each.get("txn_id") != TXN or each.get("entity_type") != "ap_invoice" or each.get("state") != "posted")
    scribe.row("commit", "erp", txn_id=TXN, call_point="erp.ap_invoice.withdraw", **{
        name: row[name] for name in ("entity_type", "entity_id", "company", "currency", "period", "amount_minor", "src_version")
    } | {"effect": "update", "state": "withdrawn"})  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_a_report_that_is_posted_as_it_says_is_right(mode: str, tmp_path: Path) -> None:
    """Nothing is said against it, and what HR decided is no part of it."""
    verdict = judged(run(mode), tmp_path)
    assert [entry["id"] for entry in verdict.invariants if entry["violations"]] == []
    assert next(entry["outcome"] for entry in verdict.by_experiment if entry["txn_id"] == TXN) == "posted"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("rule", "plant"), [("C07", posted_where_they_are_now), ("C07", owed_to_somebody_else), ("C03", undone)])
def test_what_follows_hr_in_place_of_the_report_is_found(rule: str, plant: Callable[[Scribe], None], mode: str, tmp_path: Path) -> None:
    """In another company, to another person, or not at all."""
    found = answer(rule, run(mode, plant=plant), tmp_path)
    assert {row["txn_id"] for row in found.rows} == {TXN}


def test_a_report_that_is_dropped_is_found(tmp_path: Path) -> None:
    """Its author has left, and nobody posts it."""
    assert {row["txn_id"] for row in answer("C03", run("left", is_posted=False), tmp_path).rows} == {TXN}
