"""The sequence diagram of one transaction as shapes with coordinates; the template only paints them.

Lifelines from left to right: the source system, the connector, the ERP, then whoever else took part. An arrow to the connector is
coloured by what a correct client may conclude from it: ok, info (unknown) or fail. A dot is a commit in a mock's books.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.fields import Record, clip, rows, text
from reports.moments import Label, answer_label, clock, document_label, fault_label, place, readable, request_label
from reports.words import word

GAP = 280
LEFT = 256
RIGHT = 210
TOP = 50
PITCH = 32
ROWS_MAX = 44  # more than this nobody follows with the eye; the table beneath has every row
_HEAD = 28
_ARROW_LETTERS = 42
_NOTE_LETTERS = 29
_HAS_STATUS = re.compile(r"\d{3}\b")

CONNECTOR = "connector"
_LEFT_TO_RIGHT = ("procurement", "expense", CONNECTOR, "erp")
_ON_CONNECTOR = {"proc_kill": "killed", "proc_start": "started", "proc_exit": "ended", "parked": "parked", "redrive": "redrive"}
_BESIDE = {"commit": "dot", "source_action": "person", "hold": "note", "release": "note", "event_dropped": "note"}
_ARROWS = ("request", "response_end", "event_sent", "event_ack")


@dataclass(frozen=True, slots=True)
class Lifeline:
    """One party."""

    name: str
    x: int


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing at height y. kind: arrow, cut (an arrow that does not arrive), dot, person, fault, kill, note, gap.

    tone: ok, info, fail, plain. side: of the lifeline, where the text stands.
    """

    kind: str
    y: int
    x: int
    to: int = 0
    tone: str = "plain"
    label: str = ""
    beneath: str = ""
    says: str = ""
    side: str = "right"


@dataclass(frozen=True, slots=True)
class Tick:
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
    ticks: tuple[Tick, ...]


def draw(violation: Record, fault_names: Mapping[str, str]) -> Diagram | None:
    """The diagram of a violation's timeline; None when it has none. fault_names: the speaking name by fault id."""
    entries = [entry for entry in rows(violation, "timeline") if _is_shown(entry)]
    if not entries:
        return None
    lifelines = _lifelines(entries)
    at = {line.name: line.x for line in lifelines}
    shapes: list[Shape] = []
    ticks: list[Tick] = []
    y = TOP
    for entry in _bounded(entries):
        y += PITCH
        if entry is None:
            shapes.append(Shape("gap", y, at[CONNECTOR], label=f"{len(entries) - ROWS_MAX} steps left out, see the timeline"))
            continue
        shapes.append(_shape(entry, y, at, fault_names))
        if clock(entry) not in {"", *(tick.label for tick in ticks[-1:])}:
            ticks.append(Tick(y, clock(entry)))
    return Diagram(lifelines[-1].x + RIGHT, y + PITCH, lifelines, tuple(shapes), tuple(ticks))


def _is_shown(entry: Record) -> bool:
    kind = text(entry, "kind")
    if kind == "commit":
        return "journal line" not in text(entry, "text")  # every posting has several; the document tells the story
    return kind in _ON_CONNECTOR or kind in _BESIDE or kind in _ARROWS or kind == "fault_fired"


def _lifelines(entries: Sequence[Record]) -> tuple[Lifeline, ...]:
    nodes = {text(entry, "node") for entry in entries} - {"", "harness"} | {CONNECTOR}
    names = [name for name in _LEFT_TO_RIGHT if name in nodes] + sorted(nodes - set(_LEFT_TO_RIGHT))[:2]
    return tuple(Lifeline(name, LEFT + GAP * position) for position, name in enumerate(names))


def _bounded(entries: Sequence[Record]) -> list[Record | None]:
    if len(entries) <= ROWS_MAX:
        return list(entries)
    return [*entries[:_HEAD], None, *entries[_HEAD - ROWS_MAX :]]


def _shape(entry: Record, y: int, at: Mapping[str, int], fault_names: Mapping[str, str]) -> Shape:
    kind, node = text(entry, "kind"), text(entry, "node")
    says = " ".join(part for part in (clock(entry), node, word(kind), place(entry), readable(text(entry, "text"))) if part)
    middle, there = at[CONNECTOR], at.get(node, at[CONNECTOR])
    if kind == "fault_fired":
        return Shape("fault", y, there, tone="fail", label=clip(fault_label(entry, fault_names).line, _ARROW_LETTERS), says=says)
    if kind in _BESIDE and there != middle:
        label = document_label(entry)
        return _note(_BESIDE[kind], y, there, label, says=says, side="left" if there < middle else "right")
    if kind in _ARROWS and there != middle:
        return _arrow(entry, y, middle, there, says)
    mark = "kill" if kind == "proc_kill" else "note"
    return _note(mark, y, middle, Label(text(entry, "text") or _ON_CONNECTOR.get(kind, word(kind))), says=says, side="right")


def _note(kind: str, y: int, x: int, label: Label, *, says: str, side: str) -> Shape:
    line, beneath = clip(label.line, _NOTE_LETTERS), clip(label.beneath, _NOTE_LETTERS)
    return Shape(kind, y, x, label=line, beneath=beneath, says=says, side=side)


def _arrow(entry: Record, y: int, middle: int, there: int, says: str) -> Shape:
    kind, view = text(entry, "kind"), text(entry, "view")
    is_answer = kind in {"response_end", "event_ack"}
    start, end = (middle, there) if kind in {"request", "event_ack"} else (there, middle)
    tone = view if is_answer and view in {"ok", "info", "fail"} else "plain"
    label = answer_label(entry) if is_answer else request_label(entry) if kind == "request" else Label(place(entry) or text(entry, "text"))
    is_cut = is_answer and tone == "info" and not _HAS_STATUS.match(label.line)
    line, beneath = clip(label.line, _ARROW_LETTERS), clip(label.beneath, _ARROW_LETTERS + 6)
    return Shape("cut" if is_cut else "arrow", y, start, end, tone, line, beneath, says)
