"""`dryclose replay RUN TXN`: the same plan alone, in a new world with the same seed, a few times. Exits 1 when it happens again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from contracts.catalog import load_catalog
from harness import wall
from harness.errors import EXIT_NOT_ENOUGH_EVIDENCE, EXIT_PASS, EXIT_VIOLATION, ConfigError, RunUnreadable, UsageError, did_you_mean
from harness.judge import Verdict, judge
from harness.judge.guest_rules import GuestRule, kept_rules
from harness.judge.reference import read_run
from harness.manifest import load_manifest
from harness.plan.model import Experiment, Plan, Step, Wave, Window
from harness.run.cast import Cast
from harness.run.phases import baseline_holds
from harness.run.shared import is_shared, play_shared
from harness.run.solo import play_alone
from harness.run.waves import enter, play
from harness.scenario import Scenario
from harness.stage.directory import RunDirectory, new_manifest
from harness.stage.final import close_books
from harness.stage.interrupt import or_interrupted
from harness.stage.opening import raise_curtain, stage
from harness.stage.options import ReplayOptions
from harness.stage.progress import Progress, new_progress
from harness.stage.session import Session
from harness.stage.setup import Setup, connector_document
from harness.stage.teardown import or_given_up, store
from harness.stage.watchdog import unless_it_dies

CONTROLS = 2  # fault-free twins: they show that the connector works here, and what a right end looks like


@dataclass(frozen=True, slots=True)
class Recorded:
    """What RUN says about TXN."""

    manifest: Mapping[str, Any]
    experiment: Experiment
    elders: tuple[Experiment, ...]  # whose documents its own grow out of, eldest first
    violated: tuple[str, ...]  # invariants that it violated
    rules: tuple[GuestRule, ...] = ()  # the user's own that the run was asked
    business: str | None = None  # the business instant at which its wave began; None: the run's start


async def replay(options: ReplayOptions) -> int:
    """0: not violated again; 1: violated again; 2: the fault never fired, or the run ended early. Raises UsageError for a foreign run."""
    return await or_interrupted(_replay(options))


async def _replay(options: ReplayOptions) -> int:
    recorded = read_recorded(options.run, options.txn_id)
    progress = new_progress(quiet=options.quiet)
    setup = _setup(options, recorded)
    progress.say(f"replay of {options.txn_id}: {recorded.experiment.plan_text()}")
    progress.say(f"violated then: {', '.join(recorded.violated) or 'nothing'}  seed {setup.seed}  directory {setup.directory.path}")
    return await _replayed(setup, options, recorded, progress)


def read_recorded(run: Path, txn_id: str) -> Recorded:
    """Raises RunUnreadable (not a run, or damaged) and UsageError (no such transaction in it)."""
    directory = RunDirectory.open(run)
    manifest, plan = directory.read_manifest(), directory.read_plan()
    entries = {str(entry.get("txn_id")): entry for entry in plan.get("experiments", []) if isinstance(entry, dict)}
    if txn_id not in entries:
        known = did_you_mean(txn_id, entries) if len(entries) < 20 else f"it holds {len(entries)}, such as {next(iter(entries))!r}"
        raise UsageError(f"{run}: there is no transaction {txn_id!r} in this run; {known}")
    try:
        names = {fault.id: fault.name for fault in load_catalog().faults.values()}
        *elders, experiment = _line(entries, txn_id, names)
    except (KeyError, TypeError, ValueError) as error:
        raise RunUnreadable(f"{directory.plan}: the entry of {txn_id} is damaged: {error!r}") from None
    violated = sorted({row["invariant"] for row in _violations(directory) if row["txn_id"] == txn_id})
    rules = kept_rules(directory.path, read_run(directory.path).user_rules, load_catalog())
    return Recorded(manifest, experiment, tuple(elders), tuple(violated), rules, _moment_of(plan, experiment.wave))


def _moment_of(plan: Mapping[str, Any], name: str) -> str | None:
    """The last business moment that the plan names up to this wave: documents carry their day, so a replay plays on it too."""
    moment: str | None = None
    for wave in (wave for wave in plan.get("waves", []) if isinstance(wave, dict)):
        moment = wave.get("business") or moment
        if wave.get("name") == name:
            return moment
    return None


def _line(entries: Mapping[str, Mapping[str, Any]], txn_id: str, names: Mapping[str, str]) -> list[Experiment]:
    """The transaction behind its parent, or its twin, and that one's, eldest first. Raises ValueError when they go round in a circle."""
    line: list[Experiment] = []
    following: str | None = txn_id
    while following is not None:
        experiment = experiment_of(entries[following], names)
        if any(one.txn_id == experiment.txn_id for one in line):
            raise ValueError(f"{following} is an ancestor of its own")
        line.insert(0, experiment)
        following = experiment.parent or experiment.twin_of
    return line


def _violations(directory: RunDirectory) -> Iterable[Mapping[str, Any]]:
    """Of the stored verdict; of a fresh one when the run was cut short before it had any."""
    if directory.verdict.is_file():
        try:
            return list(msgspec.json.decode(directory.verdict.read_bytes(), type=dict[str, Any])["violations"])
        except (msgspec.MsgspecError, KeyError, TypeError) as error:
            raise RunUnreadable(f"{directory.verdict}: damaged: {error}") from None
    return judge(directory.path).violations


def experiment_of(entry: Mapping[str, Any], names: Mapping[str, str]) -> Experiment:
    """An experiment from its entry in plan.json. names: the speaking name by fault id."""
    window = entry.get("window")
    return Experiment(
        txn_id=str(entry["txn_id"]),
        flow=str(entry["flow"]),
        entity=str(entry["entity"]),
        template=str(entry["template"]),
        wave=str(entry["wave"]),
        role=entry["role"],
        number=int(entry["number"]),
        steps=tuple(_step(step, names) for step in entry["steps"]),
        minted=entry.get("minted"),
        window=_window(window, names) if window else None,
        arrives=entry.get("arrives"),
        eve=bool(entry.get("eve")),
        typed_as=entry.get("of"),
        amount_of=entry.get("amount_of"),
        parent=entry.get("parent"),
        twin_of=entry.get("twin_of"),
        turn=entry.get("turn"),
    )


def _step(entry: Mapping[str, Any], names: Mapping[str, str]) -> Step:
    return Step(entry["call_point"], int(entry["attempt"]), entry["fault_id"], entry["mode"], names.get(entry["fault_id"], ""))


def _window(entry: Mapping[str, Any], names: Mapping[str, str]) -> Window:
    fault_id = entry["fault_id"]
    return Window(fault_id, entry["mode"], entry["target"], int(entry["duration_ms"]), names.get(fault_id, ""))


def scenario_of(manifest: Mapping[str, Any]) -> Scenario:
    """The resolved scenario of a run. Raises RunUnreadable."""
    try:
        return msgspec.convert(manifest["scenario"], Scenario, dec_hook=lambda kind, value: kind(value))
    except (KeyError, msgspec.ValidationError) as error:
        raise RunUnreadable(f"manifest.json: the scenario of this run cannot be read: {error}") from None


def _setup(options: ReplayOptions, recorded: Recorded) -> Setup:
    catalog = load_catalog()
    try:
        path, seed = Path(recorded.manifest["connector"]["manifest"]), int(recorded.manifest["seed"])
    except (KeyError, TypeError, ValueError) as error:
        raise RunUnreadable(
            f"{options.run}: manifest.json names no connector or no seed ({error!r}); it was not written by this version"
        ) from None
    experiment, scenario = recorded.experiment, scenario_of(recorded.manifest)
    unknown = [step.fault_id for step in experiment.steps if step.fault_id not in catalog.faults]
    if unknown or experiment.flow not in catalog.flows:
        raise ConfigError(str(options.run), f"this version knows no {', '.join(unknown) or experiment.flow}")
    manifest = load_manifest(path, catalog)
    manifest = replace(manifest, flows=manifest.flows or tuple(catalog.flows))
    run_id = wall.draw_run_id()
    directory = RunDirectory.create(options.out or options.run / f"replay-{options.txn_id}")
    setup = Setup(catalog, replace(scenario, require=()), manifest, seed, run_id, directory)
    document = new_manifest(
        run_id=run_id, seed=seed, scenario=setup.scenario.resolved(), connector=connector_document(manifest), started_at=wall.now_iso()
    )
    directory.write_manifest({**document, "drawn_options": {**setup.drawn(), "replay_of": options.txn_id}})
    directory.keep_rules(recorded.rules)
    return setup


async def _replayed(setup: Setup, options: ReplayOptions, recorded: Recorded, progress: Progress) -> int:
    controls, repeats = waves_of(recorded.experiment, options.repeats, recorded.elders)
    repeats = replace(repeats, business=recorded.business)
    plan = Plan(waves=(controls, repeats))
    minted = 1 + max((e.minted or 0 for e in plan.experiments), default=0)
    with or_given_up(setup, progress):
        async with stage(setup, options.network, progress, minted=minted, plan=lambda: plan) as session:
            try:
                await raise_curtain(session)
                await unless_it_dies(session.connector, _play(session, controls, repeats))
            finally:
                session.save_plan()
        return _outcome(recorded, repeats, store(setup, progress))


def waves_of(experiment: Experiment, repeats: int, elders: Sequence[Experiment] = ()) -> tuple[Wave, Wave]:
    """Fault-free twins, and the plan `repeats` times: first as the very same transaction, then under other ids and amounts. All of them
    have its document typed, and each grows out of documents of its own, or is the twin of one, where the first one did and was."""
    line = (*elders, experiment)
    taken = {one.number for one in line}
    numbers = [number for number in range(1, (CONTROLS + repeats + 2) * len(line)) if number not in taken]
    first_minted = 1 + max(one.minted or 0 for one in line)

    def copy(index: int, wave: str) -> list[Experiment]:
        made: list[Experiment] = []
        for place, one in enumerate(line, start=index * len(line)):
            number, prefix = numbers[place], one.txn_id.rpartition("-")[0]
            minted = None if one.minted is None else first_minted + place
            before = made[-1].txn_id if made else None
            if one.twin_of and one.minted is not None:
                minted = made[-1].minted
            named = replace(one, txn_id=f"{prefix}-{number:06d}", number=number, minted=minted, wave=wave, typed_as=one.typed_from)
            made.append(replace(named, parent=before if one.parent else None, twin_of=before if one.twin_of else None))
        return made

    clean: dict[str, Any] = {"role": "baseline", "steps": (), "window": None, "eve": False, "twin_of": None}
    twins = [replace(one, **clean) for n in range(CONTROLS) for one in copy(n, "baseline-1")]
    same = [replace(one, wave="replay") for one in line]
    again = [one for n in range(repeats - 1) for one in copy(CONTROLS + n, "replay")]
    return Wave("baseline-1", "baseline", tuple(twins)), Wave("replay", "singles", (*same, *again))


async def _play(session: Session, controls: Wave, repeats: Wave) -> None:
    cast = Cast(session)
    if await baseline_holds(cast, [controls]):
        enter(cast, repeats)
        window = recorded_window(repeats)
        together = replace(repeats, window=window)
        if is_shared(session, together):  # they wait for one call
            await play_shared(cast, [together], repeats.name)
        for experiment in () if is_shared(session, together) else repeats.experiments:
            if experiment.steps or experiment.window:
                await play_alone(cast, repeats, experiment)
            else:
                await play(cast, replace(repeats, experiments=(experiment,)))
    await close_books(session)


def recorded_window(repeats: Wave) -> Window | None:
    """The fault of the whole run that they meet."""
    return next((e.window for e in repeats.experiments if e.window is not None), None)


def _outcome(recorded: Recorded, repeats: Wave, verdict: Verdict) -> int:
    """The exit code, and on standard output what happened, with the story."""
    console = Console()
    ours = {experiment.txn_id for experiment in repeats.others}
    again = [row for row in verdict.violations if row["txn_id"] in ours]
    same = [row for row in again if row["invariant"] in recorded.violated] if recorded.violated else again
    by_txn = {row["txn_id"]: row for row in verdict.by_experiment if row["txn_id"] in ours}

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    if same:
        times = len({row["txn_id"] for row in same})
        say(f"It happens again, {times} of {len(ours)} times: {', '.join(sorted({row['invariant'] for row in same}))}.")
        for row in first_of_each(same, recorded.experiment.txn_id):
            say(f"  {row['invariant']}  {row['story']}")
        return EXIT_VIOLATION
    if not verdict_is_enough(verdict, by_txn.values()):
        say(f"Not enough evidence: {'; '.join(verdict.reasons) or 'the fault of the plan never fired'}.")
        return EXIT_NOT_ENOUGH_EVIDENCE
    others = sorted({row["invariant"] for row in again})
    besides = f" Other invariants were violated: {', '.join(others)}." if others else ""
    if not recorded.violated:
        say(f"It violated nothing then, and nothing in {len(ours)} tries.{besides}")
        return EXIT_PASS
    say(f"It did not happen again in {len(ours)} tries.{besides}")
    if recorded.experiment.role == "load":
        say("It was part of a load, and these tries had neither the load nor its maintenance: repeat it with `dryclose load` and its seed.")
        return EXIT_NOT_ENOUGH_EVIDENCE
    return EXIT_PASS


def first_of_each(rows: Sequence[Mapping[str, Any]], txn_id: str) -> list[Mapping[str, Any]]:
    """One violation of each invariant, by id; that of the transaction itself where it has one."""
    own_last = sorted(rows, key=lambda row: row["txn_id"] == txn_id)
    by_invariant = {row["invariant"]: row for row in own_last}
    return [by_invariant[name] for name in sorted(by_invariant)]


def verdict_is_enough(verdict: Verdict, repeats: Iterable[Mapping[str, Any]]) -> bool:
    """At least one repeat was judged, and the connector worked without faults."""
    return verdict.verdict in ("pass", "fail") or any(row["verdict"] in ("pass", "fail") for row in repeats)
