"""Every verdict of a run and of an experiment, each produced on purpose."""

import shutil
from pathlib import Path

import pytest

from harness.errors import RunUnreadable
from harness.judge import explain, finish_history
from harness.judge.checks import check
from harness.judge.invariants import Invariant
from harness.judge.synthetic import RESPONSE_LOST, Row, Scribe, order
from tests.unit.judge.corrupt_books import lost, second_order
from tests.unit.judge.corrupt_conduct import fault_never_fired
from tests.unit.judge.history_builder import clean_run, drop, insert, invariant, judged, one, refresh_views, renumber, rows
from tests.unit.judge.judging import judge

CELL: Row = {"flow": "requisition-to-po", "call_point": "erp.po.create", "fault_id": "F-A3", "mode": "drop", "status": "planned"}


def experiment(verdict_rows: tuple[Row, ...], txn_id: str) -> Row:
    """One row of by_experiment."""
    return next(row for row in verdict_rows if row["txn_id"] == txn_id)


def test_no_experiments_is_not_a_pass(tmp_path: Path) -> None:
    """A run in which nothing was tried proves nothing."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.end()
    verdict = judged(scribe, tmp_path)
    assert (verdict.verdict, verdict.exit_code) == ("inconclusive", 2)
    assert any("no experiments" in reason for reason in verdict.reasons)


def test_a_connector_that_was_never_seen_is_not_a_pass(tmp_path: Path) -> None:
    """Nothing received, nothing sent: no verdict about it."""
    scribe = clean_run()
    drop(scribe, lambda row: "op_id" not in row and not (row["kind"] == "commit" and row["node"] == "erp"))
    refresh_views(scribe)
    verdict = judged(scribe, tmp_path)
    assert any("never seen" in reason for reason in verdict.reasons)
    assert any("posted nothing" in reason for reason in verdict.reasons)


def test_what_is_taken_up_only_when_told_and_was_not_declared_was_lost(tmp_path: Path) -> None:
    """Nobody redrives what is not declared parked."""
    scribe = clean_run()
    drop(scribe, lambda row: row["kind"] != "parked")
    verdict = judged(scribe, tmp_path)
    assert verdict.verdict == "fail"
    assert invariant(verdict, "C03")["rows"][0]["txn_id"] is not None
    assert "never said" in invariant(verdict, "C03")["rows"][0]["story"]


def test_required_invariant_without_candidates_makes_the_run_2(tmp_path: Path) -> None:
    """Nothing was parked, so C04 examined nothing: not applicable, and not enough when the scenario requires it."""
    scribe = clean_run()
    drop(scribe, lambda row: row["kind"] not in ("parked", "redrive"))
    free = judged(scribe, tmp_path / "free")
    assert (free.verdict, invariant(free, "C04")["status"]) == ("pass", "not_applicable")
    strict = judged(scribe, tmp_path / "strict", {"scenario": {"name": "s", "require": ["C04"]}})
    assert (strict.exit_code, invariant(strict, "C04")["status"]) == (2, "vacuous")
    assert any(reason.startswith("C04 is required") for reason in strict.reasons)


def test_a_rule_of_a_flow_that_the_connector_does_not_serve_is_not_missed(tmp_path: Path) -> None:
    """E01 is required, but this connector serves requisitions only: not applicable. Where it serves both, E01 is missed."""
    scribe = clean_run()
    drop(scribe, lambda row: not str(row.get("txn_id", "")).startswith("exp"))
    scenario = {"name": "s", "require": ["E01", "P01"]}
    one_flow = {"scenario": scenario, "connector": {"capabilities": {"flows": ["requisition-to-po"]}}}
    assert invariant(judged(scribe, tmp_path / "one", one_flow), "E01")["status"] == "not_applicable"
    both_flows = {"scenario": scenario, "connector": {"capabilities": {"flows": ["requisition-to-po", "expense-to-posting"]}}}
    assert invariant(judged(scribe, tmp_path / "both", both_flows), "E01")["status"] == "vacuous"


def test_truncated_history_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    """Without run_end: inconclusive, with the reason first, and what was found is still told."""
    scribe = clean_run()
    second_order(scribe)
    drop(scribe, lambda row: row["kind"] not in {"run_end", "read_view"})
    verdict = judged(scribe, tmp_path)
    assert (verdict.verdict, verdict.exit_code) == ("inconclusive", 2)
    assert "truncated" in verdict.reasons[0]
    assert {entry["txn_id"] for entry in verdict.violations if entry["invariant"] == "C01"} == {"p2p-000009"}
    assert experiment(verdict.by_experiment, "p2p-000008")["verdict"] == "inconclusive"


def test_a_hole_in_the_middle_is_seen(tmp_path: Path) -> None:
    """A row taken out of the middle could be the one that tells of a second posting: never a pass."""
    clean_run().save(tmp_path)
    path = tmp_path / "history.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:50] + lines[51:]))
    verdict = judge(tmp_path)
    assert verdict.exit_code == 2
    assert "1 rows are missing" in verdict.reasons[0]


def test_two_histories_that_differ_are_seen(tmp_path: Path) -> None:
    """Half of the lines are gone, the Parquet file is whole: somebody changed one of them."""
    judged(clean_run(), tmp_path)
    finish_history(tmp_path)
    assert judge(tmp_path).exit_code == 0
    path = tmp_path / "history.ndjson"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:50]))
    verdict = judge(tmp_path)
    assert verdict.exit_code == 2
    assert "written as the same history" in verdict.reasons[0]


def test_torn_last_line_is_left_out_and_said(tmp_path: Path) -> None:
    """A history that ends in the middle of a line is truncated, not unreadable."""
    clean_run().save(tmp_path)
    path = tmp_path / "history.ndjson"
    path.write_bytes(path.read_bytes()[:-20])
    verdict = judge(tmp_path)
    assert verdict.exit_code == 2
    assert "torn" in verdict.reasons[0]


def test_void_cell_makes_the_run_2_never_1(tmp_path: Path) -> None:
    """The only experiment of a planned cell did not meet its fault."""
    scribe = clean_run()
    fault_never_fired(scribe)
    verdict = judged(scribe, tmp_path, cells=(CELL,))
    assert (verdict.verdict, verdict.experiments["void"]) == ("inconclusive", 1)
    assert any(reason.startswith("V01") for reason in verdict.reasons)
    cell = next(row for row in verdict.coverage["matrix"] if row["fault_id"] == "F-A3" and row["call_point"] == "erp.po.create")
    assert (cell["planned"], cell["fired"], cell["verdict"]) == (1, 0, "void")


def test_a_call_that_never_came_again_leaves_no_gap(tmp_path: Path) -> None:
    """It was seen once and planned again, and nothing provoked it: its cell is not applicable, and nobody says that it was played."""
    scribe = clean_run()
    fault_never_fired(scribe)
    verdict = judged(scribe, tmp_path, cells=({**CELL, "status": "not_applicable", "reason": "called once"},))
    cell = next(row for row in verdict.coverage["matrix"] if row["fault_id"] == "F-A3" and row["call_point"] == "erp.po.create")
    assert (cell["verdict"], cell["reason"]) == ("not_applicable", "called once")
    assert not [reason for reason in verdict.reasons if "calls not applicable" in reason or "never fired as planned" in reason]


def test_cell_of_which_one_experiment_fired_is_covered(tmp_path: Path) -> None:
    """A void experiment beside one that was judged does not spoil the run."""
    scribe = clean_run()
    heal = next(index for index, row in enumerate(scribe.rows) if row["phase"] == "heal")
    tail = scribe.rows[heal:]
    del scribe.rows[heal:]
    frame = {name: scribe.rows[-1][name] for name in ("t_mono_ns", "t_wall", "t_biz", "phase")}
    order(scribe, 19, wave="wave-again", role="faulted", step=("erp.po.create", RESPONSE_LOST))
    for row in scribe.rows[heal:]:
        row.update(frame)  # all of it happened in that moment
    scribe.rows += tail
    fault_never_fired(scribe)
    refresh_views(scribe)
    verdict = judged(scribe, tmp_path, cells=(CELL,))
    assert (verdict.verdict, verdict.experiments["void"]) == ("pass", 1)


def test_planned_cell_without_any_experiment_is_a_gap(tmp_path: Path) -> None:
    """What was planned and never tried is told, and the run is not a pass."""
    verdict = judged(clean_run(), tmp_path, cells=({**CELL, "call_point": "erp.po.find"},))
    assert verdict.exit_code == 2
    assert verdict.coverage["cells"]["fired"] == verdict.coverage["cells"]["applicable"] - 1


def test_not_applicable_cell_keeps_its_reason(tmp_path: Path) -> None:
    """It is shown apart and does not count as applicable."""
    verdict = judged(
        clean_run(), tmp_path, cells=({**CELL, "call_point": "erp.po.find", "status": "not_applicable", "reason": "never called"},)
    )
    assert verdict.verdict == "pass"
    assert [row["reason"] for row in verdict.coverage["matrix"] if row["verdict"] == "not_applicable"] == ["never called"]


def test_open_transactions_at_the_deadline_are_inconclusive_never_fail(tmp_path: Path) -> None:
    """The number of open ones still shrank when patience ended: lost is not proven."""
    scribe = clean_run()
    lost(scribe)
    last = [index for index, _ in rows(scribe, kind="quiet")][-2]
    del scribe.rows[last + 1]
    scribe.rows[last]["state"] = "deadline_shrinking"
    verdict = judged(scribe, tmp_path)
    assert (verdict.verdict, verdict.experiments["fail"]) == ("inconclusive", 0)
    assert experiment(verdict.by_experiment, "p2p-000008") | {"verdict": "inconclusive", "outcome": "open"} == experiment(
        verdict.by_experiment, "p2p-000008"
    )


def test_stuck_transactions_fail(tmp_path: Path) -> None:
    """Nothing moved any more and something was open: lost is proven."""
    scribe = clean_run()
    lost(scribe)
    last = [index for index, _ in rows(scribe, kind="quiet")][-2]
    del scribe.rows[last + 1]
    scribe.rows[last]["state"] = "stuck"
    assert judged(scribe, tmp_path).verdict == "fail"


def test_disturbed_controls_contaminate_their_wave(tmp_path: Path) -> None:
    """Controls that meet errors which no fault explains make what passed beside them worthless."""
    scribe = clean_run()
    for txn_id in ("p2p-000007", "exp-000007", "p2p-000008"):
        answer = next(row for _, row in rows(scribe, txn_id=txn_id, kind="response_end") if row["call_point"] == "erp.coding.check")
        answer.update(client_view="fail", status=503)
    verdict = judged(scribe, tmp_path)
    assert verdict.interference["wave-status"]["contaminated"]
    assert experiment(verdict.by_experiment, "p2p-000009")["verdict"] == "contaminated"
    assert (verdict.verdict, verdict.experiments["contaminated"]) == ("inconclusive", 10)


def test_repeating_alone_reports_r_of_k(tmp_path: Path) -> None:
    """A violation that happens again alone is one violation, reproduced 1 of 2."""
    scribe = clean_run()
    scribe.rows = [row for row in scribe.rows if row["kind"] not in {"read_view", "run_end"}]
    for number in (20, 21):
        order(scribe, number, wave="solo", role="solo", step=("erp.po.create", RESPONSE_LOST))
        scribe.plan[-1]["of"] = "p2p-000009"
    second_order(scribe)
    index, made = one(scribe, txn_id="p2p-000020", kind="commit", entity_type="purchase_order")
    insert(scribe, index + 1, {**made, "entity_id": "4500099920", "ext_ref": None})
    refresh_views(scribe)
    verdict = judged(scribe, tmp_path)
    found = [entry for entry in verdict.violations if entry["invariant"] == "C01"]
    assert [(entry["txn_id"], entry["solo"]) for entry in found] == [("p2p-000009", {"reproduced": 1, "of": 2})]
    assert experiment(verdict.by_experiment, "p2p-000009")["solo"] == "1/2"
    assert verdict.experiments["total"] == len(verdict.by_experiment) - 2


def test_crashed_check_is_never_a_pass() -> None:
    """A query that fails gives the status error."""
    import duckdb

    rule = Invariant("X01", "t", "f", "money", "fail", "history", "select count(*) from nowhere", "select 1", "select 1")
    with duckdb.connect(":memory:") as con:
        assert check(con, rule, required=(), flow_of={}).status == "error"


def test_rows_without_their_columns_are_said(tmp_path: Path) -> None:
    """A recorder that keeps columns back does not make rules silent without a word."""
    scribe = clean_run()
    del one(scribe, kind="event_sent")[1]["sig_ok"]
    verdict = judged(scribe, tmp_path)
    assert verdict.exit_code == 2
    assert any("event_sent.sig_ok (1)" in reason for reason in verdict.reasons)


def test_experiment_without_an_approved_document_is_void(tmp_path: Path) -> None:
    """Nothing was asked of the connector, so silence proves nothing."""
    scribe = clean_run()
    drop(scribe, lambda row: not (row.get("txn_id") == "p2p-000008" and (row.get("state") or "op_id" in row)))
    refresh_views(scribe)
    verdict = judged(scribe, tmp_path)
    assert experiment(verdict.by_experiment, "p2p-000008")["verdict"] == "void"
    assert (verdict.exit_code, verdict.experiments["void"]) == (2, 1)


def test_failed_run_says_why(tmp_path: Path) -> None:
    """The manifest's own word is part of the reasons."""
    verdict = judged(clean_run(), tmp_path, {"status": "failed", "why": "the connector died"})
    assert (verdict.exit_code, verdict.reasons[0]) == (2, "the run failed: the connector died")


def test_story_names_document_fault_and_money(tmp_path: Path) -> None:
    """One sentence that a finance person understands, the plan line, the twin, and a bounded timeline."""
    scribe = clean_run()
    second_order(scribe)
    entry = next(entry for entry in judged(scribe, tmp_path).violations if entry["invariant"] == "C01")
    assert entry["plan"] == "p2p-000009: erp.po.create@1 = F-A3/drop"
    assert entry["money"] == {"amount": "203.33", "currency": "USD"}
    assert "posted 2 times" in entry["story"]
    assert "response lost after commit (F-A3) at erp.po.create" in entry["story"]
    assert entry["control_txn"].startswith("p2p-")
    assert 0 < len(entry["timeline"]) <= 60
    assert [line["t_ms"] for line in entry["timeline"]] == sorted(line["t_ms"] for line in entry["timeline"])


def test_parquet_and_ndjson_give_the_same_verdict(tmp_path: Path) -> None:
    """The stored form changes nothing but the time it takes."""
    scribe = clean_run()
    second_order(scribe)
    first = judged(scribe, tmp_path).document()
    finish_history(tmp_path)
    (tmp_path / "history.ndjson").unlink()
    again = judge(tmp_path).document()
    assert {**first, "figures": None} == {**again, "figures": None}


def test_explain_tells_one_transaction(tmp_path: Path) -> None:
    """The whole timeline, from the experiment to the final read; nothing for an unknown transaction."""
    renumber(clean_run()).save(tmp_path)
    lines = explain(tmp_path, "p2p-000018")
    assert {line["kind"] for line in lines} >= {"experiment", "request", "commit", "proc_kill", "read_view"}
    assert explain(tmp_path, "p2p-999999") == []


@pytest.mark.parametrize("spoil", ["empty", "manifest", "garbage", "parquet"])
def test_what_is_not_a_run_is_said(tmp_path: Path, spoil: str) -> None:
    """A foreign or damaged directory is RunUnreadable, with one clear message."""
    run = tmp_path / "run"
    clean_run().save(run)
    if spoil == "empty":
        shutil.rmtree(run)
        run.mkdir()
    elif spoil == "manifest":
        (run / "manifest.json").write_text("[1")
    elif spoil == "garbage":
        (run / "history.ndjson").write_text('{"seq": 1}\nnonsense\n{"seq": 2}\n')
    else:
        (run / "history.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(RunUnreadable, match=str(run)):
        judge(run)


def test_a_write_back_after_the_final_read_names_its_document(tmp_path: Path) -> None:
    """A run whose patience ended reads while the connector still works: what was read before it was told is not blamed."""
    scribe = clean_run()
    index, read = one(scribe, kind="read_view", txn_id="p2p-000008", entity_type="requisition")
    del scribe.rows[index]
    told, _ = one(scribe, kind="commit", txn_id="p2p-000008", state="ordered")
    early = {name: value for name, value in read.items() if name != "parent_id"}
    insert(scribe, told, {**early, "state": "approved", "version": 3})
    assert invariant(judged(scribe, tmp_path), "P08")["rows"] == []
