"""What the live page is told, in order: one bounded backlog for every reader, so that a slow one costs no memory."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec

BACKLOG = 512
PING_S = 10.0
PING = b": ping\n\n"
RETRY_MS = 1000


class TooSlow(Exception):  # noqa: N818 (it says what the reader was)
    """A reader fell behind the backlog: what it misses is gone, so it must begin again with a snapshot."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message as it goes on the wire."""

    number: int
    wire: bytes


class Feed:
    """Messages numbered from 1, of which the newest `backlog` are kept."""

    def __init__(self, backlog: int = BACKLOG, ping_s: float = PING_S) -> None:
        self._kept: deque[Told] = deque(maxlen=backlog)
        self._number = 0
        self._news = asyncio.Event()
        self._ping_s = ping_s

    @property
    def number(self) -> int:
        """Of the newest message; 0 before the first."""
        return self._number

    def tell(self, kind: str, data: object) -> None:
        """Append one message and wake every reader."""
        self._number += 1
        self._kept.append(Told(self._number, wire(kind, data, self._number)))
        self._news.set()
        self._news = asyncio.Event()

    def holds(self, number: int) -> bool:
        """Whether everything after this message is still there."""
        return self._number - len(self._kept) <= number <= self._number

    def after(self, number: int) -> list[Told]:
        """The messages after this one. Raises TooSlow when some of them are gone."""
        if not self.holds(number):
            raise TooSlow
        missing = self._number - number
        return [self._kept[len(self._kept) - missing + index] for index in range(missing)]

    async def read(self, number: int) -> AsyncIterator[bytes]:
        """Everything after this message, as it comes, with pings in silence. Raises TooSlow."""
        while True:
            news = self._news
            for told in self.after(number):
                number = told.number
                yield told.wire
            if number < self._number:  # the reader took its time, and more was told meanwhile
                continue
            try:
                async with asyncio.timeout(self._ping_s):
                    await news.wait()
            except TimeoutError:
                yield PING


def wire(kind: str, data: object, number: int) -> bytes:
    """One server-sent event. JSON has no line breaks, so one data line is enough."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, kind.encode(), msgspec.json.encode(data))
