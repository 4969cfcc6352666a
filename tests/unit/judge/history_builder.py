"""A correct run, written row by row: controls, faults that pass, parked and re-driven items, refusals, reversals, forged events, a kill.

`clean_run()` returns the Scribe; tests change its rows and judge what they wrote. Transactions by what they show:

    1-6 baselines   7, 8 controls   9 answer lost   10 throttled   11 server error (each for both flows)
    p2p 12 poison, parked and re-driven    p2p 13 approval reversed, order cancelled    p2p 14 forged event refused
    p2p 15 supplier blocked, refused       p2p 16 write-back refused, parked as posted, re-driven
    exp 17 period closed, parked and re-driven   p2p 18 connector killed after the commit
"""

import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from harness.judge import Verdict
from harness.judge.synthetic import (
    DATES,
    P2P,
    RESPONSE_LOST,
    SERVER_ERROR,
    THROTTLED,
    Fault,
    Row,
    Scribe,
    expense,
    final_views,
    order,
    order_effects,
    posted_create,
    posting_lines,
    source_lines,
)
from tests.unit.judge.judging import judge

POISON = Fault("F-H1", "always_500", commits=False, status=500, arrival=0)
REVERSED = Fault("F-F1", "after_answer", commits=True, status=200, view="ok")
FORGED = Fault("F-D8", "bad_signature", commits=False)
BLOCKED = Fault("F-F5", "after_answer", commits=True, status=200, view="ok")
REFUSED = Fault("F-B20", "422", commits=False, status=422, view="fail")
CLOSED = Fault("F-F3", "close_period", commits=False)
KILLED = Fault("F-G2", "kill", commits=True)
CROSSWALKS = {
    "planning_entities": "planning_entity,erp_company_code,fiscal_year_starts\nLE-US,1000,2\n",
    "planning_nodes": "planning_node,erp_cost_center,erp_company_code\nLE-US.MKT.CC00,4711000,1000\n",
    "planning_consumption": "erp_account_group,planning_account\n51,TRAVEL\n53,SERVICES\n",
    "planning_accounts": "planning_account,erp_account_group\nTRAVEL,51\nSERVICES,53\nTRAINING,53\n",
    "entities": (
        "procurement_legal_entity,expense_entity_code,erp_company_code,expense_route\n"
        "ACME-US,10,1000,ap_invoice\nACME-DE,20,2000,journal_entry\n"
    ),
    "cost_centers": (
        "procurement_cost_center,expense_cost_object,erp_cost_center,erp_company_code\n"
        "US-MKT-01,CC.10.4711,4711000,1000\nUS-SAL-01,CC.10.4712,4712000,1000\nDE-MKT-01,CC.10.4711,4711000,2000\n"
    ),
    "purchase_categories": (
        "procurement_category,erp_gl_account,valid_from,valid_to\nIT_HARDWARE,5390,,2025-12-31\nIT_HARDWARE,5400,2026-01-01,\n"
        "SERVICES,5500,,2026-10-15\nSERVICES,5510,2026-10-16,\n"
    ),
    "expense_categories": (
        "erp_company_code,expense_category,erp_gl_account,valid_from,valid_to\n1000,HOTEL,5100,,\n1000,TAXI,5110,,\n2000,HOTEL,5101,,\n"
    ),
    "projects": "procurement_project,erp_project,erp_company_code\nPRJ-7,P-0007,1000\nPRJ-8,P-0008,1000\n",
    "suppliers": "procurement_supplier_id,erp_vendor_id,erp_company_code\nSUP000017,V100017,1000\nSUP000018,V100018,1000\n",
    "employees": "procurement_user_id,expense_login,erp_personnel_no\nU1,ann.lee1,10081360\nU2,bo.li2,10081361\nU9,joe.fox9,10081399\n",
    "tax_codes": (
        "procurement_tax_code,erp_tax_code,erp_company_code,rate_percent,recoverable_percent,self_assessed\n"
        "T0,I0,1000,0,100,no\nT1,S1,1000,10,50,no\n"
    ),
    "bank_accounts": "erp_company_code,bank_account,currency\n1000,021000021-1234567890,USD\n",
    "accounts": "purpose,erp_gl_account\ninput_tax,1100\ncard_clearing,1145\npayroll_clearing,2030\n",
}
PARKED = (
    ("REQ-T1-000012", "not_posted", "ambiguous", "IT"),
    ("REQ-T1-000016", "posted", "validation", "integration team"),
    ("ER-T1-000017", "not_posted", "business", "finance"),
)
PARKED_SINCE = '{"first_seen": "2026-10-28T09:00:03Z", "attempts": 3, "ago_ms": 1000}'
ORDER_BODY: Row = {"method": "POST", "body_hash": "b"}


def clean_run() -> Scribe:
    """The whole run, final reads included; all invariants are silent on it."""
    scribe = Scribe("t1")
    scribe.begin()
    for phase, numbers in (("baseline-1", (1, 2, 3)), ("baseline-2", (4, 5, 6))):
        scribe.enter(phase)
        both(scribe, numbers, wave=phase, role="baseline")
    scribe.enter("wave-status")
    both(scribe, (7, 8), wave="wave-status", role="control")
    for number, fault in ((9, RESPONSE_LOST), (10, THROTTLED), (11, SERVER_ERROR)):
        order(scribe, number, wave="wave-status", role="faulted", step=("erp.po.create", fault))
        expense(scribe, number, wave="wave-status", role="faulted", step=("erp.ap_invoice.create", fault))
    business(scribe)
    killed(scribe)
    period_closed(scribe)
    rest(scribe)
    return scribe


def both(scribe: Scribe, numbers: tuple[int, ...], *, wave: str, role: str) -> None:
    """Orders and expense postings without faults."""
    for number in numbers:
        order(scribe, number, wave=wave, role=role)
        expense(scribe, number, wave=wave, role=role)


def business(scribe: Scribe) -> None:
    """Transactions 12 to 16."""
    poison(scribe)
    reversed_in_flight(scribe)
    forged(scribe)
    blocked(scribe)
    write_back_refused(scribe)


def begin_order(scribe: Scribe, number: int, point: str, fault: Fault, role: str = "faulted") -> tuple[str, str]:
    """Experiment and approved requisition; the transaction and the requisition's id."""
    txn_id = order(scribe, number, wave="wave-business", role=role, step=(point, fault), settle=False)
    return txn_id, f"REQ-T1-{number:06d}"


def create_order(scribe: Scribe, number: int, **options: Any) -> None:
    """The connector creates the purchase order of a transaction."""
    txn_id, source = f"p2p-{number:06d}", f"REQ-T1-{number:06d}"
    effects = order_effects(f"45{number:08d}", 20_000 + 37 * number, source)
    call = {
        "method": "POST",
        "status": 201,
        "outcome": "committed",
        "idem_key": f"k-{txn_id}",
        "body_hash": f"b-{txn_id}",
        "ext_ref": source,
    }
    scribe.call("erp.po.create", txn_id, **{"effects": effects, **call, **options})


def record_order(scribe: Scribe, number: int) -> None:
    """The connector writes the order number back."""
    source = f"REQ-T1-{number:06d}"
    effect: Row = {"entity_type": "requisition", "entity_id": source, "effect": "update", "state": "ordered", "src_version": 1}
    call = {"method": "PUT", "outcome": "committed", "body_hash": f"o{number}"}
    scribe.call("procurement.requisition.record_order", f"p2p-{number:06d}", effects=[effect], **call)


def poison(scribe: Scribe) -> None:
    """12: three times 500; parked later, re-driven in `rest`."""
    txn_id, _ = begin_order(scribe, 12, "erp.po.create", POISON)
    for attempt in (1, 2, 3):
        call: Row = {"method": "POST", "idem_key": f"k-{txn_id}", "body_hash": f"b-{txn_id}"}
        scribe.call("erp.po.create", txn_id, attempt=attempt, status=500, view="info", outcome="not_reached", fault=POISON, **call)
        scribe.t_ms += 100


def reversed_in_flight(scribe: Scribe) -> None:
    """13: ordered, then the approval was taken back; the connector cancels the order once."""
    txn_id, source = begin_order(scribe, 13, "procurement.requisition.read", REVERSED)
    scribe.call("procurement.requisition.read", txn_id, fault=REVERSED)
    scribe.person("procurement.requisition.reverse_approval", txn_id, "requisition", source, "returned", src_version=1)
    create_order(scribe, 13)
    scribe.event("wh.approval.reversed", txn_id)
    effects = cancel_effects("4500000013", 20_000 + 37 * 13)
    scribe.call("erp.po.cancel", txn_id, method="POST", outcome="committed", effects=effects, body_hash="c13")


def cancel_effects(document: str, minor: int) -> list[Row]:
    """An order is undone: the reversal, its lines, and the order's new state."""
    base: Row = {"company": "1000", "currency": "USD", "period": "2026-10"}
    paper: Row = {**base, "entity_type": "purchase_order"}
    undo = {**paper, "entity_id": f"{document}-R", "parent_id": document, "effect": "reverse", "state": "reversal", "amount_minor": minor}
    line = {**base, "entity_type": "journal_line", "effect": "create", "parent_id": f"{document}-R"}
    lines = [
        {**line, "entity_id": f"{document}-R/{account}", "account": account, "amount_minor": signed, "cost_center": center}
        for account, signed, center in (("9200", -minor, "4711000"), ("9900", minor, None))
    ]
    return [undo, *lines, {**paper, "entity_id": document, "effect": "update", "state": "cancelled"}]


def forged(scribe: Scribe) -> None:
    """14: a forged event before the approval is refused with 401; the genuine one works."""
    txn_id, source = "p2p-000014", "REQ-T1-000014"
    step = ("wh.requisition.approved", FORGED)
    scribe.experiment(txn_id, P2P, wave="wave-business", role="faulted", template="requisition-to-po/US01", step=step)
    scribe.person("procurement.requisition.create", txn_id, "requisition", source, "draft", src_version=1)
    scribe.event("wh.requisition.approved", txn_id, sig_ok=False, status=401, event_id="forged-14")
    scribe.row(
        "fault_fired",
        txn_id=txn_id,
        call_point="wh.requisition.approved",
        attempt=1,
        event_id="forged-14",
        fault_id="F-D8",
        mode="bad_signature",
    )
    amount: Row = {
        "amount_minor": 20_000 + 37 * 14,
        "currency": "USD",
        "company": "ACME-US",
        "party": "SUP000017",
        "approvers": "U9",
        **DATES,
    }
    source_lines(scribe, txn_id, source, ("IT_HARDWARE", amount["amount_minor"], "US-MKT-01"), project="PRJ-7")
    scribe.person("procurement.requisition.approve", txn_id, "requisition", source, "approved", src_version=1, **amount)
    scribe.event("wh.requisition.approved", txn_id)
    create_order(scribe, 14)
    record_order(scribe, 14)


def blocked(scribe: Scribe) -> None:
    """15: the supplier was blocked after it was read; the ERP refuses, the requisition is refused to its owner."""
    txn_id, source = begin_order(scribe, 15, "erp.supplier.read", BLOCKED)
    scribe.call("erp.supplier.read", txn_id, fault=BLOCKED)
    scribe.person("erp.supplier.block", txn_id, "supplier", "V900015", "purchasing_block:on", version=2)
    refusal: Row = {"method": "POST", "status": 409, "view": "fail", "outcome": "rejected", "code": "SUPPLIER_BLOCKED", "body_hash": "b15"}
    scribe.call("erp.po.create", txn_id, **refusal)
    effect: Row = {"entity_type": "requisition", "entity_id": source, "effect": "update", "state": "refused", "src_version": 1}
    scribe.call("procurement.requisition.record_refusal", txn_id, method="PUT", outcome="committed", effects=[effect], body_hash="r15")


def write_back_refused(scribe: Scribe) -> None:
    """16: ordered, but the write-back is refused until the run heals: parked as posted."""
    txn_id, _ = begin_order(scribe, 16, "procurement.requisition.record_order", REFUSED)
    create_order(scribe, 16)
    answer: Row = {
        "method": "PUT",
        "status": 422,
        "view": "fail",
        "outcome": "not_reached",
        "code": "VALIDATION_FAILED",
        "body_hash": "o16",
    }
    scribe.call("procurement.requisition.record_order", txn_id, fault=REFUSED, **answer)


def killed(scribe: Scribe) -> None:
    """18: the connector is killed after the commit; after the restart the same key is replayed. Before it, nothing was stuck."""
    scribe.enter("before-kill")
    scribe.row("quiet", state="before_kill", reason="settled", detail='{"parked": []}')
    scribe.enter("wave-kill")
    txn_id, source = begin_order(scribe, 18, "erp.po.create", KILLED, role="kill")
    create_order(scribe, 18, status=None, view="info")
    scribe.row("fault_fired", call_point="erp.po.create", fault_id="F-G2", mode="kill", experienced_by=txn_id)
    scribe.row("proc_kill", "connector", sut_gen=1)
    scribe.row("proc_start", "connector", sut_gen=2)
    call: Row = {"method": "POST", "status": 201, "idem_key": f"k-{txn_id}", "body_hash": f"b-{txn_id}", "ext_ref": source}
    scribe.call("erp.po.create", txn_id, attempt=2, outcome="replayed", **call)
    record_order(scribe, 18)


def period_closed(scribe: Scribe) -> None:
    """17: the period was closed while the expense report was under way: refused, parked, re-driven in `rest`."""
    scribe.enter("wave-period")
    txn_id = expense(scribe, 17, wave="wave-period", role="run", settle=False)
    scribe.plan[-1]["window"] = {"fault_id": "F-F3", "mode": "close_period", "target": "US01", "duration_ms": 600}
    set_period(scribe, "erp.period.close", "closed")
    scribe.row("fault_fired", call_point="US01", fault_id="F-F3", mode="close_period", experienced_by=txn_id)
    answer: Row = {
        "method": "POST",
        "status": 409,
        "view": "fail",
        "outcome": "rejected",
        "code": "PERIOD_CLOSED",
        "body_hash": f"b-{txn_id}",
    }
    scribe.call("erp.ap_invoice.create", txn_id, **answer)
    set_period(scribe, "erp.period.reopen", "open")
    scribe.row("fault_healed", "erp", call_point="US01", fault_id="F-F3", mode="close_period")


def set_period(scribe: Scribe, call_point: str, state: str) -> None:
    """A person closes or reopens October for payables."""
    columns: Row = {"entity_type": "period", "entity_id": "1000/AP/2026-10", "company": "1000", "period": "2026-10", "state": state}
    scribe.row("source_action", "erp", call_point=call_point, **columns)
    scribe.row("commit", "erp", effect="update", **columns)


def rest(scribe: Scribe) -> None:
    """Heal, quiet, parked list, re-drive, quiet, final reads."""
    scribe.enter("heal")
    scribe.row("fault_healed", fault_id="F-H1")
    scribe.enter("quiesce")
    quiet(scribe)
    for reference, state, failure_class, owner in PARKED:
        told: Row = {"reason": "gave up", "class": failure_class, "owner": owner, "retryable": True, "detail": PARKED_SINCE}
        scribe.row("parked", "connector", entity_id=reference, state=state, **told)
    scribe.enter("redrive")
    scribe.row("redrive")
    create_order(scribe, 12, attempt=4)
    record_order(scribe, 12)
    record_order(scribe, 16)
    redriven_expense(scribe)
    quiet(scribe)
    scribe.enter("final")
    for view in final_views(scribe.rows):
        scribe.row("read_view", **view)
    scribe.end()


def redriven_expense(scribe: Scribe) -> None:
    """17 again, in an open period."""
    source, txn_id = "ER-T1-000017", "exp-000017"
    base: Row = {"company": "1000", "currency": "USD", "period": "2026-10", "src_version": 1, "amount_minor": 20_000 + 37 * 17}
    document: Row = {
        **base,
        "entity_type": "ap_invoice",
        "entity_id": "1900000017",
        "ext_ref": source,
        "party": "10081360",
        "approvers": "10081399",
        **DATES,
    }
    effects = [{**document, "effect": "create", "state": "accepted"}]
    posted_create(scribe, "erp.ap_invoice.create", txn_id, source, effects=effects, status=202)
    scribe.row("commit", "erp", txn_id=txn_id, **{**document, "effect": "update", "state": "posted"})
    posting_lines(scribe, txn_id, "1900000017", 20_000 + 37 * 17)
    effect: Row = {"entity_type": "expense_report", "entity_id": source, "effect": "update", "state": "posted", "src_version": 1}
    scribe.call("expense.report.record_posting", txn_id, method="PUT", outcome="committed", effects=[effect], body_hash="p17")


def quiet(scribe: Scribe) -> None:
    """A quiet window in which nothing happens."""
    scribe.row("quiet", state="begin")
    scribe.t_ms += 1000
    scribe.row("quiet", state="end")


# --- changing a history


def renumber(scribe: Scribe) -> Scribe:
    """Give the rows their sequence numbers again, in list order."""
    for seq, row in enumerate(scribe.rows, start=1):
        row["seq"] = seq
    return scribe


def rows(scribe: Scribe, **columns: Any) -> Iterator[tuple[int, Row]]:
    """Index and row of every row with these column values."""
    for index, row in enumerate(scribe.rows):
        if all(row.get(name) == value for name, value in columns.items()):
            yield index, row


def one(scribe: Scribe, **columns: Any) -> tuple[int, Row]:
    """The first such row."""
    return next(rows(scribe, **columns))


def drop(scribe: Scribe, keep: Callable[[Row], bool]) -> None:
    """Remove the rows for which `keep` is false."""
    scribe.rows[:] = [row for row in scribe.rows if keep(row)]


def refresh_views(scribe: Scribe) -> None:
    """Write the final reads anew from the commits, as the world would have read them."""
    drop(scribe, lambda row: row["kind"] not in {"read_view", "run_end"})
    for view in final_views(scribe.rows):
        scribe.row("read_view", **view)
    scribe.end()


def insert(scribe: Scribe, index: int, *new: Row) -> None:
    """Put rows at a place; sequence numbers follow with `renumber`."""
    scribe.rows[index:index] = new


def written(scribe: Scribe, folder: Path, manifest: Row | None = None, cells: tuple[Row, ...] = ()) -> Path:
    """The run as a directory, with its crosswalks."""
    mappings = folder / "mappings"
    mappings.mkdir(parents=True, exist_ok=True)
    for name, text in CROSSWALKS.items():
        (mappings / f"{name}.csv").write_text(text)
    return renumber(scribe).save(folder, manifest, cells)


def judged(scribe: Scribe, folder: Path, manifest: Row | None = None, cells: tuple[Row, ...] = ()) -> Verdict:
    """Write the run with its crosswalks and judge it."""
    return judge(written(scribe, folder, manifest, cells))


@cache
def clean_verdict() -> Verdict:
    """What is said of the clean run; judged once."""
    with tempfile.TemporaryDirectory() as folder:
        return judged(clean_run(), Path(folder))


def invariant(verdict: Verdict, invariant_id: str) -> Row:
    """One invariant of a verdict."""
    return next(entry for entry in verdict.invariants if entry["id"] == invariant_id)
