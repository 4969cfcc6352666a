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
class Meter:
    """Samples of one load. lags: (seconds from the start, ms late); cpu: by whom, share of one core over the last second."""

    began: float = field(default_factory=monotonic)
    lags: list[tuple[float, float]] = field(default_factory=list)
    cpu: list[dict[str, float]] = field(default_factory=list)

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

    def restart(self, began: float) -> None:
        """Forget what was before the load; `began` in monotonic seconds."""
        self.began = began
        self.lags.clear()
        self.cpu.clear()

    async def _lag(self) -> None:
        while True:
            due = monotonic() + TICK_S
            await asyncio.sleep(TICK_S)
            now = monotonic()
            self.lags.append((round(now - self.began, 3), round(max(0.0, now - due) * 1000, 2)))

    async def _cpu(self, pids: Pids) -> None:
        before: dict[str, float] = {}
        at = monotonic()
        while True:
            await asyncio.sleep(CPU_EVERY_S)
            spent = await asyncio.to_thread(_spent, pids())
            now = monotonic()
            row = {name: round(max(0.0, seconds - before[name]) / (now - at), 3) for name, seconds in spent.items() if name in before}
            if row:
                self.cpu.append({"t": round(now - self.began, 3), **row})
            before, at = spent, now


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
