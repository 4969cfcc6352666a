"""Each invariant finds the corruption that it exists for, in the right transaction; all are silent on the history as it was."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge import Verdict
from harness.judge.invariants import load_invariants
from harness.judge.synthetic import Scribe
from tests.unit.judge import (
    closing_books,
    corrupt_books,
    corrupt_conduct,
    corrupt_credits,
    corrupt_habits,
    corrupt_late,
    corrupt_waiting,
    invoices,
    paid_books,
    payments,
    receipts,
    stated,
    test_budget_control,
    test_budget_rules,
    test_consumption_rules,
    test_kinds_of_flow,
    test_onboarding,
    test_requisition_checks,
    test_waiting,
)
from tests.unit.judge.history_builder import clean_run, clean_verdict, insert, invariant, judged, one, rows
from tests.unit.judge.one_question import answer, uncounted

pytestmark = pytest.mark.requirement("R06.16")

PLANTED = (
    *corrupt_books.PLANTED,
    *corrupt_conduct.PLANTED,
    *corrupt_habits.PLANTED,
    *corrupt_credits.PLANTED,
    *corrupt_late.PLANTED,
    *corrupt_waiting.PLANTED,
)
APART = (
    *test_kinds_of_flow.PLANTED,
    *receipts.PLANTED,
    *closing_books.PLANTED,
    *paid_books.PLANTED,
    *invoices.PLANTED,
    *stated.PLANTED,
    *stated.PLANTED_OF_RECEIPTS,
    *payments.PLANTED,
    *test_budget_control.PLANTED,
    *test_budget_rules.PLANTED,
    *test_consumption_rules.PLANTED,
    *test_onboarding.PLANTED,
    *test_requisition_checks.PLANTED,
    *test_waiting.PLANTED,
)  # planted into runs of other flows
# Judged as a whole: those in which most rules fire beside the declared ones, and one each of what warns, voids, and is nobody's.
WHOLE = (
    corrupt_books.second_order,
    corrupt_books.lost,
    corrupt_books.falsely_parked,
    corrupt_books.unattributed,
    corrupt_books.wrong_amount,
    corrupt_books.into_closed_period,
    corrupt_books.lines_and_header_apart,
    corrupt_books.of_nobodys_transaction,
    corrupt_conduct.fault_never_fired,
    corrupt_conduct.impatient,
    corrupt_habits.storms,
    corrupt_credits.receipt_instead_of_claim,
)
NOT_IN_IT = {"K07", "K08", "L02", "L10"}  # four attempts in vain at one call, a system that is down: the correct run has none
EVERYWHERE = {"L11"}  # planted into a run of questions, and asked of every flow


@pytest.mark.parametrize(("invariant_id", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(invariant_id: str, txn_id: str | None, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The declared invariant names the corrupted transaction, with a story, and has looked at what it found."""
    scribe = clean_run()
    corrupt(scribe)
    found = answer(invariant_id, scribe, tmp_path)
    assert txn_id in {row["txn_id"] for row in found.rows}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []


@pytest.mark.parametrize("corrupt", WHOLE, ids=lambda value: value.__name__)
def test_what_is_found_is_the_verdict(corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """All that is declared of a corruption stands in the whole verdict; a failing invariant makes the run fail; nobody finds uncounted."""
    scribe = clean_run()
    corrupt(scribe)
    verdict = judged(scribe, tmp_path)
    assert all_uncounted(verdict) == {}
    for invariant_id, txn_id, _ in [planted for planted in PLANTED if planted[2] is corrupt]:
        found = invariant(verdict, invariant_id)
        assert found["status"] in {"violated", "warned"}, found
        assert txn_id in {row["txn_id"] for row in found["rows"]}
        assert all(row["story"] for row in found["rows"])
        if found["kind"] == "fail":
            assert (verdict.verdict, verdict.exit_code) == ("fail", 1)
            assert any(entry["invariant"] == invariant_id and entry["txn_id"] == txn_id for entry in verdict.violations)


def test_a_refusal_that_has_another_reason_beside_a_closed_period_is_right(tmp_path: Path) -> None:
    """Nobody is blamed for telling an owner what the owner can repair; the story of the other one says what nobody can."""
    scribe = clean_run()
    corrupt_conduct.refused_for_another_reason_too(scribe)
    assert answer("L06", scribe, tmp_path / "too").status == "ok"
    scribe = clean_run()
    corrupt_conduct.refused_for_a_closed_period(scribe)
    told = [row["story"] for row in answer("L06", scribe, tmp_path / "only").rows]
    assert told == ["ER-T1-000017 was refused to its owner because a period was closed, which nobody who asked for it can repair"]


def all_uncounted(verdict: Verdict) -> dict[str, list[str | None]]:
    """Rules that found more transactions of a flow than they say that they looked at, with the flows."""
    flow_of = {row["txn_id"]: row["flow"] for row in verdict.by_experiment}
    wrong: dict[str, list[str | None]] = {}
    for entry in verdict.invariants:
        found = Counter(flow_of.get(txn_id) for txn_id in {row["txn_id"] for row in entry["rows"]})
        looked = {flow: counts["candidates"] for flow, counts in entry["by_flow"].items()}
        anywhere = entry["candidates"] - sum(looked.values())
        more = [flow for flow, n in found.items() if n > looked.get(str(flow), 0) + anywhere]
        if more:
            wrong[entry["id"]] = more
    return wrong


def test_a_credit_that_is_booked_as_one_is_right(tmp_path: Path) -> None:
    """Nothing is wrong with a negative line on its own account, cost centre and side."""
    scribe = clean_run()
    corrupt_credits.with_credit(scribe)
    assert judged(scribe, tmp_path).verdict == "pass"


def test_every_invariant_has_a_planted_corruption() -> None:
    """An invariant that nobody has seen fire is not trusted."""
    assert {planted[0] for planted in (*PLANTED, *APART)} == {rule.id for rule in load_invariants()}


def test_clean_run_is_silent_and_nothing_is_vacuous() -> None:
    """All invariants examine rows of the correct run and find nothing; every experiment passes."""
    verdict = clean_verdict()
    assert (verdict.verdict, verdict.reasons) == ("pass", ())
    here = {planted[0] for planted in PLANTED} | EVERYWHERE
    unasked = {planted[0] for planted in APART} - here | NOT_IN_IT  # of kinds that this run has not
    assert {entry["id"]: entry["status"] for entry in verdict.invariants if entry["status"] != "ok"} == dict.fromkeys(
        unasked, "not_applicable"
    )
    assert all(entry["candidates"] > 0 for entry in verdict.invariants if entry["id"] not in unasked)
    assert verdict.experiments["pass"] == verdict.experiments["total"] == len(verdict.by_experiment)


@pytest.mark.parametrize(("pause_s", "found"), [(30, True), (5, False)])
def test_a_closure_that_is_long_over_moves_nothing(pause_s: int, found: bool, tmp_path: Path) -> None:
    """Whoever posts into the next period does so while the due one is closed, or with what it knew of it some seconds ago."""
    scribe = clean_run()
    closing = [row for _, row in rows(scribe, entity_type="period")]
    index, begun = one(scribe, txn_id="p2p-000008", kind="experiment")
    moment = {name: begun[name] for name in ("t_biz", "phase", "t_mono_ns")}
    insert(scribe, index, *({**row, **moment, "entity_id": row["entity_id"].replace("AP", "PO")} for row in closing))
    for later in scribe.rows[index + len(closing) :]:
        later["t_mono_ns"] += pause_s * 1_000_000_000
    corrupt_books.next_period(scribe)
    manifest = {"connector": {"name": "synthetic", "period_closed": "next_period"}}
    assert (answer("C12", scribe, tmp_path, manifest).status == "violated") == found
