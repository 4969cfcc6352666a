"""Two clocks: the protocol's (wall and monotonic) and the business's, which people may set."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

MICROSECOND = timedelta(microseconds=1)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)  # dates on the wires are of this century
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WorldClock:
    """Time of the protocol: Date, Retry-After, token expiry, webhook timestamps. The wall is asked once; then time is monotonic."""

    def __init__(self, wall_start_s: float, monotonic_ns: Callable[[], int]) -> None:
        self._wall_start_s = wall_start_s
        self._monotonic_ns = monotonic_ns
        self._start_ns = monotonic_ns()

    def mono_ns(self) -> int:
        """Nanoseconds since the world started."""
        return self._monotonic_ns() - self._start_ns

    def wall_s(self) -> float:
        """Seconds since the epoch."""
        return self._wall_start_s + self.mono_ns() / 1e9

    def wall_at(self, mono_ns: int) -> float:
        """Seconds since the epoch at that instant of the world."""
        return self._wall_start_s + mono_ns / 1e9


class BusinessClock:
    """The date-time that documents, periods and calendars obey. Runs from its start at `speed`; can be set and advanced."""

    def __init__(self, clock: WorldClock, start: datetime, speed: float = 1.0) -> None:
        if start.tzinfo is None:
            raise ValueError(f"business start {start!r} has no zone; expected an aware date-time such as 2026-10-28T09:00:00Z")
        self._clock = clock
        self._base = start.astimezone(UTC)
        self._base_us = (self._base - EPOCH) // MICROSECOND
        self._room_us = (LATEST - self._base) // MICROSECOND  # a clock that runs fast stands still at the end of the calendar
        self._base_ns = clock.mono_ns()
        self._last = self._base - MICROSECOND
        self._second = -1
        self._second_text = ""
        self.speed = speed

    def stamp(self, mono_ns: int) -> str:
        """Business time (ISO 8601, UTC) at that instant of the world, as rows of the history carry it."""
        elapsed_us = min(int((mono_ns - self._base_ns) * self.speed) // 1000, self._room_us)
        second, micro = divmod(self._base_us + elapsed_us, 1_000_000)
        if second != self._second:
            self._second = second
            self._second_text = (EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._second_text}.{micro:06d}+00:00"

    def peek(self) -> datetime:
        """Business time now (UTC); two calls may answer the same."""
        elapsed_ns = self._clock.mono_ns() - self._base_ns
        return self._base + timedelta(microseconds=min(int(elapsed_ns * self.speed) // 1000, self._room_us))

    def now(self) -> datetime:
        """Business time (UTC) for a change: strictly later than at any call before, unless the clock was set back."""
        moment = self.peek()
        if moment <= self._last:
            moment = self._last + MICROSECOND
        self._last = moment
        return moment

    def set(self, moment: datetime, speed: float | None = None) -> None:
        """Go to `moment` (aware, in the years 2000 to 2099). May go back: month ends are rehearsed more than once. Raises ValueError."""
        if moment.tzinfo is None:
            raise ValueError(f"business time {moment!r} has no zone; expected an aware date-time such as 2026-10-31T23:00:00Z")
        if not EARLIEST <= moment < LATEST:
            raise ValueError(f"business time {moment.isoformat()} is outside of the years 2000 to 2099")
        self._base = moment.astimezone(UTC)
        self._base_us = (self._base - EPOCH) // MICROSECOND
        self._room_us = (LATEST - self._base) // MICROSECOND
        self._base_ns = self._clock.mono_ns()
        self._last = self._base - MICROSECOND
        if speed is not None:
            self.speed = speed

    def advance(self, by: timedelta) -> None:
        """Go forward (or back, when negative) from now."""
        self.set(self.peek() + by)
