"""One load from its first document to its last click: Locust, the maintenance window, the progress line."""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from contracts.catalog import Catalog
from harness.load.documents import PlannedDocument
from harness.load.generator import Crew, Generator
from harness.load.ground import Ground
from harness.load.meter import Meter
from harness.load.profile import Profile
from harness.load.pulse import Pulse
from harness.load.schedule import second_of
from harness.load.sheet import Click, Sheet

TICK_S = 0.1
SHOW_EVERY = 5  # ticks
SPARE_S = 30.0  # after the last due click, for a generator that lags; then it is stopped


@dataclass(frozen=True, slots=True)
class Driven:
    """What the senders and the meters saw. window: begin and end of the maintenance in seconds from the start."""

    wave: str
    documents: tuple[PlannedDocument, ...]
    clicks: tuple[Click, ...]
    lags: tuple[tuple[float, float], ...]
    cpu: tuple[dict[str, float], ...]
    begun: float  # monotonic seconds of this machine
    phase_at_s: float  # when the history's phase row was written
    window: tuple[float, float] | None
    processes: int
    cut_short: bool
    hosted: bool = True  # False: somebody else's world, whose settings and CPU nobody told us


class Drive:
    """Plays one list of documents."""

    def __init__(self, ground: Ground, profile: Profile, catalog: Catalog, folder: Path, show: Callable[[str], None]) -> None:
        self._ground = ground
        self._profile = profile
        self._folder = folder
        self._show = show
        self._pulse = Pulse(ground.history, catalog)
        self._window: list[float] = []

    async def play(self, wave: str, documents: Sequence[PlannedDocument], crew: Crew, *, until: float = math.inf) -> Driven:
        """Returns when every document was played, or when time is up: bounds.max_duration_s after the first moment of the load, and never
        after `until` (monotonic). Raises InternalError when Locust cannot start."""
        await self._ground.admit(wave)
        last = max((document.span[1] for document in documents), default=0.0)
        limit_s = min(last + SPARE_S, self._profile.bounds.max_duration_s)
        opened = Generator.open(self._folder, documents, self._ground.target, crew, limit_s + SPARE_S)
        async with opened as generator, Meter().running(lambda: {**self._ground.pids(), "generator": generator.pid}) as meter:
            begun = await generator.begin()
            meter.restart(begun)
            phase_at_s = monotonic() - begun
            await self._ground.begin(wave)
            try:
                cut_short = await self._watch(generator, documents, begun, min(limit_s, until - begun))
            finally:
                await self._close_window(begun)
        return Driven(
            wave=wave,
            documents=tuple(documents),
            clicks=tuple(generator.sheet.clicks),
            lags=tuple(meter.lags),
            cpu=tuple(meter.cpu),
            begun=begun,
            phase_at_s=phase_at_s,
            window=(self._window[0], self._window[1]) if self._window else None,
            processes=generator.sheet.processes,
            cut_short=cut_short,
            hosted=self._ground.hosted,
        )

    async def _watch(self, generator: Generator, documents: Sequence[PlannedDocument], begun: float, limit_s: float) -> bool:
        """True when the load was ended before its end."""
        by_txn, dues, ticks = {document.experiment.txn_id: document for document in documents}, [d.span[0] for d in documents], 0
        while generator.running or self._window_open(begun):
            now = monotonic() - begun
            if now > limit_s:
                return True
            await self._keep_window(now)
            generator.sheet.read()
            if ticks % SHOW_EVERY == 0:
                await self._ground.refresh(dict(self._pulse.read()), by_txn)
                self._show(self._line(now, dues, generator.sheet))
            ticks += 1
            await asyncio.sleep(TICK_S)
        generator.sheet.read()
        await self._ground.refresh(dict(self._pulse.read()), by_txn)
        return not generator.sheet.ended

    def _line(self, now: float, dues: Sequence[float], sheet: Sheet) -> str:
        """What a person sees while it runs."""
        due, pulse = sum(1 for at in dues if at <= now), self._pulse
        maintenance = "  MAINTENANCE" if len(self._window) == 1 else ""
        return (
            f"{now:5.1f} s  offered {due}  begun {sheet.arrived}  approved {len(pulse.approved)}  confirmed {len(pulse.settled)}  "
            f"backlog {pulse.backlog}  throttled {pulse.throttled}{maintenance}"
        )

    # --- the maintenance window

    def _edges(self) -> tuple[float, float] | None:
        window, profile = self._profile.maintenance, self._profile
        if window is None:
            return None
        begins = second_of(window.at_hour, profile.shape, profile.volume.duration_s)
        return begins, begins + window.lasts_s

    def _window_open(self, begun: float) -> bool:
        """Maintenance is on, or still to come."""
        edges = self._edges()
        return edges is not None and len(self._window) < 2 and monotonic() - begun < edges[1] + SPARE_S

    async def _keep_window(self, now: float) -> None:
        edges, window = self._edges(), self._profile.maintenance
        if edges is None or window is None:
            return
        if not self._window and now >= edges[0]:
            self._window.append(now)
            await self._ground.window(window.system, on=True)
        elif len(self._window) == 1 and now >= edges[1]:
            await self._ground.window(window.system, on=False)
            self._window.append(now)

    async def _close_window(self, begun: float) -> None:
        """Also when the load was interrupted: nobody is left in maintenance."""
        window = self._profile.maintenance
        if window is not None and len(self._window) == 1:
            await self._ground.window(window.system, on=False)
            self._window.append(monotonic() - begun)
