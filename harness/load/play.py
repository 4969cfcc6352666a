"""`dryclose load` on a world of its own: one load from the first option drawn to the exit code."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from contracts.catalog import load_catalog
from harness.judge import Verdict
from harness.load.documents import documents, senders_needed
from harness.load.drive import Drive, Driven
from harness.load.facts import read_facts
from harness.load.hosted import HostedGround, hosted, load_setup
from harness.load.knee import Found, find_knee
from harness.load.options import LoadOptions
from harness.load.outcome import LoadResult, outcome, with_knee, write
from harness.load.places import crew_of, make_folder
from harness.load.profile import Profile, load_profile
from harness.stage.final import close_books
from harness.stage.interrupt import or_interrupted
from harness.stage.progress import Progress, new_progress
from harness.stage.setup import Setup
from harness.stage.teardown import decided, or_given_up
from harness.stage.watchdog import unless_it_dies
from reports import load_summary, write_ctrf, write_junit, write_report

WAVE = "load"
Body = Callable[[HostedGround, Setup, LoadOptions, Profile], Coroutine[Any, Any, Driven | Found]]


async def load(options: LoadOptions) -> int:
    """Run, measure, judge, store; the exit code (0, 1, 2, 130). Raises DrycloseError after everything was closed."""
    catalog = load_catalog()
    profile = load_profile(options.profile, catalog)
    setup = load_setup(options, profile, catalog)
    progress = new_progress(quiet=options.quiet)
    for line in setup.lines():
        progress.say(line)
    return await or_interrupted(_loaded(setup, options, profile, progress))


async def _loaded(setup: Setup, options: LoadOptions, profile: Profile, progress: Progress) -> int:
    with or_given_up(setup, progress):
        async with hosted(setup, options, profile, progress) as ground:
            body: Body = find_knee if options.find_knee else play
            found = await unless_it_dies(ground.session.connector, body(ground, setup, options, profile))
        return finish(setup, profile, found, progress)


async def play(ground: HostedGround, setup: Setup, options: LoadOptions, profile: Profile) -> Driven:
    """One load, then the end of a run: heal, quiesce, read what is parked, redrive, final reads."""
    session = ground.session
    work = documents(profile, setup.flows, session.world.company, setup.seed, wave=WAVE)
    ground.expect(WAVE, work)
    folder = make_folder(setup.directory.path)
    with session.progress.phase(WAVE) as phase:
        drive = Drive(ground, profile, setup.catalog, folder, phase.show)
        driven = await drive.play(WAVE, work, crew_of(options, senders_needed(work)))
    await close_books(session)
    return driven


def finish(setup: Setup, profile: Profile, found: Driven | Found, progress: Progress) -> int:
    """A load that came to its end: judge, measure, store, show."""
    verdict = judged(setup, progress)
    if isinstance(found, Found):
        result = with_knee(measured(setup, without_window(profile), found.driven, found.best, verdict), found.search, verdict.exit_code)
    else:
        result = measured(setup, profile, {found.wave: found}, found.wave, verdict)
    write(setup.directory.path, result.document)
    show(setup.directory.path, verdict, result)
    return result.exit_code


def without_window(profile: Profile) -> Profile:
    """Probes have no maintenance."""
    return replace(profile, maintenance=None)


def judged(setup: Setup, progress: Progress) -> Verdict:
    """The same judge as after a verification, over the history of the load."""
    with progress.phase("verdict") as phase:
        verdict = decided(setup.directory, setup.catalog)
        phase.show(verdict.verdict)
    return verdict


def measured(setup: Setup, profile: Profile, driven: Mapping[str, Driven], wave: str, verdict: Verdict) -> LoadResult:
    """Figures and limits of one wave. driven: every wave, because each ends where the next begins."""
    facts = read_facts(setup.directory.path, setup.catalog, {name: one.phase_at_s for name, one in driven.items()}, wave)
    return outcome(replace(profile, flows=setup.flows), driven[wave], facts, judged_part(verdict))


def judged_part(verdict: Verdict) -> dict[str, Any]:
    """What load.json says about the judge."""
    return {
        "run_id": verdict.run_id,
        "seed": verdict.seed,
        "connector": verdict.connector,
        "verdict": verdict.verdict,
        "exit_code": verdict.exit_code,
        "reasons": list(verdict.reasons),
    }


def show(run_dir: Path, verdict: Verdict, result: LoadResult) -> None:
    """Everything that shows the result."""
    write_junit(run_dir)
    write_ctrf(run_dir)
    report = write_report(run_dir)
    Console().print(load_summary(result.document, verdict.document(), report=report), markup=False, highlight=False, soft_wrap=True)
