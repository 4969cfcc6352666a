"""What all parties agreed, read from the YAML files beside this module into frozen values.

`load_catalog()` reads the files each time: whoever wires a program calls it once and hands the result on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

_T = TypeVar("_T")

HERE = Path(__file__).parent
ANY_MEMBER = "any"
MEMBER_KINDS = ("required", "code", "state", "number", "optional", "given")


class CatalogError(Exception):
    """A catalogue file contradicts itself: which file, which entry, what was expected."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One way in which a fault shows: what the mock does to its books (`commit`) and puts on the wire (`send`)."""

    id: str
    commit: str | None = None  # none, once, later, silent
    send: str | None = None  # response, nothing, reset, hold, drip, truncated, malformed, html, status, refuse
    status: int | None = None
    code: str | None = None
    retry_after: str | None = None  # seconds, http_date
    retry_after_s: float | None = None
    total_share_of_timeout: float | None = None  # drip: length of the whole answer, in client timeouts
    touch: bool = False  # a person edits the object first
    deliver: str | None = None  # events: twice_at_once, again_later, second_id, ...
    age_s: int | None = None  # stale: how old the timestamp is
    then: str | None = None  # reverse_approval, block_supplier: the harness acts after the answer
    follow_up: str | None = None  # refused: what the operation left for later (the posting of an accepted document) is turned down
    hold: str | None = None  # kills: before_commit, after_commit
    drift: str | None = None  # add, remove, rename, unknown_value, other_type, list, null, empty
    member: str | None = None  # of a drift: which kind of member (contracts/drift.yaml)


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the fault vocabulary (contracts/faults.yaml explains the members)."""

    id: str
    name: str
    scope: str  # transaction, run, kill
    family: str
    at: tuple[str, ...]
    recoverable: bool
    view: str  # ok, fail, info
    wants: str
    modes: tuple[Mode, ...]
    repeat: str = "once"
    recoverable_at: tuple[str, ...] = ()
    park_ok: bool = False
    expect: str = "posted"

    def mode(self, mode_id: str) -> Mode:
        """The mode with this id. Raises CatalogError when the fault has none."""
        for mode in self.modes:
            if mode.id == mode_id:
                return mode
        raise CatalogError(f"{self.id} has no mode {mode_id!r}; it has {', '.join(mode.id for mode in self.modes)}")


@dataclass(frozen=True, slots=True)
class CallPoint:
    """One operation of one mock, or one event."""

    id: str
    kind: str  # read, lookup, create, update, event, list, token
    system: str
    stage: str = "normal"  # normal, recovery
    source: bool = False
    document: str | None = None
    callback_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One business process across systems."""

    id: str
    title: str
    owner: str
    pattern: str
    latency_target_ms: int
    exception_path: str
    source_system: str
    source_document: str
    target_documents: tuple[str, ...]
    settled_by: tuple[str, ...]
    call_points: tuple[CallPoint, ...]

    def call_point(self, call_point_id: str) -> CallPoint | None:
        """The flow's call point with this id, or None."""
        return next((point for point in self.call_points if point.id == call_point_id), None)


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One machine code of a problem answer."""

    code: str
    status: int
    error_class: str
    definite: bool
    retry: str
    owner: str
    doc: str


@dataclass(frozen=True, slots=True)
class EventType:
    """One webhook from a mock to the connector."""

    type: str
    call_point: str
    source: str
    owner: str
    subject: str
    data: Mapping[str, str]
    doc: str


@dataclass(frozen=True, slots=True)
class History:
    """The schema of the history: SQL type by column, and the columns that each kind of row always carries."""

    columns: Mapping[str, str]
    kinds: Mapping[str, tuple[str, ...]]
    docs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything in contracts/, by id and in file order."""

    faults: Mapping[str, Fault]
    flows: Mapping[str, Flow]
    shared_call_points: tuple[CallPoint, ...]
    errors: Mapping[str, ErrorCode]
    events: Mapping[str, EventType]
    minor_units: Mapping[str, int]
    history: History
    drift: Mapping[str, Mapping[str, tuple[str, ...]]]  # call point -> kind of member -> paths into the answer or event

    def call_point(self, call_point_id: str) -> CallPoint | None:
        """The call point with this id in any flow or among the shared ones."""
        for flow in self.flows.values():
            found = flow.call_point(call_point_id)
            if found:
                return found
        return next((point for point in self.shared_call_points if point.id == call_point_id), None)

    def drifting(self, call_point_id: str, mode: Mode) -> tuple[str, ...] | None:
        """The members that a drift changes at this call point: () for every object of the answer, None when there is nothing to change."""
        point = self.drift.get(call_point_id)
        if point is None or mode.member is None:
            return None
        return () if mode.member == ANY_MEMBER else point.get(mode.member)

    def event_of_call_point(self, call_point_id: str) -> EventType | None:
        """The event type behind `wh.requisition.approved`, or None."""
        return next((event for event in self.events.values() if event.call_point == call_point_id), None)


def load_catalog(folder: Path = HERE) -> Catalog:
    """Read every file. Raises CatalogError when an entry is malformed or an id appears twice."""
    flows = _read(folder, "flows")
    return Catalog(
        faults=_by_id("faults", [_fault(entry) for entry in _read(folder, "faults")["faults"]], "id"),
        flows=_by_id("flows", [_flow(entry) for entry in flows["flows"]], "id"),
        shared_call_points=tuple(_call_point(entry) for entry in flows["shared"]),
        errors=load_errors(folder),
        events=_by_id("events", [_build(EventType, entry, "events") for entry in _read(folder, "events")["events"]], "type"),
        minor_units=load_minor_units(folder),
        history=load_history(folder),
        drift=load_drift(folder),
    )


def load_drift(folder: Path = HERE) -> dict[str, dict[str, tuple[str, ...]]]:
    """The members that schema drift changes, by call point and kind."""
    raw = _read(folder, "drift")["points"]
    found = {str(point): {str(kind): tuple(paths) for kind, paths in kinds.items()} for point, kinds in raw.items()}
    unknown = sorted({kind for kinds in found.values() for kind in kinds} - set(MEMBER_KINDS))
    if unknown:
        raise CatalogError(f"drift.yaml: kinds of members {', '.join(unknown)}; expected {', '.join(MEMBER_KINDS)}")
    return found


def load_errors(folder: Path = HERE) -> dict[str, ErrorCode]:
    """The error codes by code."""
    entries = _read(folder, "errors")["errors"]
    renamed = [{**entry, "error_class": entry["class"]} for entry in entries]
    codes = [_build(ErrorCode, {key: value for key, value in entry.items() if key != "class"}, "errors") for entry in renamed]
    return _by_id("errors", codes, "code")


def load_minor_units(folder: Path = HERE) -> dict[str, int]:
    """Number of decimals by ISO 4217 currency code."""
    return {str(code): int(digits) for code, digits in _read(folder, "currencies").items()}


def load_history(folder: Path = HERE) -> History:
    """The history schema."""
    raw = _read(folder, "history")
    kinds = {str(kind): tuple(entry["needs"]) for kind, entry in raw["kinds"].items()}
    unknown = sorted({name for needs in kinds.values() for name in needs} - set(raw["columns"]))
    if unknown:
        raise CatalogError(f"history.yaml: kinds need columns that are not declared: {', '.join(unknown)}")
    return History(columns=raw["columns"], kinds=kinds, docs={kind: entry["doc"] for kind, entry in raw["kinds"].items()})


def _read(folder: Path, name: str) -> Any:
    return yaml.load((folder / f"{name}.yaml").read_text("utf-8"), Loader=_LOADER)  # noqa: S506 (both loaders are the safe ones)


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _fault(entry: dict[str, Any]) -> Fault:
    modes = tuple(_build(Mode, mode, "faults") for mode in entry["modes"])
    tuples = {name: tuple(entry.get(name, ())) for name in ("at", "recoverable_at")}
    return _build(Fault, {**entry, **tuples, "modes": modes}, "faults")


def _flow(entry: dict[str, Any]) -> Flow:
    tuples = {name: tuple(entry[name]) for name in ("target_documents", "settled_by")}
    return _build(Flow, {**entry, **tuples, "call_points": tuple(_call_point(point) for point in entry["call_points"])}, "flows")


def _call_point(entry: dict[str, Any]) -> CallPoint:
    return _build(CallPoint, {**entry, "callback_of": tuple(entry.get("callback_of", ()))}, "flows")


def _build(cls: type[_T], entry: dict[str, Any], name: str) -> _T:
    try:
        return cls(**entry)
    except TypeError as error:
        raise CatalogError(f"{name}.yaml: entry {entry.get('id') or entry.get('code') or entry.get('type')!r}: {error}") from None


def _by_id(name: str, values: list[_T], member: str) -> dict[str, _T]:
    found: dict[str, _T] = {}
    for value in values:
        key = getattr(value, member)
        if key in found:
            raise CatalogError(f"{name}.yaml: {member} {key!r} appears twice")
        found[key] = value
    return found
