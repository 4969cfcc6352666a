"""Violations as every output needs them: by transaction, in an order that shows each kind early, with their plan line."""

import re
from collections.abc import Iterable, Sequence

from reports.fields import Record, rows, table, text, whole

_FAULT_AND_MONEY = re.compile(
    r" (?:It met [^.()]{1,120} \(F-[A-Z]\d{1,2}\)(?: at [\w.]+)?\.(?= |$)|Money at stake: [A-Z]{3} [\d.]+\d\.)(?=\s|$)"
)


def by_transaction(violations: Iterable[Record]) -> dict[str, list[Record]]:
    """Violations by transaction, in the given order; those of the whole run under an empty id."""
    found: dict[str, list[Record]] = {}
    for violation in violations:
        found.setdefault(text(violation, "txn_id"), []).append(violation)
    return found


def plan_of(violation: Record) -> str:
    """The plan line without the transaction's id, which stands beside it."""
    return text(violation, "plan").removeprefix(f"{text(violation, 'txn_id')}: ")


def own_story(violation: Record) -> str:
    """The story without the sentences about fault and money, where those stand beside it."""
    said = text(violation, "story")
    told = _FAULT_AND_MONEY.sub("", said).strip()
    return (told[:1].upper() + told[1:]) if told else said


def again_alone(violation: Record) -> str:
    """`1 of 1`: how often it happened again alone; and what became of the same document without its fault, where that was tried."""
    solo = table(violation, "solo")
    if not solo:
        return ""
    again, free = f"{whole(solo, 'reproduced')} of {whole(solo, 'of')}", violation.get("also_without_fault")
    return again + (", and without its fault too" if free is True else "; not without its fault" if free is False else "")


def cause(violation: Record) -> tuple[str, str]:
    """What makes two violations of one invariant alike: where, and which fault."""
    return text(violation, "call_point"), text(violation, "fault_id")


def each_kind_first(violations: Sequence[Record]) -> list[Record]:
    """The same violations, the first of each (invariant, call point, fault) before the second of any."""
    seen: set[tuple[str, tuple[str, str]]] = set()
    leaders: list[Record] = []
    others: list[Record] = []
    for violation in violations:
        key = (text(violation, "invariant"), cause(violation))
        (others if key in seen else leaders).append(violation)
        seen.add(key)
    return leaders + others


def spread(violations: Iterable[Record], first: int) -> list[Record]:
    """At most `first` violations, one of each invariant before the second of any, no transaction twice."""
    queues: dict[str, list[Record]] = {}
    for violation in violations:
        queues.setdefault(text(violation, "invariant"), []).append(violation)
    chosen: list[Record] = []
    seen: set[str] = set()
    while len(chosen) < first and any(queues.values()):
        for queue in queues.values():
            fresh = next((violation for violation in queue if text(violation, "txn_id") not in seen), None)
            queue[:] = queue[queue.index(fresh) + 1 :] if fresh else []
            if fresh and len(chosen) < first:
                chosen.append(fresh)
                seen |= {text(fresh, "txn_id")} - {""}
    return chosen


def told_rows(invariant: Record, limit: int) -> list[Record]:
    """The rows of a warning in the shape of violations: warnings have rows but no report cards."""
    return [{**row, "invariant": text(invariant, "id")} for row in rows(invariant, "rows")[:limit]]
