"""Rules about waiting, keys and events: what they must not be about. Their planted corruptions are in corrupt_waiting.py."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import Scribe
from tests.unit.judge import corrupt_waiting
from tests.unit.judge.corrupt_waiting import LATER, answered, key_of_another, neighbours_run, outage
from tests.unit.judge.history_builder import clean_run, insert, one, rows
from tests.unit.judge.one_question import answer

PLANTED = (("L03", "p2p-000021", neighbours_run),)


@pytest.mark.parametrize(("busy_ms", "found"), [(5_000, True), (100, False)])
def test_a_document_that_cannot_be_posted_must_not_hold_up_the_others(busy_ms: int, found: bool, tmp_path: Path) -> None:
    """Neighbours that take five seconds are named; a little slower is nobody's mistake."""
    asked = answer("L03", neighbours_run(busy_ms), tmp_path)
    assert bool(asked.rows) == found
    assert asked.examined == {"requisition-to-po": 12}
    assert {row["txn_id"] for row in asked.rows} <= {f"p2p-{number:06d}" for number in range(21, 33)}


def taken_at_last(scribe: Scribe) -> None:
    """Refused at first, for it was not ready; then taken."""
    answered(scribe, 400, 202)


def asked_to_come_later(scribe: Scribe) -> None:
    """Too much at once, twice."""
    answered(scribe, 429, 503)


def known_already(scribe: Scribe) -> None:
    """It had found the document in a list, and says so."""
    answered(scribe, 409, 409)


def takes_none_of_them(scribe: Scribe) -> None:
    """A connector that polls for this kind of document has no place for its events."""
    for _, row in rows(scribe, kind="event_ack", call_point="wh.requisition.approved"):
        row["status"] = 404
    answered(scribe, 404, 404)


def of_another_shape(scribe: Scribe) -> None:
    """The event lacks a member that the connector needs (F-E2)."""
    answered(scribe, 400, 400)
    index, event = one(scribe, txn_id=LATER, kind="event_sent")
    insert(
        scribe, index + 1, {**event, "kind": "fault_fired", "node": "procurement", "fault_id": "F-E2", "mode": "removed", "plan_id": "x"}
    )


EVENTS = (taken_at_last, asked_to_come_later, known_already, takes_none_of_them, of_another_shape)


@pytest.mark.parametrize("right", EVENTS, ids=lambda one: one.__name__)
def test_an_event_may_be_turned_away_for_good_reasons(right: Callable[[Scribe], None], tmp_path: Path) -> None:
    """Whoever gets to the document all the same is right."""
    scribe = clean_run()
    right(scribe)
    assert answer("K11", scribe, tmp_path).rows == ()


def test_one_key_for_all_steps_of_a_document_is_right(tmp_path: Path) -> None:
    """The key is the requisition's number, at whatever call point."""
    scribe = clean_run()
    for _, row in rows(scribe, kind="request"):
        if row.get("txn_id") and row["method"] != "GET":
            row["idem_key"] = f"k-{row['txn_id']}"
    assert answer("K03", scribe, tmp_path).rows == ()


def test_one_number_at_two_instances_of_a_system_is_two_keys(tmp_path: Path) -> None:
    """Both companies' procurements count from one, and each orders at an ERP of its own."""
    scribe = clean_run()
    key_of_another(scribe)
    assert answer("K03", scribe, tmp_path / "one").rows
    one(scribe, kind="request", txn_id=LATER, call_point="erp.po.create")[1]["node"] = "erp-2"
    assert answer("K03", scribe, tmp_path / "two").rows == ()


def test_who_is_done_soon_after_an_outage_is_right(tmp_path: Path) -> None:
    """It is examined, and nothing is found."""
    scribe = clean_run()
    outage(scribe)
    found = answer("L02", scribe, tmp_path)
    assert (found.rows, found.examined) == ((), {"requisition-to-po": 1})


def test_who_was_killed_before_its_time_was_over_is_not_examined(tmp_path: Path) -> None:
    """Nobody knows how soon it would have been done."""
    scribe = clean_run()
    outage(scribe)
    index, written = one(scribe, txn_id=LATER, kind="commit", state="ordered")
    killed, kill = one(scribe, kind="proc_kill")
    insert(scribe, killed + 1, {**written, "t_mono_ns": kill["t_mono_ns"] + 1})
    del scribe.rows[index]
    corrupt_waiting.shifted(scribe, killed)
    assert answer("L02", scribe, tmp_path).examined == {}


def test_who_says_no_time_is_not_asked_when_it_parked(tmp_path: Path) -> None:
    """`first_seen` is optional."""
    scribe = clean_run()
    corrupt_waiting.parked_at_last(scribe)
    for _, row in rows(scribe, kind="parked"):
        row["detail"] = '{"first_seen": null, "attempts": null, "ago_ms": null}'
    assert answer("L07", scribe, tmp_path).examined == {}
