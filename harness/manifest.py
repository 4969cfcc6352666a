"""connector.toml: what the owner of a connector declares about it. What is not declared is not assumed.

`load_manifest(path)` reads, validates and names mistakes as file:line with what would be valid (ConfigError).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

PeriodPolicy = Literal["park", "next_period"]


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths on the connector's base URL. None = not declared, so not assumed; webhook None = it only polls."""

    health: str = "/health"
    webhook: str | None = "/webhooks"
    redrive: str | None = None
    idle: str | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """How parked items are read: at most one of the three. None of them = an unposted document counts as lost."""

    http: str | None = None  # path on the connector
    file: str | None = None  # file in STATE_DIR
    command: tuple[str, ...] = ()  # prints the answer on its standard output

    @property
    def by(self) -> Literal["http", "file", "command", "nothing"]:
        """The way that is declared."""
        if self.http is not None:
            return "http"
        if self.file is not None:
            return "file"
        return "command" if self.command else "nothing"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One connector as declared. Commands are expanded ({python}) and run with `folder` as working directory."""

    path: Path
    name: str
    description: str = ""
    command: tuple[str, ...] = ()
    url: str | None = None
    prepare: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()
    cleanup: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    start_timeout_s: float = 15.0
    stop_timeout_s: float = 5.0
    request_timeout_s: float = 10.0
    ack_timeout_s: float = 5.0
    poll_interval_s: float = 30.0
    concurrency: int = 8
    gives_up_after: int = 10
    period_closed: PeriodPolicy = "park"
    pass_environment: tuple[str, ...] = ()  # names taken over from the caller's environment, e.g. DATABASE_URL
    set_environment: Mapping[str, str] = field(default_factory=dict)  # fixed extra variables
    environment: Mapping[str, str] = field(default_factory=dict)  # ERP_URL -> the name that the connector reads
    headers: Mapping[str, str] = field(default_factory=dict)  # on every call of the harness to the connector
    paths: Paths = Paths()
    parked: Parked = Parked()

    @property
    def folder(self) -> Path:
        """Working directory of every command."""
        return self.path.parent

    @property
    def kills(self) -> bool:
        """The harness can kill only what it started."""
        return bool(self.command)

    def capabilities(self) -> dict[str, object]:
        """As in the run's manifest.json."""
        return {
            "started_by": "harness" if self.command else "owner",
            "webhook": self.paths.webhook is not None,
            "parked": self.parked.by,
            "redrive": self.paths.redrive is not None,
            "idle": self.paths.idle is not None,
            "check": self.paths.check is not None,
            "kills": self.kills,
            "flows": list(self.flows),
        }
