"""Faults at calls that carry no transaction: documents wait for a list or a token, and the call that would bring it goes wrong."""

from collections.abc import Sequence

from harness.plan.model import Wave, Window
from harness.run.cast import Cast
from harness.run.waves import drain
from harness.run.windows import at_once
from harness.stage.pacing import together, until
from harness.stage.progress import Phase
from harness.stage.session import Session

POLLS = 3  # readings of a list within which its fault has to come
AT_LEAST_S = 3.0


def is_shared(session: Session, wave: Wave) -> bool:
    """Whether the wave is about such a call."""
    return wave.window is not None and session.catalog.call_point(wave.window.target) is not None


def is_token(session: Session, wave: Wave) -> bool:
    """Whether that call is for a token: everything needs one, so nothing else can be played beside it."""
    point = session.catalog.call_point(wave.window.target) if wave.window else None
    return point is not None and point.kind == "token"


async def play_shared(cast: Cast, waves: Sequence[Wave], name: str, *, beside: bool = False) -> None:
    """Wave after wave at each of the calls, the calls beside each other, because one list says nothing about another.
    beside: other waves are on, so the phase is theirs."""
    session = cast.session
    if not waves:
        return
    by_target: dict[str, list[Wave]] = {}
    for wave in waves:
        assert wave.window is not None
        by_target.setdefault(wave.window.target, []).append(wave)
    if not beside:
        session.world.set_phase(name)
    with session.progress.phase(name, live=not beside) as phase:
        await together(*(_one_after_another(cast, group, phase) for group in by_target.values()))
        slow_s = max(AT_LEAST_S, POLLS * session.manifest.poll_interval_s)  # their events are lost, so they wait for a list all the same
        await drain(session, [experiment for wave in waves for experiment in wave.experiments], phase, slow_s=slow_s)
    session.save_plan()


async def _one_after_another(cast: Cast, waves: Sequence[Wave], phase: Phase) -> None:
    for number, wave in enumerate(waves, start=1):
        assert wave.window is not None
        phase.show(f"{wave.window.target}: {number} of {len(waves)} faults")
        await _play(cast, wave, wave.window)


async def _play(cast: Cast, wave: Wave, window: Window) -> None:
    """The documents become due, then the fault is put before the call that would bring them, or what they need."""
    session = cast.session
    waiting = at_once(cast, wave.experiments)  # nobody reads the list between the first of them and the fault
    ours = [experiment.txn_id for experiment in wave.experiments]
    armed = session.world.arm_shared(window.target, window.fault_id, window.mode, ours)
    if is_token(session, wave):
        session.world.set_phase(wave.name)  # an episode of its own: a token that is refused in it was good in the one before
        session.world.end_tokens()
    shared = session.world.shared
    is_told = is_token(session, wave) and bool(session.manifest.paths.webhook)  # then nothing waits for a poll
    limit_s = AT_LEAST_S if is_told else max(AT_LEAST_S, POLLS * session.manifest.poll_interval_s)
    try:
        await together(*waiting)
        await until(lambda: shared.next(window.target) is not armed, limit_s)
    finally:  # also when the run is given up: nobody else is to meet it
        is_left = shared.withdraw(armed)
    if is_left:
        return
    served = shared.times_served(window.target)
    await until(lambda: _through(session, ours) or (not is_token(session, wave) and shared.times_served(window.target) > served), limit_s)


def _through(session: Session, txn_ids: Sequence[str]) -> bool:
    return all(session.world.settled(txn_id) is not None for txn_id in txn_ids)
