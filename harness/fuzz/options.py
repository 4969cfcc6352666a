"""What a person may ask of a fuzz run."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from contracts.catalog import load_systems
from harness.addresses import is_loopback
from harness.errors import UsageError

SYSTEMS = (*(entry.id for entry in load_systems().values() if not entry.optional), "engine")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
SECONDS = {"s": 1, "m": 60, "h": 3600}
EXAMPLES = 50


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried: examples for each operation; with a budget, as many rounds of that as fit into so many seconds."""

    seed: int
    examples: int = EXAMPLES
    scenarios: int = EXAMPLES  # stateful: walks along links
    budget_s: float | None = None
    phases: tuple[str, ...] = PHASES


@dataclass(frozen=True, slots=True)
class FuzzOptions:
    """`dryclose fuzz`. url: somebody's own OpenAPI document instead of our systems; headers and webhook_secret name the environment
    variable of a value."""

    systems: tuple[str, ...] = SYSTEMS
    examples: int = EXAMPLES
    budget_s: int | None = None
    seed: int | None = None
    out: Path | None = None
    url: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    webhook_secret: str | None = None
    quiet: bool = False


def seconds_of(text: str) -> int:
    """Seconds of `90`, `90s`, `10m`, `2h`. Raises UsageError."""
    found = re.fullmatch(r"([0-9]{1,6})([smh]?)", text.strip(), re.ASCII)
    seconds = int(found[1]) * SECONDS[found[2] or "s"] if found else 0
    if not seconds:
        raise UsageError(f"--budget {text!r}: expected a time such as 90s, 10m or 2h")
    return seconds


def header_of(text: str) -> tuple[str, str]:
    """(header, environment variable) of `Authorization:MY_TOKEN`. Raises UsageError."""
    found = re.fullmatch(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([A-Za-z_][A-Za-z0-9_]*)", text)
    if found is None:
        raise UsageError(
            "--header: expected NAME:VARIABLE, for instance Authorization:MY_TOKEN. The value is read from the environment variable,"
            " so that it stands in no shell history and in no report."
        )
    return found[1], found[2]


def check_loopback(url: str) -> str:
    """The URL, when it leads to this machine. Raises UsageError: a fuzzer sends what may break what it meets."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"--url {url!r}: {error}") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError(f"--url {url!r}: expected the address of an OpenAPI document, such as http://127.0.0.1:9000/openapi.json")
    if parts.username or parts.password:
        raise UsageError("--url: no credentials in the address; use --header NAME:VARIABLE")
    if not is_loopback(host):
        raise UsageError(
            f"--url {url!r}: {host} is not this machine. Only loopback is fuzzed: run the connector here, or forward a port to it."
        )
    return url
