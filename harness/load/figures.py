"""The figures of a load from what was measured. Pure: every function takes values and gives a part of load.json.

Latency of a document: from its last approval to the moment in which its source system says that it is posted.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from harness.load.drive import Driven
from harness.load.facts import Called, Journey, Throttled
from harness.load.percentiles import nearest_rank, spread
from harness.load.sheet import Click

TOLERANCE_MS = 50  # as K06: a clock is not exact
RECOVERY_FACTOR = 1.5
RECOVERY_FLOOR_MS = 500.0

Part = dict[str, Any]
Window = tuple[float, float]


def per_second(moments: Iterable[float], seconds: int) -> list[int]:
    """How many fall into each second."""
    counted = Counter(int(moment) for moment in moments if moment >= 0)
    return [counted.get(second, 0) for second in range(seconds)]


def waiting_at(journeys: Iterable[Journey], moment: float) -> int:
    """Documents that are approved and not confirmed at that moment."""
    return sum(1 for one in journeys if one.approved_s <= moment and (one.confirmed_s is None or one.confirmed_s > moment))


def backlog_series(journeys: Iterable[Journey], seconds: int) -> list[int]:
    """The most documents that waited at one time in each second."""
    changes = deque(sorted(_changes(journeys), key=lambda change: (change[0], -change[1])))
    found, waiting = [], 0
    for second in range(seconds):
        while changes and changes[0][0] <= second:
            waiting += changes.popleft()[1]
        most = waiting
        while changes and changes[0][0] < second + 1:
            waiting += changes.popleft()[1]
            most = max(most, waiting)
        found.append(most)
    return found


def _changes(journeys: Iterable[Journey]) -> Iterator[tuple[float, int]]:
    for one in journeys:
        yield one.approved_s, 1
        if one.confirmed_s is not None:
            yield one.confirmed_s, -1


def length_s(driven: Driven, journeys: Iterable[Journey]) -> int:
    """Seconds on the curves: up to and with the one in which the last thing happened, or should have happened."""
    due = [document.span[0] for document in driven.documents]
    ends = [one.approved_s if one.confirmed_s is None else one.confirmed_s for one in journeys]
    return int(max([*due, *ends, *(click.done_s for click in driven.clicks)], default=0.0)) + 1


def series(driven: Driven, journeys: Sequence[Journey]) -> Part:
    """Curves over time, one value a second."""
    seconds = length_s(driven, journeys)
    return {
        "offered": per_second((document.span[0] for document in driven.documents), seconds),
        "begun": per_second((click.sent_s for click in driven.clicks if click.step == 0), seconds),
        "approved": per_second((one.approved_s for one in journeys), seconds),
        "confirmed": per_second((one.confirmed_s for one in journeys if one.confirmed_s is not None), seconds),
        "backlog": backlog_series(journeys, seconds),
    }


def rates(driven: Driven, journeys: Sequence[Journey]) -> Part:
    """Offered beside achieved: documents a second."""
    offered = len(driven.documents)
    begun = [click.sent_s for click in driven.clicks if click.step == 0]
    confirmed = [one.confirmed_s for one in journeys if one.confirmed_s is not None]
    span = max((document.span[0] for document in driven.documents), default=0.0)
    took = max([span, *begun], default=0.0)
    drained = max([took, *confirmed], default=0.0)
    curves = series(driven, journeys)
    return {
        "documents": {"offered": offered, "begun": len(begun), "approved": len(journeys), "confirmed": len(confirmed)},
        "offered_per_s": _rate(offered, span),
        "achieved_per_s": _rate(len(begun), took),
        "confirmed_per_s": _rate(len(confirmed), drained),
        "peak_offered_per_s": max(curves["offered"], default=0),
        "peak_achieved_per_s": max(curves["begun"], default=0),
        "peak_confirmed_per_s": max(curves["confirmed"], default=0),
        "clicks": len(driven.clicks),
        "clicks_due": sum(len(document.steps) for document in driven.documents),
    }


def _rate(count: int, seconds: float) -> float:
    return round(count / seconds, 2) if seconds > 0 else float(count)


def calm(journeys: Sequence[Journey], window: Window | None, drain_limit_s: float) -> list[Journey]:
    """Documents whose way did not touch the maintenance or the drain after it, as far as that may take."""
    if window is None:
        return list(journeys)
    drained = drained_at(journeys, window[1])
    until = window[1] + drain_limit_s if drained is None else min(drained, window[1] + drain_limit_s)
    return [one for one in journeys if one.approved_s >= until or (one.confirmed_s is not None and one.confirmed_s <= window[0])]


def drained_at(journeys: Iterable[Journey], ends: float) -> float | None:
    """When the last document that was waiting at the end of the window was confirmed; None: not all of them were."""
    waiting = [one for one in journeys if one.approved_s <= ends and (one.confirmed_s is None or one.confirmed_s > ends)]
    return None if any(one.confirmed_s is None for one in waiting) else max((one.confirmed_s or ends for one in waiting), default=ends)


def latency(journeys: Sequence[Journey], flows: Iterable[str], window: Window | None, drain_limit_s: float) -> Part:
    """Approval to confirmed posting by flow: all documents, and those in calm times."""
    found: Part = {}
    in_calm = calm(journeys, window, drain_limit_s)
    for flow in flows:
        mine = [one for one in journeys if one.flow == flow]
        quiet = [one for one in in_calm if one.flow == flow]
        found[flow] = {
            **spread(one.latency_ms for one in mine if one.latency_ms is not None),
            "unconfirmed": sum(1 for one in mine if one.confirmed_s is None),
            "calm": spread(one.latency_ms for one in quiet if one.latency_ms is not None),
        }
    return found


def people(clicks: Iterable[Click]) -> Part:
    """People's operations: latency from the scheduled time, and errors, by operation."""
    by_op: dict[str, list[Click]] = {}
    for click in clicks:
        by_op.setdefault(click.op, []).append(click)
    return {
        op: {
            **spread(click.ms for click in mine),
            "errors": sum(1 for click in mine if click.error),
            "codes": dict(Counter(click.error for click in mine if click.error)),
        }
        for op, mine in sorted(by_op.items())
    }


def connector(calls: Iterable[Called]) -> Part:
    """The connector's calls by call point: the systems' own time to answer, and what was not a success, by status."""
    by_point: dict[str, list[Called]] = {}
    for call in calls:
        by_point.setdefault(call.call_point, []).append(call)
    return {
        point: {
            **spread(call.ms for call in mine if call.ms is not None),
            "calls": len(mine),
            "errors": sum(1 for call in mine if not call.ok),
            "statuses": {str(status): n for status, n in sorted(Counter(call.status or 0 for call in mine if not call.ok).items())},
        }
        for point, mine in sorted(by_point.items())
    }


def throttling(answers: Sequence[Throttled], shared: int, limit_per_s: int | None) -> Part:
    """429 answers, and how long the connector stayed away. limit_per_s None: there is none, or none that we know."""
    again = [one for one in answers if one.waited_ms is not None]
    early = [one for one in again if one.waited_ms is not None and one.waited_ms < one.asked_ms - TOLERANCE_MS]
    return {
        "limit_per_s": limit_per_s or None,
        "answers": len(answers) + shared,
        "by_call_point": dict(Counter(one.call_point for one in answers).most_common()),
        "came_again": len(again),
        "too_early": len(early),
        "obeyed_share": round(1 - len(early) / len(again), 4) if again else None,
        "waited_ms": spread(one.waited_ms for one in again if one.waited_ms is not None),
    }


def maintenance(journeys: Sequence[Journey], window: Window | None, system: str) -> Part | None:
    """How the backlog of a window was worked off, and when new documents were as fast as before."""
    if window is None:
        return None
    begins, ends = window
    waiting = waiting_at(journeys, ends)
    drained = drained_at(journeys, ends) if waiting else None  # where nobody waits, nothing is drained
    p95 = nearest_rank(sorted(_before(journeys, begins)), 95)
    normal = None if p95 is None else max(RECOVERY_FLOOR_MS, RECOVERY_FACTOR * p95)
    recovered = _recovered(journeys, ends, normal)
    return {
        "system": system,
        "begins_s": round(begins, 2),
        "ends_s": round(ends, 2),
        "backlog_before": waiting_at(journeys, begins),
        "backlog_at_end": waiting,
        "drain_s": None if drained is None else round(drained - ends, 2),
        "p95_before_ms": None if p95 is None else round(p95, 2),
        "recovered_below_ms": None if normal is None else round(normal, 2),
        "recovery_s": None if recovered is None else round(recovered - ends, 2),
    }


def _before(journeys: Iterable[Journey], begins: float) -> Iterable[float]:
    """Latencies that the window cannot have touched: it had not begun when they were confirmed."""
    for one in journeys:
        if one.latency_ms is not None and one.confirmed_s is not None and one.confirmed_s <= begins:
            yield one.latency_ms


def _recovered(journeys: Sequence[Journey], ends: float, normal: float | None) -> float | None:
    """The end of the last second after the window in which new documents were slower than normal; `ends` when there was none."""
    later = [one for one in journeys if one.approved_s >= ends]
    if normal is None or not later:
        return None
    slow = [one.approved_s for one in later if one.latency_ms is None or one.latency_ms > normal]
    if not slow:
        return ends
    last = max(slow)
    after = [one for one in later if one.approved_s > last]
    return last if after else None


def cpu(samples: Sequence[dict[str, float]]) -> Part:
    """Share of one core by part: mean and most over a second."""
    names = dict.fromkeys(name for row in samples for name in row if name != "t")
    values = {name: [row[name] for row in samples if name in row] for name in names}
    return {name: {"mean": round(sum(found) / len(found), 3), "max": max(found)} for name, found in values.items() if found}
