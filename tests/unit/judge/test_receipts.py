"""The rules of receipts: silent on a correct run, and each finds what it exists for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import Scribe
from tests.unit.judge.history_builder import judged, one
from tests.unit.judge.one_question import answer, gaps, uncounted
from tests.unit.judge.receipts import PLANTED, changed_order, posted_again, receipts_run, txn

RULES = ("G01", "G02", "G03", "P02")


def test_a_correct_run_is_silent_and_has_no_gaps(tmp_path: Path) -> None:
    """Whole, in part, back for good and with a replacement: examined by each rule, nothing found, and the record is one record."""
    verdict = judged(receipts_run(), tmp_path / "whole")
    assert [(row["id"], row["rows"]) for row in verdict.invariants if row["rows"]] == []
    assert {row["id"]: row["candidates"] > 0 for row in verdict.invariants if row["id"] in RULES} == dict.fromkeys(RULES, True)
    assert list(gaps(receipts_run(), tmp_path / "gaps")) == []


@pytest.mark.parametrize(("rule", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(rule: str, txn_id: str, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The declared rule names the corrupted transaction, with a story, and has looked at what it found."""
    scribe = receipts_run()
    corrupt(scribe)
    found = answer(rule, scribe, tmp_path)
    assert {row["txn_id"] for row in found.rows} == {txn_id}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []


def test_what_went_back_makes_room(tmp_path: Path) -> None:
    """Received again behind its reversal is not received too often: at no moment more was there than ordered."""
    scribe = receipts_run()
    index, _ = one(scribe, txn_id=txn(3), kind="decision", call_point="erp.gr.reverse")
    posted_again(scribe, 3, index)
    assert answer("P02", scribe, tmp_path).rows == ()


def test_what_is_ordered_at_that_moment_counts(tmp_path: Path) -> None:
    """A buyer ordered more before so much came, and nobody is blamed for what is cancelled behind the receipt."""
    scribe = receipts_run()
    index, _ = one(scribe, txn_id=txn(1), kind="decision", call_point="erp.gr.create")
    posted_again(scribe, 1, index)
    for place, twice in enumerate((8_000, 12_000), start=1):
        changed_order(scribe, 1, place, twice, kind="request", call_point="erp.gr.create")
        changed_order(scribe, 1, place, 1_000, kind="request", call_point="procurement.receipt.record_posting")
    assert answer("P02", scribe, tmp_path).rows == ()
