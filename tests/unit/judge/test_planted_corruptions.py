"""Each invariant finds the corruption that it exists for, in the right transaction; all are silent on the history as it was."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.checks import Checked
from harness.judge.invariants import load_invariants
from harness.judge.synthetic import Scribe
from tests.unit.judge import corrupt_books, corrupt_conduct, corrupt_credits, corrupt_habits, test_kinds_of_flow
from tests.unit.judge.history_builder import asked, clean_run, invariant, judged

PLANTED = (*corrupt_books.PLANTED, *corrupt_conduct.PLANTED, *corrupt_habits.PLANTED, *corrupt_credits.PLANTED)
RULES = {rule.id: rule for rule in load_invariants()}
FIRST = tuple({RULES[planted[0]].family: planted for planted in reversed(PLANTED) if RULES[planted[0]].kind == "fail"}.values())
NOT_IN_IT = {"K07", "K08", "L10"}  # four attempts in vain at one call, a system that is down: the correct run has none


@pytest.mark.parametrize(("invariant_id", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(invariant_id: str, txn_id: str | None, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The declared invariant names the corrupted transaction, with a story, and had counted it among what it looked at."""
    scribe = clean_run()
    corrupt(scribe)
    found = asked(scribe, tmp_path, invariant_id)
    assert found.status in {"violated", "warned"}, found
    assert txn_id in {row["txn_id"] for row in found.rows}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []


@pytest.mark.parametrize(("invariant_id", "txn_id", "corrupt"), FIRST, ids=lambda value: getattr(value, "__name__", value))
def test_a_corruption_decides_the_verdict(invariant_id: str, txn_id: str | None, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The first one of each family: a failing invariant makes the run fail, and the violation is shown."""
    scribe = clean_run()
    corrupt(scribe)
    verdict = judged(scribe, tmp_path)
    assert (verdict.verdict, verdict.exit_code) == ("fail", 1)
    assert any(entry["invariant"] == invariant_id and entry["txn_id"] == txn_id for entry in verdict.violations)


def test_a_refusal_that_has_another_reason_beside_a_closed_period_is_right(tmp_path: Path) -> None:
    """Nobody is blamed for telling an owner what the owner can repair; the story of the other one says what nobody can."""
    scribe = clean_run()
    corrupt_conduct.refused_for_another_reason_too(scribe)
    assert invariant(judged(scribe, tmp_path / "too"), "L06")["status"] == "ok"
    scribe = clean_run()
    corrupt_conduct.refused_for_a_closed_period(scribe)
    told = [row["story"] for row in invariant(judged(scribe, tmp_path / "only"), "L06")["rows"]]
    assert told == ["ER-T1-000017 was refused to its owner because a period was closed, which nobody who asked for it can repair"]


def uncounted(found: Checked) -> list[str | None]:
    """Flows of which a rule found more transactions than it says that it looked at."""
    by_flow = Counter(found.flow_of.get(txn_id) for txn_id in {row["txn_id"] for row in found.rows})
    anywhere = found.examined.get(None, 0)
    return [flow for flow, n in by_flow.items() if n > found.examined.get(flow, 0) + (anywhere if flow is not None else 0)]


def test_a_credit_that_is_booked_as_one_is_right(tmp_path: Path) -> None:
    """Nothing is wrong with a negative line on its own account, cost centre and side."""
    scribe = clean_run()
    corrupt_credits.with_credit(scribe)
    assert judged(scribe, tmp_path).verdict == "pass"


def test_every_invariant_has_a_planted_corruption() -> None:
    """An invariant that nobody has seen fire is not trusted."""
    assert {planted[0] for planted in (*PLANTED, *test_kinds_of_flow.PLANTED)} == {rule.id for rule in load_invariants()}


def test_clean_run_is_silent_and_nothing_is_vacuous(tmp_path: Path) -> None:
    """All invariants examine rows of the correct run and find nothing; every experiment passes."""
    verdict = judged(clean_run(), tmp_path)
    assert (verdict.verdict, verdict.reasons) == ("pass", ())
    unasked = {planted[0] for planted in test_kinds_of_flow.PLANTED} - {
        planted[0] for planted in PLANTED
    } | NOT_IN_IT  # of kinds that this run has not
    assert {entry["id"]: entry["status"] for entry in verdict.invariants if entry["status"] != "ok"} == dict.fromkeys(
        unasked, "not_applicable"
    )
    assert all(entry["candidates"] > 0 for entry in verdict.invariants if entry["id"] not in unasked)
    assert verdict.experiments["pass"] == verdict.experiments["total"] == len(verdict.by_experiment)
