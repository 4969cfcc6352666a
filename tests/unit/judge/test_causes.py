"""What a failed transaction is put down to: where, after which fault, with which effect. One cause, however many rules see it."""

from pathlib import Path

import pytest

from harness.judge import look
from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.corrupt_books import lost, never_cancelled, second_order, wrong_amount
from tests.unit.judge.history_builder import clean_run, drop, insert, judged, one, refresh_views, rows, written

CALL = {"request", "decision", "response_end"}


def causes(scribe: Scribe, folder: Path) -> dict[str, Row]:
    """The causes of a run by id."""
    return {cause["id"]: dict(cause) for cause in look(written(scribe, folder)).causes}


def lose_17(scribe: Scribe) -> None:
    """The expense report that met a closed period is dropped there and never taken up again."""
    gone = [row for _, row in rows(scribe, txn_id="exp-000017", phase="redrive")] + [
        row for _, row in rows(scribe, entity_id="ER-T1-000017", kind="parked")
    ]
    drop(scribe, lambda row: row not in gone)
    refresh_views(scribe)


def test_a_correct_run_has_no_cause(tmp_path: Path) -> None:
    """Nothing went wrong."""
    assert causes(clean_run(), tmp_path) == {}


def test_a_double_posting_is_one_cause_with_all_its_rules(tmp_path: Path) -> None:
    """Five rules see the second order; the report counts one finding, and its money once."""
    scribe = clean_run()
    second_order(scribe)
    found = causes(scribe, tmp_path)
    assert list(found) == ["requisition-to-po/erp.po.create/F-A3/posted-twice"]
    (cause,) = found.values()
    assert (cause["transactions"], cause["example"], cause["effect"]) == (1, "p2p-000009", "posted twice")
    assert {"C01", "C02", "P01"} <= set(cause["rules"])
    assert cause["money"] == {"USD": "203.33"}


def test_every_violation_names_its_cause(tmp_path: Path) -> None:
    """Fault and call point of a violation are those of its cause."""
    scribe = clean_run()
    second_order(scribe)
    verdict = judged(scribe, tmp_path)
    known = {cause["id"]: cause for cause in verdict.causes}
    assert verdict.violations
    for violation in verdict.violations:
        cause = known[violation["cause"]]
        assert (violation["call_point"], violation["fault_id"]) == (cause["call_point"], cause["fault_id"])


def test_what_no_fault_reached_says_so(tmp_path: Path) -> None:
    """A control that is lost has no fault to blame."""
    scribe = clean_run()
    lost(scribe)
    (cause,) = causes(scribe, tmp_path).values()
    assert (cause["fault_id"], cause["effect"], cause["blocked_by"]) == (None, "lost", None)


def test_a_token_that_did_not_come_is_to_blame(tmp_path: Path) -> None:
    """The request for it is nobody's call; whoever waited for it met what happened to it."""
    scribe = clean_run()
    lost(scribe)
    (quiet, _) = one(scribe, kind="quiet", state="before_kill")
    scribe.rows, after = scribe.rows[:quiet], scribe.rows[quiet:]
    fired: Row = {"fault_id": "F-B1", "mode": "seconds", "experienced_by": "p2p-000008"}
    call: Row = {"method": "POST", "status": 429, "view": "fail", "code": "RATE_LIMITED", "outcome": "not_reached", "retry_after_ms": 1000}
    scribe.call("identity.token.issue", None, **call)
    told = {name: scribe.rows[-1][name] for name in ("op_id", "call_point", "attempt", "node", "phase", "t_mono_ns")}
    scribe.rows.insert(len(scribe.rows) - 1, {"kind": "fault_fired", **told, **fired})
    scribe.rows[-1].update(fault_id="F-B1", mode="seconds")
    scribe.rows += after
    (cause,) = causes(scribe, tmp_path).values()
    assert cause["id"] == "requisition-to-po/identity.token.issue/F-B1/lost"


def test_a_wrong_amount_is_posted_wrong(tmp_path: Path) -> None:
    """The effect is what the rule says of the books."""
    scribe = clean_run()
    wrong_amount(scribe)
    assert {cause["effect"] for cause in causes(scribe, tmp_path).values()} == {"posted wrong"}


def test_what_was_taken_back_and_stays_is_left_standing(tmp_path: Path) -> None:
    """Its cause is the reversal that came in between."""
    scribe = clean_run()
    never_cancelled(scribe)
    (cause,) = causes(scribe, tmp_path).values()
    assert (cause["fault_id"], cause["effect"]) == ("F-F1", "left standing")


def a_later_window(scribe: Scribe, *, with_a_call: bool) -> None:
    """Before the heal the expense system is in maintenance; 17, which is still open, is found open, and perhaps worked on."""
    lose_17(scribe)
    index, _ = one(scribe, kind="phase", phase="heal")
    _, fired = next(rows(scribe, kind="fault_fired", fault_id="F-F3"))
    at: Row = {"phase": "run-F-B5-expense", "t_mono_ns": scribe.rows[index]["t_mono_ns"] - 1}
    window: Row = {**fired, **at, "call_point": "expense", "fault_id": "F-B5", "mode": "window", "experienced_by": "exp-000017"}
    call: list[Row] = []
    if with_a_call:
        answered: Row = {"status": 503, "code": "MAINTENANCE", "client_view": "fail"}
        create = [row for _, row in rows(scribe, txn_id="exp-000017", call_point="erp.ap_invoice.create") if row["kind"] in CALL]
        call = [
            {**row, **at, "op_id": 98_000, "call_point": "expense.report.read", **(answered if row["kind"] != "request" else {})}
            for row in create
        ]
        assert len(call) == 3
    insert(scribe, index, window, *call)


def test_a_window_that_only_found_it_open_is_not_blamed(tmp_path: Path) -> None:
    """It was dropped when the period was closed; the maintenance that came later met a document on which nobody worked."""
    scribe = clean_run()
    a_later_window(scribe, with_a_call=False)
    (cause,) = [cause for cause in causes(scribe, tmp_path).values() if cause["example"] == "exp-000017"]
    assert (cause["fault_id"], cause["call_point"], cause["effect"]) == ("F-F3", "erp.ap_invoice.create", "lost")


def test_a_window_in_which_it_was_worked_on_is(tmp_path: Path) -> None:
    """The last fault that the connector was told of, while it still tried."""
    scribe = clean_run()
    a_later_window(scribe, with_a_call=True)
    (cause,) = [cause for cause in causes(scribe, tmp_path).values() if cause["example"] == "exp-000017"]
    assert (cause["fault_id"], cause["call_point"]) == ("F-B5", "expense.report.read")


def blocked(scribe: Scribe, calls: int) -> None:
    """8 is lost, and until the kill the connector does nothing but try 12, which has a fault that does not pass."""
    lost(scribe)
    drop(scribe, lambda row: row.get("txn_id") != "p2p-000008" or row["kind"] not in CALL)
    index, kill = one(scribe, kind="proc_kill")
    call = [row for _, row in rows(scribe, txn_id="p2p-000012", attempt=3) if row["kind"] in {*CALL, "fault_fired"}]
    at: Row = {"t_mono_ns": kill["t_mono_ns"] - 1}
    insert(scribe, index, *({**row, **at, "op_id": 97_000 + n, "attempt": 4 + n} for n in range(calls) for row in call))


@pytest.mark.requirement("R09.03")
def test_a_poison_document_that_blocks_others_is_their_cause(tmp_path: Path) -> None:
    """Nobody worked on 8 while 12 was tried again and again."""
    scribe = clean_run()
    blocked(scribe, 5)
    (cause,) = [cause for cause in causes(scribe, tmp_path).values() if cause["example"] == "p2p-000008"]
    assert (cause["blocked_by"], cause["fault_id"], cause["call_point"]) == ("p2p-000012", "F-H1", "erp.po.create")
    story = next(v["story"] for v in judged(scribe, tmp_path / "again").violations if v["txn_id"] == "p2p-000008")
    assert "Nobody worked on it while p2p-000012 was tried again and again" in story


@pytest.mark.parametrize(("calls", "blocker"), [(20, "p2p-000012"), (6, None)])
def test_what_was_begun_waited_for_a_document_that_was_tried_over_and_over(calls: int, blocker: str | None, tmp_path: Path) -> None:
    """8 had calls of its own before the connector did nothing but try 12; a few tries are no reason to have left it alone."""
    scribe = clean_run()
    blocked(scribe, calls)
    begun = [row for _, row in rows(clean_run(), txn_id="p2p-000008") if row["kind"] in CALL][:3]
    first = next(n for n, row in enumerate(scribe.rows) if row.get("txn_id") == "p2p-000012" and row["kind"] in CALL)
    insert(scribe, first, *({**row, "t_mono_ns": scribe.rows[first]["t_mono_ns"], "op_id": 98_000} for row in begun))
    (cause,) = [cause for cause in causes(scribe, tmp_path).values() if cause["example"] == "p2p-000008"]
    assert cause["blocked_by"] == blocker


def test_what_became_due_behind_the_last_try_was_not_waiting_for_it(tmp_path: Path) -> None:
    """Nothing at all was called any more when 8 was approved: whatever keeps the connector, it is not 12."""
    scribe = clean_run()
    blocked(scribe, 5)
    approved, _ = one(scribe, txn_id="p2p-000008", kind="source_action", state="approved")
    told = [row for row in scribe.rows[approved : approved + 2] if row.get("txn_id") == "p2p-000008"]
    drop(scribe, lambda row: row not in told)
    index, kill = one(scribe, kind="proc_kill")
    insert(scribe, index, *({**row, "t_mono_ns": kill["t_mono_ns"] - 1} for row in told))
    found = [cause for cause in causes(scribe, tmp_path).values() if cause["example"] == "p2p-000008"]
    assert found
    assert {cause["blocked_by"] for cause in found} == {None}


def test_a_document_that_is_merely_retried_blocks_nobody(tmp_path: Path) -> None:
    """Where other documents are worked on in between, the lost one was not waiting for the bad one."""
    scribe = clean_run()
    blocked(scribe, 1)
    (cause,) = [cause for cause in causes(scribe, tmp_path).values() if cause["example"] == "p2p-000008"]
    assert cause["blocked_by"] is None
