"""Ctrl-C, SIGTERM, a closed terminal: the first one cancels the run, so that every context closes what it opened."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine, Iterator
from typing import Any

from harness.errors import EXIT_INTERRUPTED

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interrupts:
    """Which signal came, if any."""

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self._task = task
        self.name: str | None = None

    def take(self, number: signal.Signals) -> None:
        """A signal arrived; only the first one counts."""
        if self.name is None:
            self.name = number.name
            self._task.cancel()


@contextlib.contextmanager
def interruptible() -> Iterator[Interrupts]:
    """While this is on, signals cancel the current task instead of ending the process."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    interrupts = Interrupts(task)
    heard = [number for number in SIGNALS if _hears(loop, number, interrupts)]
    try:
        yield interrupts
    finally:
        for number in heard:
            loop.remove_signal_handler(number)


def _hears(loop: asyncio.AbstractEventLoop, number: signal.Signals, interrupts: Interrupts) -> bool:
    """Whether the loop takes this signal. Windows' does not: there asyncio.run turns Ctrl-C into the same cancellation."""
    try:
        loop.add_signal_handler(number, interrupts.take, number)
    except NotImplementedError:  # only the loop itself knows: Windows has loops with and without
        return False
    return True


async def or_interrupted(body: Coroutine[Any, Any, int]) -> int:
    """The exit code of `body`; 130 when a signal ended it."""
    with interruptible() as interrupts:
        try:
            return await body
        except asyncio.CancelledError:
            if interrupts.name is None:
                raise
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
            return EXIT_INTERRUPTED
