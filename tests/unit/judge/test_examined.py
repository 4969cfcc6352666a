"""`candidates` counts what `violations` compares: what is left out, or was never there, is no evidence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.invariants import load_invariants
from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.history_builder import clean_run, insert, judged, one, rows
from tests.unit.judge.one_question import answer


def every(scribe: Scribe, change: Row, **columns: object) -> None:
    """The same change in every row with these column values."""
    for _, row in rows(scribe, **columns):
        row.update(change)


def parked_in_doubt(scribe: Scribe) -> None:
    every(scribe, {"state": "unknown"}, kind="parked")


def another_period_closed(scribe: Scribe) -> None:
    every(scribe, {"period": "2026-09", "entity_id": "1000/AP/2026-09"}, entity_type="period")


def no_revisions(scribe: Scribe) -> None:
    every(scribe, {"src_version": None}, kind="commit")


def no_dates(scribe: Scribe) -> None:
    for kind in ("purchase_order", "ap_invoice"):
        every(scribe, {"document_date": None, "posting_date": None}, kind="commit", entity_type=kind)


def reads_of_others(scribe: Scribe) -> None:
    for index, row in rows(scribe, kind="read_view"):
        row["entity_id"] = f"somebody else's {index}"


def another_body_each_time(scribe: Scribe) -> None:
    for index, row in rows(scribe, kind="request"):
        row["body_hash"] = f"body {index}"


def no_bodies(scribe: Scribe) -> None:
    every(scribe, {"body_hash": None}, kind="request")


def told_to_wait_at_last(scribe: Scribe) -> None:
    every(scribe, {"retry_after_ms": None}, kind="response_end")
    every(scribe, {"retry_after_ms": None}, kind="decision")
    for kind in ("response_end", "decision"):
        one(scribe, kind=kind, txn_id="p2p-000018", call_point="procurement.requisition.record_order")[1]["retry_after_ms"] = 5


def nothing_retryable(scribe: Scribe) -> None:
    every(scribe, {"retryable": False}, kind="parked")


def unknown_sources(scribe: Scribe) -> None:
    """No company, cost centre, supplier, employee, project or person that a crosswalk knows."""
    strange: Row = {"company": "nowhere", "party": "nobody", "approvers": "nobody"}
    for kind in ("requisition", "expense_report"):
        every(scribe, strange, entity_type=kind)
    every(scribe, {"cost_center": "nowhere", "project": "nothing", "category": "unheard of"}, entity_type="source_line")


def killed_meanwhile(scribe: Scribe) -> None:
    """A restart lies between every event and its answer."""
    for index, _ in reversed(list(rows(scribe, kind="event_ack"))):
        insert(scribe, index, {**one(scribe, kind="proc_start")[1]})


def approved_and_parked(scribe: Scribe) -> None:
    """Nothing was written back, and every item is declared."""
    for kind in ("requisition", "expense_report"):
        for states in ("ordered", "posted", "refused"):
            every(scribe, {"state": "approved"}, entity_type=kind, state=states)
    _, item = one(scribe, kind="parked")
    last = next(index for index, row in enumerate(scribe.rows) if row["kind"] == "phase" and row["phase"] == "final")
    sources = {row["entity_id"] for _, row in rows(scribe, kind="read_view") if row["entity_type"] in {"requisition", "expense_report"}}
    insert(scribe, last, *({**item, "entity_id": name, "phase": "redrive", "state": "unknown"} for name in sorted(sources)))


NOT_EXAMINED: tuple[tuple[str, Callable[[Scribe], None]], ...] = (
    ("C04", parked_in_doubt),
    ("C07", unknown_sources),
    ("C13", another_period_closed),
    ("C17", no_revisions),
    ("C18", no_dates),
    ("C24", reads_of_others),
    ("K01", another_body_each_time),
    ("K04", no_bodies),
    ("K06", told_to_wait_at_last),
    ("K12", killed_meanwhile),
    ("L08", nothing_retryable),
    ("P01", approved_and_parked),
    ("E01", approved_and_parked),
    ("P08", approved_and_parked),
)


@pytest.mark.parametrize(("rule", "change"), NOT_EXAMINED, ids=lambda value: getattr(value, "__name__", value))
def test_what_is_left_out_is_not_counted(rule: str, change: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The clean run has something of it; after the change nothing can be compared any more."""
    scribe = clean_run()
    change(scribe)
    assert answer(rule, scribe, tmp_path).candidates == 0


def test_an_empty_history_is_no_evidence_for_any_rule(tmp_path: Path) -> None:
    """Beginning and end of a run, and nothing in between."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.end()
    counted = {entry["id"]: entry["candidates"] for entry in judged(scribe, tmp_path).invariants}
    assert set(counted) == {rule.id for rule in load_invariants()}
    assert not any(counted.values()), counted


def test_the_table_names_rules_that_exist() -> None:
    """A rule that is renamed takes its line along."""
    known = {rule.id for rule in load_invariants()}
    assert {rule for rule, _ in NOT_EXAMINED} <= known
