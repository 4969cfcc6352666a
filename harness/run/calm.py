"""Is anything still moving? The mocks' timers, the connector's own word (idle), and the time since it last changed anything."""

import json
from time import monotonic, monotonic_ns

import aiohttp

from harness.run.parking import look_at_parked
from harness.run.patience import poll_s
from harness.run.session import Session

ASK_EVERY_S = 0.2


async def says_idle(session: Session) -> bool | None:
    """The connector's word; None when it declares no idle path or does not answer it."""
    path = session.manifest.paths.idle
    if path is None:
        return None
    try:
        async with session.http.get(session.connector.base_url + path, headers=dict(session.manifest.headers)) as response:
            answer = json.loads(await response.read()) if response.status == 200 else None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None
    return bool(answer.get("idle")) if isinstance(answer, dict) else None


def timers(session: Session) -> int:
    """Deferred work, deliveries and holds that the world still owes."""
    return sum(session.world.pending().values())


def still_for_s(session: Session) -> float:
    """Seconds since the connector's last state-changing request."""
    return (monotonic_ns() - session.world.last_change_ns) / 1e9


class Watch:
    """Tells when waiting longer for a wave's tail would be waiting for nothing."""

    def __init__(self, session: Session, patience_s: float) -> None:
        self._session = session
        self._patience_s = patience_s
        self._began = monotonic()
        self._asked = 0.0
        self._idle_twice = 0
        self._open = len(session.books.open)
        self._shrank = self._began

    async def nothing_moves(self) -> bool:
        """True when the connector said idle twice with no timer pending and time to poll, or nothing has changed for `patience_s`."""
        now = monotonic()
        if len(self._session.books.open) != self._open:
            self._open, self._shrank = len(self._session.books.open), now
        if now - self._asked < ASK_EVERY_S:
            return False
        self._asked = now
        await look_at_parked(self._session)
        if timers(self._session):
            self._idle_twice = 0
            return False
        self._idle_twice = self._idle_twice + 1 if await says_idle(self._session) else 0
        quiet_s = min(now - self._shrank, still_for_s(self._session), now - self._began)
        # A connector that takes no events says idle before its next poll: it cannot know yet.
        return (self._idle_twice >= 2 and quiet_s >= poll_s(self._session)) or quiet_s >= self._patience_s
