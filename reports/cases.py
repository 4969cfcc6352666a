"""What went wrong: violations by invariant, and the failing transactions, each with everything that explains it.

A run may have hundreds of violations. The page stays bounded: the most telling transactions get a report card (one of each
invariant, call point and fault before the second of any), the others a line; verdict.json has them all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.catalog import Catalog
from reports.diagram import Diagram, draw
from reports.fields import Record, clip, number, rows, table, text, texts, whole
from reports.matrix import Key
from reports.moments import place, readable, since_start
from reports.money import amounts_of, amounts_text, at_risk, from_minor, violation_money
from reports.violations import again_alone, by_transaction, each_kind_first, own_story, plan_of, told_rows
from reports.words import OUTCOME_WORD, whose, word

CARDS_MAX = 40
CARDS_OPEN = 5
LINES_PER_INVARIANT = 6
LINES_MAX = 400
ROWS_PER_CARD = 6
TIMELINE_MAX = 200
SEVERITIES = ("money", "books", "loss", "security", "liveness", "conduct")
_STEP = re.compile(r"([\w.]+)@[\d*]+ = ([\w-]+)/")  # erp.po.create@1 = late_commit/hold
_ROW_MEMBERS_SHOWN_ELSEWHERE = {"txn_id", "call_point", "story", "money_minor", "currency"}


@dataclass(frozen=True, slots=True)
class Broken:
    """One violated invariant of one transaction."""

    invariant: str
    title: str
    severity: str
    story: str
    money: str
    whose: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One row of the timeline."""

    at: str
    node: str
    kind: str
    what: str
    text: str
    view: str


@dataclass(frozen=True, slots=True)
class Card:
    """The report card of one failing transaction."""

    txn_id: str
    anchor: str
    about: str
    plan: str
    outcome: str
    why: str
    broken: tuple[Broken, ...]
    money: str
    fault: str
    wants: str
    control: str
    solo: str
    replay: str
    evidence: tuple[tuple[str, str], ...]
    diagram: Diagram | None
    timeline: tuple[Moment, ...]
    left_out: int
    open: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One violation as a line."""

    txn_id: str
    link: str
    plan: str
    story: str
    money: str
    solo: str
    replay: str


@dataclass(frozen=True, slots=True)
class Group:
    """All violations of one invariant: the first ones, then the rest folded away, then a number."""

    invariant: str
    title: str
    severity: str
    total: int
    money: str
    first: tuple[Entry, ...]
    rest: tuple[Entry, ...]
    left_out: int
    whose: str = ""  # the mark of a rule of the user's own


@dataclass(frozen=True, slots=True)
class Cases:
    """Everything the page says about violations. `links`: the anchor of a failing transaction by cell."""

    groups: tuple[Group, ...]
    warnings: tuple[Group, ...]
    cards: tuple[Card, ...]
    without_card: int
    links: Mapping[Key, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What cards look up: rows of the verdict by id, and the catalogue."""

    experiments: Mapping[str, Record]
    invariants: Mapping[str, Record]
    catalog: Catalog


def cases(verdict: Record, catalog: Catalog) -> Cases:
    """Groups by severity, cards in order of telling."""
    invariants = {text(row, "id"): row for row in rows(verdict, "invariants")}
    known = _Known({text(row, "txn_id"): row for row in rows(verdict, "by_experiment")}, invariants, catalog)
    violations = sorted(rows(verdict, "violations"), key=lambda violation: _rank(invariants.get(text(violation, "invariant"), {})))
    grouped = by_transaction(violations)
    grouped.pop("", None)
    order = [txn for txn in dict.fromkeys(text(violation, "txn_id") for violation in each_kind_first(violations)) if txn]
    anchors = {txn: f"txn-{position}" for position, txn in enumerate(order[:CARDS_MAX])}
    cards = tuple(_card(txn, grouped[txn], known, position) for position, txn in enumerate(order[:CARDS_MAX]))
    by_invariant = {
        name: [v for v in violations if text(v, "invariant") == name] for name in dict.fromkeys(text(v, "invariant") for v in violations)
    }
    warned = {text(row, "id"): told_rows(row, LINES_MAX) for row in rows(verdict, "invariants") if text(row, "status") == "warned"}
    return Cases(
        groups=tuple(_group(name, mine, invariants.get(name, {}), anchors) for name, mine in by_invariant.items()),
        warnings=tuple(_group(name, mine, invariants.get(name, {}), anchors) for name, mine in warned.items()),
        cards=cards,
        without_card=len(order) - len(cards),
        links=_links(violations, known, anchors),
    )


def _rank(invariant: Record) -> int:
    severity = text(invariant, "severity")
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _links(violations: Sequence[Record], known: _Known, anchors: Mapping[str, str]) -> dict[Key, str]:
    """By cell the card of a transaction whose violation names it; else of one whose plan has a step there."""
    ids = {fault.name: fault.id for fault in known.catalog.faults.values()}
    exact: dict[Key, str] = {}
    by_plan: dict[Key, str] = {}
    for violation in violations:
        anchor = anchors.get(text(violation, "txn_id"))
        flow = text(known.experiments.get(text(violation, "txn_id"), {}), "flow")
        if anchor:
            exact.setdefault((flow, text(violation, "call_point"), text(violation, "fault_id")), anchor)
            for point, name in _STEP.findall(plan_of(violation)):
                by_plan.setdefault((flow, point, ids.get(name, name)), anchor)
    return by_plan | exact


def _card(txn: str, violations: Sequence[Record], known: _Known, position: int) -> Card:
    first, experiment = violations[0], known.experiments.get(txn, {})
    longest = max(violations, key=lambda violation: len(rows(violation, "timeline")))
    fault = known.catalog.faults.get(text(first, "fault_id"))
    timeline = since_start(rows(longest, "timeline"))
    outcome = text(experiment, "outcome")
    return Card(
        txn_id=txn,
        anchor=f"txn-{position}",
        about=" · ".join(part for part in (text(experiment, "template") or text(experiment, "flow"), text(experiment, "wave")) if part),
        plan=plan_of(first) or text(experiment, "plan"),
        outcome=OUTCOME_WORD.get(outcome, outcome),
        why=text(experiment, "why") if text(experiment, "verdict") != "fail" else "",
        broken=tuple(_broken(violation, known.invariants) for violation in violations),
        money=amounts_text(at_risk({"violations": violations})),
        fault=f"{fault.id} {word(fault.name)}" if fault else word(text(first, "fault_name") or text(first, "fault_id")),
        wants=fault.wants if fault else "",
        control=_control(violations, known.experiments),
        solo=_solo(first, experiment),
        replay=text(first, "replay"),
        evidence=_evidence(txn, violations, known.invariants),
        diagram=draw(longest, {entry.id: entry.name for entry in known.catalog.faults.values()}),
        timeline=tuple(_moment(entry) for entry in timeline[:TIMELINE_MAX]),
        left_out=max(0, len(timeline) - TIMELINE_MAX),
        open=position < CARDS_OPEN,
    )


def _broken(violation: Record, invariants: Mapping[str, Record]) -> Broken:
    name = text(violation, "invariant")
    invariant = invariants.get(name, {})
    return Broken(
        name,
        text(invariant, "title"),
        text(invariant, "severity"),
        clip(own_story(violation), 800),
        violation_money(violation),
        whose(text(invariant, "origin")),
    )


def _control(violations: Sequence[Record], experiments: Mapping[str, Record]) -> str:
    txn = next((text(violation, "control_txn") for violation in violations if text(violation, "control_txn")), "")
    if not txn:
        return ""
    outcome = text(experiments.get(txn, {}), "outcome")
    return f"{txn} ({OUTCOME_WORD.get(outcome, outcome)})" if outcome else txn


def _solo(violation: Record, experiment: Record) -> str:
    solo = table(violation, "solo")
    if solo:
        in_vain = whole(solo, "of") and not whole(solo, "reproduced") and violation.get("also_without_fault") is not True
        return again_alone(violation) + (" (it needs company: it did not happen alone)" if in_vain else "")
    stated = text(experiment, "solo")
    return stated.replace("/", " of ") if stated else ""


def _evidence(txn: str, violations: Sequence[Record], invariants: Mapping[str, Record]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for name in dict.fromkeys(text(violation, "invariant") for violation in violations):
        mine = [row for row in rows(invariants.get(name, {}), "rows") if text(row, "txn_id") == txn]
        found += [(name, said) for said in (_row_says(row) for row in mine) if said]
    return tuple(found[:ROWS_PER_CARD])


def _row_says(row: Record) -> str:
    money = from_minor(row.get("money_minor"), text(row, "currency")) if text(row, "currency") else ""
    members = [
        f"{word(name)} = {text(row, name) or ' '.join(texts(row, name))}" for name in row if name not in _ROW_MEMBERS_SHOWN_ELSEWHERE
    ]
    return clip(" · ".join([*([money] if money else []), *(member for member in members if not member.endswith("= "))]), 600)


def _moment(entry: Record) -> Moment:
    elapsed = number(entry, "t_ms")
    at = f"{elapsed:,.1f}" if elapsed is not None else ""
    return Moment(
        at, text(entry, "node"), word(text(entry, "kind")), place(entry), clip(readable(text(entry, "text")), 400), text(entry, "view")
    )


def _group(name: str, violations: Sequence[Record], invariant: Record, anchors: Mapping[str, str]) -> Group:
    entries = [_entry(violation, anchors) for violation in each_kind_first(violations)[:LINES_MAX]]
    total = max(len(violations), whole(invariant, "violations"))
    known = total if text(invariant, "status") == "warned" else len(violations)  # a warning's rows are only the first ones
    money = amounts_text(amounts_of(invariant, "money")) or amounts_text(at_risk({"violations": violations}))
    first, rest = tuple(entries[:LINES_PER_INVARIANT]), tuple(entries[LINES_PER_INVARIANT:])
    return Group(
        name,
        text(invariant, "title"),
        text(invariant, "severity"),
        total,
        money,
        first,
        rest,
        left_out=max(0, known - len(entries)),
        whose=whose(text(invariant, "origin")),
    )


def _entry(violation: Record, anchors: Mapping[str, str]) -> Entry:
    txn = text(violation, "txn_id")
    return Entry(
        txn_id=txn,
        link=anchors.get(txn, ""),
        plan=clip(plan_of(violation), 300),
        story=clip(own_story(violation), 500),
        money=violation_money(violation),
        solo=again_alone(violation),
        replay=text(violation, "replay"),
    )
