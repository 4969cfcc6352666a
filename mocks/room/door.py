"""Who may enter the control room: a code that works once, exchanged for a cookie that scripts cannot read.

A link needs something that admits its reader, and no secret may stand in a URL. So the link carries a code, in the fragment, which a
browser sends to nobody; the page takes it out of the address bar, hands it in, and from then on it is worth nothing. What it leaves in
a terminal's scrollback or a browser's history is a dead code; one that nobody used dies by itself.
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable

CODE_LIVES_S = 900.0
SESSION_LIVES_S = 12 * 3600.0
CODES_MAX = 8
SESSIONS_MAX = 32


class Door:
    """Codes given out, sessions opened. `draw` answers unguessable text, `now_s` monotonic seconds."""

    def __init__(self, draw: Callable[[], str], now_s: Callable[[], float]) -> None:
        self._draw = draw
        self._now_s = now_s
        self._codes: OrderedDict[str, float] = OrderedDict()
        self._sessions: OrderedDict[str, float] = OrderedDict()

    def code(self) -> str:
        """A new code. The oldest one dies when too many are about."""
        code = self._draw()
        self._codes[code] = self._now_s() + CODE_LIVES_S
        if len(self._codes) > CODES_MAX:
            self._codes.popitem(last=False)
        return code

    def exchange(self, code: str) -> str | None:
        """A session for a live code, which dies of it; None for anything else."""
        found = _same(self._codes, code)
        if found is None or self._codes.pop(found) < self._now_s():
            return None
        session = self._draw()
        self._sessions[session] = self._now_s() + SESSION_LIVES_S
        if len(self._sessions) > SESSIONS_MAX:
            self._sessions.popitem(last=False)
        return session

    def admits(self, session: str | None) -> bool:
        """Whether this is a session that has not ended."""
        found = _same(self._sessions, session) if session else None
        return found is not None and self._sessions[found] >= self._now_s()


def _same(known: OrderedDict[str, float], given: str) -> str | None:
    """The known text that equals the given one, compared in a time that says nothing about it."""
    found = None
    for text in known:
        if hmac.compare_digest(text.encode(), given.encode("utf-8", "replace")):
            found = text
    return found
