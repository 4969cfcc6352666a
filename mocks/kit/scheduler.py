"""Work that a system finishes by itself later, and that the harness can have finished now."""

import asyncio
import logging
from collections.abc import Callable

FLUSH_ROUNDS_MAX = 1000  # work may schedule work (a late commit, then its posting); never without end
LOG = logging.getLogger("dryclose.world")


class Scheduler:
    """Timers on the running loop. Everything pending can be counted and carried out at once."""

    def __init__(self) -> None:
        self._timers: dict[int, tuple[float, asyncio.TimerHandle, Callable[[], None]]] = {}
        self._count = 0

    def later(self, delay_s: float, work: Callable[[], None]) -> None:
        """Run `work` after so many seconds."""
        self._count = number = self._count + 1
        handle = asyncio.get_running_loop().call_later(delay_s, self._run, number)
        self._timers[number] = (handle.when(), handle, work)

    def _run(self, number: int) -> None:
        _, handle, work = self._timers.pop(number)
        handle.cancel()
        try:
            work()
        except Exception:  # one broken job must not end the timer of another
            LOG.exception("deferred work failed")

    def __len__(self) -> int:
        return len(self._timers)

    def flush(self) -> None:
        """Carry out everything that is pending, in the order in which it is due, and what that schedules."""
        for _ in range(FLUSH_ROUNDS_MAX):
            if not self._timers:
                return
            for number in sorted(self._timers, key=lambda each: self._timers[each][0]):
                if number in self._timers:
                    self._run(number)

    def cancel(self) -> None:
        """Forget everything that is pending."""
        for _, handle, _ in self._timers.values():
            handle.cancel()
        self._timers.clear()
