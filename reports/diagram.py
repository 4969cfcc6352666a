"""The sequence diagram of one transaction as shapes with coordinates; the template only paints them.

Lifelines from left to right: the source system, the connector, the ERP, then whoever else took part. An arrow to the connector is
coloured by what a correct client may conclude from it: ok, info (unknown) or fail. A dot is a commit in a mock's books.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from contracts.catalog import load_catalog
from reports.fields import Record, clip, rows, text, whole
from reports.moments import (
    Label,
    answer_label,
    clock,
    document_label,
    event_label,
    fault_label,
    place,
    readable,
    request_label,
    since_start,
    truth_of,
)
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
_STATUS = re.compile(r"\b[1-5]\d{2}\b")

CONNECTOR = "connector"
_ON_CONNECTOR = {"proc_kill": "killed", "proc_start": "started", "proc_exit": "ended", "parked": "parked", "redrive": "redrive"}
_LINE = re.compile(r"\b(journal|source|order) line\b")
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
    timeline = since_start(rows(violation, "timeline"))
    entries = _without_echoes([entry for entry in timeline if _is_shown(entry)])
    if not entries:
        return None
    lifelines = _lifelines(entries)
    truths = {_call(entry): truth_of(entry) for entry in timeline if text(entry, "kind") == "decision"}
    painter = _Painter({line.name: line.x for line in lifelines}, truths, fault_names)
    shapes: list[Shape] = []
    ticks: list[Tick] = []
    y = TOP
    for entry in _bounded(entries):
        y += PITCH
        if entry is None:
            shapes.append(Shape("gap", y, painter.middle, label=f"{len(entries) - ROWS_MAX} steps left out, see the timeline"))
            continue
        shapes.append(painter.shape(entry, y))
        if clock(entry) not in {"", *(tick.label for tick in ticks[-1:])}:
            ticks.append(Tick(y, clock(entry)))
    return Diagram(lifelines[-1].x + RIGHT, y + PITCH, lifelines, tuple(shapes), tuple(ticks))


def _is_shown(entry: Record) -> bool:
    kind = text(entry, "kind")
    if kind == "commit":
        return not _LINE.search(text(entry, "text"))  # every document has several; the document tells the story
    return kind in _ON_CONNECTOR or kind in _BESIDE or kind in _ARROWS or kind == "fault_fired"


def _without_echoes(entries: Sequence[Record]) -> list[Record]:
    """A person's action is in the history twice, as the action and as its commit: the action is enough for the eye."""
    acted = {document_label(entry) for entry in entries if text(entry, "kind") == "source_action"}
    return [entry for entry in entries if text(entry, "kind") != "commit" or whole(entry, "attempt") or document_label(entry) not in acted]


def _call(entry: Record) -> tuple[str, int]:
    return text(entry, "call_point"), whole(entry, "attempt")


@cache
def _left_to_right() -> tuple[str, ...]:
    """Where documents begin, the connector, where documents are made; a system that is both stands on the left."""
    flows = load_catalog().flows.values()
    begun = dict.fromkeys(flow.source_system for flow in flows)
    made = dict.fromkeys(system for flow in flows for system in flow.systems if system not in begun)
    return (*begun, CONNECTOR, *made)


def _lifelines(entries: Sequence[Record]) -> tuple[Lifeline, ...]:
    nodes = {text(entry, "node") for entry in entries} - {"", "harness"} | {CONNECTOR}
    order = _left_to_right()
    names = [name for name in order if name in nodes] + sorted(nodes - set(order))[:2]
    return tuple(Lifeline(name, LEFT + GAP * position) for position, name in enumerate(names))


def _bounded(entries: Sequence[Record]) -> list[Record | None]:
    if len(entries) <= ROWS_MAX:
        return list(entries)
    return [*entries[:_HEAD], None, *entries[_HEAD - ROWS_MAX :]]


@dataclass(frozen=True, slots=True)
class _Painter:
    """Places the lifelines (`at`), knows what the mocks decided (`truths`) and what faults are called."""

    at: Mapping[str, int]
    truths: Mapping[tuple[str, int], str]
    fault_names: Mapping[str, str]

    @property
    def middle(self) -> int:
        """The connector's lifeline."""
        return self.at[CONNECTOR]

    def shape(self, entry: Record, y: int) -> Shape:
        """One row at height y."""
        kind, node = text(entry, "kind"), text(entry, "node")
        says = " ".join(part for part in (clock(entry), node, word(kind), place(entry), readable(text(entry, "text"))) if part)
        there = self.at.get(node, self.middle)
        if kind == "fault_fired":
            return Shape("fault", y, there, tone="fail", label=clip(fault_label(entry, self.fault_names).line, _ARROW_LETTERS), says=says)
        if kind in _BESIDE and there != self.middle:
            side = "left" if there < self.middle else "right"
            return _note(_BESIDE[kind], y, there, document_label(entry), says=says, side=side)
        if kind in _ARROWS and there != self.middle:
            return self._arrow(entry, y, there, says)
        mark = "kill" if kind == "proc_kill" else "note"
        return _note(mark, y, self.middle, Label(text(entry, "text") or _ON_CONNECTOR.get(kind, word(kind))), says=says, side="right")

    def _arrow(self, entry: Record, y: int, there: int, says: str) -> Shape:
        kind = text(entry, "kind")
        is_outward = kind in {"request", "event_ack"}
        start, end = (self.middle, there) if is_outward else (there, self.middle)
        tone, label = _tone(entry), self._label(entry)
        is_cut = kind in {"response_end", "event_ack"} and tone == "info" and not _HAS_STATUS.match(label.line)
        line, beneath = clip(label.line, _ARROW_LETTERS), clip(label.beneath, _ARROW_LETTERS + 6)
        return Shape("cut" if is_cut else "arrow", y, start, end, tone, line, beneath, says)

    def _label(self, entry: Record) -> Label:
        kind = text(entry, "kind")
        if kind == "response_end":
            return answer_label(entry, self.truths.get(_call(entry), ""))
        if kind == "event_ack":
            return answer_label(entry)
        return request_label(entry) if kind == "request" else event_label(entry)


def _tone(entry: Record) -> str:
    """Only answers have one. For an event: a 2xx takes responsibility, anything else refuses it."""
    view = text(entry, "view")
    if text(entry, "kind") == "event_ack" and not view:
        answered = _STATUS.search(text(entry, "text"))
        return "info" if answered is None else "ok" if answered[0].startswith("2") else "fail"
    return view if text(entry, "kind") in {"response_end", "event_ack"} and view in {"ok", "info", "fail"} else "plain"


def _note(kind: str, y: int, x: int, label: Label, *, says: str, side: str) -> Shape:
    line, beneath = clip(label.line, _NOTE_LETTERS), clip(label.beneath, _NOTE_LETTERS)
    return Shape(kind, y, x, label=line, beneath=beneath, says=says, side=side)
