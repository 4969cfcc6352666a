"""The one place of the engine that asks the machine for the time or for chance; everything else is given these."""

import random
import time
import uuid
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Protocol time. Document dates never come from here: they are those of the source document."""

    def now(self) -> datetime:
        """Aware, UTC."""

    def monotonic(self) -> float:
        """Seconds, for waits and deadlines."""


class WallClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Aware, UTC. Nothing that a run repeats from its seed depends on it: waits, token expiry and when an item was first parked."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since an arbitrary start."""
        return time.monotonic()


class Entropy:
    """Jitter and ids. With a seed it repeats itself, for tests."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 (jitter and ids, no secrets)

    def fraction(self) -> float:
        """Uniform in [0, 1)."""
        return self._random.random()

    def span_id(self) -> str:
        """16 hex digits, never all zero (W3C Trace Context)."""
        return f"{self._random.getrandbits(64) or 1:016x}"

    def trace_id(self) -> str:
        """32 hex digits, never all zero."""
        return f"{self._random.getrandbits(128) or 1:032x}"

    def uuid(self) -> uuid.UUID:
        """A random UUID."""
        return uuid.UUID(int=self._random.getrandbits(128), version=4)
