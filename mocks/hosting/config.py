"""How a world is set up."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from mocks.hosting.credentials import Credentials
from mocks.kit.settings import Settings

BUSINESS_START = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WorldConfig:
    """How the world is set up. Durations in milliseconds; every draw but that of secrets comes from `seed` and `run_id`."""

    seed: int
    run_id: str  # also the namespace of its ids, in capitals
    history_path: Path | None  # NDJSON; None keeps the history in memory (tests)
    minted: int = 0  # suppliers and cost centres made for single experiments, for each entity
    systems: tuple[str, ...] = ()  # optional instances of contracts/systems.yaml that stand here besides those of every world
    profiles: tuple[str, ...] = ()  # other ways in which systems behave (contracts/systems.yaml), as in erp.lenient
    port_base: int | None = None  # each system's port is base + its slot (contracts/systems.yaml); None: free ports
    host: str = "127.0.0.1"
    public_host: str | None = None  # the name under which others reach `host`
    control_host: str = "127.0.0.1"  # where the control port listens: whoever reaches it and has its token decides what becomes of a run
    callback_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")
    webhook_schedule_ms: tuple[int, ...] = (0, 300, 1000, 3000)
    ack_timeout_ms: int = 5000
    client_timeout_ms: int = 10000  # the connector's own request timeout; a hold lasts at most 1.5 times as long
    event_delay_ms: int = 3000
    late_commit_ms: int = 500
    posting_delay_ms: int = 30
    idempotency_ttl_ms: int = 0  # how long a key is kept; 0: as long as the world
    grain_ms: int = 0  # to what times of change of source documents are rounded down; 0: exact, each later than the one before
    on_no_answer: Literal["open", "closed"] = "closed"  # what a document does when a question about it is not answered in time
    token_ttl_s: int = 3600
    refresh_tokens: bool = False  # whether the token endpoint gives them out, each good for one use
    rate_limit_per_s: int | None = None
    business_start: datetime = BUSINESS_START
    otlp_endpoint: str | None = field(default_factory=lambda: os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or None, repr=False)
    credentials: Credentials | None = None  # None: drawn for this world alone
    wall_s: Callable[[], float] = time.time  # asked once, when the world opens

    def settings(self) -> Settings:
        """The part that the mechanics need."""
        return Settings(
            namespace=self.run_id.upper(),
            client_timeout_ms=self.client_timeout_ms,
            late_commit_ms=self.late_commit_ms,
            event_delay_ms=self.event_delay_ms,
            webhook_schedule_ms=self.webhook_schedule_ms,
            ack_timeout_ms=self.ack_timeout_ms,
            callback_hosts=self.callback_hosts,
            rate_limit_per_s=self.rate_limit_per_s,
            refresh_tokens=self.refresh_tokens,
            idempotency_ttl_ms=self.idempotency_ttl_ms,
        )
