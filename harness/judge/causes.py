"""Why transactions failed: one cause for each, so that one double posting is one finding and not one for every rule that sees it.

A cause is (flow, call point, fault after which work on the document went wrong, effect). The fault is the last one that reached the
connector's work on the document before its books went wrong; where something is missing, the last one at all. A fault of the whole run
that only found the document open, without a call for it, is never blamed. Whoever was not worked on at all while a document with a lasting
fault was tried over and over has that document's fault as its cause (`blocked_by`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from harness.judge.alone import Repeats
from harness.judge.checks import Checked, fetch
from harness.judge.invariants import EFFECTS
from harness.judge.queries import sections
from harness.judge.verdict import JsonObject, decimal_text

FILE = Path(__file__).parent / "causes.sql"
AT_THE_SECOND = ("posted twice",)  # these went wrong when the second posting came
AT_THE_LAST = ("posted wrong", "posted unasked", "told wrong")  # these at the last posting that stands
STUCK = "stuck"  # went well, but only after somebody helped: by then it had gone wrong. All others: by what never came
OF_OUTCOME = {
    "double": "posted twice",
    "lost": "lost",
    "open": "lost",
    "posted": "told too little",
    "parked": "given up",
    "refused": "given up",
    "undone": "undone",
    "behind": "left behind",
    "unanswered": "not answered",
}
STRANGER = "of no flow"


@dataclass(frozen=True, slots=True)
class Blame:
    """What one failed transaction is put down to. fault: None when no fault reached the work on it."""

    flow: str
    call_point: str | None
    fault_id: str | None
    fault_name: str | None
    effect: str
    blocked_by: str | None = None

    @property
    def id(self) -> str:
        """Readable, and the same whatever the seed."""
        parts = (self.flow, self.call_point or "nowhere", self.fault_id or "no-fault", self.effect)
        return "/".join(part.replace(" ", "-") for part in (*parts, *(["blocked"] if self.blocked_by else [])))


@dataclass(slots=True)
class _Cause:
    """One cause while its transactions are gathered."""

    blame: Blame
    txn_ids: dict[str, None] = field(default_factory=dict)  # in the order of telling
    rules: dict[str, int] = field(default_factory=dict)  # rank by id


class Causes:
    """The blame of every failed transaction of one judgement."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, checks: Iterable[Checked], outcomes: Mapping[str, Mapping[str, Any]], repeats: Repeats
    ) -> None:
        self._checks = [one for one in checks if one.status == "violated"]
        self._outcomes, self._repeats = outcomes, repeats
        self._rows = _rows_of(con, {row["txn_id"] for one in self._checks for row in one.failing if row["txn_id"]})
        effects: dict[str, list[str | None]] = {}
        points: dict[str, str | None] = {}
        for one in self._checks:
            for row in one.failing:
                if row["txn_id"]:
                    effects.setdefault(row["txn_id"], []).append(one.invariant.effect)
                    points.setdefault(row["txn_id"], row["call_point"])
        self._blames = {txn_id: self._blame(txn_id, named, points[txn_id]) for txn_id, named in effects.items()}
        self._without = {txn_id: self._worst_without(txn_id) for txn_id in repeats.free if txn_id in self._blames}

    def fails_without(self, txn_id: str) -> bool | None:
        """Whether the document of this one fails without its fault too, by the worst of the rules that it broke; None: nobody can say."""
        return self._without.get(txn_id)

    def _worst_without(self, txn_id: str) -> bool | None:
        ranks = {one.invariant.id: one.invariant.rank for one in self._checks for row in one.failing if row["txn_id"] == txn_id}
        return self._repeats.any_without([rule for rule, rank in ranks.items() if rank == min(ranks.values())], txn_id)

    @cached_property
    def innocent(self) -> Mapping[str, str]:
        """The faults that are not to blame: by cause, a transaction of it whose document fails without the fault too."""
        found = [(blame.id, txn_id) for txn_id, blame in self._blames.items() if blame.fault_id and self._without.get(txn_id)]
        return dict(sorted(found, reverse=True))

    def of(self, one: Checked, row: Mapping[str, Any]) -> Blame:
        """Whose fault a violating row is. A row of no transaction stands for itself."""
        found = self._blames.get(row["txn_id"] or "")
        return found or Blame(STRANGER, row["call_point"], None, None, one.invariant.effect or EFFECTS[-1])

    def _blame(self, txn_id: str, effects: Sequence[str | None], call_point: str | None) -> Blame:
        outcome = self._outcomes.get(txn_id, {})
        effect = _effect(effects, outcome)
        flow, moments = str(outcome.get("flow") or STRANGER), self._rows.moments.get(txn_id, {})
        contact = _decisive(self._rows.contacts.get(txn_id, ()), _moment(effect, moments), before_only=effect == STUCK)
        blocker = self._rows.blockers.get(txn_id)
        if blocker is not None and (contact is None or contact["is_presumed"] or (effect == STUCK and blocker["waited_long"])):
            return Blame(flow, blocker["call_point"], blocker["fault_id"], blocker["fault_name"], effect, blocker["blocker"])
        if contact is not None:
            return Blame(flow, contact["call_point"], contact["fault_id"], contact["fault_name"], effect)
        return Blame(flow, call_point or (None if effect == STUCK else moments.get("last_call")), None, None, effect)

    def documents(
        self, money: Mapping[str, Mapping[str, int]], minor_units: Mapping[str, int], preferred: Mapping[str, int]
    ) -> list[JsonObject]:
        """As in verdict.json, the worst first. money: what is at stake, in minor units by currency, by transaction; preferred: how good an
        example a transaction is (less is better)."""
        found: dict[str, _Cause] = {}
        for one in self._checks:
            for row in one.failing:
                blame = self.of(one, row)
                cause = found.setdefault(blame.id, _Cause(blame))
                cause.rules[one.invariant.id] = one.invariant.rank
                if row["txn_id"]:
                    cause.txn_ids[row["txn_id"]] = None
        ordered = sorted(found.values(), key=lambda cause: (min(cause.rules.values()), EFFECTS.index(cause.blame.effect), cause.blame.id))
        return [{**_document(cause, money, minor_units, preferred), "also_without_fault": self._also_without(cause)} for cause in ordered]

    def _also_without(self, cause: _Cause) -> bool | None:
        """None: no document of it was tried without its fault, or nobody can say how that ended."""
        if cause.blame.fault_id is None:
            return None
        said = {self._without.get(txn_id) for txn_id in cause.txn_ids} - {None}
        return any(said) if said else None


def _document(
    cause: _Cause, money: Mapping[str, Mapping[str, int]], minor_units: Mapping[str, int], preferred: Mapping[str, int]
) -> JsonObject:
    totals: dict[str, int] = {}
    for txn_id in cause.txn_ids:
        for currency, minor in money.get(txn_id, {}).items():
            totals[currency] = totals.get(currency, 0) + minor
    blame = cause.blame
    return {
        "id": blame.id,
        "flow": blame.flow,
        "call_point": blame.call_point,
        "fault_id": blame.fault_id,
        "fault_name": blame.fault_name,
        "effect": blame.effect,
        "blocked_by": blame.blocked_by,
        "transactions": len(cause.txn_ids),
        "example": min(cause.txn_ids, key=lambda txn_id: (preferred.get(txn_id, 0), txn_id), default=None),
        "money": {currency: decimal_text(minor, currency, minor_units) for currency, minor in sorted(totals.items())},
        "rules": sorted(cause.rules, key=lambda name: (cause.rules[name], name)),
    }


@dataclass(frozen=True, slots=True)
class _Rows:
    """What causes.sql answers, by transaction."""

    contacts: Mapping[str, Sequence[Mapping[str, Any]]]
    moments: Mapping[str, Mapping[str, Any]]
    blockers: Mapping[str, Mapping[str, Any]]


def reached(con: duckdb.DuckDBPyConnection, txn_ids: Iterable[str]) -> set[str]:
    """Those on which work met a fault. A kill is none here: what waits for the end of a repeat alone had come to rest before the next."""
    return {txn_id for txn_id, found in _rows_of(con, set(txn_ids)).contacts.items() if any(one["fault_id"] != "kill" for one in found)}


def _rows_of(con: duckdb.DuckDBPyConnection, txn_ids: set[str]) -> _Rows:
    if not txn_ids:
        return _Rows({}, {}, {})
    asked = sections(FILE)
    con.execute("create or replace temp table suspect (txn_id varchar)")
    con.execute("insert into suspect select unnest($names)", {"names": sorted(txn_ids)})
    contacts: dict[str, list[Mapping[str, Any]]] = {}
    for row in fetch(con, asked["contacts"]):
        contacts.setdefault(row["txn_id"], []).append(row)
    moments = {row["txn_id"]: row for row in fetch(con, asked["moments"])}
    return _Rows(contacts, moments, {row["txn_id"]: row for row in fetch(con, asked["blockers"])})


def _effect(effects: Iterable[str | None], outcome: Mapping[str, Any]) -> str:
    """The worst that its rules name; else what its outcome says; else that it ended unlike its twins."""
    named = {effect for effect in effects if effect}
    worst = next((effect for effect in EFFECTS if effect in named), None)
    if worst == STUCK and not outcome.get("settled"):
        worst = None
    if worst is None and outcome.get("settled") and outcome.get("outcome") == "posted":
        return EFFECTS[-1]
    return worst or OF_OUTCOME.get(str(outcome.get("outcome")), EFFECTS[-1])


def _moment(effect: str, moments: Mapping[str, Any]) -> int | None:
    """When it went wrong; None: what is wrong is that something never came."""
    if effect in AT_THE_SECOND:
        return moments.get("twice_seq") or moments.get("posted_seq")
    if effect == STUCK:
        return moments.get("helped_seq")
    return moments.get("posted_seq") if effect in AT_THE_LAST else None


def _decisive(contacts: Sequence[Mapping[str, Any]], moment: int | None, *, before_only: bool = False) -> Mapping[str, Any] | None:
    """The last fault before that moment; where none came before it, the last one at all."""
    before = [contact for contact in contacts if moment is None or contact["seq"] < moment]
    chosen = before or ([] if before_only else contacts)
    return chosen[-1] if chosen else None
