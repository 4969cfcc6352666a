"""Histories made by hand: a correct run of the two oldest flows, row by row, for the bench and for the judge's own tests.

scribe = Scribe("r1")
scribe.begin(); order(scribe, 1, wave="baseline-1", role="baseline"); scribe.end()
make_history(1_000_000, run_dir)     # manifest.json, plan.json and history.ndjson of about that many rows
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

P2P, EXPENSE = "requisition-to-po", "expense-to-posting"
PERIOD = "2026-10"
DATES: Mapping[str, str] = {"document_date": f"{PERIOD}-28", "posting_date": f"{PERIOD}-28"}
SEED = 1
MS = 1_000_000
CROSSWALKS: Mapping[str, str] = {  # what the documents below name, so that what was posted for them can be compared
    "entities": "procurement_legal_entity,expense_entity_code,erp_company_code,expense_route\nACME-US,10,1000,ap_invoice\n",
    "cost_centers": "procurement_cost_center,expense_cost_object,erp_cost_center,erp_company_code\nUS-MKT-01,CC.10.4711,4711000,1000\n",
    "purchase_categories": "procurement_category,erp_gl_account,valid_from,valid_to\nIT_HARDWARE,5400,,\n",
    "expense_categories": "erp_company_code,expense_category,erp_gl_account,valid_from,valid_to\n1000,HOTEL,5100,,\n",
    "projects": "procurement_project,erp_project,erp_company_code\nPRJ-7,P-0007,1000\n",
    "suppliers": "procurement_supplier_id,erp_vendor_id,erp_company_code\nSUP000017,V100017,1000\n",
    "employees": "procurement_user_id,expense_login,erp_personnel_no\nU1,ann.lee1,10081360\nU9,joe.fox9,10081399\n",
    "tax_codes": "procurement_tax_code,erp_tax_code,erp_company_code\nT0,I0,1000\nT1,S1,1000\n",
    "accounts": "purpose,erp_gl_account\ninput_tax,1100\ncard_clearing,1145\npayroll_clearing,2030\n",
}
CORRELATED = frozenset({"request", "commit", "source_action", "event_sent"})  # rows that carry a correlation id
PARTS = ("_line", "_number", "_tax")  # how kinds of rows end that say something of a document
CELL = ("flow", "call_point", "fault_id", "mode")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One step of a plan at a create, with what the mock does: commits or not, answers or not."""

    fault_id: str
    mode: str
    commits: bool
    status: int | None = None
    view: str = "info"
    retry_after_ms: int | None = None
    arrival: int = 1  # the one that meets it; 0: every one


RESPONSE_LOST = Fault("F-A3", "drop", commits=True)
THROTTLED = Fault("F-B1", "seconds", commits=False, status=429, view="fail", retry_after_ms=1000)
SERVER_ERROR = Fault("F-B7", "500", commits=False, status=500)


@dataclass(slots=True)
class Scribe:
    """Writes rows in order. t_ms is the time of the next row in milliseconds since the world started."""

    run_id: str
    rows: list[Row] = field(default_factory=list)
    plan: list[Row] = field(default_factory=list)
    phase: str = "start"
    t_ms: float = 0.0
    ops: int = 0
    seq: int = 0
    arrivals: dict[tuple[str | None, str], int] = field(default_factory=dict)

    def row(self, kind: str, node: str = "harness", **columns: Any) -> Row:
        """Append one row; columns that are None are left out."""
        self.seq += 1
        self.t_ms += 1
        head = {"run_id": self.run_id, "seq": self.seq, "t_mono_ns": int(self.t_ms * MS), "t_wall": 1.8e9 + self.t_ms / 1000}
        seconds, micros = divmod(round(self.t_ms * 1000), MS)
        clock = f"2026-10-28T{9 + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{micros:06d}+00:00"
        row = {**head, "t_biz": clock, "phase": self.phase, "kind": kind, "node": node}
        row.update({name: value for name, value in columns.items() if value is not None})
        if kind in CORRELATED and "txn_id" in row:
            row.setdefault("corr_id", f"c-{row['txn_id']}")
        self.rows.append(row)
        return row

    def enter(self, phase: str) -> None:
        """A phase begins."""
        self.phase = phase
        self.row("phase")

    def begin(self) -> None:
        """run_start, and the connector is ready."""
        self.row("run_start", detail=f'{{"seed": {SEED}}}')
        self.row("proc_start", "connector", sut_gen=1)
        self.row("proc_ready", "connector", sut_gen=1)

    def experiment(self, txn_id: str, flow: str, *, wave: str, role: str, template: str, step: tuple[str, Fault] | None = None) -> None:
        """A transaction joins, with at most one step (call point, fault) at its first attempt."""
        point, fault = step or ("", None)
        plan = f"{point}@{fault.arrival or '*'} = {fault.fault_id}/{fault.mode}" if fault else "no fault"
        steps: list[Row] = []
        if fault:
            steps.append({"call_point": point, "attempt": fault.arrival, "fault_id": fault.fault_id, "mode": fault.mode})
        self.plan.append({"txn_id": txn_id, "flow": flow, "template": template, "wave": wave, "role": role, "steps": steps, "plan": plan})
        self.row("experiment", txn_id=txn_id, flow=flow, wave=wave, role=role, template=template, detail=plan)
        for told in steps:
            self.row("fault_armed", txn_id=txn_id, plan_id=f"{txn_id}.1", **told)

    def person(self, call_point: str, txn_id: str, entity_type: str, entity_id: str, state: str, **columns: Any) -> None:
        """A person's action and its commit."""
        node = call_point.partition(".")[0]
        self.row(
            "source_action",
            node,
            call_point=call_point,
            txn_id=txn_id,
            entity_type=entity_type,
            entity_id=entity_id,
            state=state,
            **columns,
        )
        effect = "create" if call_point.endswith(".create") else "update"
        self.row("commit", node, txn_id=txn_id, entity_type=entity_type, entity_id=entity_id, effect=effect, state=state, **columns)

    def event(
        self,
        call_point: str,
        txn_id: str,
        *,
        sig_ok: bool = True,
        fresh: bool = True,
        status: int | None = 202,
        event_id: str | None = None,
    ) -> None:
        """One delivery and its answer."""
        self.ops += 1
        name = event_id or f"msg_{txn_id}_{call_point}"
        head: Row = {"op_id": self.ops, "call_point": call_point, "attempt": 1, "event_id": name, "txn_id": txn_id}
        self.row("event_sent", sig_ok=sig_ok, fresh=fresh, **head)
        self.row("event_ack", status=status, **head)

    def call(
        self,
        call_point: str,
        txn_id: str | None,
        *,
        method: str = "GET",
        attempt: int | None = None,
        status: int | None = 200,
        view: str = "ok",
        outcome: str = "no_effect",
        effects: Iterable[Row] = (),
        fault: Fault | None = None,
        **columns: Any,
    ) -> int:
        """One call of the connector: request, commits, decision, fault, end of the answer. Returns its op_id."""
        self.ops += 1
        op_id, node = self.ops, call_point.partition(".")[0]
        attempt = attempt or self.arrivals.get((txn_id, call_point), 0) + 1
        self.arrivals[txn_id, call_point] = attempt
        head = {"op_id": op_id, "call_point": call_point, "attempt": attempt, "txn_id": txn_id}
        answer = {name: columns.pop(name) for name in ("code", "retry_after_ms") if name in columns}
        self.row("request", node, method=method, route="/" + call_point, txn_attr="ref" if txn_id else "none", **columns, **head)
        for effect in effects:
            self.row("commit", node, op_id=op_id, call_point=call_point, txn_id=txn_id, **effect)
        self.row("decision", node, server_outcome=outcome, status=status, **answer, **head)
        if fault:
            self.row("fault_fired", node, fault_id=fault.fault_id, mode=fault.mode, plan_id=f"{txn_id}.1", **head)
        self.row("response_end", node, status=status, client_view=view, **answer, **head)
        return op_id

    def end(self) -> None:
        """run_end."""
        self.row("run_end")

    def save(self, run_dir: Path, manifest: Row | None = None, cells: Sequence[Row] = ()) -> Path:
        """Write manifest.json, plan.json and history.ndjson; returns run_dir."""
        run_dir.mkdir(parents=True, exist_ok=True)
        first = {"schema": 1, "run_id": self.run_id, "seed": SEED, "scenario": {"name": "synthetic"}, "status": "complete", "why": None}
        connector = {
            "name": "synthetic",
            "capabilities": {"parked": "http", "redrive": True},
            "gives_up_after": 10,
            "period_closed": "park",
        }
        _write(run_dir / "manifest.json", {**first, "connector": connector, **(manifest or {})})
        _write(run_dir / "plan.json", {"schema": 1, "experiments": self.plan, "cells": [*cells, *self._cells(cells)]})
        encode = msgspec.json.Encoder().encode
        with (run_dir / "history.ndjson").open("ab") as out:
            out.writelines(encode(row) + b"\n" for row in self.rows)
        return run_dir

    def _cells(self, given: Sequence[Row]) -> list[Row]:
        """Those that are played and not given."""
        found = {tuple(row[name] for name in CELL): row for entry in self.plan for row in _played(entry)}
        named = {tuple(row[name] for name in CELL) for row in given}
        return [row for key, row in found.items() if key not in named]


def _played(entry: Row) -> list[Row]:
    """The cells that an experiment plays: of its steps, and of its window."""
    window = entry.get("window")
    met = [*entry["steps"], *([{**window, "call_point": window["target"]}] if window else [])]
    return [{"flow": entry["flow"], "status": "planned", **{name: one[name] for name in CELL[1:]}} for one in met]


def _write(path: Path, document: Row) -> None:
    path.write_bytes(msgspec.json.encode(document))


def order(scribe: Scribe, number: int, *, wave: str, role: str, step: tuple[str, Fault] | None = None, settle: bool = True) -> str:
    """A requisition that becomes one purchase order. Returns the transaction; settle=False stops after the approval's event."""
    txn_id, source = f"p2p-{number:06d}", f"REQ-{scribe.run_id.upper()}-{number:06d}"
    scribe.experiment(txn_id, P2P, wave=wave, role=role, template="requisition-to-po/US01", step=step)
    amount: Row = {"amount_minor": 20_000 + 37 * number, "currency": "USD", "company": "ACME-US", "party": "SUP000017", "approvers": "U9"}
    amount |= DATES
    approve(scribe, txn_id, "procurement.requisition", "requisition", source, **amount)
    source_lines(scribe, txn_id, source, ("IT_HARDWARE", amount["amount_minor"], "US-MKT-01"), project="PRJ-7")
    scribe.event("wh.requisition.approved", txn_id)
    if settle:
        post_order(scribe, txn_id, source, number, step[1] if step else None)
    return txn_id


def approve(scribe: Scribe, txn_id: str, prefix: str, entity_type: str, source: str, *, revision: int = 1, **columns: Any) -> None:
    """People write, submit and approve the source document."""
    waiting = "pending_manager" if entity_type == "expense_report" else "pending_approval"
    states = (("create", "draft"), ("submit", waiting), ("approve", "approved"))
    for version, (action, state) in enumerate(states, start=1):
        scribe.person(f"{prefix}.{action}", txn_id, entity_type, source, state, src_version=revision, version=version, **columns)


def source_lines(
    scribe: Scribe, txn_id: str, source: str, *lines: tuple[str, int, str | None], project: str | None = None, revision: int = 1
) -> None:
    """What a revision of the source document says: category, signed amount, cost centre."""
    for number, (category, amount, center) in enumerate(lines, start=1):
        line: Row = {
            "entity_type": "source_line",
            "entity_id": f"{source}/{revision}.{number}",
            "effect": "create",
            "parent_id": source,
            "project": project,
        }
        scribe.row(
            "commit",
            "procurement" if source.startswith("REQ") else "expense",
            txn_id=txn_id,
            src_version=revision,
            category=category,
            amount_minor=amount,
            cost_center=center,
            currency="USD",
            **line,
        )


def post_order(scribe: Scribe, txn_id: str, source: str, number: int, fault: Fault | None = None) -> None:
    """The connector's side of a requisition."""
    scribe.call("procurement.requisition.read", txn_id)
    scribe.call("erp.supplier.read", txn_id)
    scribe.call("erp.coding.check", txn_id)
    amount, document = 20_000 + 37 * number, f"45{number:08d}"
    effects = order_effects(document, amount, source)
    posted_create(scribe, "erp.po.create", txn_id, source, effects=effects, fault=fault, status=201)
    recorded: Row = {
        "entity_type": "requisition",
        "entity_id": source,
        "effect": "update",
        "state": "ordered",
        "src_version": 1,
        "version": 4,
        "base_version": 3,
    }
    scribe.call(
        "procurement.requisition.record_order", txn_id, method="PUT", outcome="committed", effects=[recorded], body_hash=f"o{number}"
    )


def order_effects(document: str, amount: int, source: str) -> list[Row]:
    """The purchase order and its memo entry."""
    base: Row = {"company": "1000", "currency": "USD", "period": PERIOD, "src_version": 1}
    first = {
        "entity_type": "purchase_order",
        "entity_id": document,
        "effect": "create",
        "state": "created",
        "amount_minor": amount,
        "ext_ref": source,
        "party": "V100017",
        "approvers": "10081399",
        **DATES,
    }
    line = {"entity_type": "journal_line", "effect": "create", "parent_id": document, "cost_center": "4711000"}
    debit = {**line, "entity_id": f"{document}/1", "account": "9200", "amount_minor": amount}
    credit = {**line, "entity_id": f"{document}/2", "account": "9900", "amount_minor": -amount, "cost_center": None}
    coded = {
        **line,
        "entity_type": "order_line",
        "entity_id": f"{document}/L1",
        "account": "5400",
        "amount_minor": amount,
        "project": "P-0007",
    }
    return [{**base, **effect} for effect in (first, debit, credit, coded)]


def posted_create(
    scribe: Scribe, point: str, txn_id: str, source: str, *, effects: list[Row], fault: Fault | None = None, status: int
) -> None:
    """A create that ends with one document: at once, or after the fault with a second attempt under the same key."""
    call: dict[str, Any] = {"method": "POST", "idem_key": f"k-{txn_id}", "body_hash": f"b-{txn_id}", "ext_ref": source}
    if fault is None:
        scribe.call(point, txn_id, status=status, outcome="committed", effects=effects, **call)
        return
    answer: dict[str, Any] = {"status": fault.status, "view": fault.view, "retry_after_ms": fault.retry_after_ms}
    outcome = "committed" if fault.commits else "not_reached"
    scribe.call(point, txn_id, outcome=outcome, effects=effects if fault.commits else (), fault=fault, **answer, **call)
    scribe.t_ms += (fault.retry_after_ms or 0) + 60
    again = {"outcome": "replayed", "effects": ()} if fault.commits else {"outcome": "committed", "effects": effects}
    scribe.call(point, txn_id, status=status, attempt=2, **again, **call)


def expense(scribe: Scribe, number: int, *, wave: str, role: str, step: tuple[str, Fault] | None = None, settle: bool = True) -> str:
    """An expense report that becomes one AP invoice, accepted with 202 and posted later. Returns the transaction."""
    txn_id, source = f"exp-{number:06d}", f"ER-{scribe.run_id.upper()}-{number:06d}"
    scribe.experiment(txn_id, EXPENSE, wave=wave, role=role, template="expense-to-posting/US01", step=step)
    amount: Row = {"amount_minor": 20_000 + 37 * number, "currency": "USD", "company": "10", "party": "ann.lee1", "approvers": "joe.fox9"}
    amount |= DATES
    approve(scribe, txn_id, "expense.report", "expense_report", source, **amount)
    gross = amount["amount_minor"]
    lines = (("HOTEL", gross - 500, "CC.10.4711"), ("input_tax", 500, None), ("employee_paid", -gross, None))
    source_lines(scribe, txn_id, source, *lines)
    scribe.event("wh.expense_report.approved", txn_id)
    if settle:
        post_expense(scribe, txn_id, source, number, step[1] if step else None)
    return txn_id


def post_expense(scribe: Scribe, txn_id: str, source: str, number: int, fault: Fault | None = None) -> None:
    """The connector's side of an expense report."""
    scribe.call("expense.report.read", txn_id)
    scribe.call("erp.coding.check", txn_id)
    amount, document = 20_000 + 37 * number, f"19{number:08d}"
    base: Row = {"company": "1000", "currency": "USD", "period": PERIOD, "src_version": 1}
    accepted = {
        **base,
        "entity_type": "ap_invoice",
        "entity_id": document,
        "effect": "create",
        "state": "accepted",
        "amount_minor": amount,
        "ext_ref": source,
        "party": "10081360",
        "approvers": "10081399",
        **DATES,
    }
    posted_create(scribe, "erp.ap_invoice.create", txn_id, source, effects=[accepted], fault=fault, status=202)
    posted = {**base, "entity_type": "ap_invoice", "entity_id": document, "effect": "update", "state": "posted", "amount_minor": amount}
    scribe.row("commit", "erp", txn_id=txn_id, call_point="erp.ap_invoice.create", **posted)
    posting_lines(scribe, txn_id, document, amount)
    scribe.event("wh.posting.confirmed", txn_id)
    scribe.call("erp.job.read", txn_id)
    recorded: Row = {
        "entity_type": "expense_report",
        "entity_id": source,
        "effect": "update",
        "state": "posted",
        "src_version": 1,
        "version": 4,
        "base_version": 3,
    }
    scribe.call("expense.report.record_posting", txn_id, method="PUT", outcome="committed", effects=[recorded], body_hash=f"p{number}")


def posting_lines(scribe: Scribe, txn_id: str, document: str, amount: int) -> None:
    """What the ledger says of an AP invoice, once it is posted."""
    base: Row = {
        "entity_type": "journal_line",
        "effect": "create",
        "parent_id": document,
        "company": "1000",
        "currency": "USD",
        "period": PERIOD,
    }
    for index, (account, signed) in enumerate((("5100", amount - 500), ("1100", 500), ("2010", -amount)), start=1):
        center = "4711000" if account == "5100" else None
        line: Row = {**base, "entity_id": f"{document}/{index}", "account": account, "amount_minor": signed, "cost_center": center}
        line["category"] = "owed" if account == "2010" else None
        scribe.row("commit", "erp", txn_id=txn_id, src_version=1, **line)


FLOWS: tuple[tuple[Callable[..., str], str], ...] = ((order, "erp.po.create"), (expense, "erp.ap_invoice.create"))
FAULTS = (RESPONSE_LOST, THROTTLED, SERVER_ERROR)


def make_history(n_events: int, run_dir: Path) -> Path:
    """A complete, correct run of at least `n_events` rows in `run_dir` (created): half of its transactions met a fault."""
    (run_dir / "history.ndjson").unlink(missing_ok=True)
    scribe, views, number = Scribe("synth"), list[Row](), 0
    scribe.begin()
    plan: list[Row] = []
    scribe.enter("wave-synthetic")
    while scribe.seq < n_events - 2 * number:
        number += 1
        for make, point in FLOWS:
            faulted = number % 2 == 0
            step = (point, FAULTS[number // 2 % len(FAULTS)]) if faulted else None
            make(scribe, number, wave="wave-synthetic", role="faulted" if faulted else "control", step=step)
        views += final_views(scribe.rows[-60:], number)
        if len(scribe.rows) > 20_000:
            plan += scribe.plan
            _append(run_dir, scribe)
    scribe.enter("final")
    for view in views:
        scribe.row("read_view", **view)
    scribe.end()
    scribe.plan[:0] = plan
    mappings = run_dir / "mappings"
    mappings.mkdir(exist_ok=True)
    for name, text in CROSSWALKS.items():
        (mappings / f"{name}.csv").write_text(text, "utf-8")
    return scribe.save(run_dir)


def _append(run_dir: Path, scribe: Scribe) -> None:
    """Keeps memory bounded: rows go to the file as soon as nobody changes them any more."""
    run_dir.mkdir(parents=True, exist_ok=True)
    encode = msgspec.json.Encoder().encode
    with (run_dir / "history.ndjson").open("ab") as out:
        out.writelines(encode(row) + b"\n" for row in scribe.rows)
    scribe.rows.clear()
    scribe.plan = []


def final_views(rows: Iterable[Row], number: int | None = None) -> list[Row]:
    """The read_view columns of every document in `rows` (of one transaction number, or of all), in its last state."""
    kept = (
        "node",
        "txn_id",
        "entity_type",
        "entity_id",
        "state",
        "version",
        "amount_minor",
        "currency",
        "company",
        "period",
        "ext_ref",
        "src_version",
    )
    found: dict[tuple[str, str], Row] = {}
    posted: dict[str, tuple[str, str]] = {}
    for row in rows:
        mine = number is None or str(row.get("txn_id", "")).endswith(f"-{number:06d}")
        if row["kind"] != "commit" or not mine or row["entity_type"].endswith(PARTS) or row["entity_type"] in {"supplier", "period"}:
            continue
        key = (row["entity_type"], row["entity_id"])
        found[key] = {**found.get(key, {}), **{name: row[name] for name in kept if name in row}}
        if row["effect"] == "create" and row["entity_type"] not in {"requisition", "expense_report"} and "txn_id" in row:
            posted[row["txn_id"]] = row["entity_id"], row["entity_type"]
    for (entity_type, _), view in found.items():
        if entity_type in {"requisition", "expense_report"} and view["state"] in {"ordered", "posted"}:
            view["parent_id"], kind = posted.get(view["txn_id"], (None, None))
            if entity_type == "expense_report":
                view["parent_type"] = kind
    return list(found.values())
