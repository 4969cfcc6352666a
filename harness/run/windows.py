"""Waves with a fault of the run: a system in maintenance or down, a token revoked, a period closed, with traffic inside."""

import asyncio
from collections.abc import Coroutine, Sequence
from time import monotonic
from typing import Any

from contracts.catalog import Catalog
from harness.plan.model import Experiment, Wave, Window
from harness.run.cast import Cast
from harness.run.kills import kill_and_restart
from harness.run.periods import current_period, set_period
from harness.run.waves import arrive, drain, enter, play_elders
from harness.stage.pacing import together, until
from harness.stage.progress import Phase
from harness.stage.session import Session

PERIOD_CLOSED = "F-F3"
TOKEN_REVOKED = "F-B10"  # noqa: S105 (a fault id)
IN_FLIGHT_WAIT_S = 1.0
ASKED_S = 0.01  # questions are on their way
AT_REST_S = 3.0  # longer than a breaker that an outage opened stays open


async def play_window(cast: Cast, *waves: Wave) -> None:
    """Waves that are `apart`: of each a part of its transactions before the fault, the rest inside, all of them settled after it."""
    session, window = cast.session, waves[0].window
    assert window is not None
    for wave in waves:
        enter(cast, wave)
    with session.progress.phase(waves[0].name if len(waves) == 1 else f"run-{window.fault_id}") as phase:
        began = monotonic()
        await together(*(_played(cast, wave, phase) for wave in waves))
        await drain(session, [experiment for wave in waves for experiment in wave.experiments], phase)
        for wave in waves:
            session.rates[wave.name] = (len(wave.experiments), monotonic() - began)
    session.save_plan()


async def _played(cast: Cast, wave: Wave, phase: Phase) -> None:
    session, window = cast.session, wave.window
    assert window is not None
    await play_elders(cast, wave, phase)
    if window.fault_id == TOKEN_REVOKED:
        await _revoked(cast, wave)
    elif window.fault_id == PERIOD_CLOSED:
        await _period_closed(cast, wave, window, phase)
    elif session.catalog.faults[window.fault_id].rotates:
        await _rotated(cast, wave, phase)
    elif starts_again(session, wave):
        await _stopped(cast, wave, window, phase)
    else:
        await _outage(cast, wave, window, phase)


def apart(waves: Sequence[Wave], catalog: Catalog) -> list[tuple[Wave, ...]]:
    """The waves in order of the first of each group; those whose windows cannot meet a document together are one group: the period of one
    company says nothing to a document of another, nor the outage of a system to a flow that never calls it."""
    groups: list[list[Wave]] = []
    for wave in waves:
        group = next((group for group in groups if all(_never_meet(wave, other, catalog) for other in group)), None)
        if group is None:
            groups.append([wave])
        else:
            group.append(wave)
    return [tuple(group) for group in groups]


def _never_meet(one: Wave, other: Wave, catalog: Catalog) -> bool:
    if one.window is None or other.window is None or one.window.fault_id != other.window.fault_id:
        return False
    if one.business or other.business or one.elders or other.elders:  # the clock stands at one moment; elders meet no window at all
        return False
    if one.window.fault_id == PERIOD_CLOSED:
        return True
    return not (_calls(one, other.window.target, catalog) or _calls(other, one.window.target, catalog))


def _calls(wave: Wave, target: str, catalog: Catalog) -> bool:
    """Whether a document of the wave may want something of that system, or of any that is like it."""
    alike = set(catalog.instances(target)) if target in catalog.systems else {target}
    flows = {experiment.flow for experiment in wave.experiments}
    return not flows or any(alike & catalog.needs[flow] for flow in flows)


def starts_again(session: Session, wave: Wave) -> bool:
    """Whether the connector is started again in the wave's window, or behind it where a right one may have stopped for good. That would
    rescue one that merely hangs since something earlier: such a wave comes when all before it was given its time."""
    return wave.window is not None and session.catalog.faults[wave.window.fault_id].starts_again


def before_and_inside(wave: Wave) -> tuple[Sequence[Experiment], Sequence[Experiment]]:
    """Who arrives before the fault, and who inside."""
    first = [experiment for experiment in wave.others if experiment.arrives == "before"]
    return first, [experiment for experiment in wave.others if experiment not in first]


def at_once(cast: Cast, experiments: Sequence[Experiment]) -> list[Coroutine[Any, Any, None]]:
    """They become due in one breath: nobody may be done with the first before the last is there, and before the fault begins. Answers
    what is still to be waited for."""
    for experiment in experiments:
        if experiment.parent is None and experiment.txn_id not in cast.papers:
            cast.prepare(experiment)
    begun = [cast.begin(experiment) for experiment in experiments]
    return [later for later in begun if later is not None]


async def _outage(cast: Cast, wave: Wave, window: Window, phase: Phase) -> None:
    first, second = before_and_inside(wave)
    waiting = at_once(cast, first)
    cast.session.world.begin_window(window.fault_id, window.target)
    if window.target in cast.session.catalog.token_services:
        cast.session.world.end_tokens()  # whoever has one does not notice that no new one is to be had
    try:
        await together(*waiting)
        ends = monotonic() + window.duration_ms / 1000
        await arrive(cast, second, phase)
        await asyncio.sleep(max(0.0, ends - monotonic()))
    finally:
        cast.session.world.end_window(window.fault_id, window.target)


async def _stopped(cast: Cast, wave: Wave, window: Window, phase: Phase) -> None:
    """An outage that its process need not outlive. Whoever ended in it, or does not go on by itself afterwards, is started again, once."""
    session, connector = cast.session, cast.session.connector
    connector.look_away()
    try:
        await _outage(cast, wave, window, phase)
        ended = await connector.revive()
        if not ended:
            await drain(session, wave.experiments, phase)
            ended = await connector.revive()
        waiting = len(session.open_among(wave.experiments))
        if ended:
            session.note(f"{session.manifest.name} ended in {wave.name}, as it may, and was started again behind it")
        elif waiting:
            session.note(
                f"{session.manifest.name} left {waiting} documents of {wave.name} open, as it may, and was killed and started again"
            )
            await kill_and_restart(session, wave, 0)
    finally:  # also when the run is given up in it: whoever dies behind it is missed
        connector.look_again()


async def _revoked(cast: Cast, wave: Wave) -> None:
    """The token goes while requests with it are on their way; once, because a new token that fails too would punish a right connector."""
    world, flows = cast.session.world, cast.session.catalog.flows
    asked = [experiment for experiment in wave.others if flows[experiment.flow].query is not None]
    seen = world.requests_seen
    await together(*at_once(cast, [experiment for experiment in wave.others if experiment not in asked]))
    if len(asked) == len(wave.others):
        await until(lambda: world.requests_seen > seen + 1, AT_REST_S)  # who polls has a token again, whatever was out before
    asking = asyncio.ensure_future(together(*at_once(cast, asked)))
    if len(asked) < len(wave.others):
        await until(lambda: world.requests_seen > seen, IN_FLIGHT_WAIT_S)
    else:
        await asyncio.sleep(ASKED_S)  # who has an answer meets nothing any more
    world.revoke_token()
    await asking


async def _rotated(cast: Cast, wave: Wave, phase: Phase) -> None:
    """Two secrets are good, and the connector goes on with the first; it is started again with the second; the first is retired under
    documents that are there already, and nothing that was got before is worth anything."""
    session, world = cast.session, cast.session.world
    first, second = before_and_inside(wave)
    world.add_secret()
    waiting = at_once(cast, first)
    world.end_tokens()  # whoever has one would not sign in with the first secret any more
    await together(*waiting)
    await drain(session, first, phase)
    session.connector.renew_secret(world.client_secret)
    if not await kill_and_restart(session, wave, 0):
        await arrive(cast, second, phase)  # perhaps it has the first secret only, so that one stays good
        return
    waiting = at_once(cast, second)
    world.retire_secret()
    await together(*waiting)


async def _period_closed(cast: Cast, wave: Wave, window: Window, phase: Phase) -> None:
    """Documents are approved, then the period closes under them; documents of the other half meet a closed one from the start."""
    session = cast.session
    first, second = before_and_inside(wave)
    waiting = at_once(cast, first)
    for experiment in second:
        if experiment.parent is None and cast.is_prepared(experiment):
            cast.set_up(experiment)  # what it grows out of is booked too, and was in time
    period = current_period(session, window.target)
    set_period(session, window.target, period, closed=True)
    try:
        await together(*waiting)
        ends = monotonic() + window.duration_ms / 1000
        await arrive(cast, second, phase)
        await asyncio.sleep(max(0.0, ends - monotonic()))
    finally:
        _credit_period(session, wave, window)
        set_period(session, window.target, period, closed=False)


def _credit_period(session: Session, wave: Wave, window: Window) -> None:
    """Everything of this wave that was not settled before the period closed has met it."""
    open_now = [experiment.txn_id for experiment in wave.experiments if session.world.settled(experiment.txn_id) is None]
    session.world.note_fired(window.fault_id, window.mode, call_point=window.target, txn_ids=open_now)
