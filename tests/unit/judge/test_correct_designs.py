"""Correct connectors of other designs than the clean run's keyed retry are silent. Each false alarm ever met becomes a case here."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import DATES, RESPONSE_LOST, THROTTLED, Fault, Row, Scribe, expense, order, order_effects, source_lines
from tests.unit.judge.history_builder import (
    CLOSED,
    begin_order,
    both,
    cancel_effects,
    create_order,
    insert,
    invariant,
    judged,
    one,
    quiet,
    record_order,
    refresh_views,
    rows,
    set_period,
)

LATE = Fault("F-A6", "hold", commits=False)
DUPLICATE = Fault("F-B17", "existing_id", commits=True, status=409, view="ok")
DATED = Fault("F-B2", "http_date", commits=False, status=429, view="fail", retry_after_ms=2000)
NO_KEY: Row = {"idem_key": None}


def look_up_and_unique_reference(scribe: Scribe) -> None:
    """After a lost answer it looks up by its reference, finds the order, and records it: no key anywhere."""
    begin_order(scribe, 20, "erp.po.create", RESPONSE_LOST)
    create_order(scribe, 20, status=None, view="info", fault=RESPONSE_LOST, **NO_KEY)
    scribe.call("erp.po.find", "p2p-000020")
    record_order(scribe, 20)


def late_commit_and_refused_duplicate(scribe: Scribe) -> None:
    """The look-up finds nothing yet, the second create is told that it exists already: adopted."""
    txn_id, source = begin_order(scribe, 20, "erp.po.create", LATE)
    create_order(scribe, 20, status=None, view="info", outcome="deferred", effects=(), fault=LATE, **NO_KEY)
    scribe.call("erp.po.find", txn_id, status=404, view="fail", code="NOT_FOUND")
    for effect in order_effects("4500000020", 20_740, source):
        scribe.row("commit", "erp", txn_id=txn_id, call_point="erp.po.create", **effect)
    create_order(scribe, 20, attempt=2, effects=(), status=409, view="ok", outcome="rejected", code="DUPLICATE_REFERENCE", **NO_KEY)
    record_order(scribe, 20)


def duplicate_that_means_success(scribe: Scribe) -> None:
    """The first answer already says that the order exists."""
    begin_order(scribe, 20, "erp.po.create", DUPLICATE)
    create_order(scribe, 20, status=409, view="ok", code="DUPLICATE_REFERENCE", fault=DUPLICATE)
    record_order(scribe, 20)


def polling_only(scribe: Scribe) -> None:
    """No event is ever acknowledged; everything is found in lists."""
    order(scribe, 20, wave="wave-status", role="faulted", step=("erp.po.create", THROTTLED))
    for row in scribe.rows:
        if row["kind"] == "event_ack":
            row.pop("status", None)
            row["reason"] = "ClientConnectorError"


def outbox_with_date(scribe: Scribe) -> None:
    """Waits two seconds, rounded down to whole seconds by the date format, before it repeats."""
    begin_order(scribe, 20, "erp.po.create", DATED)
    answer: Row = {"status": 429, "view": "fail", "outcome": "not_reached", "retry_after_ms": 2000, "effects": ()}
    create_order(scribe, 20, fault=DATED, **answer)
    scribe.t_ms += 1100
    create_order(scribe, 20, attempt=2)
    record_order(scribe, 20)


def parked_in_doubt(scribe: Scribe) -> None:
    """An answer that lacks the document's number leaves it in doubt: it says so, and re-driving settles it."""
    begin_order(scribe, 20, "erp.po.create", Fault("F-E2", "removed", commits=True))
    create_order(scribe, 20, view="info", fault=Fault("F-E2", "removed", commits=True))
    park(scribe, "REQ-T1-000020", "unknown")
    record_order(scribe, 20)


def amended_after_reversal(scribe: Scribe) -> None:
    """Revision 1 was ordered and undone, revision 2 is ordered: two documents, each right."""
    txn_id, source = begin_order(scribe, 20, "procurement.requisition.read", Fault("F-F1", "after_answer", commits=True))
    scribe.row("fault_fired", txn_id=txn_id, call_point="procurement.requisition.read", attempt=1, fault_id="F-F1", mode="after_answer")
    create_order(scribe, 20)
    scribe.person("procurement.requisition.reverse_approval", txn_id, "requisition", source, "returned", src_version=1)
    undone = cancel_effects("4500000020", 20_000 + 37 * 20)
    scribe.call("erp.po.cancel", txn_id, method="POST", outcome="committed", effects=undone, body_hash="c")
    again: Row = {"amount_minor": 9_900, "currency": "USD", "company": "ACME-US", "party": "SUP000017", "approvers": "U9", **DATES}
    source_lines(scribe, txn_id, source, ("IT_HARDWARE", 9_900, "US-MKT-01"), project="PRJ-7", revision=2)
    scribe.person("procurement.requisition.approve", txn_id, "requisition", source, "approved", src_version=2, **again)
    second = [{**effect, "src_version": 2} for effect in order_effects("4500000021", 9_900, source + "-r2")]
    create_order(scribe, 20, attempt=2, effects=second, idem_key="k2", body_hash="b2", ext_ref=source + "-r2")
    recorded: Row = {"entity_type": "requisition", "entity_id": source, "effect": "update", "state": "ordered", "src_version": 2}
    scribe.call("procurement.requisition.record_order", txn_id, method="PUT", outcome="committed", effects=[recorded], body_hash="o2")


def refused_in_a_closed_period(scribe: Scribe) -> None:
    """It refused to the owner at once, for a cost centre too, so it had settled before the harness could credit the closed period to it."""
    txn_id = expense(scribe, 20, wave="wave-period", role="run", settle=False)
    scribe.plan[-1]["window"] = {"fault_id": CLOSED.fault_id, "mode": CLOSED.mode, "target": "US01", "duration_ms": 600}
    set_period(scribe, "erp.period.close", "closed")
    answer: Row = {"method": "POST", "status": 409, "view": "fail", "outcome": "rejected", "code": "PERIOD_CLOSED", "body_hash": "b"}
    scribe.call("erp.ap_invoice.create", txn_id, **answer)
    scribe.call("erp.coding.check", txn_id, **{**answer, "method": "GET", "code": "COST_CENTER_INACTIVE"})
    effect: Row = {"entity_type": "expense_report", "entity_id": "ER-T1-000020", "effect": "update", "state": "on_hold", "src_version": 1}
    scribe.call("expense.report.record_refusal", txn_id, method="PUT", outcome="committed", effects=[effect], body_hash="r")
    set_period(scribe, "erp.period.reopen", "open")
    scribe.row("fault_healed", "erp", call_point="US01", fault_id="F-F3", mode="close_period")


def held_when_killed(scribe: Scribe) -> None:
    """The hold and the kill are in the history; that it fired follows from them. Afterwards the whole work begins again."""
    killed = Fault("F-G1", "kill", commits=False)
    begin_order(scribe, 20, "erp.po.create", killed, role="kill")
    op_id = scribe.call("erp.po.create", "p2p-000020", method="POST", status=None, view="info", outcome="not_reached", body_hash="b")
    held: Row = {"op_id": op_id, "call_point": "erp.po.create", "fault_id": "F-G1", "mode": "kill", "txn_id": "p2p-000020"}
    scribe.row("hold", "erp", **held)
    scribe.row("proc_kill", "connector", sut_gen=1)
    scribe.row("release", "erp", **held)
    scribe.row("proc_start", "connector", sut_gen=2)
    create_order(scribe, 20, attempt=2)
    record_order(scribe, 20)


def park(scribe: Scribe, reference: str, state: str) -> None:
    """Declared before the re-drive, gone after it."""
    scribe.enter("quiesce")
    scribe.row("parked", "connector", entity_id=reference, state=state, reason="verify", retryable=True)
    scribe.enter("redrive")
    scribe.row("redrive")


def lines_added_up(scribe: Scribe) -> None:
    """Two lines of one category and cost centre became one line of the order."""
    order(scribe, 20, wave="wave-status", role="control")
    index, line = one(scribe, txn_id="p2p-000020", entity_type="source_line")
    line["amount_minor"] -= 1_000
    insert(scribe, index + 1, {**line, "entity_id": line["entity_id"] + "b", "amount_minor": 1_000})


def rule_changed_these_days(scribe: Scribe) -> None:
    """The category moved to another account in the middle of the month: the rule of either day may be right."""
    order(scribe, 20, wave="wave-status", role="control")
    one(scribe, txn_id="p2p-000020", entity_type="source_line")[1]["category"] = "SERVICES"
    one(scribe, txn_id="p2p-000020", entity_type="order_line")[1]["account"] = "5500"


GERMAN = {("account", "2010"): "2030", ("account", "5100"): "5101", ("company", "10"): "20", ("company", "1000"): "2000"}


def posted_by_a_journal(scribe: Scribe) -> None:
    """The journal route: what the employee paid is credited to payroll clearing, and a cost centre on the tax line does no harm."""
    expense(scribe, 20, wave="wave-status", role="control")
    for _, row in rows(scribe, txn_id="exp-000020"):
        if row.get("entity_type") == "ap_invoice":
            row["entity_type"] = "journal_entry"
        row.update({name: GERMAN[name, row[name]] for name in ("account", "company") if (name, row.get(name)) in GERMAN})
        if row.get("call_point") == "erp.ap_invoice.create":
            row |= {"call_point": "erp.journal.create", "route": "/erp.journal.create"}
        if row["kind"] == "experiment":
            row["template"] = scribe.plan[-1]["template"] = "expense-to-posting/DE01"


DESIGNS: tuple[Callable[[Scribe], None], ...] = (
    look_up_and_unique_reference,
    late_commit_and_refused_duplicate,
    duplicate_that_means_success,
    polling_only,
    outbox_with_date,
    parked_in_doubt,
    amended_after_reversal,
    refused_in_a_closed_period,
    held_when_killed,
    lines_added_up,
    rule_changed_these_days,
    posted_by_a_journal,
)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.__name__)
def test_correct_design_is_silent(design: Callable[[Scribe], None], tmp_path: Path) -> None:
    """No invariant is violated or warns, no experiment is anything but a pass."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    both(scribe, (1, 2, 3), wave="baseline-1", role="baseline")
    scribe.enter("wave")
    design(scribe)
    scribe.enter("quiesce-at-last")
    quiet(scribe)
    scribe.enter("final")
    refresh_views(scribe)
    verdict = judged(scribe, tmp_path)
    assert {entry["id"]: entry["rows"] for entry in verdict.invariants if entry["status"] not in {"ok", "not_applicable"}} == {}
    assert verdict.experiments["pass"] == verdict.experiments["total"] == 7
    assert verdict.verdict == "pass", verdict.reasons
    assert invariant(verdict, "C01")["candidates"] >= 6
