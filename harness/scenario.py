"""A scenario: which flows, entities and faults, how many, how long to wait, what a verdict needs.

`load_scenario(name_or_path, catalog)` reads scenarios/NAME.yaml or a file of the caller's; a mistake is a ConfigError with file:line.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

ENTITIES = ("US01", "DE01", "JP01")


@dataclass(frozen=True, slots=True)
class Volume:
    """How many transactions."""

    baseline: int = 4  # per template and baseline wave
    repeats: int = 1  # experiments per cell
    controls: float = 0.1  # smallest share of fault-free experiments in a wave
    density: float = 0.2  # largest share of faulted arrivals per call point
    per_window: int = 3  # transactions per template in each wave with a fault of the run
    kill_recovery: bool = False  # also kill at points that only another fault provokes (two-step plans)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the world makes the connector wait. Short by configuration, so that a run is short."""

    retry_base_ms: int = 50  # handed to the connector as RETRY_BASE_MS
    webhook_schedule_ms: tuple[int, ...] = (0, 300, 1000, 3000)
    maintenance_ms: int = 1200  # length of F-B5
    outage_ms: int = 1200  # length of F-H2
    period_closed_ms: int = 600  # length of F-F3
    event_delay_ms: int = 2000  # F-D4
    late_commit_ms: int = 500  # F-A6, after the client's timeout
    posting_delay_ms: int = 30  # ERP job after 202


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of every loop of a run."""

    settle_s: float = 20.0  # a wave's transactions settle within, else the run goes on without them
    quiesce_s: float = 20.0  # after healing, until nothing changes any more
    redrive_s: float = 15.0
    attempts: int = 10  # arrivals per call point that count as bounded when the manifest promises no smaller number
    frontier_ms: int = 1000  # how long a kill round waits for its holds (also bounded by the connector's own timeout)
    kill_rounds: int = 8
    discovery_rounds: int = 2
    solo: int = 20  # violations re-run alone
    solo_repeats: int = 1


@dataclass(frozen=True, slots=True)
class Expect:
    """What must come out of a canary: this exit code, and each of these invariants violated."""

    exit_code: int
    invariants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One resolved scenario. `faults` are ids in the order of the vocabulary."""

    name: str
    title: str
    path: Path
    flows: tuple[str, ...]
    entities: tuple[str, ...]
    faults: tuple[str, ...]
    volume: Volume = Volume()
    waits: Waits = Waits()
    limits: Limits = Limits()
    require: tuple[str, ...] = ()  # invariants that must have examined at least one row
    period_closed: Literal["declared", "park", "next_period"] = "declared"  # declared: as the manifest says
    connector: Path | None = None  # manifest, when the scenario brings its own connector
    expect: Expect | None = None

    def resolved(self) -> dict[str, object]:
        """As in the run's manifest.json: everything that was drawn or defaulted."""
        raise NotImplementedError
