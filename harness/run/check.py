"""`dryclose connector check MANIFEST`: a document of each flow in each entity through a real world, and what the connector made of it."""

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import click

from contracts.catalog import Catalog, Flow, load_catalog
from harness.errors import EXIT_NOT_ENOUGH_EVIDENCE, EXIT_PASS, EXIT_VIOLATION, ConnectorError
from harness.manifest import Manifest, load_manifest
from harness.plan.model import Experiment
from harness.plan.space import unserved_parent
from harness.run import check_calls, check_points
from harness.run.cast import Cast, Paper
from harness.run.check_content import content_findings
from harness.run.check_points import Finding, Journey
from harness.scenario import ENTITIES, load_scenario
from harness.stage.answers import answer_of, decoded, said_in
from harness.stage.interrupt import or_interrupted
from harness.stage.opening import raise_curtain, stage
from harness.stage.options import Network
from harness.stage.pacing import until
from harness.stage.parking import ParkedItem, look_at_parked, parse_parked
from harness.stage.progress import Progress
from harness.stage.quiescence import timers
from harness.stage.session import Session
from harness.stage.setup import Setup, new_run
from harness.stage.watchdog import unless_it_dies

SEED = 1
SETTLE_S = 15.0
AGAIN_S = 1.0  # after the second delivery: time to post it a second time
POLL_WAIT_S = 6.0
TICK_S = 0.05
LOG_LINES = 10
BAD_COPIES = ("forged", "unsigned", "stale")


async def check(manifest: Path, *, network: Network | None = None) -> int:
    """Print the findings; 0 all right, 1 something is wrong, 2 never started or never received anything. Raises ConfigError, UsageError."""
    catalog = load_catalog()
    declared = load_manifest(manifest, catalog)
    with tempfile.TemporaryDirectory(prefix="dryclose-check-") as folder:
        return await or_interrupted(_checked(_setup(declared, catalog, Path(folder)), network or Network(), str(manifest)))


def _setup(manifest: Manifest, catalog: Catalog, folder: Path) -> Setup:
    """A run like any other, so that the judge can read it."""
    scenario = replace(load_scenario("smoke", catalog), faults=(), flows=tuple(catalog.flows), entities=ENTITIES)
    return new_run(catalog, scenario, manifest, seed=SEED, out=folder)


async def _checked(setup: Setup, network: Network, manifest: str) -> int:
    progress = Progress(None, monotonic)
    click.echo(f"connector {setup.manifest.name} ({setup.manifest.path})")
    try:
        async with stage(setup, network, progress) as session:
            began = monotonic()
            await raise_curtain(session)
            click.echo("\n".join(check_points.lines([_started(session, monotonic() - began)])))
            code = await unless_it_dies(session.connector, _look(session, manifest, began))
    except ConnectorError as error:
        click.echo(f"  wrong    {error.message}")
        click.echo("Nothing could be judged (exit code 2).")
        return EXIT_NOT_ENOUGH_EVIDENCE
    if code == EXIT_VIOLATION:
        click.echo(_last_words(setup.directory.connector_log))
    return code


def _started(session: Session, took_s: float) -> Finding:
    how = "was started" if session.manifest.command else "runs"
    return Finding("ok", f"it {how}, and GET {session.manifest.paths.health} answered 200 after {took_s:.1f} s")


async def _look(session: Session, manifest: str, began: float) -> int:
    journeys = await _walk(session)
    findings = [finding for journey in journeys for finding in check_points.journey_findings(journey, _rows(session))]
    declared = [*await _declared_paths(session), await _polling(session, began)]
    findings += [*await _content(session, journeys), *declared]
    for line in (*check_points.lines(findings), *check_calls.lines(_rows(session), journeys)):
        click.echo(line)
    if not check_points.received_anything(_rows(session)):
        target = session.manifest.paths.webhook or "the lists"
        click.echo(f"The connector never received anything (looked at {session.connector.base_url}, {target}): exit code 2.")
        return EXIT_NOT_ENOUGH_EVIDENCE
    click.echo(check_points.summary(findings, manifest))
    return EXIT_VIOLATION if any(finding.status == "wrong" for finding in findings) else EXIT_PASS


# --- one document of each flow -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Trip:
    """One document on its way, and what the connector answered to events about it."""

    experiment: Experiment
    paper: Paper
    bad_copies: dict[str, int | None]
    began: float = 0.0
    ended: float = 0.0


async def _content(session: Session, journeys: Sequence[Journey]) -> list[Finding]:
    """Nothing happens any more: the books are read, and judged by the rules of a verification."""
    session.world.set_phase("final")
    await session.world.flush()
    session.world.final_views()
    return await asyncio.to_thread(content_findings, session.directory.path, session.catalog, journeys)


async def _walk(session: Session) -> list[Journey]:
    cast = Cast(session)
    trips = [await _send(session, cast, experiment) for experiment in _experiments(session)]
    await _wait(session, trips)
    if session.world.events_acked:
        await _send_again(session, trips)
    parked = {item.reference: item for item in (await _parked(session))[0]}
    rows = _rows(session)
    return [_journey(session, trip, rows, parked) for trip in trips]


def _experiments(session: Session) -> list[Experiment]:
    """One document of each flow in each entity: every alternative, currency and tax; before it the one out of which it grows."""
    catalog, flows = session.catalog, session.manifest.flows
    made: list[Experiment] = []
    for flow in (catalog.flows[flow_id] for flow_id in catalog.flows if flow_id in flows):
        if unserved_parent(catalog, flow, flows) is None:
            for entity in session.scenario.entities:
                _add(catalog, made, flow, entity)
    return made


def _add(catalog: Catalog, made: list[Experiment], flow: Flow, entity: str) -> str:
    """Put an experiment of this flow behind its parent; its transaction."""
    parent = _add(catalog, made, catalog.flows[flow.parent], entity) if flow.parent else None
    number = len(made) + 1
    template = f"{flow.id}/{entity}"
    made.append(Experiment(f"check-{number:06d}", flow.id, entity, template, "check", "baseline", number, parent=parent))
    return made[-1].txn_id


async def _send(session: Session, cast: Cast, experiment: Experiment) -> _Trip:
    """Up to the approval; bad copies of its event go out while it still waits for the last one. What nobody approves has no such time."""
    parent = experiment.parent
    if parent is not None:
        await until(lambda: session.world.settled(parent) is not None, SETTLE_S)
    paper = cast.prepare(experiment)
    trip = _Trip(experiment, paper, {})
    if session.manifest.paths.webhook is not None and not paper.actor.is_born_due:
        for deliver in BAD_COPIES if paper.actor.due_event else ():
            trip.bad_copies[deliver] = await _event(session, paper, deliver)
    trip.began = monotonic()
    waiting = cast.finish(paper)
    if waiting is not None:
        await waiting
    return trip


async def _event(session: Session, paper: Paper, deliver: str) -> int | None:
    actor = paper.actor
    assert actor.due_event is not None
    assert actor.event_data is not None
    data = actor.event_data(paper.body, "approved")
    status: int | None = await session.world.send_event(paper.experiment.txn_id, actor.due_event, paper.source_id, data, deliver=deliver)
    return status


async def _wait(session: Session, trips: Sequence[_Trip]) -> None:
    """Until every document is written back or declared parked, or nothing can come any more, or the time is up."""
    limit_s = max(SETTLE_S, 2 * session.manifest.poll_interval_s if session.manifest.paths.webhook is None else 0.0)
    while (waited_s := monotonic() - trips[-1].began) < limit_s:
        session.refresh()
        await look_at_parked(session)
        for trip in trips:
            if trip.experiment.txn_id in session.register.settled and not trip.ended:
                trip.ended = monotonic()
        if all(trip.ended or trip.experiment.txn_id in session.register.parked for trip in trips) or _gave_up(session, waited_s):
            return
        await asyncio.sleep(TICK_S)


def _gave_up(session: Session, waited_s: float) -> bool:
    """Every event was refused to the end of its schedule, and no list was read although it was time."""
    untouched = not session.world.requests_seen and not session.world.events_acked
    return untouched and not timers(session) and waited_s > session.manifest.poll_interval_s


async def _send_again(session: Session, trips: Sequence[_Trip]) -> None:
    """The same fact under another id, when all is done: it must not be posted twice."""
    await asyncio.gather(*(_event(session, trip.paper, "genuine") for trip in trips if trip.paper.actor.due_event))
    await asyncio.sleep(AGAIN_S)


def _journey(session: Session, trip: _Trip, rows: Sequence[Mapping[str, Any]], parked: Mapping[str, ParkedItem]) -> Journey:
    txn_id, point = trip.experiment.txn_id, trip.paper.actor.due_point or ""
    genuine = {
        row["op_id"] for row in rows if row["kind"] == "event_sent" and row.get("txn_id") == txn_id and row["sig_ok"] and row["fresh"]
    }
    acks = [row.get("status") for row in rows if row["kind"] == "event_ack" and row["op_id"] in genuine and row["call_point"] == point]
    item = parked.get(trip.paper.source_id)
    flow = session.catalog.flows[trip.experiment.flow]
    return Journey(
        txn_id=txn_id,
        flow=flow,
        what=f"{session.catalog.documents[flow.source_document].name} {trip.paper.source_id} ({trip.experiment.entity})",
        state=session.register.settled.get(txn_id),
        waited_s=(trip.ended or monotonic()) - trip.began,
        acked=next((status for status in acks if status is not None), None),
        sent=session.manifest.paths.webhook is not None,
        bad_copies=trip.bad_copies,
        parked=item.reason if item is not None else None,
    )


# --- what the manifest declares ------------------------------------------------------------------------------------------------


async def _declared_paths(session: Session) -> list[Finding]:
    paths, manifest = session.manifest.paths, session.manifest
    idle = await _ask(session, "GET", paths.idle) if paths.idle else (None, None)
    redrive = await _ask(session, "POST", paths.redrive) if paths.redrive else (None, None)
    items, problems = await _parked(session)
    return [
        check_points.parked_finding(manifest.parked.by, problems, len(items)),
        check_points.redrive_finding(paths.redrive, redrive[0]),
        check_points.idle_finding(paths.idle, *idle),
    ]


async def _ask(session: Session, method: str, path: str) -> tuple[int | None, Any]:
    """Status and decoded answer (None when it is not JSON) of one call to the connector; status None when there was no answer."""
    body: dict[str, Any] | None = {} if method == "POST" else None
    try:
        async with session.http.request(
            method, session.connector.base_url + path, json=body, headers=dict(session.manifest.headers)
        ) as response:
            try:
                return response.status, await answer_of(response)
            except ValueError:
                return response.status, None
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None, None


async def _parked(session: Session) -> tuple[tuple[ParkedItem, ...], list[str]]:
    """Items, and what is wrong with the declaration."""
    parked = session.manifest.parked
    try:
        if parked.http is not None:
            status, answer = await _ask(session, "GET", parked.http)
            if status != 200:
                return (), [f"GET {parked.http} answered {status if status is not None else 'nothing'}, expected 200"]
        elif parked.file is not None:
            answer = said_in(session.directory.state / parked.file)
        elif parked.command:
            answer = decoded(await session.connector.run_command(parked.command, "parked.command", SETTLE_S))
        else:
            return (), []
    except (ConnectorError, OSError, ValueError) as error:
        return (), [str(error)]
    items, problems = parse_parked(answer)
    return tuple(items), problems


async def _polling(session: Session, began: float) -> Finding:
    """Waits a little for the lists to be read, not longer than a person would."""
    flows = [session.catalog.flows[flow] for flow in session.manifest.flows]
    lists = [point.id for flow in flows for point in flow.call_points if point.kind == "list"]
    interval_s = session.manifest.poll_interval_s
    while True:
        waited_s = monotonic() - began
        finding = check_points.polling_finding(
            _rows(session), lists, waited_s, interval_s, takes_events=session.manifest.paths.webhook is not None
        )
        if finding.status == "ok" or waited_s > min(interval_s + 1.0, POLL_WAIT_S):
            return finding
        await asyncio.sleep(4 * TICK_S)


def _rows(session: Session) -> list[dict[str, Any]]:
    session.world.recorder.flush()
    text = session.directory.history.read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def _last_words(path: Path) -> str:
    """The end of the connector's log; neither secrets nor control sequences ever got into it."""
    tail = path.read_text("utf-8", "replace").splitlines()[-LOG_LINES:] if path.exists() else []
    return "\n".join(["The connector's last words:", *(f"  | {line[:300]}" for line in tail)]) if tail else "The connector wrote no log."
