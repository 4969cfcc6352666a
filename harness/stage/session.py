"""One run while it is on: who takes part, which transactions are open, what they have come to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

import aiohttp

from contracts.catalog import Catalog
from harness.manifest import Manifest
from harness.plan.model import Experiment, Plan, Wave
from harness.scenario import Scenario
from harness.stage.connector import Connector
from harness.stage.directory import RunDirectory
from harness.stage.progress import Progress
from mocks.world import World


@dataclass(slots=True)
class Register:
    """The transactions of a run. Settled means: the mocks' own books say posted, refused or undone."""

    experiments: dict[str, Experiment] = field(default_factory=dict)
    source_ids: dict[str, str] = field(default_factory=dict)  # by transaction
    open: dict[str, float] = field(default_factory=dict)  # monotonic seconds of the start, by transaction
    settled: dict[str, str] = field(default_factory=dict)
    parked: frozenset[str] = frozenset()  # transactions that the connector declared parked when it was last asked
    left_behind: set[str] = field(default_factory=set)  # open, but nothing moved any more when they were last waited for
    barren_waits: int = 0  # waits that were given up when nothing had been settled for long
    busy_s: float = 0.0  # sum of the durations of settled transactions

    def begin(self, experiment: Experiment, source_id: str, now: float) -> None:
        """A transaction's document was submitted."""
        self.experiments[experiment.txn_id] = experiment
        self.source_ids[experiment.txn_id] = source_id
        self.open[experiment.txn_id] = now

    def settle(self, txn_id: str, state: str, now: float) -> None:
        """The mocks' books say that this transaction is over."""
        self.busy_s += now - self.open.pop(txn_id)
        self.settled[txn_id] = state

    def reopen(self, txn_id: str, now: float) -> None:
        """People did something to a document that was over."""
        if self.settled.pop(txn_id, None) is not None:
            self.open[txn_id] = now

    def txn_of(self, source_id: str) -> str | None:
        """The transaction of a source document."""
        return next((txn for txn, source in self.source_ids.items() if source == source_id), None)


@dataclass(slots=True)
class Session:
    """Everything that a phase needs."""

    world: World
    connector: Connector
    manifest: Manifest
    scenario: Scenario
    catalog: Catalog
    plan: Callable[[], Plan]  # everything planned so far
    directory: RunDirectory
    progress: Progress
    http: aiohttp.ClientSession
    began_s: float = field(default_factory=monotonic)
    register: Register = field(default_factory=Register)
    figures: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    restarts: list[dict[str, object]] = field(default_factory=list)  # for the manifest: wave, new generation, points reached
    rates: dict[str, tuple[int, float]] = field(default_factory=dict)  # experiments and seconds by wave
    played: list[tuple[int, float]] = field(default_factory=list)  # experiments and seconds of waves that were played together

    def enter(self, wave: Wave) -> None:
        """Its phase begins, on its business day. The business clock never goes back: a poller would miss what changed before."""
        self.world.set_phase(wave.name)
        moment = datetime.fromisoformat(wave.business) if wave.business else None
        if moment is not None and moment > self.world.clock.peek():
            self.world.clock.set(moment)

    def now(self) -> float:
        """Monotonic seconds on a clock that stands still while the world does, so that patience is not used up by a pause."""
        return monotonic() - self.world.pulse.stalled_ms() / 1000

    def refresh(self) -> None:
        """Ask the mocks' books about every open transaction."""
        now = self.now()
        for txn_id in list(self.register.open):
            state = self.world.settled(txn_id)
            if state is not None:
                self.register.settle(txn_id, state, now)

    def refresh_all(self) -> None:
        """As refresh, and again about transactions that were undone: a connector may post them after all."""
        now = self.now()
        for txn_id in [txn_id for txn_id, state in self.register.settled.items() if state == "undone"]:
            if self.world.settled(txn_id) is None:
                del self.register.settled[txn_id]
                self.register.open[txn_id] = now
        self.refresh()

    def slow_by_plan(self, experiment: Experiment) -> bool:
        """Its fault meets every attempt or keeps the event back: it is not expected to settle before the heal or the next poll."""
        return any(self.catalog.faults[step.fault_id].repeat == "always" for step in experiment.steps)

    def waited_for(self, experiment: Experiment) -> bool:
        """Whether it may be expected to settle by itself while the run goes on."""
        return not self.slow_by_plan(experiment) and not self.world.in_vain(experiment.txn_id)

    def open_among(self, experiments: Iterable[Experiment]) -> list[Experiment]:
        """Those that neither settled nor are declared parked."""
        register = self.register
        return [e for e in experiments if e.txn_id in register.open and e.txn_id not in register.parked]

    def in_flight(self, now: float) -> int:
        """Open transactions that occupy the connector. One that waits by plan, or in vain, counts only while it is young."""
        register = self.register
        return sum(
            1
            for txn_id, since in register.open.items()
            if txn_id not in register.parked
            and txn_id not in register.left_behind
            and (now - since < GRACE_S or self.waited_for(register.experiments[txn_id]))
        )

    def note(self, text: str) -> None:
        """Something a reader of the run should know; said once."""
        if text not in self.notes:
            self.notes.append(text)
            self.progress.say(f"note: {text}")

    def sum_up(self) -> None:
        """Figures of the run: speed inside the waves of singles, and how many transactions the connector really had in its hands."""
        count, seconds = sum(count for count, _ in self.played), sum(seconds for _, seconds in self.played)
        waves_s = seconds + sum(seconds for name, (_, seconds) in self.rates.items() if name.startswith(("run-", "kill-")))
        self.figures.update(
            experiments=len(self.register.experiments),
            experiments_per_s_in_waves=round(count / seconds, 1) if seconds else None,
            concurrency_effective=round(self.register.busy_s / waves_s, 1) if waves_s else None,
            waves={name: {"experiments": count, "seconds": round(seconds, 3)} for name, (count, seconds) in self.rates.items()},
            notes=list(self.notes),
        )

    def save_plan(self) -> None:
        """plan.json as of now, so that a run that is cut short can be judged."""
        self.directory.write_plan(self.plan(), self.register.source_ids)


GRACE_S = 1.0
