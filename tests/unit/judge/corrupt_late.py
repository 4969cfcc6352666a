"""What comes later, or elsewhere, excuses nobody: mistakes beside which something stands that looks like an excuse and is none."""

from collections.abc import Callable
from typing import Any

from harness.judge.synthetic import Row, Scribe, expense, order
from tests.unit.judge.corrupt_conduct import lazily_parked, refused_client, refused_for_a_closed_period
from tests.unit.judge.history_builder import drop, insert, one, refresh_views, rows

TXN, SOURCE = "p2p-000008", "REQ-T1-000008"
CREATE, TELL = "erp.po.create", "procurement.requisition.record_order"
REFUSE = "expense.report.record_refusal"


def told_behind(scribe: Scribe, txn_id: str, call_point: str, after: Row) -> None:
    """The whole call comes behind this row, in its phase."""
    ops = {row["op_id"] for _, row in rows(scribe, txn_id=txn_id, call_point=call_point)}
    call = [row for row in scribe.rows if row.get("op_id") in ops]
    drop(scribe, lambda row: row not in call)
    index = next(position for position, row in enumerate(scribe.rows) if row is after)
    insert(scribe, index + 1, *({**row, **beside(after, "phase", "t_biz"), "t_mono_ns": after["t_mono_ns"] + 1} for row in call))


def beside(row: Row, *columns: str) -> Row:
    """These columns of a row."""
    return {name: row[name] for name in columns}


def stuck(scribe: Scribe, after: Row | None = None) -> None:
    """8 is written back behind the restart, or behind another row."""
    told_behind(scribe, TXN, TELL, after or one(scribe, kind="proc_start", sut_gen=2)[1])


def taken_up_at_the_start(scribe: Scribe) -> None:
    """8 met nothing, was set aside, and the start behind the kill took it up again."""
    stuck(scribe)
    one(scribe, kind="quiet", state="before_kill")[1]["detail"] = f'{{"parked": ["{TXN}"]}}'


def freed_by_a_start_without_a_kill(scribe: Scribe) -> None:
    """The connector ended, as it may while its client is refused, and was started again: that freed 8."""
    index, quiet = one(scribe, kind="quiet", state="before_kill")
    head = {**beside(quiet, "phase", "t_biz"), "node": "connector", "t_mono_ns": quiet["t_mono_ns"] + 1}
    ends: list[Row] = [{"kind": "proc_exit", "sut_gen": 1}, {"kind": "proc_start", "sut_gen": 9}, {"kind": "proc_ready", "sut_gen": 9}]
    made = [{**head, **row} for row in ends]
    insert(scribe, index + 1, *made)
    stuck(scribe, next(row for row in scribe.rows if row["kind"] == "proc_ready" and row["sut_gen"] == 9))


def hung_and_then_parked(scribe: Scribe) -> None:
    """8 had hung already when its client was refused; then it was set aside for good."""
    lost_and_parked(scribe)
    refused_client(scribe, TXN)


def renamed_and_stuck(scribe: Scribe) -> None:
    """A member of 8's event was renamed, which passes by itself: the document is read anyway."""
    stuck(scribe)
    index, event = one(scribe, txn_id=TXN, kind="event_sent")
    met = {"kind": "fault_fired", "node": "procurement", "fault_id": "F-E3", "mode": "renamed", "plan_id": f"{TXN}.1"}
    insert(scribe, index + 1, {**event, **met})


def closed_for_nobody(scribe: Scribe) -> None:
    """8 was posted into a month that is not open, while nobody had closed any: that is no closed period."""
    lost_and_parked(scribe, keeps=CREATE)
    for _, row in rows(scribe, txn_id=TXN, call_point=CREATE):
        if row["kind"] == "decision":
            row.update(status=409, code="PERIOD_CLOSED", server_outcome="rejected")
        elif row["kind"] == "response_end":
            row.update(status=409, code="PERIOD_CLOSED", client_view="fail")


def refused_and_told_again(scribe: Scribe) -> None:
    """17 was refused for a closed period only; that the refusal was told once more, in vain, is no other reason."""
    refused_for_a_closed_period(scribe)
    told_behind(scribe, "exp-000017", REFUSE, [row for _, row in rows(scribe, kind="fault_healed", fault_id="F-F3")][-1])
    told = [row for _, row in rows(scribe, txn_id="exp-000017", call_point=REFUSE) if row["kind"] != "commit"]
    index = next(position for position, row in enumerate(scribe.rows) if row is told[-1])
    turned_down: dict[str, Row] = {
        "request": {},
        "decision": {"status": 422, "code": "VALIDATION_FAILED", "server_outcome": "rejected"},
        "response_end": {"status": 422, "code": "VALIDATION_FAILED", "client_view": "fail"},
    }
    insert(scribe, index + 1, *({**row, "op_id": 99_999, "attempt": 2, **turned_down[row["kind"]]} for row in told))


def brought_back_when_another_hung(scribe: Scribe) -> None:
    """8 came only with the redrive; that somebody else was tried in vain until then does not say that it was under way."""
    stuck(scribe, one(scribe, kind="redrive")[1])
    drop(scribe, lambda row: row.get("state") != "before_kill")
    one(scribe, kind="quiet", state="begin")[1]["state"] = "stuck"
    del scribe.rows[one(scribe, kind="quiet", state="end")[0]]


def two_outages_at_once(scribe: Scribe) -> None:
    """An order and a report met outages of different systems in one phase; only that of procurement was ever answered."""
    index, _ = one(scribe, kind="phase", phase="heal")
    scribe.rows, after = scribe.rows[:index], scribe.rows[index:]
    scribe.enter("run-F-B5")
    for number, make, system in ((20, order, "procurement"), (21, expense, "expense")):
        txn_id = make(scribe, number, wave="run-F-B5", role="run", settle=False)
        scribe.plan[-1]["window"] = {"fault_id": "F-B5", "mode": "window", "target": system, "duration_ms": 600}
        scribe.row("fault_fired", call_point=system, fault_id="F-B5", mode="window", experienced_by=txn_id)
    answer: Row = {"status": 503, "view": "fail", "outcome": "not_reached", "code": "MAINTENANCE"}
    scribe.call("procurement.requisition.read", "p2p-000020", **answer)
    scribe.rows += after


def lost_and_parked(scribe: Scribe, keeps: str = "") -> None:
    """Nothing was ever made for 8, and it is set aside, before the redrive and behind it."""
    ops = {row["op_id"] for point in {CREATE, TELL} - {keeps} for _, row in rows(scribe, txn_id=TXN, call_point=point)}
    drop(scribe, lambda row: row.get("op_id") not in ops and not (row.get("txn_id") == TXN and row["kind"] == "commit" and "op_id" in row))
    refresh_views(scribe)
    lazily_parked(scribe)
    for _, row in rows(scribe, kind="parked", entity_id="REQ-T1-000009"):
        row.update(entity_id=SOURCE, state="not_posted", retryable=False)


PLANTED: tuple[tuple[str, str | None, Callable[[Scribe], Any]], ...] = (
    ("L01", TXN, taken_up_at_the_start),
    ("L01", TXN, freed_by_a_start_without_a_kill),
    ("L06", TXN, hung_and_then_parked),
    ("L01", TXN, renamed_and_stuck),
    ("L06", TXN, closed_for_nobody),
    ("L06", "exp-000017", refused_and_told_again),
    ("L01", TXN, brought_back_when_another_hung),
    ("V01", "exp-000021", two_outages_at_once),
)
