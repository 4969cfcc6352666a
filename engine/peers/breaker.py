"""One circuit breaker per system: an outage is the system's, not that of each document that meets it.

It opens only on evidence that the whole system is down (connections refused, 503 for maintenance, several in a row with
no answer between them), never on the failures of single transactions. When its time is up it lets one call through as a
probe; any answer closes it.
"""

from collections.abc import Callable

from engine.clock import Entropy
from engine.model.failures import SystemDown
from engine.peers.waits import backoff_s

OPENS_AFTER = 5
LONGEST_FACTOR = 16  # longest pause between two probes, in bases


class Breaker:
    """Closed, open until a moment, or half-open with one probe on its way."""

    def __init__(self, system: str, base_s: float, probe_s: float, monotonic: Callable[[], float], entropy: Entropy) -> None:
        self.system = system
        self._base_s = base_s
        self._probe_s = probe_s  # a probe without a verdict after this long makes room for another
        self._monotonic = monotonic
        self._entropy = entropy
        self._in_a_row = 0
        self._openings = 0
        self._pause_s = 0.0
        self._open_until: float | None = None
        self._probe_until = 0.0
        self._recovered = False

    @property
    def closed(self) -> bool:
        """Calls pass."""
        return self._open_until is None

    def waits_s(self) -> float | None:
        """Seconds after which to ask again, or None when a call may pass now."""
        if self._open_until is None:
            return None
        now = self._monotonic()
        if now < self._open_until:
            return self._open_until - now
        return self._pause_s if now < self._probe_until else None

    def admit(self, operation: str) -> None:
        """Raises SystemDown when the call must not be sent. An open breaker whose time is up lets this call through as its probe."""
        wait = self.waits_s()
        if wait is not None:
            raise SystemDown(operation, self.system, wait)
        if self._open_until is not None:
            self._probe_until = self._monotonic() + self._probe_s

    def answered(self) -> bool:
        """Any answer but an outage's closes it. True when it was open."""
        was_open = self._open_until is not None
        self._recovered = self._recovered or was_open
        self._in_a_row = self._openings = 0
        self._open_until, self._probe_until = None, 0.0
        return was_open

    def outage(self, retry_after_s: float | None) -> bool:
        """Evidence of an outage. True when it opened just now."""
        self._in_a_row += 1
        if self._open_until is None and self._in_a_row < OPENS_AFTER:
            return False
        opened, probed = self._open_until is None, self._probe_until > 0.0
        now = self._monotonic()
        if opened or probed:
            self._openings += 1
            self._pause_s = backoff_s(self._base_s, self._openings, self._entropy, cap_factor=LONGEST_FACTOR)
        self._open_until = max(self._open_until or 0.0, now + max(self._pause_s if opened or probed else 0.0, retry_after_s or 0.0))
        self._probe_until = 0.0
        return opened

    def no_verdict(self) -> None:
        """A call broke in a way that proves nothing; if it was the probe, the next one may go after a pause."""
        if self._open_until is not None and self._probe_until > 0.0:
            self.outage(None)

    def take_recovered(self) -> bool:
        """Whether it closed after an outage since this was asked last."""
        recovered, self._recovered = self._recovered, False
        return recovered
