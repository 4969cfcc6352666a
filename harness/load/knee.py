"""`dryclose load --find-knee`: one world, one connector, probe after probe at a constant rate."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from harness.load.documents import documents, senders_needed
from harness.load.drive import Drive, Driven
from harness.load.facts import Facts, Journey, read_facts
from harness.load.figures import series, waiting_at
from harness.load.hosted import HostedGround
from harness.load.limits import Held, limits_held, missed_texts, saturation, untested_texts
from harness.load.options import LoadOptions
from harness.load.places import crew_of, make_folder
from harness.load.profile import Profile, Shape
from harness.load.search import Probe, Search
from harness.stage.final import close_books
from harness.stage.pacing import until
from harness.stage.setup import Setup

WAITING_SHARE = 0.1  # of a probe's documents, at its end: more means that the backlog grows
WAITING_FLOOR = 3
DRAIN_TICK_S = 0.1


@dataclass(frozen=True, slots=True)
class Found:
    """The search, and the loads of its probes by wave."""

    search: Search
    driven: dict[str, Driven]
    best: str  # wave of the highest rate that held, else of the last probe


async def find_knee(ground: HostedGround, setup: Setup, options: LoadOptions, profile: Profile) -> Found:
    """Probe until the search ends; then the end of a run. bounds.max_duration_s is the time of all probes together."""
    profile = replace(profile, flows=setup.flows)
    search, driven, waves = Search(profile.knee), dict[str, Driven](), dict[float, str]()
    ends, first = monotonic() + profile.bounds.max_duration_s, 0
    while (rate := search.next_rate()) is not None:
        wave = f"knee-{len(driven) + 1}"
        driven[wave] = await _probe(ground, setup, options, at_rate(profile, rate), wave=wave, first=first, ends=ends)
        first += len(driven[wave].documents)
        facts = await asyncio.to_thread(_facts, setup, driven[wave], ground)
        search.tell(judged(rate, profile, driven[wave], facts))
        waves[rate] = wave
        ground.session.progress.say(
            f"{rate:g} documents a second: {'; '.join((*search.probes[-1].broke, *search.probes[-1].doubts)) or 'held'}"
        )
        if search.next_rate() is not None or monotonic() >= ends:  # a probe that time cut short may look like the end of the search
            search.ended = await _cannot_go_on(ground, profile, ends)
    await close_books(ground.session)
    best = search.sustained or search.probes[-1]
    return Found(search, driven, waves[best.rate_per_s])


def at_rate(profile: Profile, rate: float) -> Profile:
    """The same profile as a flat load at this rate, without maintenance."""
    count = max(1, min(profile.bounds.max_documents, round(rate * profile.knee.probe_s)))
    volume = replace(profile.volume, documents=count, duration_s=count / rate)
    return replace(profile, volume=volume, shape=Shape(kind="flat"), maintenance=None)


async def _probe(
    ground: HostedGround, setup: Setup, options: LoadOptions, profile: Profile, *, wave: str, first: int, ends: float
) -> Driven:
    session = ground.session
    work = documents(profile, setup.flows, session.world.company, setup.seed, wave=wave, first=first)
    ground.expect(wave, work)
    folder: Path = make_folder(setup.directory.path, wave)
    with session.progress.phase(wave) as phase:
        drive = Drive(ground, profile, setup.catalog, folder, phase.show)
        driven = await drive.play(wave, work, crew_of(options, senders_needed(work)), until=ends)
        await _drained(ground, min(profile.limits.drain_s, ends - monotonic()))
    return driven


async def _cannot_go_on(ground: HostedGround, profile: Profile, ends: float) -> str:
    """Why there is no further probe. One that begins while documents of the last are still worked off would measure both."""
    drained = await _drained(ground, min(profile.bounds.settle_s, ends - monotonic()))
    if monotonic() >= ends:
        return f"time was up: bounds.max_duration_s is {profile.bounds.max_duration_s:g} s for all probes together"
    waiting = len(ground.session.register.open)
    return "" if drained else f"{waiting} documents were still open {profile.bounds.settle_s:g} s after the last probe"


async def _drained(ground: HostedGround, limit_s: float) -> bool:
    return await until(lambda: _settled(ground), limit_s, DRAIN_TICK_S)


def _settled(ground: HostedGround) -> bool:
    ground.session.refresh()
    return not ground.session.register.open


def _facts(setup: Setup, driven: Driven, ground: HostedGround) -> Facts:
    ground.session.world.recorder.flush()
    return read_facts(setup.directory.path, setup.catalog, {driven.wave: driven.phase_at_s}, driven.wave)


def judged(rate: float, profile: Profile, driven: Driven, facts: Facts) -> Probe:
    """Whether the rate held: every limit, and no growing backlog."""
    curves = {"series": series(driven, facts.journeys), "maintenance": None}
    held = limits_held(profile, facts.journeys, driven.clicks, None, curves)
    held.append(_growing(driven, facts.journeys))
    _, doubts = saturation(profile.saturation, driven)
    broke = missed_texts(held)
    # A rate at which nothing gets through breaks a limit; that p95 of nothing is not known is no doubt about this.
    return Probe(rate, tuple(broke), tuple(doubts if broke else [*doubts, *untested_texts(held)]))


def _growing(driven: Driven, journeys: tuple[Journey, ...]) -> Held:
    """What waits when the last document is approved must not be a good part of all there were."""
    ends = max((one.approved_s for one in journeys), default=0.0)
    limit = max(WAITING_FLOOR, round(WAITING_SHARE * len(driven.documents)))
    waiting = waiting_at(journeys, ends)
    return Held("documents waiting at the end of the probe", limit, waiting, "documents", waiting <= limit)
