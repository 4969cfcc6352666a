"""Locust as a child of this process: alone, with workers on this machine, or waiting for workers from elsewhere."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.errors import DrycloseError, InternalError, UsageError
from harness.load.documents import PlannedDocument
from harness.load.sheet import Sheet

LOCUSTFILE = Path(__file__).parents[2] / "loadtests" / "locustfile.py"
LOOPBACK = "127.0.0.1"
START_LIMIT_S = 30.0
REMOTE_LIMIT_S = 120.0  # somebody has to start them by hand
TICK_S = 0.02
STOP_S = 3.0
TAIL_LINES = 8
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG")  # no LOCUST_...: nobody's settings change what is measured


@dataclass(frozen=True, slots=True)
class Target:
    """Where the people of a world work."""

    urls: dict[str, str]
    token_url: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Crew:
    """Who sends. workers: processes on this machine (0: one alone, without a master); remote: wait for so many from elsewhere."""

    senders: int
    workers: int = 0
    remote: int = 0
    bind_host: str = LOOPBACK
    bind_port: int = 0

    def arguments(self) -> list[str]:
        """Locust's options. Its default binds every interface; ours never does by itself."""
        bind = ["--master-bind-host", self.bind_host, "--master-bind-port", str(self.bind_port)]
        if self.remote:
            return ["--master", *bind, "--expect-workers", str(self.remote)]
        if self.workers:
            return ["--processes", str(self.workers), *bind, "--master-host", LOOPBACK, "--master-port", str(self.bind_port)]
        return []


class Generator:
    """One load's senders. Use `async with Generator.open(...)`: nothing of it is left on any way out."""

    def __init__(self, process: Process, sheet: Sheet, log: Path, crew: Crew) -> None:
        self._process = process
        self.sheet = sheet
        self._log = log
        self._crew = crew

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: Path, documents: Sequence[PlannedDocument], target: Target, crew: Crew, limit_s: float
    ) -> AsyncIterator["Generator"]:
        """Start Locust with these documents; its files go into `folder`, which exists."""
        work, sheet, log = folder / "work.ndjson", Sheet(folder / "clicks.ndjson"), folder / "locust.log"
        write_work(work, documents, target)
        secret = {"DRYCLOSE_LOAD_WORK": str(work), "DRYCLOSE_LOAD_ROWS": str(sheet.path), "DRYCLOSE_LOAD_SECRET": target.client_secret}
        options = ["-u", str(crew.senders), "-r", str(crew.senders), "-t", f"{limit_s:.0f}s", "--html", str(folder / "locust.html")]
        process = await start([*options, *crew.arguments()], folder, log, secret)
        generator = cls(process, sheet, log, crew)
        try:
            yield generator
        finally:
            await generator.stop()
            sheet.read()

    @property
    def pid(self) -> int | None:
        """Of Locust's first process; None when it ended."""
        return self._process.pid if self._process.returncode is None else None

    async def begin(self) -> float:
        """Wait for the first moment of the load; monotonic seconds. Raises InternalError when Locust cannot start, UsageError when
        nobody comes to send."""
        waited, limit_s = 0.0, REMOTE_LIMIT_S if self._crew.remote else START_LIMIT_S
        while self.sheet.begun is None:
            if self._process.returncode is not None:
                raise InternalError(f"the load generator ended at once; {self._log}:\n{tail(self._log)}")
            if waited > limit_s:
                raise self._late(limit_s)
            await asyncio.sleep(TICK_S)
            waited += TICK_S
            self.sheet.read()
        return self.sheet.begun

    def _late(self, limit_s: float) -> DrycloseError:
        crew = self._crew
        if not crew.remote:
            return InternalError(f"the load generator did not begin within {limit_s:g} s; {self._log}:\n{tail(self._log)}")
        return UsageError(
            f"{crew.remote} senders did not come to {crew.bind_host}:{crew.bind_port} within {limit_s:g} s; start that many with "
            f"`dryclose load --worker --master-host {crew.bind_host} --master-port {crew.bind_port}`"
        )

    @property
    def running(self) -> bool:
        """Locust has not ended."""
        return self._process.returncode is None

    async def stop(self) -> None:
        """End whatever still runs."""
        await end(self._process)


def write_work(path: Path, documents: Sequence[PlannedDocument], target: Target) -> None:
    """The file for the senders; the secret is handed over in their environment."""
    head = {"urls": target.urls, "token_url": target.token_url, "client_id": target.client_id}
    lines = [json.dumps(head), *(json.dumps(document.row(), ensure_ascii=False) for document in documents)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


async def start(options: Sequence[str], folder: Path, log: Path, variables: dict[str, str]) -> Process:
    """A Locust process in a session of its own; its output goes to `log`."""
    common = ["--headless", "--only-summary", "--loglevel", "WARNING", "--exit-code-on-error", "0", "--stop-timeout", "2"]
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "locust", "-f", str(LOCUSTFILE), *common, *options),
            cwd=folder,  # not where dryclose runs: a locust.conf or pyproject.toml there would be read
            env={**environment, "PYTHONUNBUFFERED": "1", **variables},
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
        )


async def end(process: Process) -> None:
    """SIGTERM to all of it, then SIGKILL."""
    if process.returncode is None:
        _signal(process, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_S)
    _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def tail(log: Path) -> str:
    """The last lines of a log, for a message."""
    try:
        return "\n".join(log.read_text("utf-8", "replace").splitlines()[-TAIL_LINES:])
    except OSError:
        return ""
