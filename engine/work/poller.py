"""Catch-up polling: what no webhook told. Pages by cursor from a persisted watermark, with overlap; known facts change nothing."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import asyncpg

from engine.clock import Clock, Entropy
from engine.model.calls import Trace
from engine.model.failures import CallFailed
from engine.model.sources import Change, SourceStage
from engine.store.inbox import Fact, Inbox, Watermarks
from engine.structured_log import say
from engine.work.facts import fact_of_source

LOG = logging.getLogger("engine.poller")
PAGE = 200
PAGES_MAX = 500  # a list that never ends is cut off here and goes on from its watermark
OVERLAP = timedelta(seconds=30)  # changes may become visible later than their own timestamp says


class Lister(Protocol):
    """A gateway's list."""

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]: ...


@dataclass(slots=True)
class Seen:
    """Of the last complete cycle of one source: when it began, on the monotonic clock."""

    began: float = -1.0


class Poller:
    """One source system's list. `run` polls for ever; cancel to end."""

    def __init__(
        self,
        flow: str,
        make_lister: Callable[[Trace], Lister],
        inbox: Inbox,
        watermarks: Watermarks,
        *,
        interval_s: float,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self.flow = flow
        self.complete = Seen()
        self._make_lister = make_lister
        self._inbox = inbox
        self._watermarks = watermarks
        self._interval_s = interval_s
        self._clock = clock
        self._entropy = entropy

    async def run(self) -> None:
        """One cycle after another. A failed one ends early and goes on from what it had saved."""
        while True:
            began = self._clock.monotonic()
            wait = self._interval_s
            try:
                await self._cycle()
                self.complete.began = began
            except CallFailed as failure:
                wait = max(wait, failure.retry_after_s or 0.0)
                say(LOG, logging.WARNING, "poll.failed", flow=self.flow, code=failure.code, operation=failure.operation)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                say(LOG, logging.ERROR, "poll.not_saved", flow=self.flow, error=repr(error))
            await asyncio.sleep(wait)

    async def _cycle(self) -> None:
        lister = self._make_lister(Trace(f"poll-{self.flow}", self._entropy.trace_id()))
        watermark = await self._watermarks.load(self.flow)
        since, cursor = _overlapping(watermark), None
        for _ in range(PAGES_MAX):
            try:
                changes, cursor = await lister.changes(since, cursor, PAGE)
            except CallFailed as failure:
                if failure.code == "INVALID_CURSOR":  # the list moved on under us: the next cycle begins at the watermark
                    return
                raise
            await self._inbox.accept([fact for change in changes if (fact := self._fact(change)) is not None])
            newest = max((change.updated_at for change in changes), key=datetime.fromisoformat, default=watermark)
            if newest is not None and newest != watermark:
                await self._watermarks.save(self.flow, newest)
                watermark = newest
            if cursor is None:
                return

    def _fact(self, change: Change) -> Fact | None:
        if change.stage is SourceStage.NOT_APPROVED and change.status == "draft" and change.revision == 1:
            return None  # was never approved
        return fact_of_source(
            self.flow,
            change.source_id,
            change.revision,
            change.version,
            f"polled.{change.status}",
            only_known=change.stage is not SourceStage.APPROVED,
        )


def _overlapping(watermark: str | None) -> str | None:
    return None if watermark is None else (datetime.fromisoformat(watermark) - OVERLAP).isoformat()
