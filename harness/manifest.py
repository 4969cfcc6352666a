"""connector.toml: what the owner of a connector declares about it. What is not declared is not assumed.

`load_manifest(path, catalog)` reads, validates and names mistakes as file:line with what would be valid (ConfigError).
contracts/schemas/connector.schema.json publishes the same rules.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from contracts.catalog import Catalog
from harness.errors import ConfigError, UsageError
from harness.located import Section, read_toml

PeriodPolicy = Literal["park", "next_period"]
REFERENCE_ENGINE = Path(__file__).parents[1] / "engine" / "connector.toml"
GIVEN = (  # to every connector, beside the addresses of systems and services
    "CLIENT_ID",
    "CLIENT_SECRET",
    "WEBHOOK_SECRET",
    "PORT",
    "STATE_DIR",
    "MAPPINGS_DIR",
    "RETRY_BASE_MS",
    "RUN_ID",
    "POLL_INTERVAL_S",
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def contract_variables(catalog: Catalog) -> tuple[str, ...]:
    """Every variable of the connector contract: the address of each declared system and service, then GIVEN."""
    return (*(entry.variable for entry in catalog.systems.values() if entry.variable is not None), *GIVEN)


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
class Redrive:
    """What it offers beside Paths.redrive, which takes up everything. Paths on the connector; None = not declared."""

    some: str | None = None  # these items only: {"references": [...]}, or one call for each where the path has {reference}
    dry_run: str | None = None  # the same question, and nothing is done: answers what would be taken up


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
    kill: tuple[str, ...] = ()  # takes the running connector away, where a signal to its processes does not
    kills: bool = True
    flows: tuple[str, ...] = ()
    prepare_timeout_s: float = 60.0  # of each of prepare, reset, cleanup
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
    environment: Mapping[str, str] = field(default_factory=dict)  # variable of the contract -> the name that the connector reads
    headers: Mapping[str, str] = field(default_factory=dict)  # on every call of the harness to the connector
    paths: Paths = Paths()
    parked: Parked = Parked()
    redrive: Redrive = Redrive()

    @property
    def folder(self) -> Path:
        """Working directory of every command."""
        return self.path.parent

    @property
    def can_be_killed(self) -> bool:
        """The harness can kill only what it started, and only what says that it may be."""
        return bool(self.command) and self.kills

    def capabilities(self) -> dict[str, object]:
        """As in the run's manifest.json."""
        return {
            "started_by": "harness" if self.command else "owner",
            "webhook": self.paths.webhook is not None,
            "parked": self.parked.by,
            "redrive": self.paths.redrive is not None,
            "idle": self.paths.idle is not None,
            "check": self.paths.check is not None,
            "kills": self.can_be_killed,
            "flows": list(self.flows),
        }


def load_manifest(path: Path, catalog: Catalog) -> Manifest:
    """Read a connector.toml. Raises UsageError (no such file) and ConfigError (a mistake in it)."""
    if path.is_dir():
        path = path / "connector.toml"
    if not path.exists():
        raise UsageError(f"{path}: there is no such manifest; expected a connector.toml (docs/connector-contract.md)")
    top = read_toml(path)
    manifest = _manifest(top, path.resolve(), catalog)
    top.finish()  # first: whoever mistyped `command` has neither
    _check_started_or_running(top, manifest)
    return manifest


def _check_started_or_running(top: Section, manifest: Manifest) -> None:
    if manifest.kill and not manifest.can_be_killed:
        why = "its connector runs already" if manifest.url else "`kills = false` says that it cannot be killed"
        top.wrong("kill", f"a command that kills the connector, but {why}; remove one of them")
    if bool(manifest.command) == bool(manifest.url):
        given = "both are set" if manifest.command else "neither is set"
        where = top.where("command") if manifest.command else f"{top.file}:1"
        raise ConfigError(
            where, f'a connector has a command (the harness starts it) or a url (it runs already); {given}. Example: command = ["./run.sh"]'
        )


def _manifest(top: Section, path: Path, catalog: Catalog) -> Manifest:
    return Manifest(
        path=path,
        name=top.text("name", "") or path.parent.name,
        description=top.text("description", ""),
        command=_command(top, "command"),
        url=_url(top),
        prepare=_command(top, "prepare"),
        reset=_command(top, "reset"),
        cleanup=_command(top, "cleanup"),
        kill=_command(top, "kill"),
        kills=top.flag("kills", True),
        flows=_flows(top, catalog),
        prepare_timeout_s=top.number("prepare_timeout_s", 60, least=0.1, most=3600),
        start_timeout_s=top.number("start_timeout_s", 15, least=0.1, most=3600),
        stop_timeout_s=top.number("stop_timeout_s", 5, least=0.1, most=600),
        request_timeout_s=top.number("request_timeout_s", 10, least=0.05, most=600),
        ack_timeout_s=top.number("ack_timeout_s", 5, least=0.05, most=600),
        poll_interval_s=top.number("poll_interval_s", 30, least=0.05, most=3600),
        concurrency=top.integer("concurrency", 8, least=1, most=10_000),
        gives_up_after=top.integer("gives_up_after", 10, least=1, most=1000),
        period_closed=cast("PeriodPolicy", top.text("period_closed", "park", choices=("park", "next_period"))),
        pass_environment=_names(top, "pass_environment"),
        set_environment=_variables(top, "set_environment"),
        environment=_renames(top, catalog),
        headers=_headers(top),
        paths=_paths(top.section("paths")),
        parked=_parked(top.section("parked")),
        redrive=_redrive(top.section("redrive")),
    )


def _command(section: Section, key: str) -> tuple[str, ...]:
    words = section.texts(key)
    if section.has(key) and (not words or not words[0]):
        section.wrong(key, 'got an empty list, expected a program and its arguments, for example ["{python}", "-m", "mine"]')
    if any("\0" in word for word in words):
        section.wrong(key, "a word contains a zero byte")
    return tuple(word.replace("{python}", sys.executable) for word in words)


def _url(top: Section) -> str | None:
    text = top.optional_text("url")
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and not parts.query and not parts.fragment
    except ValueError:
        valid = False
    if not valid:
        top.wrong("url", f"{text!r} is not valid; expected the connector's base URL, for example http://127.0.0.1:9000")
    return text.rstrip("/")


def _flows(top: Section, catalog: Catalog) -> tuple[str, ...]:
    chosen = top.texts("flows", known={flow: flow for flow in catalog.flows}, what="flow")
    if top.has("flows") and not chosen:
        top.wrong("flows", f"got an empty list, expected some of {', '.join(catalog.flows)}, or leave it out for all")
    return tuple(flow for flow in catalog.flows if flow in chosen or not chosen)


def _names(top: Section, key: str) -> tuple[str, ...]:
    names = top.texts(key)
    for number, name in enumerate(names):
        if not _VARIABLE.fullmatch(name):
            raise ConfigError(top.where(key, number), f"{key}: {name!r} is not the name of an environment variable")
    return names


def _variables(top: Section, key: str) -> dict[str, str]:
    values = top.text_map(key)
    for name, value in values.items():
        if not _VARIABLE.fullmatch(name) or "\0" in value:
            raise ConfigError(top.where(key, name), f'{key}.{name}: expected NAME = "value" as an environment has them')
    return values


def _renames(top: Section, catalog: Catalog) -> dict[str, str]:
    section, variables = top.section("environment"), contract_variables(catalog)
    renames = {name: section.text(name, name) for name in variables if section.has(name)}
    section.asked.update(variables)
    section.finish()
    for name, target in renames.items():
        if not _VARIABLE.fullmatch(target):
            section.wrong(name, f"{target!r} is not the name of an environment variable")
    return renames


def _headers(top: Section) -> dict[str, str]:
    headers = top.text_map("headers")
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or re.search(r"[^\t\x20-\x7e]", value):
            raise ConfigError(
                top.where("headers", name), f'headers.{name}: expected a header name and printable text, for example X-Tenant = "test"'
            )
    return headers


def _paths(section: Section) -> Paths:
    paths = Paths(
        health=_path(section, "health") or "/health",
        webhook=_path(section, "webhook") if section.has("webhook") else "/webhooks",
        redrive=_path(section, "redrive"),
        idle=_path(section, "idle"),
        check=_path(section, "check"),
    )
    section.asked.add("webhook")
    section.finish()
    return paths


def _path(section: Section, key: str) -> str | None:
    """A path on the connector; an empty text means that there is none."""
    text = section.optional_text(key)
    if text and (not text.startswith("/") or re.search(r"[^\x21-\x7e]", text)):
        section.wrong(key, f"{text!r} is not valid; expected a path that begins with a slash, for example /{key}")
    return text or None


def _parked(section: Section) -> Parked:
    file = section.optional_text("file")
    if file is not None and (not file or Path(file).is_absolute() or ".." in Path(file).parts):
        section.wrong("file", f"{file!r} is not valid; expected a file name inside STATE_DIR, for example parked.json")
    parked = Parked(http=_path(section, "http"), file=file, command=_command(section, "command"))
    if sum(map(bool, (parked.http, parked.file, parked.command))) > 1:
        section.wrong(next(iter(section.values)), "several ways are declared; expected one of http, file, command")
    section.finish()
    return parked


def _redrive(section: Section) -> Redrive:
    redrive = Redrive(some=_path(section, "some"), dry_run=_path(section, "dry_run"))
    section.finish()
    return redrive
