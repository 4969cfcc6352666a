"""How long the mechanics wait: decided by the scenario, so that waits are short without cheating the judge."""

from dataclasses import dataclass

HOLD_SHARE_MAX = 1.5  # a held connection ends after so many client timeouts, also when the client stays


@dataclass(frozen=True, slots=True)
class Settings:
    """Durations in milliseconds unless named otherwise."""

    namespace: str = "TEST"  # of document ids: REQ-<namespace>-000123
    client_timeout_ms: int = 10_000
    late_commit_ms: int = 500  # F-A6: after the client left
    event_delay_ms: int = 3_000  # F-D4, and the second delivery of F-D1 `later`
    webhook_schedule_ms: tuple[int, ...] = (0, 300, 1_000, 3_000)
    ack_timeout_ms: int = 5_000
    callback_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")
    rate_limit_per_s: int | None = None
    refresh_tokens: bool = False  # whether the token endpoint gives them out
    idempotency_ttl_ms: int = 0  # how long a key is kept; 0: as long as the world

    @property
    def hold_s(self) -> float:
        """How long a connection is held at most."""
        return self.client_timeout_ms * HOLD_SHARE_MAX / 1000
