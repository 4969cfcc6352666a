"""Notices when the world itself stood still: stopped and continued, or on a machine without a free core.

Whoever calls a world that stands still meets a timeout that no fault plan made. The history says when that was, so that nobody is blamed.
"""

import asyncio
from collections.abc import Callable
from time import monotonic_ns

from mocks.kit.recorder import Recorder

BEAT_MS = 50
STALL_MS = 500  # longer than this between two beats is more than a busy moment
MS = 1_000_000


class Pulse:
    """A timer on the world's own loop."""

    def __init__(self, recorder: Recorder, now_ns: Callable[[], int] = monotonic_ns) -> None:
        self._stalls: list[tuple[int, int]] = []  # monotonic nanoseconds of the end, milliseconds
        self._recorder = recorder
        self._now_ns = now_ns
        self._last_ns = 0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to count; needs a running loop."""
        self._last_ns = self._now_ns()
        self._timer = asyncio.get_running_loop().call_later(BEAT_MS / 1000, self.beat)

    def stop(self) -> None:
        """No more beats."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def stalled_ms(self, since_ns: int = 0) -> int:
        """How long the world stood still, altogether or since this monotonic time."""
        return sum(ms for end_ns, ms in self._stalls if end_ns > since_ns)

    def beat(self) -> None:
        """One look at the clock; the next one follows by itself."""
        self.stop()
        now_ns = self._now_ns()
        late_ms = (now_ns - self._last_ns) // MS - BEAT_MS
        if late_ms >= STALL_MS:
            self._stalls.append((now_ns, late_ms))
            self._recorder.write("stall", "harness", stall_ms=late_ms)
        self._last_ns = now_ns
        self._timer = asyncio.get_running_loop().call_later(BEAT_MS / 1000, self.beat)
