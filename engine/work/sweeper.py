"""Wakes documents whose time has come: waits that are over, confirmations that stay out, jobs that got lost.

The document says when it wants to be looked at; the queue only carries the news. So no wake-up depends on a single job.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

import asyncpg

from engine.store.inbox import SAFETY_LOOK_S, enqueue
from engine.structured_log import say

LOG = logging.getLogger("engine.sweeper")
BATCH = 200
SHORTEST_S, LONGEST_S = 0.02, 0.25

_DUE = f"""
update document d set next_look = now() + interval '{SAFETY_LOOK_S} s'
from (select flow, source_id from document where next_look <= now() order by next_look limit {BATCH} for update skip locked) due
where d.flow = due.flow and d.source_id = due.source_id
returning d.flow, d.source_id
"""  # noqa: S608 (constants of this module)
_BACK = "update document set next_look = now(), not_before = null, waits_for = null where waits_for = any($1)"
_NEXT = "select extract(epoch from min(next_look) - now())::float8 from document where next_look is not null"
# The queue's own log grows for ever, and nobody reads it. A fact that is told again after so long is only read again.
_TIDY = """
delete from pgqueuer_log where created < now() - interval '10 minutes';
delete from inbox where received_at < now() - interval '90 days';
"""
TIDY_EVERY_S = 300.0


class Sweeper:
    """`run` sweeps for ever; cancel to end."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", recovered: Callable[[], list[str]]) -> None:
        self._pool = pool
        self._recovered = recovered  # systems that came back since it was asked last

    async def run(self) -> None:
        """Sleeps until the next document is due, at most LONGEST_S: others may save an earlier time meanwhile."""
        loop = asyncio.get_running_loop()
        tidy_at = loop.time() + TIDY_EVERY_S
        while True:
            pause = LONGEST_S
            try:
                pause = await self._sweep()
                if loop.time() >= tidy_at:
                    tidy_at += TIDY_EVERY_S
                    await self._pool.execute(_TIDY)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                say(LOG, logging.ERROR, "sweeper.failed", error=repr(error))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.sleep(pause)

    async def _sweep(self) -> float:
        async with self._pool.acquire() as connection:
            if back := self._recovered():
                await connection.execute(_BACK, back)
            seconds = await connection.fetchval(_NEXT)
            if seconds is None or seconds > 0:
                return LONGEST_S if seconds is None else min(max(seconds, SHORTEST_S), LONGEST_S)
            async with connection.transaction():
                rows = await connection.fetch(_DUE)
                if rows:
                    await enqueue(connection, [(row["flow"], row["source_id"]) for row in rows])
            return SHORTEST_S
