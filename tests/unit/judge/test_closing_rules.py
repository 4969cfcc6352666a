"""The rules about balances and commitments: silent on correct books, and each finds what it exists for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import Scribe
from tests.unit.judge.closing_books import PLANTED, closing_run
from tests.unit.judge.history_builder import judged
from tests.unit.judge.one_question import answer, gaps, uncounted

RULES = ("C09", "C10", "C11", "B02", "B03", "B04", "B05")


def test_correct_books_are_silent_and_have_no_gaps(tmp_path: Path) -> None:
    """Received, invoiced, gone back for good and with a replacement, closed for good: examined by each rule, nothing found."""
    verdict = judged(closing_run(), tmp_path / "whole")
    assert [(row["id"], row["rows"]) for row in verdict.invariants if row["rows"]] == []
    assert {row["id"]: row["candidates"] > 0 for row in verdict.invariants if row["id"] in RULES} == dict.fromkeys(RULES, True)
    assert list(gaps(closing_run(), tmp_path / "gaps")) == []


@pytest.mark.parametrize(("rule", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(rule: str, txn_id: str, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The declared rule names the corrupted transaction, with a story, and has looked at what it found."""
    scribe = closing_run()
    corrupt(scribe)
    found = answer(rule, scribe, tmp_path)
    assert txn_id in {row["txn_id"] for row in found.rows}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []
