"""A load profile: how many documents, how a close day is compressed, what the systems allow, which limits must hold.

`load_profile(name_or_path, catalog)` reads loadtests/profiles/NAME.yaml or a file of the caller's; a mistake is a ConfigError with
file:line. contracts/schemas/load-profile.schema.json publishes the same rules.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contracts.catalog import Catalog, Flow
from harness.errors import UsageError, did_you_mean
from harness.located import Section, read_yaml
from harness.scenario import ENTITIES

FOLDER = Path(__file__).parents[2] / "loadtests" / "profiles"
KINDS = ("close-day", "flat")
HOURS = 24


@dataclass(frozen=True, slots=True)
class Volume:
    """How much work arrives, and in how much time."""

    documents: int = 100
    duration_s: float = 20.0  # of the compressed day: arrivals of new documents
    shares: Mapping[str, float] = field(default_factory=dict)  # part of the documents by flow; absent: as the flows declare


@dataclass(frozen=True, slots=True)
class Shape:
    """How arrivals spread over the day. Hours are local; the day is compressed into the volume's duration."""

    kind: str = "close-day"  # flat: the same rate all the time
    from_hour: int = 8
    to_hour: int = 19  # exclusive
    deadline_hour: int = 17
    deadline_factor: float = 3.0  # times the mean hour of the played day, itself included


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A window in which the system answers 503 with Retry-After."""

    system: str
    at_hour: float = 17.25  # inside the deadline hour
    lasts_s: float = 3.0  # real seconds


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """What the systems do."""

    rate_limit_per_s: int = 0  # requests of the connector, over all systems; 0: none
    posting_delay_ms: int = 30
    retry_base_ms: int = 100
    webhook_schedule_ms: tuple[int, ...] = (0, 500, 1500, 4000, 8000)


@dataclass(frozen=True, slots=True)
class Limits:
    """What must hold. A missed one makes the exit code 1."""

    p95_ms: Mapping[str, int] = dataclasses.field(default_factory=dict)  # approval to confirmed posting, by flow, outside maintenance
    api_p95_ms: int = 1000  # people's operations, from the scheduled time
    error_share: float = 0.01  # of people's operations
    drain_s: float = 30.0  # after the maintenance window
    backlog: int = 1000  # approved documents that are not confirmed yet


@dataclass(frozen=True, slots=True)
class Saturation:
    """Beyond these the generator or the mock was the bottleneck, and the figures say nothing about the connector."""

    generator_lag_ms: int = 250  # p99
    world_lag_ms: int = 250  # p99, of the world's event loop
    world_cpu: float = 0.97  # of one core, for WORLD_CPU_S seconds in a row
    achieved_share: float = 0.98  # documents begun / documents scheduled


@dataclass(frozen=True, slots=True)
class Bounds:
    """Nothing goes on for ever."""

    max_duration_s: float = 600.0  # from the first document to the last click; of a search: all probes
    max_documents: int = 20_000
    settle_s: float = 60.0  # beside it: after the last click, until everything is confirmed


@dataclass(frozen=True, slots=True)
class Knee:
    """How `--find-knee` looks for the highest sustainable rate."""

    start_per_s: float = 4.0
    factor: float = 1.6
    probe_s: float = 8.0
    probes: int = 8
    precision: float = 0.15  # the search ends when the bounds are this close


@dataclass(frozen=True, slots=True)
class Profile:
    """One resolved profile."""

    name: str
    title: str
    path: Path
    flows: tuple[str, ...]
    entities: tuple[str, ...]
    volume: Volume = Volume()
    shape: Shape = Shape()
    maintenance: Maintenance | None = None
    world: WorldSettings = WorldSettings()
    limits: Limits = dataclasses.field(default_factory=Limits)
    saturation: Saturation = Saturation()
    bounds: Bounds = Bounds()
    knee: Knee = Knee()

    def resolved(self) -> dict[str, object]:
        """As in load.json: everything that was set or defaulted."""
        return {**dataclasses.asdict(self), "path": str(self.path)}


def load_profile(name: str, catalog: Catalog, folder: Path = FOLDER) -> Profile:
    """The profile of this name, or in this file. Raises UsageError (no such profile) and ConfigError (a mistake in it)."""
    top = read_yaml(_find(name, folder))
    profile = _profile(top, catalog)
    top.finish()
    _check(top, profile)
    return profile


def profile_names(folder: Path = FOLDER) -> tuple[str, ...]:
    """The profiles that come with dryclose."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def _find(name: str, folder: Path) -> Path:
    bundled = folder / f"{name}.yaml"
    if bundled.parent == folder and bundled.is_file():
        return bundled
    if "/" in name or name.endswith((".yaml", ".yml")):
        return Path(name)
    raise UsageError(f"there is no load profile {name!r}; {did_you_mean(name, profile_names(folder))}. A path to a .yaml file works too.")


def _profile(top: Section, catalog: Catalog) -> Profile:
    name = top.text("name", top.file.stem)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        top.wrong("name", f"{name!r} is not valid; expected lower-case letters, digits and hyphens, for example 'month-end'")
    return Profile(
        name=name,
        title=top.text("title", ""),
        path=top.file,
        flows=_chosen(top, "flows", tuple(flow.id for flow in _of_a_day(catalog)), "flow"),
        entities=_chosen(top, "entities", ENTITIES, "entity"),
        volume=_volume(top.section("volume"), catalog),
        shape=_shape(top.section("shape")),
        maintenance=_maintenance(top, catalog),
        world=_world(top.section("world")),
        limits=_limits(top.section("limits"), catalog),
        saturation=_saturation(top.section("saturation")),
        bounds=_bounds(top.section("bounds")),
        knee=_knee(top.section("knee")),
    )


def _chosen(top: Section, key: str, everything: tuple[str, ...], what: str) -> tuple[str, ...]:
    """An absent or empty list means all."""
    chosen = top.texts(key, known={name: name for name in everything}, what=what)
    return tuple(name for name in everything if name in chosen) if chosen else everything


def _volume(section: Section, catalog: Catalog) -> Volume:
    default = Volume()
    volume = Volume(
        documents=section.integer("documents", default.documents, least=1, most=200_000),
        duration_s=section.number("duration_s", default.duration_s, least=1, most=3600),
        shares=_shares(section, catalog),
    )
    section.finish()
    return volume


def _of_a_day(catalog: Catalog) -> Sequence[Flow]:
    """Those whose documents people write all day. A record is published now and then, and of each thing there is one; who asks, waits."""
    return [flow for flow in catalog.flows.values() if flow.kind not in ("state", "query")]


def _shares(section: Section, catalog: Catalog) -> dict[str, float]:
    """`<system>_share`: the part of the documents that begin in this source system, where it is one flow that does."""
    found = {}
    for flow in _of_a_day(catalog):
        alone = sum(other.source_system == flow.source_system for other in catalog.flows.values()) == 1
        name = f"{flow.source_system}_share"
        if alone and section.has(name):
            found[flow.id] = section.number(name, 0.0, least=0, most=1)
    return found


def _shape(section: Section) -> Shape:
    default = Shape()
    shape = Shape(
        kind=section.text("kind", default.kind, choices=KINDS),
        from_hour=section.integer("from_hour", default.from_hour, least=0, most=HOURS - 1),
        to_hour=section.integer("to_hour", default.to_hour, least=1, most=HOURS),
        deadline_hour=section.integer("deadline_hour", default.deadline_hour, least=0, most=HOURS - 1),
        deadline_factor=section.number("deadline_factor", default.deadline_factor, least=1, most=20),
    )
    if shape.from_hour >= shape.to_hour:
        section.wrong("to_hour", f"the day ends at {shape.to_hour}, but begins at {shape.from_hour}; expected a later hour")
    if not shape.from_hour <= shape.deadline_hour < shape.to_hour:
        section.wrong("deadline_hour", f"{shape.deadline_hour} is not inside the day from {shape.from_hour} to {shape.to_hour}")
    hours = shape.to_hour - shape.from_hour
    if shape.kind == "close-day" and shape.deadline_factor >= hours:
        section.wrong("deadline_factor", f"no hour of {hours} has {shape.deadline_factor:g} times their mean; expected less than {hours}")
    section.finish()
    return shape


def _maintenance(top: Section, catalog: Catalog) -> Maintenance | None:
    top.asked.add("maintenance")
    if not top.has("maintenance"):
        return None
    section, systems = top.section("maintenance"), tuple(catalog.hosted)
    default = Maintenance(systems[0])
    found = Maintenance(
        system=section.text("system", default.system, choices=systems),
        at_hour=section.number("at_hour", default.at_hour, least=0, most=HOURS),
        lasts_s=section.number("lasts_s", default.lasts_s, least=0.1, most=600),
    )
    section.finish()
    return found


def _world(section: Section) -> WorldSettings:
    default = WorldSettings()
    settings = WorldSettings(
        rate_limit_per_s=section.integer("rate_limit_per_s", default.rate_limit_per_s, least=0, most=100_000),
        posting_delay_ms=section.integer("posting_delay_ms", default.posting_delay_ms, least=1, most=600_000),
        retry_base_ms=section.integer("retry_base_ms", default.retry_base_ms, least=1, most=600_000),
        webhook_schedule_ms=section.integers("webhook_schedule_ms", default.webhook_schedule_ms, least=0, most=3_600_000),
    )
    section.finish()
    return settings


def _limits(section: Section, catalog: Catalog) -> Limits:
    default = Limits()
    limits = Limits(
        p95_ms=_by_flow(section, "p95_ms", catalog),
        api_p95_ms=section.integer("api_p95_ms", default.api_p95_ms, least=1, most=600_000),
        error_share=section.number("error_share", default.error_share, least=0, most=1),
        drain_s=section.number("drain_s", default.drain_s, least=0.1, most=3600),
        backlog=section.integer("backlog", default.backlog, least=1, most=200_000),
    )
    section.finish()
    return limits


def _by_flow(section: Section, key: str, catalog: Catalog) -> dict[str, int]:
    """One number for every flow, or a mapping of flows to theirs. Milliseconds."""
    if not isinstance(section.get(key, {}), dict):
        return dict.fromkeys(catalog.flows, section.integer(key, 0, least=1, most=3_600_000))
    found = section.section(key)
    limits = {flow: found.integer(flow, 0, least=1, most=3_600_000) for flow in catalog.flows if found.has(flow)}
    found.asked.update(catalog.flows)
    found.finish()
    return limits


def _saturation(section: Section) -> Saturation:
    default = Saturation()
    saturation = Saturation(
        generator_lag_ms=section.integer("generator_lag_ms", default.generator_lag_ms, least=1, most=600_000),
        world_lag_ms=section.integer("world_lag_ms", default.world_lag_ms, least=1, most=600_000),
        world_cpu=section.number("world_cpu", default.world_cpu, least=0.1, most=100),
        achieved_share=section.number("achieved_share", default.achieved_share, least=0.1, most=1),
    )
    section.finish()
    return saturation


def _bounds(section: Section) -> Bounds:
    default = Bounds()
    bounds = Bounds(
        max_duration_s=section.number("max_duration_s", default.max_duration_s, least=1, most=7200),
        max_documents=section.integer("max_documents", default.max_documents, least=1, most=200_000),
        settle_s=section.number("settle_s", default.settle_s, least=1, most=3600),
    )
    section.finish()
    return bounds


def _knee(section: Section) -> Knee:
    default = Knee()
    knee = Knee(
        start_per_s=section.number("start_per_s", default.start_per_s, least=0.1, most=10_000),
        factor=section.number("factor", default.factor, least=1.05, most=10),
        probe_s=section.number("probe_s", default.probe_s, least=1, most=600),
        probes=section.integer("probes", default.probes, least=2, most=50),
        precision=section.number("precision", default.precision, least=0.01, most=1),
    )
    section.finish()
    return knee


def _check(top: Section, profile: Profile) -> None:
    """What only shows when the whole file is read."""
    volume, bounds, shape = profile.volume, profile.bounds, profile.shape
    if volume.documents > bounds.max_documents:
        top.section("volume").wrong("documents", f"{volume.documents} is more than bounds.max_documents ({bounds.max_documents})")
    if volume.duration_s >= bounds.max_duration_s:
        top.section("volume").wrong("duration_s", f"{volume.duration_s:g} s is not below bounds.max_duration_s ({bounds.max_duration_s:g})")
    window = profile.maintenance
    if window is not None and not shape.from_hour <= window.at_hour < shape.to_hour:
        top.section("maintenance").wrong("at_hour", f"{window.at_hour:g} is not inside the day from {shape.from_hour} to {shape.to_hour}")
