"""`dryclose redrive-check`: documents that the connector has to park, healed, and taken up again by its own redrive, in every way."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from contracts.catalog import load_catalog
from harness.errors import EXIT_NOT_ENOUGH_EVIDENCE, EXIT_PASS, EXIT_VIOLATION, ConnectorError
from harness.judge import Verdict
from harness.manifest import Manifest, load_manifest
from harness.plan.model import Plan
from harness.plan.variants import read_variants
from harness.run import redrive_proofs as proofs
from harness.run.cast import Cast, Paper
from harness.run.redrive_plan import redrive_plan
from harness.run.redrive_proofs import Item, Look, Proof
from harness.scenario import load_scenario
from harness.stage.interrupt import or_interrupted
from harness.stage.opening import raise_curtain, stage
from harness.stage.options import RedriveOptions
from harness.stage.parking import declared_parked, record_parked
from harness.stage.progress import Progress, new_progress
from harness.stage.quiescence import quiesce
from harness.stage.redriving import Told, dry_run, redrive_all, redrive_some
from harness.stage.session import Session
from harness.stage.setup import ENGINE_MANIFEST, Setup, new_run
from harness.stage.teardown import or_given_up, store
from harness.stage.watchdog import unless_it_dies
from mocks.company import generate

PARK_S = 30.0
TICK_S = 0.2
COMMAND_TICK_S = 1.0  # a command that lists what is parked is a process each time
ONE, RANGE, TWICE, DRY, ALL, REPEAT, KNOWN, BOOKS = "one", "range", "twice", "dry_run", "all", "repeat", "known", "books"
WHAT = {
    ONE: "one item is redriven, and no other",
    RANGE: "several items are redriven, and no other",
    TWICE: "items that are named twice at the same moment are posted once",
    DRY: "a dry run says what would be redriven, and does nothing",
    ALL: "all items are redriven, told twice at the same moment while their events come again",
    REPEAT: "a redrive of what was posted meanwhile makes nothing",
    KNOWN: "items whose document was there already are told to their source, and not made again",
    BOOKS: "the books, by the rules of a verification",
}

ENDS = {
    EXIT_PASS: "every proof that is offered holds",
    EXIT_VIOLATION: "at least one proof fails",
    EXIT_NOT_ENOUGH_EVIDENCE: "not everything was examined",
}


async def redrive_check(options: RedriveOptions) -> int:
    """0 every proof that is offered holds, 1 one does not, 2 nothing could be proven. Raises UsageError, ConfigError, ConnectorError."""
    return await or_interrupted(_redrive_check(options))


async def _redrive_check(options: RedriveOptions) -> int:
    catalog = load_catalog()
    manifest = load_manifest(options.connector or ENGINE_MANIFEST, catalog)
    _offers_enough(manifest)
    scenario = replace(load_scenario("smoke", catalog), faults=(), require=(), flows=tuple(catalog.flows))
    setup = new_run(catalog, scenario, manifest, seed=options.seed, out=options.out)
    progress = new_progress(quiet=options.quiet)
    for line in setup.lines():
        progress.say(line)
    variants = read_variants(catalog.flows.values(), generate(setup.seed, minted=0).mappings())
    return await _played(setup, redrive_plan(catalog, scenario, setup.flows, variants), options, progress)


def _offers_enough(manifest: Manifest) -> None:
    """Raises ConnectorError when nothing could be shown."""
    if manifest.paths.redrive is None and manifest.redrive.some is None:
        raise ConnectorError(
            f"{manifest.path}: the connector offers no redrive, so nothing was proven. Declare [paths] redrive (all items) or "
            "[redrive] some (these items); see docs/connector-contract.md, Parked items"
        )
    if manifest.parked.by == "nothing":
        raise ConnectorError(
            f"{manifest.path}: nothing tells what is parked, so nothing was proven. Declare [parked] http, file or command; "
            "see docs/connector-contract.md, Parked items"
        )


async def _played(setup: Setup, plan: Plan, options: RedriveOptions, progress: Progress) -> int:
    with or_given_up(setup, progress):
        async with stage(setup, options.network, progress, plan=lambda: plan) as session:
            await raise_curtain(session)
            found = await unless_it_dies(session.connector, _play(session, plan))
            session.save_plan()
        verdict = store(setup, progress)
    if any(one.items for one in found):  # of a connector that parked nothing the books show no redrive
        found.append(_books(verdict))
    _write(setup, found)
    _print(setup, found)
    return proofs.exit_code(found)


def _books(verdict: Verdict) -> Proof:
    """What a verification would have found in the same history."""
    broken = [f"{one['story']} ({one['invariant']})" for one in verdict.violations]
    if not broken and verdict.verdict != "pass":
        return proofs.not_examined(BOOKS, WHAT[BOOKS], verdict.reasons[0] if verdict.reasons else verdict.verdict)
    return Proof(BOOKS, WHAT[BOOKS], "FAIL" if broken else "PASS", troubles=tuple(broken))


def _write(setup: Setup, found: Sequence[Proof]) -> None:
    document = proofs.document(found, run_id=setup.run_id, connector=setup.manifest.name)
    _file(setup).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _file(setup: Setup) -> Path:
    return setup.directory.path / "redrive.json"


def _print(setup: Setup, found: Sequence[Proof]) -> None:
    click.echo(f"redrive of {setup.manifest.name} ({setup.manifest.path})")
    for one in found:
        for line in one.lines():
            click.echo(line)
    code = proofs.exit_code(found)
    click.echo(f"{ENDS[code]} (exit code {code}); {_file(setup)}")


# --- the play ------------------------------------------------------------------------------------------------------------------


async def _play(session: Session, plan: Plan) -> list[Proof]:
    cast = Cast(session)
    events = await _park(cast, plan)
    session.world.set_phase("heal")
    session.world.heal()
    await quiesce(session, "quiesce", session.scenario.limits.quiesce_s)
    items = await _items(session)
    session.save_plan()
    found = await _Play(session, events, items).proofs() if items else [_nothing_parked()]
    session.world.set_phase("final")
    await session.world.flush()
    session.refresh_all()
    session.world.final_views()
    return found


async def _park(cast: Cast, plan: Plan) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Every document is approved; then until each is set aside, or no more will be. How to send its event once more, by transaction."""
    session = cast.session
    events: dict[str, Callable[[], Awaitable[Any]]] = {}
    with session.progress.phase("parking") as phase:
        session.world.set_phase("parking")
        for experiment in plan.experiments:
            paper = cast.prepare(experiment)
            again = _event(session, paper)
            if again is not None:
                events[experiment.txn_id] = again
            later = cast.finish(paper)
            if later is not None:
                await later
        deadline = session.now() + max(PARK_S, 2 * session.manifest.poll_interval_s)
        while session.now() < deadline:
            session.refresh()
            session.register.parked = await declared_parked(session)
            phase.show(f"{len(session.register.parked)} of {len(plan.experiments)} are parked")
            if not session.open_among(plan.experiments):
                break
            await asyncio.sleep(COMMAND_TICK_S if session.manifest.parked.by == "command" else TICK_S)
    return events


def _event(session: Session, paper: Paper) -> Callable[[], Awaitable[Any]] | None:
    """Sends the event of the approval that is about to come, under another id than the system does. None: there is no such event."""
    actor = paper.actor
    if session.manifest.paths.webhook is None or actor.is_born_due or actor.due_event is None or actor.event_data is None:
        return None
    data = actor.event_data(paper.body, "approved")
    return partial(session.world.send_event, paper.experiment.txn_id, actor.due_event, paper.source_id, data, deliver="genuine")


async def _items(session: Session) -> list[Item]:
    """What is declared parked, and may be tried again, after the causes are gone; in the order in which the documents were written."""
    declared = await record_parked(session)
    retryable = {session.register.txn_of(item.reference): item.reference for item in declared if item.retryable is not False}
    made = _look(session).made
    known = session.register.experiments
    return [Item(txn_id, retryable[txn_id], had=made.get(txn_id, 0) > 0) for txn_id in known if txn_id in retryable]


def _nothing_parked() -> Proof:
    why = "no document was declared parked and retryable, although each was refused for good with 422 until the causes were taken away"
    return proofs.not_examined(ALL, WHAT[ALL], why)


def _look(session: Session) -> Look:
    """The books now."""
    session.refresh_all()
    session.world.recorder.flush()
    made: dict[str, int] = {}
    written: dict[str, int] = {}
    for line in session.directory.history.read_text("utf-8").splitlines():
        row = json.loads(line)
        txn_id = row.get("txn_id")
        if row["kind"] == "commit" and txn_id in session.register.experiments:
            flow = session.catalog.flows[session.register.experiments[txn_id].flow]
            is_document = row["effect"] == "create" and row["entity_type"] in flow.target_documents
            made[txn_id] = made.get(txn_id, 0) + is_document
            written[txn_id] = written.get(txn_id, 0) + (row.get("op_id") is not None)
    posted = frozenset(txn_id for txn_id, state in session.register.settled.items() if state == "posted")
    return Look(made, written, posted, session.register.parked)


@dataclass(slots=True)
class _Play:
    """One redrive after another; what an earlier one brought through is the material of the later ones."""

    session: Session
    events: Mapping[str, Callable[[], Awaitable[Any]]]
    items: Sequence[Item]
    done: list[Item] = field(default_factory=list)

    async def proofs(self) -> list[Proof]:
        """Every way in turn. The groups that are named are small, so that something is left for all."""
        named = self.session.manifest.redrive.some is not None
        size = len(self.items) // 4
        one, several, twice = (self.items[:1], self.items[1 : 1 + size], self.items[1 + size : 1 + 2 * size]) if named else ([], [], [])
        rest = [item for item in self.items if item not in (*one, *several, *twice)]
        found = [await self._dry_run()]
        if named:
            found += [await self._some(ONE, one), await self._some(RANGE, several), await self._some(TWICE, twice, times=2)]
        else:
            found += [proofs.not_offered(name, WHAT[name], "[redrive] some") for name in (ONE, RANGE, TWICE)]
        found += [await self._all(rest), await self._repeat()]
        return [*found, self._known()]

    async def _look_after(self, name: str) -> Look:
        """When nothing moves any more."""
        await quiesce(self.session, f"redrive-{name}-quiesce", self.session.scenario.limits.redrive_s)
        self.session.register.parked = await declared_parked(self.session)
        await record_parked(self.session)
        return _look(self.session)

    async def _told(self, name: str, *calls: Callable[[], Awaitable[Told]]) -> tuple[Look, Look, list[str]]:
        """The books before and after these calls, made at the same moment, and what was wrong with the answers."""
        before = _look(self.session)
        self.session.world.set_phase(f"redrive-{name}")
        told = await asyncio.gather(*(call() for call in calls))
        refused = [f"{one.words}, expected 2xx" for one in told if not one.taken]
        return before, await self._look_after(name), list(dict.fromkeys(refused))

    async def _some(self, name: str, items: Sequence[Item], times: int = 1) -> Proof:
        left = proofs.left_for_it(name, WHAT[name], items, self.session.register.parked, len(self.items))
        self.done += items
        if isinstance(left, Proof):
            return left
        references = [item.reference for item in left]
        before, after, refused = await self._told(name, *([lambda: redrive_some(self.session, references)] * times))
        others = [item for item in self.items if item not in self.done]
        troubles = [*refused, *proofs.not_brought_through(left, after), *proofs.disturbed(others, before, after)]
        return proofs.proof(name, WHAT[name], left, troubles)

    async def _all(self, items: Sequence[Item]) -> Proof:
        if self.session.manifest.paths.redrive is None:
            return proofs.not_offered(ALL, WHAT[ALL], "[paths] redrive")
        left = proofs.left_for_it(ALL, WHAT[ALL], items, self.session.register.parked, len(self.items))
        self.done += items
        if isinstance(left, Proof):
            return left
        again = [self.events[item.txn_id]() for item in left if item.txn_id in self.events]
        everything = [lambda: redrive_all(self.session)] * 2
        _, (_, after, refused) = await asyncio.gather(asyncio.gather(*again), self._told(ALL, *everything))
        return proofs.proof(ALL, WHAT[ALL], left, [*refused, *proofs.not_brought_through(left, after)])

    async def _repeat(self) -> Proof:
        """Everything that was brought through is told once more, by name and with all the others."""
        calls: list[Callable[[], Awaitable[Told]]] = []
        references = [item.reference for item in self.done]
        if self.session.manifest.redrive.some is not None and references:
            calls.append(lambda: redrive_some(self.session, references))
        if self.session.manifest.paths.redrive is not None:
            calls.append(lambda: redrive_all(self.session))
        before, after, _ = await self._told(REPEAT, *calls)  # a refusal is an answer too: it says that there is nothing to take up
        return proofs.proof(REPEAT, WHAT[REPEAT], self.done, proofs.made_again(self.done, before, after))

    async def _dry_run(self) -> Proof:
        if self.session.manifest.redrive.dry_run is None:
            return proofs.not_offered(DRY, WHAT[DRY], "[redrive] dry_run")
        references = [item.reference for item in self.items]
        before = _look(self.session)
        self.session.world.set_phase("redrive-dry")
        told = await dry_run(self.session, references)
        after = await self._look_after("dry")
        refused = [] if told.taken else [f"{told.words}, expected 2xx"]
        named = [] if refused else proofs.not_named(references, told.references)
        return proofs.proof(DRY, WHAT[DRY], self.items, [*refused, *named, *proofs.written_to(self.items, before, after)])

    def _known(self) -> Proof:
        known = [item for item in self.done if item.had]
        return proofs.proof(KNOWN, WHAT[KNOWN], known, proofs.not_brought_through(known, _look(self.session)))
