"""The connection pool and the schema. Everything lives in a schema of its own, so any database may be lent to the engine."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
from pgqueuer.queries import Queries

from engine.store.address import Address, DatabaseError

SCHEMA = "dryclose_engine"
INSTALL_LOCK = 724_001  # advisory: processes that start together install one after the other
POOL_MIN, POOL_MAX = 4, 12
CONNECT_TIMEOUT_S = 5.0


async def connect(address: Address) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection of its own. Raises DatabaseError."""
    try:
        return await asyncpg.connect(**address.arguments, timeout=CONNECT_TIMEOUT_S, server_settings=_settings())
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseError(f"no connection to the database {address.shown}: {error or type(error).__name__}") from error


def _settings() -> dict[str, str]:
    return {"search_path": SCHEMA, "application_name": "dryclose-engine", "jit": "off"}


async def install(address: Address) -> None:
    """Create or upgrade the schema; safe when several processes start together."""
    connection = await connect(address)
    try:
        await connection.execute("select pg_advisory_lock($1)", INSTALL_LOCK)
        await connection.execute(f"create schema if not exists {SCHEMA}")
        queries = Queries.from_asyncpg_connection(connection)
        await (queries.upgrade() if await queries.schema_is_installed() else queries.install())
        await connection.execute((Path(__file__).parent / "schema.sql").read_text("utf-8"))
    finally:
        await connection.close()


async def drop(address: Address) -> None:
    """Forget everything."""
    connection = await connect(address)
    try:
        await connection.execute(f"drop schema if exists {SCHEMA} cascade")
    finally:
        await connection.close()


async def _keep_session(_connection: object) -> None:
    """Nothing: asyncpg's four statements at each release would be a third of all round trips, and no query here changes its session."""


@contextlib.asynccontextmanager
async def open_pool(address: Address) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    """The pool of one process. Closing waits briefly for queries under way, then cuts them off."""
    pool = await asyncpg.create_pool(
        **address.arguments,
        reset=_keep_session,
        min_size=POOL_MIN,
        max_size=POOL_MAX,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=30,
        server_settings=_settings(),
    )
    try:
        yield pool
    finally:
        try:
            await asyncio.wait_for(pool.close(), 1)
        except TimeoutError:
            pool.terminate()
