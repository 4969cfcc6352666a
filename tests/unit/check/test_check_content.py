"""What a `connector check` makes of the judge's verdict."""

from types import SimpleNamespace

from harness.run.check_content import read_verdict
from harness.run.check_points import Journey
from tests.shipped import CATALOG

FLOW = CATALOG.flows["requisition-to-po"]
WHAT = "requisition REQ-1 (US01)"
ROW = {"txn_id": "t-1", "call_point": "erp.po.create", "story": "purchase order 45 carries 1 USD; REQ-1 says 2 USD"}


def findings(*rules: dict, state: str | None = "posted") -> list[tuple[str, str]]:
    """Status and text."""
    journey = Journey("t-1", FLOW, WHAT, state, 0.1, acked=202, sent=True, bad_copies={}, parked=None)
    return [(one.status, one.text) for one in read_verdict(SimpleNamespace(invariants=rules), CATALOG, [journey])]  # type: ignore[arg-type]


def rule(name: str, status: str = "ok", rows=(), error=None) -> dict:
    """A rule of the verdict that had one document before it."""
    return {"id": name, "title": "T", "status": status, "rows": rows, "error": error, "by_flow": {FLOW.id: {"candidates": 1}}}


def test_a_deviation_says_what_came_what_was_due_and_where() -> None:
    """And the document is not praised any more."""
    expected = f"{WHAT}: at erp.po.create, purchase order 45 carries 1 USD; REQ-1 says 2 USD (C06)"
    assert findings(rule("C06", "violated", [ROW]), rule("C07")) == [("wrong", expected)]


def test_what_agrees_is_said_with_what_was_compared() -> None:
    """The number of rules that examined something."""
    ((status, text),) = findings(rule("C06"), rule("C07"))
    assert status == "ok"
    assert text.startswith(f"{WHAT}: what was posted is what was due (amount, ")
    assert text.endswith("; 2 rules)")


def test_rules_about_other_things_are_left_to_the_check_itself() -> None:
    """What is lost, or posted twice, it has seen with its own eyes; what was not posted agrees with nothing."""
    assert [status for status, _ in findings(rule("C03", "violated", [ROW]), rule("C01", "violated", [ROW]))] == ["ok"]
    assert findings(rule("C06"), state=None) == []


def test_a_rule_that_cannot_be_asked_is_no_agreement() -> None:
    """It is wrong, with the reason."""
    told = findings(rule("C06", "error", error="no such column"))
    assert [text for status, text in told if status == "wrong"] == ["C06 (T) could not be asked: no such column"]


def test_a_posting_that_belongs_to_nobody_is_told() -> None:
    """It has no document of the check to stand with."""
    (first, _) = findings(
        rule("C05", "violated", [{**ROW, "txn_id": None, "call_point": None, "story": "order 9 belongs to no source document"}])
    )
    assert first == ("wrong", "order 9 belongs to no source document (C05)")
