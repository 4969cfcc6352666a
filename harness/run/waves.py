"""Playing a wave: transactions arrive as fast as the connector settles them, then the wave waits for its tail."""

import asyncio
from collections.abc import Sequence
from time import monotonic

from harness.plan.model import Experiment, Wave
from harness.run.cast import Cast
from harness.stage.patience import asked_to_wait, patience_s, settle_limit_s
from harness.stage.progress import Phase
from harness.stage.quiescence import Watch
from harness.stage.session import Session

TICK_S = 0.01
IN_FLIGHT_PER_WORKER = 4  # the connector's own queue stays short, yet no worker of it waits for an arrival
IN_FLIGHT_MIN = 16
VAIN_WAITS = 2
TAIL_SHARE = 0.15  # below the density that a scenario allows by default, so that two families together stay near it


async def play(cast: Cast, *waves: Wave) -> None:
    """Waves one after another. A wave begins when most of the one before is over: what is left of that one mostly waits, for a
    Retry-After or a timeout, and its share of the traffic is small. The last wave ends when all of them are over."""
    session = cast.session
    began = monotonic()
    for wave in waves:
        enter(cast, wave)
        with session.progress.phase(wave.name) as phase:
            wave_began = monotonic()
            await arrive(cast, wave.experiments, phase)
            await drain(session, wave.experiments, phase, tail=0.0 if wave is waves[-1] else TAIL_SHARE)
            session.rates[wave.name] = (len(wave.experiments), monotonic() - wave_began)
    if len(waves) > 1:
        with session.progress.phase("stragglers") as phase:
            await drain(session, [experiment for wave in waves for experiment in wave.experiments], phase)
    session.played.append((sum(len(wave.experiments) for wave in waves), monotonic() - began))
    session.save_plan()


def enter(cast: Cast, wave: Wave) -> None:
    """What is handed in on the eve is; then the wave's phase and day begin."""
    for experiment in wave.experiments:
        if experiment.eve:
            cast.prepare(experiment)
    cast.session.enter(wave)


class StuckError(Exception):
    """The connector does not get on with anything any more; what is not played yet would only wait."""


async def arrive(cast: Cast, experiments: Sequence[Experiment], phase: Phase | None = None) -> None:
    """Start every experiment in order, never more at once than the connector works on. Those with a play of their own go on beside.
    Raises StuckError when room was waited for in vain twice, and nothing was settled in between."""
    session = cast.session
    limit = max(IN_FLIGHT_MIN, IN_FLIGHT_PER_WORKER * session.manifest.concurrency)
    in_vain, settled = 0, -1
    async with asyncio.TaskGroup() as plays:
        for number, experiment in enumerate(experiments, start=1):
            if not await _room(session, limit, experiments):
                in_vain, settled = (in_vain + 1 if settled == len(session.register.settled) else 1), len(session.register.settled)
            if in_vain == VAIN_WAITS:
                break
            later = cast.begin(experiment)
            if later is not None:
                plays.create_task(later)
            if phase is not None and number % 10 == 0:
                phase.show(_counts(session, experiments, number))
            await asyncio.sleep(0)
    if in_vain == VAIN_WAITS:
        raise StuckError(f"of {limit} documents and of {limit} more not one was settled or parked")


async def play_elders(cast: Cast, wave: Wave, phase: Phase | None = None) -> None:
    """To their end, before a fault of the whole run or a kill can meet them: what grows out of their documents finds them there."""
    if wave.elders:
        await arrive(cast, wave.elders, phase)
        await drain(cast.session, wave.elders, phase)


async def _room(session: Session, limit: int, experiments: Sequence[Experiment]) -> bool:
    """Wait until one more transaction may be open; a connector that loses everything still meets every plan. Whether it became so."""
    if session.in_flight(session.now()) < limit:
        return True
    watch = Watch(session, patience_s(session, experiments))
    deadline = session.now() + settle_limit_s(session)
    while session.in_flight(session.now()) >= limit:
        await asyncio.sleep(TICK_S)
        session.refresh()
        if session.now() > deadline or await watch.nothing_moves():
            session.register.left_behind.update(session.register.open)
            watch.gave_up()
            return False
    return True


async def drain(
    session: Session,
    experiments: Sequence[Experiment],
    phase: Phase | None = None,
    *,
    still_s: float | None = None,
    tail: float = 0.0,
    slow_s: float = 0.0,
) -> None:
    """Wait until these have settled or are parked, nothing moves any more (for `still_s`), or the scenario's limit has passed.

    tail: the share of them that may still be open, beside those who only wait as they were asked to; slow_s: how long even those are
    waited for whose fault meets every attempt.
    """
    watch = Watch(session, still_s if still_s is not None else patience_s(session, experiments))
    slow_until = session.now() + slow_s
    deadline = session.now() + settle_limit_s(session)
    while True:
        session.refresh()
        still_open = session.open_among(experiments)
        if phase is not None:
            phase.show(_counts(session, experiments, len(experiments)))
        patient = session.now() < slow_until
        waiting = [e for e in still_open if session.waited_for(e) or (patient and session.slow_by_plan(e))]
        waited_for = len(waiting)
        if tail and waited_for and sum(1 for e in waiting if not asked_to_wait(session, e)) <= tail * len(experiments):
            return
        if not waited_for:
            break
        if session.now() > deadline or await watch.nothing_moves():
            watch.gave_up()
            break
        await asyncio.sleep(2 * TICK_S)
    session.register.left_behind.update(experiment.txn_id for experiment in session.open_among(experiments))


def _counts(session: Session, experiments: Sequence[Experiment], started: int) -> str:
    settled = sum(1 for experiment in experiments if experiment.txn_id in session.register.settled)
    faulted = sum(1 for experiment in experiments if experiment.steps or experiment.window)
    return f"{settled} settled of {started} started, {len(experiments)} planned ({faulted} with a fault)"
