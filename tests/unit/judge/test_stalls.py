"""While the world itself stands still, nobody is blamed for what takes long; what was booked wrongly stays wrong."""

from pathlib import Path

import pytest

from harness.judge import Verdict
from harness.judge.synthetic import Scribe
from tests.unit.judge.corrupt_books import second_order
from tests.unit.judge.corrupt_conduct import endless, lazily_parked, stuck_until_restart
from tests.unit.judge.corrupt_habits import hammers
from tests.unit.judge.history_builder import clean_run, insert, invariant, judged, one
from tests.unit.judge.one_question import answer

TXN = "p2p-000009"
MINUTE_NS = 60_000_000_000


def stalled(scribe: Scribe, txn_id: str, stall_ms: int = 2_000) -> Scribe:
    """The world stood still right after this transaction was approved."""
    index, row = one(scribe, txn_id=txn_id, kind="source_action", state="approved")
    stall = {**{name: row[name] for name in ("run_id", "t_mono_ns", "t_biz", "phase")}, "kind": "stall", "node": "harness"}
    insert(scribe, index + 1, {**stall, "stall_ms": stall_ms})
    return scribe


def verdict_of(verdict: Verdict, txn_id: str) -> tuple[str, str | None]:
    """What was decided about one experiment, and why."""
    entry = next(entry for entry in verdict.by_experiment if entry["txn_id"] == txn_id)
    return entry["verdict"], entry["why"]


@pytest.mark.parametrize(("rule", "txn_id", "corrupt"), [("L06", TXN, lazily_parked), ("K05", "p2p-000012", hammers)])
def test_giving_up_in_a_stall_proves_nothing(rule: str, txn_id: str, corrupt: object, tmp_path: Path) -> None:
    """The same row without the stall is a violation; with it the experiment is inconclusive, and the reader is told."""
    scribe = clean_run()
    corrupt(scribe)  # type: ignore[operator]
    assert answer(rule, scribe, tmp_path / "without").status == "violated"
    verdict = judged(stalled(scribe, txn_id), tmp_path / "with")
    assert invariant(verdict, rule)["status"] == "ok"
    decided, why = verdict_of(verdict, txn_id)
    assert (decided, "stood still for 2.0 s" in str(why)) == ("inconclusive", True)
    assert any("1 times, 2.0 s in all" in note for note in verdict.told)


def test_what_was_given_up_long_before_the_stall_is_judged(tmp_path: Path) -> None:
    """It is still open when the world stands still a minute later, but nothing happened to it any more."""
    scribe = clean_run()
    lazily_parked(scribe)
    last = max(index for index, row in enumerate(scribe.rows) if row.get("txn_id") == TXN and row["kind"] == "response_end")
    row = scribe.rows[last]
    for later in scribe.rows[last + 1 :]:
        later["t_mono_ns"] += MINUTE_NS
    stall = {**{name: row[name] for name in ("run_id", "t_biz", "phase")}, "kind": "stall", "node": "harness", "stall_ms": 2_000}
    insert(scribe, last + 1, {**stall, "t_mono_ns": row["t_mono_ns"] + MINUTE_NS})
    verdict = judged(scribe, tmp_path)
    assert invariant(verdict, "L06")["status"] == "violated"
    assert verdict_of(verdict, TXN)[0] == "fail"


@pytest.mark.parametrize("near", [True, False])
def test_a_stall_long_before_excuses_nobody_who_was_stuck(near: bool, tmp_path: Path) -> None:
    """It settled only behind the restart, two minutes later; a stall in between touched nothing."""
    scribe = clean_run()
    stuck_until_restart(scribe)
    index, quiet = one(scribe, kind="quiet", state="before_kill")
    for later in scribe.rows[index:]:
        later["t_mono_ns"] += 2 * MINUTE_NS
    moment = one(scribe, kind="proc_kill")[1]["t_mono_ns"] if near else scribe.rows[index - 1]["t_mono_ns"] + MINUTE_NS
    where = one(scribe, kind="proc_kill")[0] if near else index
    stall = {**{name: quiet[name] for name in ("run_id", "t_biz")}, "kind": "stall", "node": "harness", "stall_ms": 600}
    insert(scribe, where, {**stall, "phase": scribe.rows[where - 1]["phase"], "t_mono_ns": moment})
    assert (invariant(judged(scribe, tmp_path), "L01")["status"] == "ok") == near


def test_a_slip_in_a_stall_is_none(tmp_path: Path) -> None:
    """What would only be warned of spoils no evidence."""
    scribe = clean_run()
    endless(scribe)
    assert answer("K05", scribe, tmp_path / "without").status == "warned"
    verdict = judged(stalled(scribe, "p2p-000012"), tmp_path / "with")
    assert (invariant(verdict, "K05")["status"], verdict_of(verdict, "p2p-000012")) == ("ok", ("pass", None))


def test_what_only_it_could_show_was_not_shown(tmp_path: Path) -> None:
    """It was the only experiment of its cell, so the run is no pass either, and says which cell it is."""
    scribe = clean_run()
    lazily_parked(scribe)
    verdict = judged(stalled(scribe, TXN), tmp_path)
    assert (verdict.verdict, verdict.experiments["inconclusive"]) == ("inconclusive", 1)
    assert verdict.reasons == ("1 cells were not judged: requisition-to-po erp.po.create F-A3/drop",)


def test_what_was_under_way_and_ended_well_passes(tmp_path: Path) -> None:
    """A stall alone spoils nothing."""
    verdict = judged(stalled(clean_run(), TXN), tmp_path)
    assert (verdict.verdict, verdict_of(verdict, TXN)) == ("pass", ("pass", None))


def test_a_second_order_is_one_in_a_stall_too(tmp_path: Path) -> None:
    """The books are what they are."""
    scribe = clean_run()
    second_order(scribe)
    verdict = judged(stalled(scribe, TXN), tmp_path)
    assert invariant(verdict, "C01")["status"] == "violated"
    assert verdict.exit_code == 1
