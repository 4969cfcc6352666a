"""The ceiling of experiments a second on this machine: events through the bare connector and canned FastAPI mocks, two processes."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from aiohttp import ClientSession
from fastapi import FastAPI

from harness.bench.bare_connector import CALLS
from harness.bench.bare_server import loopback_listener


class Counter:
    """Counts the last call of each flow and wakes whoever waits for `wanted` of them."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.done = 0
        self.reached = asyncio.Event()

    def count(self) -> None:
        """One flow has made its last call."""
        self.done += 1
        if self.done >= self.wanted:
            self.reached.set()


def canned_mock(counter: Counter) -> FastAPI:
    """Plain FastAPI: one operation, one canned answer."""
    app = FastAPI()

    @app.post("/step/{number}")
    async def step(number: int) -> dict[str, str]:
        if number == CALLS - 1:
            counter.count()
        return {"status": "ok"}

    return app


@asynccontextmanager
async def bare_connector(peer: str, directory: Path) -> AsyncIterator[str]:
    """The bare connector as a child process; yields its webhook URL."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "harness.bench.bare_connector", peer, str(directory / "pg"), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    try:
        line = await asyncio.wait_for(child.stdout.readline(), timeout=60)
        yield json.loads(line)["url"]
    finally:
        child.terminate()
        await child.wait()


async def measure_bare_loop(flows: int) -> float:
    """Flows a second through the bare loop."""
    counter = Counter(flows)
    listener = loopback_listener()
    server = uvicorn.Server(uvicorn.Config(canned_mock(counter), log_level="error", access_log=False, http="httptools"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    with tempfile.TemporaryDirectory(prefix="dc-", ignore_cleanup_errors=True) as name:
        async with bare_connector(f"http://127.0.0.1:{listener.getsockname()[1]}", Path(name)) as url, ClientSession() as session:
            started = time.perf_counter()
            senders = asyncio.Semaphore(32)

            async def send(number: int) -> None:
                async with senders, session.post(url, json={"number": number}) as answer:
                    answer.raise_for_status()

            await asyncio.gather(*(send(number) for number in range(flows)))
            await asyncio.wait_for(counter.reached.wait(), timeout=120)
            elapsed = time.perf_counter() - started
    server.should_exit = True
    await serving
    return flows / elapsed
