"""Conduct has a weight: one slip warns, a habit fails, and with --strict the slip fails too."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.corrupt_conduct import impatient
from tests.unit.judge.corrupt_habits import TXN, hammers, is_refused, keeps_its_token, looks_again, never_waits, persists, storms
from tests.unit.judge.history_builder import clean_run, insert, invariant, judged, one, rows
from tests.unit.judge.one_question import answer

pytestmark = pytest.mark.requirement("R09.05")

HABITS = [("K05", hammers), ("K06", never_waits), ("K08", storms), ("K13", keeps_its_token)]


@pytest.mark.parametrize(("rule", "habit"), HABITS, ids=[rule for rule, _ in HABITS])
def test_a_habit_fails(tmp_path: Path, rule: str, habit: Callable[[Scribe], None]) -> None:
    """It is a violation, with a transaction, a story and a cause."""
    scribe = clean_run()
    habit(scribe)
    verdict = judged(scribe, tmp_path)
    assert invariant(verdict, rule)["status"] == "violated"
    assert verdict.exit_code == 1
    own = [violation for violation in verdict.violations if violation["invariant"] == rule]
    assert {violation["txn_id"] for violation in own} == {TXN}
    assert all(violation["cause"] for violation in own)


@pytest.mark.parametrize(("rule", "slip"), [("K05", persists), ("K06", impatient)])
def test_a_slip_warns(tmp_path: Path, rule: str, slip: Callable[[Scribe], None]) -> None:
    """The run passes all the same."""
    scribe = clean_run()
    slip(scribe)
    verdict = judged(scribe, tmp_path)
    assert invariant(verdict, rule)["status"] == "warned"
    assert verdict.violations == ()


def test_strict_makes_a_slip_fail(tmp_path: Path) -> None:
    """What the manifest of the run says, the judge does, whenever it judges."""
    scribe = clean_run()
    impatient(scribe)
    verdict = judged(scribe, tmp_path, {"strict": True})
    assert invariant(verdict, "K06")["status"] == "violated"
    assert verdict.exit_code == 1


def test_a_patient_connector_storms_nothing(tmp_path: Path) -> None:
    """The retry base is what it was told to use."""
    scribe = clean_run()
    looks_again(scribe)
    assert answer("K08", scribe, tmp_path).status == "ok"


@pytest.mark.parametrize(("calls", "pause_ms", "status"), [(2000, 1, "violated"), (30, 60, "ok")], ids=["storm", "back_off"])
def test_a_client_that_is_refused_asks_with_pauses(tmp_path: Path, calls: int, pause_ms: int, status: str) -> None:
    """Without a pause it is a storm; a back-off is none, and neither is a waste of tokens."""
    scribe = clean_run()
    is_refused(scribe, calls, pause_ms)
    assert answer("K08", scribe, tmp_path / "storm").status == status
    assert answer("K13", scribe, tmp_path / "tokens").status == "ok"


def test_tokens_that_are_drawn_for_every_call_are_a_habit(tmp_path: Path) -> None:
    """It belongs to no transaction."""
    scribe = clean_run()
    index, pattern = one(scribe, kind="phase", phase="heal")
    token: Row = {**pattern, "kind": "request", "node": "identity", "call_point": "identity.token.issue", "method": "POST"}
    count = sum(1 for _ in rows(scribe, kind="request"))
    insert(scribe, index, *({**token, "op_id": 60_000 + n, "phase": None} for n in range(count)))
    assert answer("K13", scribe, tmp_path).status == "violated"
