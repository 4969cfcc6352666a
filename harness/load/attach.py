"""`dryclose load --attach`: the same load and the same judge as on a world of our own."""

import asyncio
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from contracts.catalog import load_catalog
from harness.errors import DrycloseError, UsageError
from harness.load.attached import AttachedGround, Door, attached, door
from harness.load.documents import Document, documents, senders_needed
from harness.load.drive import Drive, Driven
from harness.load.hosted import scenario_of
from harness.load.options import LoadOptions
from harness.load.places import crew_of, make_folder
from harness.load.play import finish
from harness.load.profile import Profile, load_profile
from harness.load.pulse import Pulse
from harness.manifest import Manifest, Paths
from harness.plan.model import Plan, Wave
from harness.run.interrupt import or_interrupted
from harness.run.leave import give_up
from harness.run.progress import Progress, new_progress
from harness.run.setup import Setup, new_run
from mocks.company import generate

TICK_S = 0.2
STILL_S = 15.0  # nothing more was confirmed for so long
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
    try:
        async with attached(way, setup.directory.history) as ground, ground.watching():
            driven = await _play(ground, setup, options, profile, progress)
            ground.close_copy()
        return finish(setup, profile, driven, progress)
    except asyncio.CancelledError:
        give_up(setup, "interrupted", "interrupted by a signal (Ctrl-C or SIGTERM)", progress)
        raise
    except DrycloseError as error:
        give_up(setup, "failed", error.message, progress)
        raise


async def _play(ground: AttachedGround, setup: Setup, options: LoadOptions, profile: Profile, progress: Progress) -> Driven:
    company, wave = generate(int(ground.people["seed"])), f"load-{setup.run_id}"
    company.write_mappings(setup.directory.mappings)
    # Numbers go on from the history's: a world may be loaded more than once, and a transaction is opened once.
    work = documents(profile, setup.flows, company, setup.seed, wave=wave, first=ground.seq % 900_000)
    folder = make_folder(setup.directory.path)
    with progress.phase(wave) as phase:
        drive = Drive(ground, profile, setup.catalog, folder, phase.show)
        driven = await drive.play(wave, work, crew_of(options, senders_needed(work)))
    await _settle(ground, setup, profile, progress)
    setup.directory.write_plan(_plan(wave, work), {})
    lags = tuple((at - driven.begun, ms) for at, ms in ground.lags if at >= driven.begun)
    return replace(driven, lags=lags)


async def _settle(ground: AttachedGround, setup: Setup, profile: Profile, progress: Progress) -> None:
    """Until every document is confirmed, or nothing more happens; then the end of a run as far as the control port goes."""
    pulse = Pulse(ground.history, setup.catalog, from_start=True)
    began = changed = monotonic()
    seen, end = -1, "deadline"
    with progress.phase("quiesce") as phase:
        while monotonic() - began < profile.bounds.max_duration_s:
            pulse.read()
            if len(pulse.settled) != seen:
                seen, changed = len(pulse.settled), monotonic()
            phase.show(f"{pulse.backlog} open")
            if not pulse.backlog and monotonic() - changed > 1.0:
                end = "settled"
                break
            if monotonic() - changed > min(STILL_S, profile.bounds.settle_s):
                end = "stuck"
                break
            await asyncio.sleep(TICK_S)
    await ground.quiet({"settled": "begin", "stuck": "stuck"}.get(end, "deadline_shrinking"), end)
    if end == "settled":
        await asyncio.sleep(QUIET_S)
        await ground.quiet("end", "")
    await ground.final_views()


def _plan(wave: str, work: list[Document]) -> Plan:
    experiments: tuple[Any, ...] = tuple(document.experiment for document in work)
    return Plan(waves=(Wave(wave, "load", experiments),))
