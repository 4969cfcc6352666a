"""Is anything still moving? The mocks' timers, the connector's own word (idle), and the time since it last changed anything.

In a wave `Watch` tells when waiting for its tail is for nothing. After healing `quiesce` waits until nothing moves any more, bounded,
then watches a quiet window in which nothing may change.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic_ns
from typing import Literal

import aiohttp

from harness.stage.answers import answer_of
from harness.stage.parking import declared_parked, look_at_parked
from harness.stage.patience import poll_cycle_s, poll_s, settle_limit_s
from harness.stage.session import Session

ASK_EVERY_S = 0.2
TICK_S = 0.1
QUIET_WINDOW_S = 0.5
POLL_CYCLES = 3
IDLE_ANSWERS = 3  # in a row
STUCK_S_MIN = 4.0
IN_VAIN_FACTOR = 2  # standing still is plain; that what is tried again comes to nothing takes longer to be sure of, back-off included
BARREN_SHARE = 0.25  # of the limit of a wave's tail: so long nothing was settled
BARREN_S_MIN = 5.0  # where that limit is short
BARREN_WAITS = 2  # waits that ended so, after which others are not longer than that

Ending = Literal["idle", "settled", "polled", "stuck", "deadline"]


async def says_idle(session: Session) -> bool | None:
    """The connector's word; None when it declares no idle path or does not answer it."""
    path = session.manifest.paths.idle
    if path is None:
        return None
    try:
        async with session.http.get(session.connector.base_url + path, headers=dict(session.manifest.headers)) as response:
            answer = await answer_of(response) if response.status == 200 else None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None
    return bool(answer.get("idle")) if isinstance(answer, dict) else None


def timers(session: Session) -> int:
    """Deferred work, deliveries and holds that the world still owes."""
    return sum(session.world.pending().values())


def still_for_s(session: Session) -> float:
    """Seconds since the connector's last state-changing request."""
    return _since_s(session, session.world.last_change_ns)


def in_vain_for_s(session: Session) -> float:
    """The same, where a request that only repeats what came to nothing many times before changes nothing."""
    return _since_s(session, session.world.last_progress_ns)


def _since_s(session: Session, then_ns: int) -> float:
    return (monotonic_ns() - then_ns) / 1e9 - session.world.pulse.stalled_ms(then_ns) / 1000


class Watch:
    """Tells when waiting longer for a wave's tail would be waiting for nothing."""

    def __init__(self, session: Session, patience_s: float) -> None:
        self._session = session
        self._patience_s = patience_s
        self._began = session.now()
        self._asked = 0.0
        self._idle_twice = 0
        self._open = len(session.register.open)
        self._shrank = self._began

    async def nothing_moves(self) -> bool:
        """True when the connector said idle twice with no timer pending and time to poll, nothing new was tried for `patience_s`, or
        nothing was settled for as long as it was waited for in vain more than once."""
        now = self._session.now()
        if len(self._session.register.open) != self._open:
            self._open, self._shrank = len(self._session.register.open), now
        if now - self._asked < ASK_EVERY_S:
            return False
        self._asked = now
        await look_at_parked(self._session)
        if timers(self._session):
            self._idle_twice = 0
            return False
        self._idle_twice = self._idle_twice + 1 if await says_idle(self._session) else 0
        quiet_s = min(now - self._shrank, in_vain_for_s(self._session), now - self._began)
        # A connector that takes no events says idle before its next poll: it cannot know yet.
        if (self._idle_twice >= 2 and quiet_s >= poll_s(self._session)) or quiet_s >= self._patience_s:
            return True
        return self._session.register.barren_waits >= BARREN_WAITS and self._is_barren(now, at_least_s=self._patience_s)

    def gave_up(self) -> None:
        """Whoever waited does so no longer, and what it waited for is still open."""
        self._session.register.barren_waits += self._is_barren(self._session.now())

    def _is_barren(self, now: float, at_least_s: float = 0.0) -> bool:
        return now - self._shrank >= max(at_least_s, BARREN_S_MIN, BARREN_SHARE * settle_limit_s(self._session))


@dataclass(slots=True)
class Observation:
    """What the last look showed; the decision is made from it alone.

    open: transactions that neither settled nor are declared parked. shrank_s, still_s, in_vain_s: seconds since that number fell, since
    the connector last changed anything, and since it last did more than repeat itself. idle_answers: in a row; None when it declares no
    idle path.
    """

    open: int
    timers: int
    shrank_s: float
    still_s: float
    in_vain_s: float
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
    stuck_s = max(STUCK_S_MIN, POLL_CYCLES * poll_interval_s)
    if seen.open and (since_s >= stuck_s or min(seen.shrank_s, seen.in_vain_s) >= IN_VAIN_FACTOR * stuck_s):
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
        phase.show(f"{end}: {len(session.register.settled)} settled, {len(session.register.parked)} parked, {_open(session)} open")
    return end


async def settle_before_kills(session: Session) -> None:
    """Give what must settle by itself its time before the first restart, which would rescue a connector that only hangs.

    Records one `quiet` row, state `before_kill`, whose detail names what the connector declares parked; the judge finds who was stuck.
    """
    session.world.set_phase("before-kill")
    with session.progress.phase("before-kill") as phase:
        end = await _wait(session, session.scenario.limits.quiesce_s, phase.show, _owed) if _owed(session) else "settled"
        parked = await declared_parked(session) if _owed(session) else session.register.parked
        session.world.record("quiet", state="before_kill", reason=end, detail=json.dumps({"parked": sorted(parked)}))
        phase.show(f"{end}: {_owed(session)} still open of those that should settle by themselves")


def _owed(session: Session) -> int:
    """Transactions that are open although every one of their faults passes by itself."""
    faults, register = session.catalog.faults, session.register
    waiting = (register.experiments[txn_id] for txn_id in register.open.keys() - register.parked)
    return sum(all(faults[step.fault_id].recoverable for step in experiment.steps) for experiment in waiting)


async def _wait(session: Session, limit_s: float, show: Callable[[str], None], count: Callable[[Session], int] | None = None) -> Ending:
    """Until `count` (default: whoever is open) says that nobody is left, or waiting longer would be for nothing."""
    began = shrank = session.now()
    least, idle = None, 0 if session.manifest.paths.idle else None
    # Without an idle path only poll cycles tell, and those take their time.
    limit_s = max(limit_s, (POLL_CYCLES + 0.5) * poll_cycle_s(session))
    while True:
        session.refresh_all()
        await look_at_parked(session)
        now, open_now = session.now(), (count or _open)(session)
        if count is not None and not open_now:
            return "settled"
        if least is None or open_now < least:
            least, shrank = open_now, now
        if idle is not None:
            idle = idle + 1 if await says_idle(session) else 0
        seen = Observation(open_now, timers(session), now - shrank, still_for_s(session), in_vain_for_s(session), now - began, idle)
        end = ending(seen, poll_interval_s=poll_cycle_s(session), limit_s=limit_s)
        if end is not None:
            return end
        show(f"{open_now} open, {len(session.register.parked)} parked, {seen.timers} timers of the world")
        await asyncio.sleep(TICK_S)


def _open(session: Session) -> int:
    return len(session.register.open.keys() - session.register.parked)


def _unsettled(session: Session) -> str | None:
    """For people: who is still open."""
    names = sorted(session.register.open.keys() - session.register.parked)
    return " ".join(names[:50]) or None
