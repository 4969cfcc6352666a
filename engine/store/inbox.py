"""Facts come in: inbox row, document and job in one transaction, many facts to a transaction.

`accept` returns after the commit, so a 2xx that follows it takes responsibility for something that is already safe.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import asyncpg
from pgqueuer.queries import Queries

from engine.structured_log import say

LOG = logging.getLogger("engine.inbox")
ENTRYPOINT = "advance"
BATCH_MAX = 500
GATHER_S = 0.004  # facts that arrive within this time share a transaction; a few milliseconds do not matter to a sender
SAFETY_LOOK_S = 30.0  # a document whose job got lost is looked at after this long all the same


@dataclass(frozen=True, slots=True)
class Fact:
    """Something is known to have happened to a document. `fact` identifies it over all ways in which it may arrive."""

    fact: str
    flow: str
    source_id: str
    type: str
    about_source: bool = True  # the source document changed; otherwise something happened to a posting
    only_known: bool = False  # of interest only when the document is in work already
    event_id: str | None = None
    correlation_id: str | None = None
    trace_id: str | None = None  # `<trace>`, or `<trace>-<span>`: the span that it arrived in


_INSERT = f"""
with offered as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::bool[], $7::text[], $8::text[], $9::text[])
        as o(fact, flow, source_id, type, about_source, only_known, event_id, correlation_id, trace_id)
), fresh as (
    insert into inbox (fact, flow, source_id, type, event_id)
    select fact, flow, source_id, type, event_id from offered o
    where not only_known or exists (select 1 from document d where d.flow = o.flow and d.source_id = o.source_id)
    on conflict (fact) do nothing
    returning fact, flow, source_id
), news as (
    select f.flow, f.source_id, count(*) as n, count(*) filter (where o.about_source) as source_n,
           min(o.correlation_id) as correlation_id, min(o.trace_id) as trace_id
    from fresh f join (select distinct on (fact) * from offered) o using (fact) group by 1, 2
)
insert into document as d (flow, source_id, wakes, source_wakes, next_look, correlation_id, trace_id)
select flow, source_id, n, source_n, now() + interval '{SAFETY_LOOK_S} s', correlation_id, trace_id from news order by flow, source_id
on conflict (flow, source_id) do update set
    wakes = d.wakes + excluded.wakes,
    source_wakes = d.source_wakes + excluded.source_wakes,
    next_look = least(d.next_look, excluded.next_look),
    correlation_id = coalesce(d.correlation_id, excluded.correlation_id),
    trace_id = coalesce(d.trace_id, excluded.trace_id)
returning flow, source_id
"""  # noqa: S608 (a constant of this module)


def payload(flow: str, source_id: str) -> bytes:
    """What a job carries: the document's key and nothing else."""
    return json.dumps([flow, source_id]).encode()


def document_of(job_payload: bytes | None) -> tuple[str, str]:
    """Flow and source id of a job."""
    flow, source_id = json.loads(job_payload or b"[]")
    return flow, source_id


async def enqueue(connection: "asyncpg.Connection[asyncpg.Record]", documents: Sequence[tuple[str, str]]) -> None:
    """One job for each document, in the caller's transaction."""
    count = len(documents)
    await Queries.from_asyncpg_connection(connection).enqueue(
        [ENTRYPOINT] * count, [payload(flow, source_id) for flow, source_id in documents], [0] * count
    )


class Inbox:
    """Collects facts and commits them in batches. `run` must be going on."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", monotonic: Callable[[], float]) -> None:
        self._pool = pool
        self._monotonic = monotonic
        self.news_at = monotonic()  # when something new came in last
        self._waiting: asyncio.Queue[tuple[Sequence[Fact], asyncio.Future[None]]] = asyncio.Queue(maxsize=10_000)

    async def accept(self, facts: Sequence[Fact]) -> None:
        """Returns when the facts are committed. Raises what kept them from it."""
        if not facts:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._waiting.put((facts, done))
        await done

    async def run(self) -> None:
        """Commit batches for ever; cancel to end."""
        while True:
            batch = [await self._waiting.get()]
            await asyncio.sleep(GATHER_S)
            size = len(batch[0][0])
            while size < BATCH_MAX and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
                size += len(batch[-1][0])
            await self._commit(batch)

    async def _commit(self, batch: list[tuple[Sequence[Fact], asyncio.Future[None]]]) -> None:
        try:
            await self._write([fact for facts, _ in batch for fact in facts])
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            say(LOG, logging.ERROR, "inbox.not_committed", facts=sum(len(facts) for facts, _ in batch), error=repr(error))
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
            return
        for _, done in batch:
            if not done.done():
                done.set_result(None)

    async def _write(self, facts: Sequence[Fact]) -> None:
        columns = [
            [fact.fact for fact in facts],
            [fact.flow for fact in facts],
            [fact.source_id for fact in facts],
            [fact.type for fact in facts],
            [fact.about_source for fact in facts],
            [fact.only_known for fact in facts],
            [fact.event_id for fact in facts],
            [fact.correlation_id for fact in facts],
            [fact.trace_id for fact in facts],
        ]
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_INSERT, *columns)
            if rows:
                await enqueue(connection, [(row["flow"], row["source_id"]) for row in rows])
                self.news_at = self._monotonic()


class Watermarks:
    """How far polling has come, by source."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def load(self, source: str) -> str | None:
        """The `updated_at` up to which everything is in the inbox, or None before the first page."""
        value = await self._pool.fetchval("select updated_at from watermark where source = $1", source)
        return None if value is None else str(value)

    async def save(self, source: str, updated_at: str) -> None:
        """Move it forward, after the page's facts are committed."""
        await self._pool.execute(
            "insert into watermark values ($1, $2) on conflict (source) do update set updated_at = excluded.updated_at", source, updated_at
        )
