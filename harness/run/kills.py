"""Kill waves by frozen frontier: each transaction waits at its own call point, then one SIGKILL ends the connector under all of them.

A crash after an acknowledgement (F-G4) holds nothing: each such event has a SIGKILL of its own, the moment it is acknowledged.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic

from harness.errors import KillFailed
from harness.plan.model import KILLED, Experiment, Wave
from harness.run.cast import Cast
from harness.run.waves import drain, play_elders
from harness.stage.connector import KILL_ADVICE
from harness.stage.pacing import until
from harness.stage.progress import Phase
from harness.stage.session import Session

AFTER_ACK = "F-G4"
FIRST_HOLD_S = 4.0  # a connector that polls may need a while to notice the first document
HOLD_SHARE = 0.7  # of the connector's own timeout: a hold that outlives it would be a timeout, not a crash
POLLS = 2.5  # of its intervals: a document of which no event tells has to be listed first
ACK_WAIT_S = 1.0
ACK_TICK_S = 0.001
ACK_LATE_S = 0.02  # an acknowledgement seen later than this may be of a document that is long finished: not a crash right after it
BETWEEN_S = 1.0  # the next kill waits so long for the document of the last one, so that one crash is what each of them meets


async def play_kill(cast: Cast, wave: Wave) -> list[Experiment]:
    """One round. Returns the experiments whose point was not reached, for another round."""
    session = cast.session
    session.enter(wave)
    with session.progress.phase(wave.name) as phase:
        began = monotonic()
        await play_elders(cast, wave, phase)
        acked = [experiment for experiment in wave.others if _fault(experiment) == AFTER_ACK]
        unseen = [experiment for experiment in wave.others if experiment.role not in KILLED]
        held = [experiment for experiment in wave.others if experiment not in acked and experiment not in unseen]
        reached = await _freeze_and_kill(cast, wave, held, phase, unseen) if held else set()
        for experiment in acked:
            reached |= await _kill_at_ack(cast, wave, experiment, phase)
        await drain(session, wave.experiments, phase)
        phase.show(f"{len(reached)} of {len(wave.others)} points reached; generation {session.connector.generation}")
        session.rates[wave.name] = (len(wave.experiments), monotonic() - began)
    session.save_plan()
    return [experiment for experiment in wave.others if experiment.txn_id not in reached]


async def _freeze_and_kill(
    cast: Cast, wave: Wave, experiments: Sequence[Experiment], phase: Phase, unseen: Sequence[Experiment]
) -> set[str]:
    """Hold all that will be held, then one kill under all of it, before the connector can hear of the unseen ones. Returns the transactions
    that met what they were to meet."""
    session, world = cast.session, cast.session.world
    await _begin(cast, experiments)
    await _wait_frontier(session, experiments, wave.held)
    phase.show(f"{len(world.held)} of {wave.held} requests held")
    _credit_holds(session)
    reached = {hold.txn_id for hold in world.held} & {experiment.txn_id for experiment in experiments}
    await _begin(cast, unseen)
    reached |= {experiment.txn_id for experiment in unseen}
    await kill_and_restart(session, wave, len(reached))
    return reached


async def _begin(cast: Cast, experiments: Sequence[Experiment]) -> None:
    for experiment in experiments:
        later = cast.begin(experiment)
        if later is not None:
            await later


async def _kill_at_ack(cast: Cast, wave: Wave, experiment: Experiment, phase: Phase) -> set[str]:
    """One event and one kill, at once when it is acknowledged. Returns its transaction, or nothing when there was no fresh answer."""
    session, world = cast.session, cast.session.world
    phase.show(f"{experiment.txn_id}: killed when its event is acknowledged")
    cast.finish(cast.prepare(experiment))
    fresh = await _acked_now(world.acked_then_kill, experiment.txn_id)
    await kill_and_restart(session, wave, int(fresh))
    await until(lambda: world.settled(experiment.txn_id) is not None, BETWEEN_S)
    return {experiment.txn_id} if fresh else set()


async def _acked_now(acked: Sequence[str], txn_id: str) -> bool:
    """Wait for the acknowledgement. Whether it came, and was seen no later than ACK_LATE_S after it."""
    looked = monotonic()
    deadline = looked + ACK_WAIT_S
    while txn_id not in acked:
        looked = monotonic()
        if looked >= deadline:
            return False
        await asyncio.sleep(ACK_TICK_S)
    return monotonic() - looked <= ACK_LATE_S


async def kill_and_restart(session: Session, wave: Wave, reached: int) -> bool:
    """Whether it was killed. A kill that fails proves nothing: its cells are void, and the rest is played with whoever serves on."""
    session.world.kill_moment()
    try:
        await session.connector.kill()
    except KillFailed as failed:
        session.note(f"a kill did not take the connector away: {failed.what}; nothing about crashes is judged. {KILL_ADVICE}")
        session.world.clear_holds()
        await session.connector.go_on()
        return False
    session.world.clear_holds()
    await session.connector.restart()
    session.restarts.append({"wave": wave.name, "generation": session.connector.generation, "points_reached": reached})
    return True


def _credit_holds(session: Session) -> None:
    """What is held when the kill comes has met its fault; the rows are written first, so that nothing stands between answer and kill."""
    for hold in session.world.held:
        experiment = session.register.experiments[hold.txn_id]
        step = next(step for step in experiment.steps if (step.call_point, step.fault_id) == (hold.call_point, hold.fault_id))
        session.world.record(
            "fault_fired",
            op_id=hold.op_id,
            call_point=hold.call_point,
            attempt=step.attempt,
            txn_id=hold.txn_id,
            flow=experiment.flow,
            fault_id=hold.fault_id,
            mode=step.mode,
        )


def _fault(experiment: Experiment) -> str:
    return experiment.steps[-1].fault_id


def _all_settled(session: Session, experiments: Sequence[Experiment]) -> bool:
    """No hold will come any more. One that was undone may still be held: at the call that undoes it."""
    return all(session.world.settled(experiment.txn_id) in {"posted", "refused"} for experiment in experiments)


async def _wait_frontier(session: Session, experiments: Sequence[Experiment], count: int) -> None:
    """Until every hold is there; after the first one no longer than the connector itself would wait."""
    if not count:
        return
    listed = any(session.catalog.faults[s.fault_id].mode(s.mode).deliver == "never" for e in experiments for s in e.steps)
    first_s = max(FIRST_HOLD_S, POLLS * session.manifest.poll_interval_s if listed else 0.0)
    await until(lambda: bool(session.world.held) or _all_settled(session, experiments), first_s)
    limit_s = min(session.scenario.limits.frontier_ms / 1000, HOLD_SHARE * session.manifest.request_timeout_s)
    await session.world.wait_frontier(count, int(limit_s * 1000))
