"""The world notices when it stood still itself, and tells the history."""

import asyncio
import time
from datetime import UTC, datetime

from mocks.hosting.pulse import BEAT_MS, STALL_MS, Pulse
from mocks.kit.clock import BusinessClock, WorldClock
from mocks.kit.recorder import Recorder

MS = 1_000_000


class Stepping:
    """A clock that is set by hand, in milliseconds."""

    ms = 0

    def __call__(self) -> int:
        return self.ms * MS


def beats(*times_ms: int) -> tuple[Pulse, list[tuple[str, int]]]:
    """A pulse that beat at these times after its start at 0, and the rows that it wrote."""
    clock, seen = Stepping(), list[tuple[str, int]]()
    world = WorldClock(time.time(), time.monotonic_ns)
    recorder = Recorder("t", world, BusinessClock(world, datetime(2026, 10, 28, 9, tzinfo=UTC)))
    recorder.observers.append(lambda kind, _node, _at, columns: seen.append((kind, columns["stall_ms"])))

    async def play() -> Pulse:
        pulse = Pulse(recorder, clock)
        pulse.start()
        for clock.ms in times_ms:
            pulse.beat()
        pulse.stop()
        return pulse

    pulse = asyncio.run(play())
    recorder.close()
    return pulse, seen


def test_a_busy_moment_is_no_stall() -> None:
    """Late beats happen; nothing is written."""
    assert beats(BEAT_MS, 2 * BEAT_MS + STALL_MS - 1)[1] == []


def test_a_pause_is_written_with_its_length() -> None:
    """What lies between two beats, but for the beat itself."""
    pulse, seen = beats(BEAT_MS, 30_000 + 2 * BEAT_MS, 30_000 + 3 * BEAT_MS)
    assert seen == [("stall", 30_000)]
    assert pulse.stalled_ms() == 30_000


def test_stalls_are_counted_from_a_moment_on() -> None:
    """Whoever asks since when nothing moved is told only of what stood still after that."""
    pulse, _ = beats(1_000 + BEAT_MS, 5_000, 8_000)
    assert pulse.stalled_ms(2_000 * MS) == (5_000 - 1_000 - 2 * BEAT_MS) + (8_000 - 5_000 - BEAT_MS)
    assert pulse.stalled_ms(9_000 * MS) == 0
