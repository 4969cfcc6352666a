"""A scenario: which flows, entities and faults, how many, how long to wait, what a verdict needs.

`load_scenario(name_or_path, catalog)` reads scenarios/NAME.yaml or a file of the caller's; a mistake is a ConfigError with file:line.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal, cast, get_args

from contracts.catalog import Catalog
from harness.errors import ConfigError, UsageError, did_you_mean
from harness.located import Section, read_yaml

ENTITIES = ("US01", "DE01", "JP01")
FOLDER = Path(__file__).parents[1] / "scenarios"
INVARIANTS = Path(__file__).parent / "judge" / "invariants"
PERIOD_POLICIES = ("declared", "park", "next_period")
EXIT_CODES = (0, 1, 2)

PeriodPolicy = Literal["declared", "park", "next_period"]
OnNoAnswer = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Volume:
    """How many transactions."""

    baseline: int = 4  # per template and baseline wave
    repeats: int = 1  # experiments per cell
    controls: float = 0.1  # smallest share of fault-free experiments in a wave
    density: float = 0.2  # largest share of faulted arrivals per call point
    per_window: int = 3  # transactions per template in each wave with a fault of the run
    kill_recovery: bool = False  # also kill at points that only another fault provokes (two-step plans)
    drift_recovery: bool = False  # the same for schema drift, whose modes are many


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the world makes the connector wait. Short by configuration, so that a run is short."""

    retry_base_ms: int = 50  # handed to the connector as RETRY_BASE_MS
    webhook_schedule_ms: tuple[int, ...] = (0, 300, 1000, 3000)
    maintenance_ms: int = 1200  # length of F-B5
    outage_ms: int = 1200  # length of F-H2
    refused_ms: int = 1800  # length of F-B11
    period_closed_ms: int = 600  # length of F-F3
    event_delay_ms: int = 2000  # F-D4
    late_commit_ms: int = 500  # F-A6, after the client's timeout
    posting_delay_ms: int = 30  # ERP job after 202
    idempotency_ttl_ms: int = 0  # after that a key is forgotten; 0: never


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of every loop of a run."""

    settle_s: float = 20.0  # a wave's transactions settle within, else the run goes on without them
    quiesce_s: float = 20.0  # after healing, until nothing changes any more
    redrive_s: float = 15.0
    attempts: int = 10  # arrivals per call point that count as bounded when the manifest promises no smaller number
    frontier_ms: int = 1000  # how long a kill round waits for its holds (also bounded by the connector's own timeout)
    kill_rounds: int = 8  # further kill rounds for holds that were not reached
    discovery_rounds: int = 2
    solo: int = 20  # violations re-run alone
    solo_repeats: int = 1


@dataclass(frozen=True, slots=True)
class Business:
    """The days on which the run plays, as ISO 8601 instants with a zone; the business clock goes on from each at its own pace."""

    start: str = "2026-10-28T09:00:00+00:00"
    waves: tuple[str, ...] = ()  # the waves with faults begin at these, one after another, each later than the one before

    @property
    def moments(self) -> tuple[datetime, ...]:
        """The start and the waves' beginnings."""
        return tuple(datetime.fromisoformat(text) for text in (self.start, *self.waves))


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint gives out."""

    ttl_s: int = 3600
    refresh: bool = False  # a refresh token too, which is good for one use


@dataclass(frozen=True, slots=True)
class Lists:
    """What the lists of source documents say."""

    grain_ms: int = 0  # to what times of change are rounded down; 0: exact, each later than the one before


@dataclass(frozen=True, slots=True)
class Questions:
    """What systems do when a connector does not answer a question while a person waits."""

    on_no_answer: OnNoAnswer = "closed"  # open: the document goes on with a flag; closed: it waits for somebody's decision


@dataclass(frozen=True, slots=True)
class Expect:
    """What must come out of a canary: this exit code, and each of these invariants violated."""

    exit_code: int
    invariants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One resolved scenario. `faults` are ids in the order of the vocabulary."""

    name: str
    title: str
    path: Path
    flows: tuple[str, ...]
    entities: tuple[str, ...]
    faults: tuple[str, ...]
    volume: Volume = Volume()
    waits: Waits = Waits()
    limits: Limits = Limits()
    business: Business = Business()
    tokens: Tokens = Tokens()
    lists: Lists = Lists()
    questions: Questions = Questions()
    systems: tuple[str, ...] = ()  # optional systems that stand in this world beside those of every world
    profiles: tuple[str, ...] = ()  # other ways in which systems behave, as in erp.lenient
    require: tuple[str, ...] = ()  # invariants that must have examined at least one row
    period_closed: PeriodPolicy = "declared"  # declared: as the connector's manifest says
    connector: Path | None = None  # manifest, when the scenario brings its own connector
    expect: Expect | None = None

    def resolved(self) -> dict[str, object]:
        """As in the run's manifest.json: everything that was set or defaulted."""
        values = dataclasses.asdict(self)
        return {**values, "path": str(self.path), "connector": str(self.connector) if self.connector else None}


def load_scenario(name: str, catalog: Catalog, folder: Path = FOLDER, *, rules: tuple[str, ...] = ()) -> Scenario:
    """The scenario of this name, or in this file. rules: ids of the user's own invariants, which it may require as well.
    Raises UsageError (no such scenario) and ConfigError (a mistake in it)."""
    return _scenario(read_yaml(_find(name, folder)), catalog, (*known_invariants(), *rules))


def scenario_names(folder: Path = FOLDER) -> tuple[str, ...]:
    """The scenarios that come with dryclose."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def known_invariants(folder: Path = INVARIANTS) -> tuple[str, ...]:
    """The ids that `require` and `expect` may name, from the headers of the invariant files."""
    found = (re.search(r"^-- id:\s*(\S+)", path.read_text("utf-8"), re.MULTILINE) for path in sorted(folder.rglob("*.sql")))
    return tuple(match[1] for match in found if match)


def requirable(catalog: Catalog, ids: tuple[str, ...]) -> tuple[str, ...]:
    """What `require` may name: an invariant (of every flow that it is about), or one of one flow: `C14@some-flow`."""
    return (*ids, *(f"{name}@{flow}" for name in ids for flow in catalog.flows))


def _find(name: str, folder: Path) -> Path:
    bundled = folder / f"{name}.yaml"
    if bundled.parent == folder and bundled.is_file():
        return bundled
    if "/" in name or name.endswith((".yaml", ".yml")):
        return Path(name)
    raise UsageError(f"there is no scenario {name!r}; {did_you_mean(name, scenario_names(folder))}. A path to a .yaml file works too.")


def _scenario(top: Section, catalog: Catalog, invariants: tuple[str, ...]) -> Scenario:
    scenario = Scenario(
        name=_name(top),
        title=top.text("title", ""),
        path=top.file,
        flows=_all_or(top.texts("flows", known=_same(catalog.flows), what="flow"), tuple(catalog.flows)),
        entities=_all_or(top.texts("entities", known=_same(ENTITIES), what="entity"), ENTITIES),
        faults=_faults(top.section("faults"), catalog),
        systems=_systems(top, catalog),
        profiles=top.texts("profiles", known=_same(catalog.profiles), what="profile"),
        volume=_volume(top.section("volume")),
        waits=_waits(top.section("waits")),
        limits=_limits(top.section("limits")),
        business=_business(top.section("business")),
        tokens=_tokens(top.section("tokens")),
        lists=_lists(top.section("lists")),
        questions=_questions(top.section("questions")),
        require=top.texts("require", known=_same(requirable(catalog, invariants)), what="invariant"),
        period_closed=cast("PeriodPolicy", top.text("period_closed", "declared", choices=PERIOD_POLICIES)),
        connector=_connector(top),
        expect=_expect(top),
    )
    top.finish()
    return scenario


def _name(top: Section) -> str:
    name = top.text("name", top.file.stem)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        top.wrong("name", f"{name!r} is not valid; expected lower-case letters, digits and hyphens, for example 'month-end'")
    return name


def _same(names: Mapping[str, object] | tuple[str, ...]) -> dict[str, str]:
    return {name: name for name in names}


def _all_or(chosen: tuple[str, ...], everything: tuple[str, ...]) -> tuple[str, ...]:
    """An absent or empty list means all; the order is the catalogue's, whatever the file's."""
    return tuple(name for name in everything if name in chosen) if chosen else everything


def _systems(top: Section, catalog: Catalog) -> tuple[str, ...]:
    """Which of the optional systems the world has, in the order of the catalogue."""
    optional = tuple(entry.id for entry in catalog.systems.values() if entry.optional)
    chosen = top.texts("systems", known=_same(optional), what="optional system")
    return tuple(system for system in optional if system in chosen)


def _faults(section: Section, catalog: Catalog) -> tuple[str, ...]:
    """Everything, or what include and families name together, without what exclude names. Faults are named by id or by name."""
    known = {fault.id: fault.id for fault in catalog.faults.values()} | {fault.name: fault.id for fault in catalog.faults.values()}
    families = dict.fromkeys(fault.family for fault in catalog.faults.values())
    include = section.texts("include", known=known, what="fault")
    exclude = section.texts("exclude", known=known, what="fault")
    of_families = section.texts("families", known=_same(tuple(families)), what="fault family")
    none = section.flag("none", False)
    section.finish()
    if none and (include or of_families):
        section.wrong("none", "is true, so include and families cannot name faults")
    if none:
        return ()
    chosen = [fault.id for fault in catalog.faults.values() if fault.id in include or fault.family in of_families]
    return tuple(fault for fault in chosen or (() if include or of_families else catalog.faults) if fault not in exclude)


def _volume(section: Section) -> Volume:
    default = Volume()
    volume = Volume(
        baseline=section.integer("baseline", default.baseline, least=1, most=1000),
        repeats=section.integer("repeats", default.repeats, least=1, most=1000),
        controls=section.number("controls", default.controls, least=0.1, most=0.5),
        density=section.number("density", default.density, least=0.01, most=1.0),
        per_window=section.integer("per_window", default.per_window, least=1, most=1000),
        kill_recovery=section.flag("kill_recovery", default.kill_recovery),
        drift_recovery=section.flag("drift_recovery", default.drift_recovery),
    )
    section.finish()
    return volume


def _waits(section: Section) -> Waits:
    default = Waits()
    lengths = {
        field.name: section.integer(field.name, getattr(default, field.name), least=min(1, getattr(default, field.name)), most=600_000)
        for field in dataclasses.fields(Waits)
        if field.name != "webhook_schedule_ms"
    }
    schedule = section.integers("webhook_schedule_ms", default.webhook_schedule_ms, least=0, most=3_600_000)
    waits = Waits(webhook_schedule_ms=schedule, **lengths)
    section.finish()
    return waits


def _limits(section: Section) -> Limits:
    default = Limits()
    limits = Limits(
        settle_s=section.number("settle_s", default.settle_s, least=0.1, most=3600),
        quiesce_s=section.number("quiesce_s", default.quiesce_s, least=0.1, most=3600),
        redrive_s=section.number("redrive_s", default.redrive_s, least=0.1, most=3600),
        attempts=section.integer("attempts", default.attempts, least=1, most=1000),
        frontier_ms=section.integer("frontier_ms", default.frontier_ms, least=10, most=600_000),
        kill_rounds=section.integer("kill_rounds", default.kill_rounds, least=0, most=100),
        discovery_rounds=section.integer("discovery_rounds", default.discovery_rounds, least=0, most=10),
        solo=section.integer("solo", default.solo, least=0, most=20),
        solo_repeats=section.integer("solo_repeats", default.solo_repeats, least=1, most=100),
    )
    section.finish()
    return limits


def _business(section: Section) -> Business:
    default = Business()
    start = _instant(section, "start", section.text("start", default.start))
    waves = tuple(_instant(section, "waves", text) for text in section.texts("waves"))
    business = Business(start, waves)
    for before, after in pairwise(business.moments):
        if after <= before:
            section.wrong("waves", f"{after.isoformat()} is not after {before.isoformat()}; the business clock only goes forward")
    section.finish()
    return business


def _tokens(section: Section) -> Tokens:
    default = Tokens()
    tokens = Tokens(
        ttl_s=section.integer("ttl_s", default.ttl_s, least=1, most=86_400),
        refresh=section.flag("refresh", default.refresh),
    )
    section.finish()
    return tokens


def _lists(section: Section) -> Lists:
    lists = Lists(grain_ms=section.integer("grain_ms", Lists().grain_ms, least=0, most=60_000))
    section.finish()
    return lists


def _questions(section: Section) -> Questions:
    chosen = section.text("on_no_answer", Questions().on_no_answer, choices=get_args(OnNoAnswer))
    section.finish()
    return Questions(cast("OnNoAnswer", chosen))


def _instant(section: Section, key: str, text: str) -> str:
    """An ISO 8601 instant in UTC, of this century."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 <= moment.astimezone(UTC).year < 2100:
        section.wrong(key, f"{text!r} is not valid; expected an instant with a zone, in quotes, for example '2026-10-31T22:59:58Z'")
    return moment.astimezone(UTC).isoformat()


def _connector(top: Section) -> Path | None:
    """A manifest beside the scenario file, or anywhere from the folder in which dryclose runs."""
    text = top.optional_text("connector")
    if text is None:
        return None
    candidates = [top.file.parent / text, Path(text)]
    for candidate in candidates:
        if candidate.is_file():
            return candidate.resolve()
    raise ConfigError(top.where("connector"), f"connector: there is no file {text!r}; looked at {' and '.join(map(str, candidates))}")


def _expect(top: Section) -> Expect | None:
    top.asked.add("expect")
    if not top.has("expect"):
        return None
    section = top.section("expect")
    if not section.has("exit_code"):
        raise ConfigError(top.where("expect"), f"expect: exit_code is missing; expected one of {', '.join(map(str, EXIT_CODES))}")
    expect = Expect(
        exit_code=section.integer("exit_code", 0, least=min(EXIT_CODES), most=max(EXIT_CODES)),
        invariants=section.texts("invariants", known=_same(known_invariants()), what="invariant"),
    )
    section.finish()
    return expect
