"""What the crosswalks do not know cannot be compared: the experiment is inconclusive and the run says why, instead of a silent pass."""

from pathlib import Path
from typing import Any

import pytest

from harness.judge.synthetic import Row
from tests.unit.judge.history_builder import clean_run, judged, one, rows
from tests.unit.judge.one_question import answer

pytestmark = pytest.mark.requirement("R03.23")

ASKED: Row = {"kind": "commit", "entity_type": "source_line"}
CASES = (
    ("exp-000008", ASKED, "category", "LODGING", "an account rule for the category LODGING"),
    ("p2p-000008", ASKED, "category", "LODGING", "an account rule for the category LODGING"),
    ("p2p-000008", ASKED, "cost_center", "US-NEW-01", "a crosswalk for the cost centre US-NEW-01"),
    ("p2p-000008", ASKED, "project", "PRJ-99", "a crosswalk for the project PRJ-99"),
    ("p2p-000008", {"entity_type": "requisition"}, "party", "SUP999999", "a crosswalk for the party SUP999999"),
    ("p2p-000008", {"entity_type": "requisition"}, "company", "ACME-XX", "a crosswalk for the company ACME-XX"),
    ("p2p-000008", {"entity_type": "requisition"}, "approvers", "U77", "a crosswalk for the approver U77"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[2]}")
def test_what_no_crosswalk_knows_is_no_pass(case: tuple[str, Row, str, Any, str], tmp_path: Path) -> None:
    """No rule is violated, nothing passes: not the run, and not this experiment."""
    txn_id, where, column, word, missing = case
    scribe = clean_run()
    changed = [row for _, row in rows(scribe, txn_id=txn_id, **where) if column in row]
    for row in changed[:1] if where is ASKED else changed:
        row[column] = word
    verdict = judged(scribe, tmp_path)
    assert verdict.verdict == "inconclusive", verdict.reasons
    assert any(f"1 documents without {missing}" in reason for reason in verdict.reasons), verdict.reasons
    mine = next(row for row in verdict.by_experiment if row["txn_id"] == txn_id)
    assert (mine["verdict"], mine["why"]) == (
        "inconclusive",
        f"the judge has not {missing} of its source document, so what was posted was not compared with it",
    )


def test_a_category_without_a_rule_is_not_counted_as_examined(tmp_path: Path) -> None:
    """One document less than in the clean run."""
    before = answer("C14", clean_run(), tmp_path / "clean").candidates
    scribe = clean_run()
    one(scribe, txn_id="p2p-000008", **ASKED)[1]["category"] = "LODGING"
    assert answer("C14", scribe, tmp_path / "changed").candidates == before - 1


def test_a_rule_that_changed_in_these_days_leaves_nothing_missing(tmp_path: Path) -> None:
    """Either account may be right: not examined, and nobody's mistake."""
    scribe = clean_run()
    one(scribe, txn_id="p2p-000008", **ASKED)[1]["category"] = "SERVICES"
    one(scribe, txn_id="p2p-000008", entity_type="order_line")[1]["account"] = "5500"
    assert judged(scribe, tmp_path).verdict == "pass"


@pytest.mark.parametrize(
    ("day", "account", "verdict"), [("2026-10-15", "5500", "pass"), ("2026-10-16", "5500", "fail"), ("2026-10-16", "5510", "pass")]
)
def test_the_day_of_a_line_decides_which_rule_holds(day: str, account: str, verdict: str, tmp_path: Path) -> None:
    """The last day of the old rule and the first one of the new rule, both inclusive."""
    scribe = clean_run()
    one(scribe, txn_id="p2p-000008", **ASKED)[1].update(category="SERVICES", document_date=day)
    one(scribe, txn_id="p2p-000008", entity_type="order_line")[1]["account"] = account
    judgement = judged(scribe, tmp_path)
    assert judgement.verdict == verdict
    assert [each["invariant"] for each in judgement.violations] == ["C14"] * (verdict == "fail")


def test_what_was_not_posted_misses_nothing(tmp_path: Path) -> None:
    """A category without a rule is a reason to park or refuse; 15 was refused."""
    scribe = clean_run()
    one(scribe, txn_id="p2p-000015", **ASKED)[1]["category"] = "LODGING"
    assert judged(scribe, tmp_path).verdict == "pass"
