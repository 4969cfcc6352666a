"""After healing: wait until nothing moves any more, bounded, then watch a quiet window in which nothing may change."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from harness.run.calm import says_idle, still_for_s, timers
from harness.run.parking import declared_parked, look_at_parked
from harness.run.patience import poll_cycle_s
from harness.run.session import Session

TICK_S = 0.1
QUIET_WINDOW_S = 0.5
POLL_CYCLES = 3
IDLE_ANSWERS = 3  # in a row
STUCK_S_MIN = 4.0

Ending = Literal["idle", "settled", "polled", "stuck", "deadline"]


@dataclass(slots=True)
class Observation:
    """What the last look showed; the decision is made from it alone.

    open: transactions that neither settled nor are declared parked. shrank_s, still_s: seconds since that number fell, and since
    the connector last changed anything. idle_answers: in a row; None when it declares no idle path.
    """

    open: int
    timers: int
    shrank_s: float
    still_s: float
    waited_s: float
    idle_answers: int | None


def ending(seen: Observation, *, poll_interval_s: float, limit_s: float) -> Ending | None:
    """Why waiting is over, or None. An idle connector may still owe a poll for an event that was lost, so it is given two cycles."""
    if not seen.timers:
        if seen.idle_answers is not None and seen.idle_answers >= IDLE_ANSWERS:
            if not seen.open:
                return "idle"
            if min(seen.still_s, seen.waited_s, seen.shrank_s) >= (POLL_CYCLES - 1) * poll_interval_s:
                return "idle"
        if min(seen.still_s, seen.waited_s) >= POLL_CYCLES * poll_interval_s:
            return "polled"
        if seen.idle_answers is None and not seen.open and seen.still_s >= max(1.0, poll_interval_s):
            return "settled"
    # A connector that writes in vain for ever never gets quiet, but at the limit what does not become less is no progress.
    over = seen.waited_s >= limit_s
    since_s = seen.shrank_s if over else min(seen.shrank_s, seen.still_s)
    if seen.open and since_s >= max(STUCK_S_MIN, POLL_CYCLES * poll_interval_s):
        return "stuck"
    return "deadline" if over else None


async def quiesce(session: Session, name: str, limit_s: float) -> Ending:
    """Wait, record how it ended, and watch the quiet window. `name` is the phase."""
    session.world.set_phase(name)
    with session.progress.phase(name) as phase:
        end = await _wait(session, limit_s, phase.show)
        shrinking = end == "deadline"
        state = "begin" if end in ("idle", "settled", "polled") else ("deadline_shrinking" if shrinking else "stuck")
        session.world.record("quiet", state=state, reason=end, detail=_unsettled(session))
        if state == "begin":
            await asyncio.sleep(QUIET_WINDOW_S)
            session.world.record("quiet", state="end")
        phase.show(f"{end}: {len(session.books.settled)} settled, {len(session.books.parked)} parked, {_open(session)} open")
    return end


async def settle_before_kills(session: Session) -> None:
    """Give what must settle by itself its time before the first restart, which would rescue a connector that only hangs.

    Records one `quiet` row, state `before_kill`, whose detail names what the connector declares parked; the judge finds who was stuck.
    """
    session.world.set_phase("before-kill")
    with session.progress.phase("before-kill") as phase:
        end = await _wait(session, session.scenario.limits.quiesce_s, phase.show, _owed) if _owed(session) else "settled"
        parked = await declared_parked(session) if _owed(session) else session.books.parked
        session.world.record("quiet", state="before_kill", reason=end, detail=json.dumps({"parked": sorted(parked)}))
        phase.show(f"{end}: {_owed(session)} that should settle by themselves are still open")


def _owed(session: Session) -> int:
    """Transactions that are open although every one of their faults passes by itself."""
    faults, books = session.catalog.faults, session.books
    waiting = (books.experiments[txn_id] for txn_id in books.open.keys() - books.parked)
    return sum(all(faults[step.fault_id].recoverable for step in experiment.steps) for experiment in waiting)


async def _wait(session: Session, limit_s: float, show: Callable[[str], None], count: Callable[[Session], int] | None = None) -> Ending:
    """Until `count` (default: whoever is open) says that nobody is left, or waiting longer would be for nothing."""
    began = shrank = monotonic()
    least, idle = None, 0 if session.manifest.paths.idle else None
    # Without an idle path only poll cycles tell, and those take their time.
    limit_s = max(limit_s, (POLL_CYCLES + 0.5) * poll_cycle_s(session))
    while True:
        session.refresh_all()
        await look_at_parked(session)
        now, open_now = monotonic(), (count or _open)(session)
        if count is not None and not open_now:
            return "settled"
        if least is None or open_now < least:
            least, shrank = open_now, now
        if idle is not None:
            idle = idle + 1 if await says_idle(session) else 0
        seen = Observation(open_now, timers(session), now - shrank, still_for_s(session), now - began, idle)
        end = ending(seen, poll_interval_s=poll_cycle_s(session), limit_s=limit_s)
        if end is not None:
            return end
        show(f"{open_now} open, {len(session.books.parked)} parked, {seen.timers} timers of the world")
        await asyncio.sleep(TICK_S)


def _open(session: Session) -> int:
    return len(session.books.open.keys() - session.books.parked)


def _unsettled(session: Session) -> str | None:
    """For people: who is still open."""
    names = sorted(session.books.open.keys() - session.books.parked)
    return " ".join(names[:50]) or None
