"""The planner's values: steps, experiments, waves, cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["baseline", "control", "faulted", "run", "kill", "solo", "load"]
Arrival = Literal["before", "inside"]  # of a transaction, as seen from a fault of the whole run
KILLED: tuple[Role, ...] = ("kill", "solo")  # of the transactions of a kill wave: those that meet it at a point of their own
WaveKind = Literal["baseline", "singles", "run", "kill", "solo", "load"]
CellStatus = Literal["planned", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Step:
    """One fault at one logical place: the n-th arrival of this transaction at this call point; attempt 0 is every arrival."""

    call_point: str
    attempt: int
    fault_id: str
    mode: str
    fault_name: str = ""

    def text(self) -> str:
        """`erp.po.create@1 = response_lost_after_commit/drop`; every attempt is written `@*`."""
        attempt = str(self.attempt) if self.attempt else "*"
        return f"{self.call_point}@{attempt} = {self.fault_name or self.fault_id}/{self.mode}"

    def row(self) -> dict[str, Any]:
        """As in plan.json."""
        return {"call_point": self.call_point, "attempt": self.attempt, "fault_id": self.fault_id, "mode": self.mode}


@dataclass(frozen=True, slots=True)
class Window:
    """A fault of the run: begins while the wave's transactions are open, ends after `duration_ms`.

    target: a system for an outage, the service where tokens come from for a revoked one, an entity ("US01") for a closed period, a call
    point for a fault that its next call meets for all who wait for that.
    """

    fault_id: str
    mode: str
    target: str
    duration_ms: int
    fault_name: str = ""

    def text(self) -> str:
        """`during maintenance_window/window(erp, 1200 ms)`; one that meets a single call: `erp.po.list = server_error/500`."""
        if "." in self.target:
            return f"{self.target} = {self.fault_name or self.fault_id}/{self.mode}"
        return f"during {self.fault_name or self.fault_id}/{self.mode}({self.target}, {self.duration_ms} ms)"

    def row(self) -> dict[str, Any]:
        """As in plan.json."""
        return {"fault_id": self.fault_id, "mode": self.mode, "target": self.target, "duration_ms": self.duration_ms}


@dataclass(frozen=True, slots=True)
class Experiment:
    """One transaction with its fault plan.

    number counts from 1 over the whole run and is the tracer: `tracer_minor` is unique in the run but for twins and repeats, in minor
    units of the entity's currency, small enough for one approval band. `source_event` steps (F-D3, F-D8, F-D9) are carried out by the
    harness.
    minted: the number (from 0, per entity) of the minted supplier and cost centre that only this transaction may use, or None.
    window: the fault of the run that this wave meets, for transactions with role "run" (but those that are over
    before it); arrives: whether it is there before that begins.
    """

    txn_id: str
    flow: str
    entity: str
    template: str
    wave: str
    role: Role
    number: int
    steps: tuple[Step, ...] = ()
    minted: int | None = None
    window: Window | None = None
    arrives: Arrival | None = None
    eve: bool = False  # handed in before the business moment at which its wave begins, approved after it
    of: str | None = None  # solo: the transaction that this one repeats alone
    without_fault: bool = False  # solo: it has nothing of the first one's plan, only the document
    typed_as: str | None = None  # whose document is typed once more, but for the amount; None: a document of its own
    amount_of: str | None = None  # solo: whose amount is typed once more, because what goes wrong may depend on it
    parent: str | None = None  # the transaction out of whose documents this one's grow: fault-free, begun before it in the same wave
    twin_of: str | None = None  # the transaction whose document this one's is alike to, amount and day included
    turn: int | None = None  # of a baseline: how many of its template came before it; its document takes the shape whose turn it is

    @property
    def tracer_minor(self) -> int:
        """The gross amount in minor units, one for twins and for a repeat: 200.00 to about 2,000.00 USD or EUR, 20,000 to about
        200,000 JPY."""
        like = self.twin_of or self.amount_of
        number = self.number if like is None else int(like.rpartition("-")[2])  # an id ends with the number
        return TRACER_FIRST + TRACER_STEP * number

    @property
    def typed_from(self) -> str:
        """The transaction whose choices its author makes."""
        return self.typed_as or self.twin_of or self.txn_id

    @property
    def cells(self) -> "tuple[Cell, ...]":
        """Those that it plays."""
        met = [(step.call_point, step.fault_id, step.mode) for step in self.steps]
        if self.window:
            met.append((self.window.target, self.window.fault_id, self.window.mode))
        return tuple(Cell(self.flow, *one, "planned") for one in met)

    def plan_text(self) -> str:
        """The fault plan on one line; "no fault" for a control."""
        parts = [step.text() for step in self.steps]
        if self.window:
            parts.append(self.window.text())
        return " ; ".join(parts) or "no fault"

    def line(self) -> str:
        """One diff-able line for people: `p2p-000017 US01 wave-status: erp.po.create@1 = ...`."""
        alike = f" (twin of {self.twin_of})" if self.twin_of else ""
        return f"{self.txn_id} {self.entity} {self.wave}: {self.plan_text()}{alike}"

    def row(self, source_id: str | None = None) -> dict[str, Any]:
        """As in plan.json."""
        return {
            "txn_id": self.txn_id,
            "flow": self.flow,
            "entity": self.entity,
            "template": self.template,
            "wave": self.wave,
            "role": self.role,
            "number": self.number,
            "minted": self.minted,
            "of": self.of,
            "without_fault": self.without_fault,
            "amount_of": self.amount_of,
            "parent": self.parent,
            "twin_of": self.twin_of,
            "source_id": source_id,
            "steps": [step.row() for step in self.steps],
            "window": self.window.row() if self.window else None,
            "arrives": self.arrives,
            "eve": self.eve,
            "turn": self.turn,
            "plan": self.plan_text(),
        }


# 37 is prime to 100 and large enough that neither a rounding by 0.10 nor a unit of quantity turns one tracer into another.
TRACER_FIRST = 20_000
TRACER_STEP = 37


@dataclass(frozen=True, slots=True)
class Wave:
    """Experiments that run together, in the order in which they start. A wave ends when they have settled."""

    name: str
    kind: WaveKind
    experiments: tuple[Experiment, ...]
    window: Window | None = None
    business: str | None = None  # the business instant (ISO 8601, UTC) at which it begins; None: the clock goes on

    @property
    def elders(self) -> tuple[Experiment, ...]:
        """Fault-free transactions out of whose documents others of this wave grow."""
        parents = {e.parent for e in self.experiments}
        return tuple(e for e in self.experiments if e.txn_id in parents)

    @property
    def others(self) -> tuple[Experiment, ...]:
        """All but the elders."""
        elders = self.elders
        return tuple(e for e in self.experiments if e not in elders) if elders else self.experiments

    @property
    def held(self) -> int:
        """kill: how many requests the frontier waits for (F-G4 holds nothing)."""
        return sum(1 for e in self.experiments if e.role in KILLED and not any(step.fault_id == "F-G4" for step in e.steps))


@dataclass(frozen=True, slots=True)
class Cell:
    """One (flow, call point, fault, mode) of the fault space. For faults of the run call_point is the window's target."""

    flow: str
    call_point: str
    fault_id: str
    mode: str
    status: CellStatus
    reason: str | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two cells the same."""
        return (self.flow, self.call_point, self.fault_id, self.mode)

    def row(self) -> dict[str, Any]:
        """As in plan.json."""
        return {
            "flow": self.flow,
            "call_point": self.call_point,
            "fault_id": self.fault_id,
            "mode": self.mode,
            "status": self.status,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Sighting:
    """The connector called `call_point` for a transaction, so many times (read off the history's request and event_sent rows)."""

    flow: str
    call_point: str
    txn_id: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the connector declares and the planner must respect."""

    flows: tuple[str, ...]
    webhook: bool = True  # it takes events; without, only polling is left
    answers: bool = True  # it may be asked while a person waits
    kills: bool = True  # the harness started it, so the harness may kill it
    concurrency: int = 8  # transactions that it works on at once: no frontier holds more


@dataclass(frozen=True, slots=True)
class Plan:
    """What was planned so far: waves in order of running, every cell with its status."""

    waves: tuple[Wave, ...] = ()
    cells: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """All experiments, in the order in which they start."""
        return tuple(experiment for wave in self.waves for experiment in wave.experiments)

    @property
    def every_cell(self) -> tuple[Cell, ...]:
        """The cells, and those of single experiments that were played without a fault space: replays, re-drives."""
        found = {cell.key: cell for cell in self.cells}
        for experiment in self.experiments:
            for cell in experiment.cells:
                found.setdefault(cell.key, cell)
        return tuple(found.values())

    def lines(self) -> Iterable[str]:
        """The whole plan, one line each, for people and for diff."""
        yield from (experiment.line() for experiment in self.experiments)

    def document(self, source_ids: Mapping[str, str]) -> dict[str, Any]:
        """plan.json. source_ids: the id of the source document by transaction, as far as it is known."""
        return {
            "schema": 1,
            "waves": [
                {
                    "name": wave.name,
                    "kind": wave.kind,
                    "experiments": len(wave.experiments),
                    "window": wave.window.row() if wave.window else None,
                    "business": wave.business,
                }
                for wave in self.waves
            ],
            "experiments": [experiment.row(source_ids.get(experiment.txn_id)) for experiment in self.experiments],
            "cells": [cell.row() for cell in self.every_cell],
            "notes": list(self.notes),
        }
