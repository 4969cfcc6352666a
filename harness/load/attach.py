"""`dryclose load --attach`: the same load and the same judge as on a world of our own."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from contracts.catalog import load_catalog
from harness.errors import UsageError
from harness.load.attached import AttachedGround, Door, attached, door
from harness.load.documents import PlannedDocument, documents, senders_needed
from harness.load.drive import Drive, Driven
from harness.load.hosted import scenario_of
from harness.load.options import LoadOptions
from harness.load.places import crew_of, make_folder
from harness.load.play import finish
from harness.load.profile import Profile, load_profile
from harness.load.pulse import Pulse
from harness.manifest import Manifest, Paths
from harness.plan.model import Plan, Wave
from harness.stage.interrupt import or_interrupted
from harness.stage.progress import Progress, new_progress
from harness.stage.quiescence import STUCK_S_MIN
from harness.stage.setup import Setup, new_run
from harness.stage.teardown import or_given_up
from mocks.company import generate

TICK_S = 0.2
STILL_S = 15.0  # nothing more was confirmed for so long
CALM_S = 1.0  # what was approved last may still be on its way into the copy
QUIET_S = 0.5


async def load_attached(options: LoadOptions) -> int:
    """The exit code (0, 1, 2, 130). Raises UsageError before anything was sent."""
    if options.find_knee:
        raise UsageError("--find-knee cannot be used with --attach: the search needs a world of its own")
    way = door(options.attach)
    catalog = load_catalog()
    profile = load_profile(options.profile, catalog)
    progress = new_progress(quiet=options.quiet)
    connector = Manifest(path=Path("attached"), name="attached connector", flows=tuple(catalog.flows), paths=Paths(webhook=None))
    setup = new_run(catalog, scenario_of(profile), connector, seed=options.seed, out=options.out)
    for line in setup.lines():
        progress.say(line)
    return await or_interrupted(_loaded(setup, way, options, profile, progress))


async def _loaded(setup: Setup, way: Door, options: LoadOptions, profile: Profile, progress: Progress) -> int:
    with or_given_up(setup, progress):
        async with attached(way, setup.directory.history) as ground:
            async with ground.watching():
                driven = await _play(ground, setup, options, profile, progress)
            ground.close_copy()
        return finish(setup, profile, replace(driven, lags=lags_of(ground.lags, driven)), progress)


def lags_of(lags: Sequence[tuple[float, float]], driven: Driven) -> tuple[tuple[float, float], ...]:
    """From the first to the last click: a world that only waits is no slower for it, and would hide the seconds in which it was."""
    last = max((click.done_s for click in driven.clicks), default=0.0)
    return tuple((round(at - driven.begun, 3), round(ms, 2)) for at, ms in lags if 0 <= at - driven.begun <= last)


async def _play(ground: AttachedGround, setup: Setup, options: LoadOptions, profile: Profile, progress: Progress) -> Driven:
    company, wave = generate(int(ground.people["seed"])), f"load-{setup.run_id}"
    setup.directory.update_manifest(copied_from={name: ground.people[name] for name in ("run_id", "seed")})
    company.write_mappings(setup.directory.mappings)
    setup.directory.keep_truth()
    # Numbers go on from the history's: a world may be loaded more than once, and a transaction is opened once.
    work = documents(profile, setup.flows, company, setup.seed, wave=wave, first=ground.seq % 900_000)
    folder = make_folder(setup.directory.path)
    with progress.phase(wave) as phase:
        drive = Drive(ground, profile, setup.catalog, folder, phase.show)
        driven = await drive.play(wave, work, crew_of(options, senders_needed(work)))
    await _settle(ground, setup, profile, progress)
    setup.directory.write_plan(_plan(wave, work), {})
    return driven


async def _settle(ground: AttachedGround, setup: Setup, profile: Profile, progress: Progress) -> None:
    """Until every document is confirmed, or nothing more happens; then the end of a run as far as the control port goes."""
    with progress.phase("quiesce") as phase:
        end = await _wait(Pulse(ground.history, setup.catalog, from_start=True), profile.bounds.settle_s, phase.show)
    await ground.quiet({"settled": "begin", "stuck": "stuck"}.get(end, "deadline_shrinking"), end)
    if end == "settled":
        await asyncio.sleep(QUIET_S)
        await ground.quiet("end", "")
    await ground.final_views()


async def _wait(pulse: Pulse, limit_s: float, show: Callable[[str], None]) -> str:
    began = changed = monotonic()
    seen = -1
    while True:
        pulse.read()
        now = monotonic()
        if len(pulse.settled) != seen:
            seen, changed = len(pulse.settled), now
        show(f"{pulse.backlog} open")
        end = ending(pulse.backlog, still_s=now - changed, waited_s=now - began, limit_s=limit_s)
        if end:
            return end
        await asyncio.sleep(TICK_S)


def ending(backlog: int, *, still_s: float, waited_s: float, limit_s: float) -> str:
    """Why waiting is over; empty: it is not. still_s: since the last document was confirmed."""
    if not backlog and still_s > CALM_S:
        return "settled"
    if still_s > STILL_S:
        return "stuck"
    if waited_s < limit_s:
        return ""
    return "stuck" if still_s >= STUCK_S_MIN else "deadline"  # at the limit, what does not become less is no progress


def _plan(wave: str, work: list[PlannedDocument]) -> Plan:
    experiments: tuple[Any, ...] = tuple(document.experiment for document in work)
    return Plan(waves=(Wave(wave, "load", experiments),))
