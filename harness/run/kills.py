"""Kill waves by frozen frontier: each transaction waits at its own call point, then one SIGKILL ends the connector under all of them."""

from collections.abc import Sequence
from time import monotonic

from harness.plan.model import Experiment, Wave
from harness.run.actors import Cast
from harness.run.pacing import until
from harness.run.progress import Phase
from harness.run.session import Session
from harness.run.waves import drain

AFTER_ACK = "F-G4"
FIRST_HOLD_S = 4.0  # a connector that polls may need a while to notice the first document
HOLD_SHARE = 0.7  # of the connector's own timeout: a hold that outlives it would be a timeout, not a crash
ACK_WAIT_S = 1.0


async def play_kill(cast: Cast, wave: Wave) -> list[Experiment]:
    """One round. Returns the experiments whose point was not reached, for another round."""
    session = cast.session
    session.world.set_phase(wave.name)
    with session.progress.phase(wave.name) as phase:
        began = monotonic()
        reached = await _freeze_and_kill(cast, wave, phase)
        await session.connector.restart()
        session.restarts.append({"wave": wave.name, "generation": session.connector.generation, "points_reached": len(reached)})
        await drain(session, wave.experiments, phase)
        phase.show(f"{len(reached)} of {len(wave.experiments)} points reached by one kill; generation {session.connector.generation}")
        session.rates[wave.name] = (len(wave.experiments), monotonic() - began)
    session.save_plan()
    return [experiment for experiment in wave.experiments if experiment.txn_id not in reached]


async def _freeze_and_kill(cast: Cast, wave: Wave, phase: Phase) -> set[str]:
    session, world = cast.session, cast.session.world
    after_ack = [cast.prepare(experiment) for experiment in wave.experiments if _fault(experiment) == AFTER_ACK]
    for experiment in wave.experiments:
        if _fault(experiment) != AFTER_ACK:
            cast.begin(experiment)
    await _wait_frontier(session, wave.experiments, wave.held)
    phase.show(f"{len(world.held)} of {wave.held} requests held")
    for paper in after_ack:
        cast.finish(paper)
    expected = {paper.experiment.txn_id for paper in after_ack}
    await until(lambda: expected <= set(world.acked_then_kill), ACK_WAIT_S)
    _credit_holds(session)
    reached = {hold.txn_id for hold in world.held} | set(world.acked_then_kill)
    world.kill_moment()
    await session.connector.kill()
    world.clear_holds()
    return reached & {experiment.txn_id for experiment in wave.experiments}


def _credit_holds(session: Session) -> None:
    """What is held when the kill comes has met its fault; the rows are written first, so that nothing stands between answer and kill."""
    for hold in session.world.held:
        experiment = session.books.experiments[hold.txn_id]
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
    await until(lambda: bool(session.world.held) or _all_settled(session, experiments), FIRST_HOLD_S)
    limit_s = min(session.scenario.limits.frontier_ms / 1000, HOLD_SHARE * session.manifest.request_timeout_s)
    await session.world.wait_frontier(count, int(limit_s * 1000))
