"""The documents in work: claim one, save how far it came, park, redrive. Every statement is one round trip."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import asyncpg

from engine.clock import Entropy
from engine.flows.outcomes import Parked, Retry, StepEnd, Waiting
from engine.model.progress import Parking, Progress, dump, load

LEASE_S = 60.0  # longer than any run; a restart of the same instance does not wait for it


@dataclass(frozen=True, slots=True)
class Key:
    """A source document of a flow."""

    flow: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One run's hold on one document, and what was known when it began."""

    key: Key
    lease: uuid.UUID
    wakes: int
    source_wakes: int
    news: bool  # facts about the source document arrived since the last finished run
    crashed: bool
    crashes: int  # in a row
    redriven: bool
    progress: Progress
    correlation_id: str | None
    trace_id: str | None


class LeaseLost(Exception):  # noqa: N818 (nobody's mistake: another run took over)
    """Another run holds the document now; what this one knows is not saved."""


_CLAIM = """
update document set
    lease = $3, lease_owner = $4, lease_until = now() + make_interval(secs => $5), next_look = now() + make_interval(secs => $5),
    crashed = crashed or lease is not null, crashes = crashes + (lease is not null)::int
where flow = $1 and source_id = $2 and next_look is not null
  and (lease is null or lease_until < now()) and (not_before is null or not_before <= now())
returning wakes, source_wakes, source_wakes > source_seen as news, crashed, crashes, redriven, progress, correlation_id, trace_id
"""

_SAVE = """
update document set
    phase = $4, progress = $5, seen = $6, source_seen = $7, correlation_id = $8, trace_id = $9,
    lease = null, lease_owner = null, lease_until = null, crashed = false, crashes = 0, redriven = false, updated_at = now(),
    not_before = now() + make_interval(secs => $11), waits_for = $12,
    next_look = case
        when $11::float8 is not null then now() + make_interval(secs => $11)
        when wakes > $6 then now()
        else now() + make_interval(secs => $10) end
where flow = $1 and source_id = $2 and lease = $3
returning wakes > $6 and not_before is null as more
"""

_TAKE_OVER = """
update document set
    lease = null, lease_owner = null, lease_until = null, crashed = true, crashes = crashes + 1, next_look = now()
where lease_owner = $1
"""

_REQUEUE = (
    "update pgqueuer set status = 'queued', queue_manager_id = null, updated = now() where status = 'picked' and queue_manager_id = $1"
)

_AGES = """
select
    coalesce((select extract(epoch from now() - min(created)) from pgqueuer where status = 'queued'), 0)::float8 as queued,
    coalesce((select extract(epoch from now() - min(updated_at)) from document where next_look is not null or lease is not null), 0)::float8
        as unfinished
"""

_REDRIVE = """
update document set phase = 'open', redriven = true, not_before = null, next_look = now()
where phase = 'parked' and ($1::text[] is null or source_id = any($1))
"""


class Documents:
    """`instance` names this engine over restarts: what it held when it died, it takes back at its start."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", instance: uuid.UUID, entropy: Entropy) -> None:
        self._pool = pool
        self._instance = instance
        self._entropy = entropy

    async def claim(self, key: Key) -> Claim | None:
        """Hold the document for a run, or None when there is nothing to do now or another run holds it."""
        lease = self._entropy.uuid()
        row = await self._pool.fetchrow(_CLAIM, key.flow, key.source_id, lease, self._instance, LEASE_S)
        if row is None:
            return None
        return Claim(
            key,
            lease,
            row["wakes"],
            row["source_wakes"],
            row["news"],
            row["crashed"],
            row["crashes"],
            row["redriven"],
            load(row["progress"]),
            row["correlation_id"],
            row["trace_id"],
        )

    async def save(self, claim: Claim, outcome: StepEnd, correlation_id: str | None, trace_id: str | None) -> bool:
        """End the run. True when facts arrived meanwhile, so that the next one is due now. Raises LeaseLost."""
        phase, look_s, not_before_s = _phase(outcome)
        row = await self._pool.fetchrow(
            _SAVE,
            claim.key.flow,
            claim.key.source_id,
            claim.lease,
            phase,
            dump(claim.progress),
            claim.wakes,
            claim.source_wakes,
            correlation_id,
            trace_id,
            look_s,
            not_before_s,
            outcome.waits_for if isinstance(outcome, Retry) else None,
        )
        if row is None:
            raise LeaseLost(f"{claim.key.flow} {claim.key.source_id}")
        return bool(row["more"])

    async def take_over(self) -> int:
        """At the start: give back what this instance held when it died. The number of documents."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_REQUEUE, self._instance)
            return _count(await connection.execute(_TAKE_OVER, self._instance))

    async def redrive(self, source_ids: Collection[str] | None = None) -> int:
        """Make parked documents due again, all or these; what is not parked stays as it is. The number of documents."""
        return _count(await self._pool.execute(_REDRIVE, None if source_ids is None else list(source_ids)))

    async def parked(self) -> list[tuple[str, str, Parking]]:
        """Flow, source id and reason of everything that is parked."""
        rows = await self._pool.fetch("select flow, source_id, progress from document where phase = 'parked' order by flow, source_id")
        found = [(row["flow"], row["source_id"], load(row["progress"]).parking) for row in rows]
        return [(flow, source_id, parking) for flow, source_id, parking in found if parking is not None]

    async def gauges(self) -> dict[str, dict[tuple[str, ...], float]]:
        """What the tables say, for /metrics: all processes of one database give the same figures."""
        async with self._pool.acquire() as connection:
            phases = await connection.fetch("select flow, phase, count(*)::float8 as n from document group by 1, 2")
            jobs = await connection.fetch("select status::text as status, count(*)::float8 as n from pgqueuer group by 1")
            ages = await connection.fetchrow(_AGES)
        return {
            "dryclose_engine_documents": {(row["flow"], row["phase"]): row["n"] for row in phases},
            "dryclose_engine_queue_jobs": {(row["status"],): row["n"] for row in jobs},
            "dryclose_engine_queue_oldest_seconds": {(): ages["queued"] if ages else 0.0},
            "dryclose_engine_document_oldest_seconds": {(): ages["unfinished"] if ages else 0.0},
        }

    async def pending(self) -> int:
        """Documents that are not at rest."""
        value = await self._pool.fetchval("select count(*) from document where next_look is not null or lease is not null")
        return int(value)


def _phase(outcome: StepEnd) -> tuple[str, float | None, float | None]:
    """Phase, seconds to the next look, seconds before which no run may begin."""
    match outcome:
        case Retry(delay_s=delay):
            return "open", delay, delay
        case Waiting(delay_s=delay):
            return "waiting", delay, None
        case Parked():
            return "parked", None, None
        case _:
            return "settled", None, None


def _count(tag: Any) -> int:
    return int(str(tag).rpartition(" ")[2])
