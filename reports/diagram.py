"""The sequence diagram of one transaction as shapes with coordinates; the template only paints them.

Lifelines from left to right: the source system, the connector, the ERP, then whoever else took part. An arrow to the connector is
coloured by what a correct client may conclude from it: ok, info (unknown) or fail. A dot is a commit in a mock's books.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.fields import Record, clip, number, rows, text, whole
from reports.words import word

GAP = 260
LEFT = 200
RIGHT = 200
TOP = 56
PITCH = 30
ROWS_MAX = 44  # more than this nobody follows with the eye; the table beneath has every row
_HEAD = 28
_ARROW_LABEL = 36
_NOTE_LABEL = 27
_HAS_STATUS = re.compile(r"\d{3}\b")

CONNECTOR = "connector"
_LEFT_TO_RIGHT = ("procurement", "expense", CONNECTOR, "erp")
_ON_CONNECTOR = {
    "proc_kill": "killed",
    "proc_start": "started",
    "proc_ready": "ready",
    "proc_exit": "ended",
    "parked": "parked",
    "redrive": "redrive",
}
_INSTANTS = {"commit": "commit", "source_action": "person", "hold": "held", "release": "released", "event_dropped": "dropped"}


@dataclass(frozen=True, slots=True)
class Lifeline:
    """One party."""

    name: str
    x: int


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing at height y. kind: arrow, cut (an arrow that does not arrive), dot, person, fault, note, gap. tone: ok, info, fail, plain."""

    kind: str
    y: int
    x: int
    to: int = 0
    tone: str = "plain"
    label: str = ""
    says: str = ""
    side: str = "right"  # of the lifeline, where a note stands


@dataclass(frozen=True, slots=True)
class Moment:
    """When a row happened, for the margin."""

    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything that is painted, in user units of the viewBox `0 0 width height`."""

    width: int
    height: int
    lifelines: tuple[Lifeline, ...]
    shapes: tuple[Shape, ...]
    moments: tuple[Moment, ...] = field(default=())


def draw(violation: Record) -> Diagram | None:
    """The diagram of a violation's timeline; None when it has no timeline."""
    entries = [entry for entry in rows(violation, "timeline") if _shown(entry)]
    if not entries:
        return None
    lifelines = _lifelines(entries)
    at = {line.name: line.x for line in lifelines}
    shapes: list[Shape] = []
    moments: list[Moment] = []
    y = TOP
    previous = ""
    for entry in _bounded(entries):
        y += PITCH
        if entry is None:
            shapes.append(Shape("gap", y, at[CONNECTOR], label=f"{len(entries) - ROWS_MAX} steps left out, see the table"))
            continue
        shapes.append(_shape(entry, y, at))
        label = _clock(entry)
        if label != previous:
            moments.append(Moment(y, label))
        previous = label
    return Diagram(lifelines[-1].x + RIGHT, y + PITCH, lifelines, tuple(shapes), tuple(moments))


def _shown(entry: Record) -> bool:
    kind = text(entry, "kind")
    return kind in _ON_CONNECTOR or kind in _INSTANTS or kind in {"request", "response_end", "event_sent", "event_ack", "fault_fired"}


def _lifelines(entries: Sequence[Record]) -> tuple[Lifeline, ...]:
    nodes = {text(entry, "node") for entry in entries} - {"", "harness"} | {CONNECTOR}
    names = [name for name in _LEFT_TO_RIGHT if name in nodes] + sorted(nodes - set(_LEFT_TO_RIGHT))[:2]
    return tuple(Lifeline(name, LEFT + GAP * position) for position, name in enumerate(names))


def _bounded(entries: Sequence[Record]) -> list[Record | None]:
    if len(entries) <= ROWS_MAX:
        return list(entries)
    return [*entries[:_HEAD], None, *entries[_HEAD - ROWS_MAX :]]


def _shape(entry: Record, y: int, at: dict[str, int]) -> Shape:
    kind, node = text(entry, "kind"), text(entry, "node")
    middle, there = at[CONNECTOR], at.get(node, at[CONNECTOR])
    tone = text(entry, "view")
    tone = tone if tone in {"ok", "info", "fail"} else "plain"
    says = " ".join(part for part in (_clock(entry), node, word(kind), _what(entry), text(entry, "text")) if part)
    if kind == "fault_fired":
        return Shape("fault", y, there, tone="fail", label=clip(_fault_label(entry), _ARROW_LABEL), says=says)
    if kind in _ON_CONNECTOR or there == middle:
        label = text(entry, "text") or _ON_CONNECTOR.get(kind, word(kind))
        return Shape("kill" if kind == "proc_kill" else "note", y, middle, tone=tone, label=clip(label, _NOTE_LABEL), says=says)
    if kind in _INSTANTS:
        shape = {"commit": "dot", "source_action": "person"}.get(kind, "note")
        label = clip(text(entry, "text") or _INSTANTS[kind], _NOTE_LABEL)
        return Shape(shape, y, there, tone=tone, label=label, says=says, side="left" if there < middle else "right")
    outward = kind in {"request", "event_ack"}  # from the connector to the system
    start, end = (middle, there) if outward else (there, middle)
    cut = kind in {"response_end", "event_ack"} and tone == "info" and not _HAS_STATUS.match(text(entry, "text"))
    return Shape("cut" if cut else "arrow", y, start, end, tone, clip(_arrow_label(entry), _ARROW_LABEL), says)


def _arrow_label(entry: Record) -> str:
    kind, said = text(entry, "kind"), text(entry, "text")
    if kind in {"response_end", "event_ack"}:
        return said or text(entry, "view")
    return f"{_what(entry)} {said}".strip() if kind == "request" else _what(entry) or said


def _what(entry: Record) -> str:
    attempt = whole(entry, "attempt")
    point = text(entry, "call_point").removeprefix("wh.")
    return f"{point} #{attempt}" if point and attempt > 1 else point


def _fault_label(entry: Record) -> str:
    return word(text(entry, "text") or text(entry, "fault_id", "fault"))


def _clock(entry: Record) -> str:
    elapsed = number(entry, "t_ms")
    if elapsed is None:
        return ""
    return f"{elapsed:,.0f} ms" if elapsed < 10_000 else f"{elapsed / 1000:,.1f} s"
