"""Violations as people read them: one plain sentence, the plan line, the control twin, the timeline."""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from harness.judge.alone import Repeats
from harness.judge.causes import Blame, Causes
from harness.judge.checks import Checked, fetch
from harness.judge.guest_rules import USER
from harness.judge.guests import Guests
from harness.judge.invariants import Invariant
from harness.judge.parsed import ask
from harness.judge.queries import query
from harness.judge.verdict import JsonObject, decimal_text, plain

TIMELINE_ROWS_MAX = 60
TOLD_MAX = 120  # violations with a timeline in verdict.json; `explain` tells the others
VIEW_KINDS = ("request", "response_end", "event_ack")


@dataclass(frozen=True, slots=True)
class Teller:
    """What every story needs. plans: the plan line by transaction; twins: a fault-free transaction by template; templates: the template by
    transaction."""

    con: duckdb.DuckDBPyConnection
    run_dir: Path
    minor_units: Mapping[str, int]
    plans: Mapping[str, str]
    causes: Causes
    twins: Mapping[str, str]
    templates: Mapping[str, str]
    guests: Guests

    def tell(self, checks: Iterable[Checked], repeats: Repeats) -> list[JsonObject]:
        """One entry per (invariant, transaction), the worst first; each kind of failure once before any repeats."""
        found = _worst_first([self._violation(check, row, repeats) for check in checks for row in _one_per_txn(check.failing)])
        ranks = {check.invariant.id: check.invariant for check in checks}
        told = [entry for entry in found[:TOLD_MAX] if entry["txn_id"]]
        lines = timelines(self.con, {entry["txn_id"] for entry in told})
        marks = self.guests.marks((entry["invariant"], entry["txn_id"]) for entry in told if entry["origin"] == USER)
        for entry in told:
            own = entry["origin"] == USER
            marked = (
                marks.get((entry["invariant"], entry["txn_id"]), set()) if own else self._marked(ranks[entry["invariant"]], entry["txn_id"])
            )
            entry["timeline"] = bounded(lines.get(entry["txn_id"], []), marked)
        return found

    def _marked(self, invariant: Invariant, txn_id: str) -> set[int]:
        """Which rows matter most; a query that fails costs the marks, never the story."""
        try:
            return {int(row["seq"]) for row in fetch(self.con, invariant.explain, {"txn": txn_id})}
        except duckdb.Error:
            return set()

    def _violation(self, check: Checked, row: Mapping[str, Any], repeats: Repeats) -> JsonObject:
        txn_id = row["txn_id"]
        blame = self.causes.of(check, row)
        money = self._money(row)
        solo, without = repeats.again.get((check.invariant.id, txn_id)), repeats.without.get((check.invariant.id, txn_id))
        return {
            "invariant": check.invariant.id,
            "title": check.invariant.title,
            "origin": check.invariant.origin,
            "severity": check.invariant.severity,
            "txn_id": txn_id,
            "cause": blame.id,
            "call_point": blame.call_point or row["call_point"],
            "fault_id": blame.fault_id,
            "fault_name": blame.fault_name,
            "plan": f"{txn_id}: {self.plans.get(txn_id, 'no fault')}" if txn_id else "",
            "story": _sentence(str(row["story"]), blame, money, self._not_the_fault(blame, txn_id, repeats, without=without)),
            "money": money,
            "control_txn": self.twins.get(self.templates.get(txn_id or "", "")),
            "timeline": [],
            "solo": {"reproduced": solo[0], "of": solo[1]} if solo else None,
            "also_without_fault": without if blame.fault_id else None,
            "replay": f"dryclose replay {shlex.quote(str(self.run_dir))} {txn_id}" if txn_id else None,
        }

    def _not_the_fault(self, blame: Blame, txn_id: str | None, repeats: Repeats, *, without: bool | None) -> str:
        """without: whether its document breaks this very rule without the fault. It may break a worse one, which is as good."""
        if blame.fault_id is None or txn_id is None:
            return ""
        if without or self.causes.fails_without(txn_id):
            return f" It fails without any fault too: {repeats.free[txn_id]} is the same document with nothing in its way."
        example = self.causes.innocent.get(blame.id)
        return f" Of the same cause, {example} fails without any fault too." if example else ""

    def _money(self, row: Mapping[str, Any]) -> JsonObject | None:
        minor, currency = row["money_minor"], row["currency"]
        if minor is None or currency is None:
            return None
        return {"amount": decimal_text(int(minor), currency, self.minor_units), "currency": currency}


def _one_per_txn(rows: Sequence[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    seen: set[str] = set()
    for row in rows:
        txn_id = row["txn_id"]
        if txn_id is None or txn_id not in seen:
            seen.add(txn_id or "")
            yield row


def _worst_first(entries: list[JsonObject]) -> list[JsonObject]:
    """By severity, but the first of each (invariant, call point, fault) before the second of any."""
    order = {severity: rank for rank, severity in enumerate(("money", "books", "loss", "security", "liveness", "conduct"))}
    turns: dict[tuple[str, str, str], int] = {}
    keyed = []
    for entry in entries:
        key = (entry["invariant"], str(entry["call_point"]), str(entry["fault_id"]))
        turns[key] = turns.get(key, 0) + 1
        keyed.append((min(turns[key], 3), order[entry["severity"]], entry["invariant"], turns[key], str(entry["txn_id"]), entry))
    return [item[-1] for item in sorted(keyed, key=lambda item: item[:-1])]


def _sentence(story: str, blame: Blame, money: JsonObject | None, more: str) -> str:
    text = story[0].upper() + story[1:] + "."
    where = f" at {blame.call_point}" if blame.call_point else ""
    fault = f"{words(blame.fault_name or blame.fault_id or '')} ({blame.fault_id}){where}"
    if blame.blocked_by:
        text += f" Nobody worked on it while {blame.blocked_by} was tried again and again, which met {fault}."
    else:
        text += f" It met {fault}." if blame.fault_id else " No fault reached this transaction."
    return text + more + (f" Money at stake: {money['currency']} {money['amount']}." if money and money["amount"].strip("0.") else "")


def words(name: str) -> str:
    """response_lost_after_commit -> "response lost after commit"."""
    return name.replace("_", " ")


def timelines(con: duckdb.DuckDBPyConnection, txn_ids: set[str]) -> dict[str, list[JsonObject]]:
    """Everything that happened to these transactions, in order. Leaves the table `timeline` for the explain queries."""
    con.execute("create or replace table told (txn_id varchar)")
    con.execute("insert into told select unnest($names)", {"names": sorted(txn_ids)})
    ask(con, query("timeline"))
    found: dict[str, list[JsonObject]] = {}
    for row in fetch(con, "select * from timeline order by txn_id, seq"):
        found.setdefault(row["txn_id"], []).append(_line(row))
    return found


def bounded(lines: Sequence[JsonObject], marked: set[int]) -> list[JsonObject]:
    """At most 60 rows: the marked ones first, the others from the beginning, in order; without the bookkeeping number."""
    if len(lines) > TIMELINE_ROWS_MAX:
        kept = [line for line in lines if line["seq"] in marked][:TIMELINE_ROWS_MAX]
        seqs = {line["seq"] for line in kept}
        rest = [line for line in lines if line["seq"] not in seqs][: TIMELINE_ROWS_MAX - len(kept)]
        lines = sorted([*kept, *rest], key=lambda line: int(line["seq"]))
    return [{name: value for name, value in line.items() if name != "seq"} for line in lines]


def _line(row: Mapping[str, Any]) -> JsonObject:
    return {
        "seq": row["seq"],
        "t_ms": round((row["t_mono_ns"] or 0) / 1e6, 1),
        "node": row["node"],
        "kind": row["kind"],
        "call_point": row["call_point"],
        "attempt": row["attempt"],
        "text": _text(row),
        "view": plain(row["client_view"]) if row["kind"] in VIEW_KINDS else None,
    }


def _text(row: Mapping[str, Any]) -> str:
    writer = _TEXTS.get(str(row["kind"]))
    if row["kind"] in _WORDS:
        return _WORDS[row["kind"]]
    return writer(row) if writer else str(row["reason"] or row["state"] or row["detail"] or row["kind"])


def _document(row: Mapping[str, Any]) -> str:
    amount = f", {row['amount_minor']} {row['currency']} in minor units" if row["amount_minor"] is not None else ""
    state = f" is now {row['state']}" if row["state"] else ""
    return f"{words(str(row['entity_type']))} {row['entity_id']}{state}{amount}"


def _answer(row: Mapping[str, Any]) -> str:
    parts = [str(row["status"]) if row["status"] is not None else "no answer", row["code"], row["server_outcome"]]
    return " ".join(str(part) for part in parts if part)


def _experiment(row: Mapping[str, Any]) -> str:
    detail = str(row["detail"] or "no fault")
    try:
        decoded = json.loads(detail)
    except ValueError:
        return f"the experiment begins: {detail}"
    return (
        f"the experiment begins: {decoded}"
        if not isinstance(decoded, dict)
        else f"the experiment begins: {decoded.get('plan') or 'repeats ' + str(decoded.get('solo_of'))}"
    )


_WORDS = {
    "redrive": "the connector is asked to re-drive what it parked",
    "proc_kill": "the connector is killed",
    "hold": "the request is held",
    "release": "the hold ends",
}
_TEXTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "experiment": _experiment,
    "fault_armed": lambda row: f"planned: {row['fault_id']}/{row['mode']} at attempt {row['attempt'] or 'every'}",
    "fault_fired": lambda row: f"fault {row['fault_id']}/{row['mode']}",
    "fault_healed": lambda row: f"fault {row['fault_id']} is over",
    "source_action": lambda row: "a person: " + _document(row),
    "request": lambda row: (
        f"{row['method']} {row['route']}"
        + (f" key {row['idem_key']}" if row["idem_key"] else "")
        + (f" reference {row['ext_ref']}" if row["ext_ref"] else "")
    ),
    "decision": _answer,
    "commit": lambda row: f"{row['effect']}: {_document(row)}",
    "response_end": _answer,
    "bytes_out": lambda row: f"{row['bytes_out']} bytes of the answer were sent",
    "event_sent": lambda row: f"event {row['event_id']}" + ("" if row["sig_ok"] else ", forged") + ("" if row["fresh"] else ", stale"),
    "event_ack": lambda row: f"the connector answered {row['status']}" if row["status"] is not None else "the connector did not answer",
    "event_dropped": lambda row: f"event {row['event_id']} was never delivered",
    "query_sent": lambda row: f"somebody waits: what about {words(str(row['entity_type']))} {row['entity_id']}?",
    "query_answer": lambda row: f"the connector answers {row['state']}" if row["state"] is not None else "no answer came",
    "parked": lambda row: f"declared parked: {row['reason'] or row['class'] or ''} (outcome {row['state'] or 'not posted'})",
    "read_view": lambda row: "at the end: " + _document(row),
    "proc_start": lambda row: f"the connector starts (generation {row['sut_gen']})",
    "phase": lambda row: f"phase {row['phase']}",
}
