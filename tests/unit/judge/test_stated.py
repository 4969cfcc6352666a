"""The rules of what a connector states of a posting: silent on correct runs, and each finds what it exists for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import Scribe
from tests.unit.judge import stated
from tests.unit.judge.history_builder import judged
from tests.unit.judge.one_question import answer, uncounted

RUNS = {"invoices": stated.stated_invoices, "receipts": stated.stated_receipts}
RULES = {"invoices": ("M05", "M06", "M07", "M08", "M09"), "receipts": ("G04", "G05")}
CASES = [(RUNS["invoices"], *planted) for planted in stated.PLANTED] + [
    (RUNS["receipts"], *planted) for planted in stated.PLANTED_OF_RECEIPTS
]


@pytest.mark.parametrize("flow", RUNS)
def test_a_correct_run_is_silent(flow: str, tmp_path: Path) -> None:
    """Each rule looks at something, and nothing is found: voided, credited, on hold, in part."""
    verdict = judged(RUNS[flow](), tmp_path)
    assert [(row["id"], row["rows"]) for row in verdict.invariants if row["rows"]] == []
    assert {row["id"]: row["candidates"] > 0 for row in verdict.invariants if row["id"] in RULES[flow]} == dict.fromkeys(RULES[flow], True)


@pytest.mark.parametrize(("run", "rule", "txn_id", "corrupt"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(run: Callable[[], Scribe], rule: str, txn_id: str, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The declared rule names the corrupted transaction, with a story, and has looked at what it found."""
    scribe = run()
    corrupt(scribe)
    found = answer(rule, scribe, tmp_path)
    assert {row["txn_id"] for row in found.rows} == {txn_id}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []


def test_what_is_open_in_full_may_be_taken_back(tmp_path: Path) -> None:
    """Examined, and right."""
    scribe = stated.stated_invoices()
    stated.open_items(scribe, stated.invoices.total_of(stated.invoices.TAKEN_BACK))
    found = answer("M10", scribe, tmp_path)
    assert (found.rows, found.examined["invoice-to-posting"]) == ((), 1)
