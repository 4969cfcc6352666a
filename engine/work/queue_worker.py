"""PgQueuer around the runner: takes jobs, survives a restarted database, a cancelled task and a job that kills its worker."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
from pgqueuer.errors import RetryRequested
from pgqueuer.executors import EntrypointExecutor
from pgqueuer.models import Context, HealthCheckEvent, Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import QueueManagerId

from engine.settings import CONCURRENCY
from engine.store.documents import Key
from engine.store.inbox import ENTRYPOINT, document_of
from engine.structured_log import say

LOG = logging.getLogger("engine.queue")
BATCH = CONCURRENCY // 2  # PgQueuer wants room for two batches
# Jobs of a worker that died are given back at its start; the heartbeat serves only workers that never come back.
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
DEQUEUE_TIMEOUT = timedelta(seconds=1)
DATABASE_BACK_S = 0.5
LISTENER_TIMEOUT = timedelta(seconds=10)
LISTEN_SETTLES_S = 1.0


class RequeueOnCancel(EntrypointExecutor):
    """PgQueuer deletes a cancelled job, even one that is to be held; a stopping worker must give it back instead."""

    async def execute(self, job: Job, context: Context) -> None:
        """Run the handler; cancellation becomes a retry without delay."""
        try:
            await super().execute(job, context)
        except asyncio.CancelledError as error:
            raise RetryRequested(timedelta(0), "worker stopping") from error


class Manager(QueueManager):
    """PgQueuer's first listener probe may be sent before LISTEN is in force; its silence would end the loop 10 s later."""

    async def listener_healthy(self, timeout: timedelta = LISTENER_TIMEOUT) -> HealthCheckEvent:  # noqa: ASYNC109 (its signature)
        """Raises FailingListenerError when notifications do not come back."""
        await asyncio.sleep(LISTEN_SETTLES_S)
        return await super().listener_healthy(timeout)


class QueueWorker:
    """`run` works until `stop`; jobs under way are finished first."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", instance: UUID, handle: Callable[[Key], Awaitable[None]]) -> None:
        self._pool = pool
        self._instance = instance
        self._handle = handle
        self._stop = asyncio.Event()
        self._manager: Manager | None = None
        self.busy = 0

    async def run(self) -> None:
        """A lost LISTEN connection or a restarted database ends PgQueuer's loop; this one begins it again."""
        while not self._stop.is_set():
            manager = self._manager = self._make()
            try:
                await manager.run(
                    batch_size=BATCH,
                    max_concurrent_tasks=CONCURRENCY,
                    dequeue_timeout=DEQUEUE_TIMEOUT,
                    heartbeat_timeout=HEARTBEAT_TIMEOUT,
                    shutdown_on_listener_failure=True,
                    log_aggregation_interval=timedelta(0),  # nobody reads the statistics
                )
            except Exception as error:  # noqa: BLE001 (whatever ended it, work must go on when the database is back)
                say(LOG, logging.ERROR, "queue.interrupted", error=repr(error))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), DATABASE_BACK_S)

    def stop(self) -> None:
        """Take no new jobs."""
        self._stop.set()
        if self._manager is not None:
            self._manager.shutdown.set()

    def _make(self) -> Manager:
        manager = Manager(Queries.from_asyncpg_pool(self._pool))
        manager.queue_manager_id = QueueManagerId(self._instance)
        manager.min_dequeue_poll_interval = timedelta(milliseconds=20)
        manager.entrypoint(ENTRYPOINT, on_failure="hold", executor_factory=RequeueOnCancel)(self._work)
        return manager

    async def _work(self, job: Job) -> None:
        key = Key(*document_of(job.payload))
        self.busy += 1
        try:
            await self._handle(key)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            say(LOG, logging.ERROR, "queue.database_failed", document=key.source_id, error=repr(error))
            raise RetryRequested(timedelta(seconds=DATABASE_BACK_S), "database") from error
        finally:
            self.busy -= 1
