"""Is anybody but the connector the bottleneck? Lag of this process's event loop, and CPU of everybody who takes part."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

import psutil

TICK_S = 0.02
CPU_EVERY_S = 1.0
Pids = Callable[[], dict[str, int | None]]


@dataclass(slots=True)
class Grid:
    """Moments at a fixed distance. What hides several of them is as many samples, each late by what was left of it: a stall of a second
    is not one late sample among a thousand."""

    every_s: float
    due: float = field(default_factory=monotonic)

    def passed(self, now: float) -> list[tuple[float, float]]:
        """Every moment up to now that was not told before, with how many ms ago it was."""
        found = []
        while self.due <= now:
            found.append((self.due, (now - self.due) * 1000))
            self.due += self.every_s
        return found


@dataclass(slots=True)
class Meter:
    """Samples of one load. lags: (seconds from the start, ms late); cpu: by whom, share of one core over the last second."""

    began: float = field(default_factory=monotonic)
    lags: list[tuple[float, float]] = field(default_factory=list)
    cpu: list[dict[str, float]] = field(default_factory=list)
    _ticks: Grid = field(default_factory=lambda: Grid(TICK_S))
    _spent: dict[str, float] = field(default_factory=dict)
    _spent_at: float = field(default_factory=monotonic)

    @asynccontextmanager
    async def running(self, pids: Pids) -> AsyncIterator["Meter"]:
        """Measure while the body runs. pids: the first process of each part now; None: it does not run."""
        tasks = [asyncio.create_task(self._lag()), asyncio.create_task(self._cpu(pids))]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._late()  # a stall may reach to the very end
        await self._used(pids)

    def restart(self, began: float) -> None:
        """Forget what was before the load; `began` in monotonic seconds."""
        self.began = began
        self.lags.clear()
        self.cpu.clear()

    async def _lag(self) -> None:
        while True:
            await asyncio.sleep(max(0.0, self._ticks.due - monotonic()))
            self._late()

    def _late(self) -> None:
        passed = self._ticks.passed(monotonic())
        self.lags += [(round(at - self.began, 3), round(ms, 2)) for at, ms in passed if at >= self.began]

    async def _cpu(self, pids: Pids) -> None:
        while True:
            await self._used(pids)
            await asyncio.sleep(CPU_EVERY_S)

    async def _used(self, pids: Pids) -> None:
        """One row: what each part has used since the row before."""
        spent = await asyncio.to_thread(_spent, pids())
        now, before = monotonic(), self._spent
        took = max(now - self._spent_at, TICK_S)
        row = {name: round(max(0.0, seconds - before[name]) / took, 3) for name, seconds in spent.items() if name in before}
        if row:
            self.cpu.append({"t": round(now - self.began, 3), **row})
        self._spent, self._spent_at = spent, now


def _spent(pids: dict[str, int | None]) -> dict[str, float]:
    """CPU seconds so far of each part: its first process and all below it; this process without its children."""
    found = {}
    for name, pid in pids.items():
        if pid is None:
            continue
        with contextlib.suppress(psutil.Error):
            first = psutil.Process(pid)
            family = [first] if pid == os.getpid() else [first, *first.children(recursive=True)]
            found[name] = sum(_of(process) for process in family)
    return found


def _of(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0
