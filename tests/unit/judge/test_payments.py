"""The rules of payments: silent on a correct run, and each finds what it exists for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import Scribe
from tests.unit.judge.history_builder import judged
from tests.unit.judge.one_question import answer, gaps, uncounted
from tests.unit.judge.payments import PLANTED, payments_run

RULES = ("Y01", "Y02", "Y03", "Y04", "Y06")


def test_a_correct_run_is_silent_and_has_no_gaps(tmp_path: Path) -> None:
    """A whole file and one that the bank takes in part: examined by each rule, nothing found, and the record is one record."""
    verdict = judged(payments_run(), tmp_path / "whole")
    assert [(row["id"], row["rows"]) for row in verdict.invariants if row["rows"]] == []
    assert {row["id"]: row["candidates"] > 0 for row in verdict.invariants if row["id"] in RULES} == dict.fromkeys(RULES, True)
    assert list(gaps(payments_run(), tmp_path / "gaps")) == []


@pytest.mark.parametrize(("rule", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(rule: str, txn_id: str, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The declared rule names the corrupted transaction, with a story, and has looked at what it found."""
    scribe = payments_run()
    corrupt(scribe)
    found = answer(rule, scribe, tmp_path)
    assert {row["txn_id"] for row in found.rows} == {txn_id}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []
