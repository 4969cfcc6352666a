"""What the connector contract gives, read once from the environment, and the engine's own limits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.catalog import load_systems

REQUEST_TIMEOUT_S = 1.5  # whole call, connecting and reading included; connector.toml declares the same figure
GIVES_UP_AFTER = 8  # failed attempts of one step before the document is parked; connector.toml declares 10: re-reads are calls too
CONCURRENCY = 64  # documents in work at a time
BODY_MAX_BYTES = 1024 * 1024  # of an answer; a longer one is not read to its end


class SettingsError(Exception):
    """A variable is missing or wrong: which, what was expected, what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment of one engine process. Waits are in seconds."""

    urls: Mapping[str, str]  # base URL by system
    token_url: str
    client_id: str
    client_secret: str
    webhook_secret: str
    port: int
    state_dir: Path
    mappings_dir: Path
    retry_base_s: float
    run_id: str
    poll_interval_s: float
    database_url: str | None
    otlp_endpoint: str | None = None  # where spans go

    @classmethod
    def read(cls, environment: Mapping[str, str], systems: Collection[str]) -> "Settings":
        """systems: whom the engine calls. Raises SettingsError naming every variable that is missing."""
        variables = {entry.id: entry.variable for entry in load_systems().values() if entry.variable and entry.id in systems}
        needed = (*variables.values(), "OAUTH_TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "WEBHOOK_SECRET", "MAPPINGS_DIR")
        missing = [name for name in needed if not environment.get(name)]
        if missing:
            raise SettingsError(f"missing in the environment: {', '.join(missing)}. `dryclose up --env` prints them for a running world.")
        return cls(
            urls={system: environment[name].rstrip("/") for system, name in variables.items()},
            token_url=environment["OAUTH_TOKEN_URL"],
            client_id=environment["CLIENT_ID"],
            client_secret=environment["CLIENT_SECRET"],
            webhook_secret=environment["WEBHOOK_SECRET"],
            port=int(_number(environment, "PORT", 8080)),
            state_dir=state_dir(environment),
            mappings_dir=Path(environment["MAPPINGS_DIR"]),
            retry_base_s=_number(environment, "RETRY_BASE_MS", 1000) / 1000,
            run_id=environment.get("RUN_ID", ""),
            poll_interval_s=_number(environment, "POLL_INTERVAL_S", 30),
            database_url=environment.get("DATABASE_URL") or None,
            otlp_endpoint=environment.get("OTEL_EXPORTER_OTLP_ENDPOINT") or None,
        )


def state_dir(environment: Mapping[str, str]) -> Path:
    """STATE_DIR, absolute. Raises SettingsError when it is not set."""
    text = environment.get("STATE_DIR")
    if not text:
        raise SettingsError("missing in the environment: STATE_DIR, a folder that is kept over restarts.")
    return Path(text).resolve()


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        raise SettingsError(f"{name}={text!r} is not a number.") from None
    if value <= 0:
        raise SettingsError(f"{name}={text} must be more than 0.")
    return value
