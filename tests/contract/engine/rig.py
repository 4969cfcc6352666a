"""A world and a real engine process beside it: people act, the engine works, the mocks' books tell what came of it."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from mocks.world import World, WorldConfig

ENTITIES = ("US01", "DE01", "JP01")


@dataclass(frozen=True)
class Step:
    """One step of a fault plan."""

    call_point: str
    attempt: int
    fault_id: str
    mode: str
    plan_id: str = "p"


@dataclass
class Rig:
    """One run. `start` and `kill` the engine; `requisition` and `report` play the people."""

    world: World
    folder: Path
    port: int
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    sources: dict[str, str] = field(default_factory=dict)  # transaction -> source id
    number: int = 0

    def variables(self) -> dict[str, str]:
        """The environment of the connector contract."""
        world = self.world
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "LANG"}}
        return {
            **kept,
            "ERP_URL": world.urls["erp"],
            "PROCUREMENT_URL": world.urls["procurement"],
            "PLANNING_URL": world.urls["planning"],
            "EXPENSE_URL": world.urls["expense"],
            "SCREENING_URL": world.urls["screening"],
            "BANK_URL": world.urls["bank"],
            "HR_URL": world.urls["hr"],
            "OAUTH_TOKEN_URL": world.token_url,
            "CLIENT_ID": world.client_id,
            "CLIENT_SECRET": world.client_secret,
            "WEBHOOK_SECRET": world.webhook_secret,
            "PORT": str(self.port),
            "STATE_DIR": str(self.folder / "state"),
            "MAPPINGS_DIR": str(self.folder / "mappings"),
            "RETRY_BASE_MS": "50",
            "RUN_ID": world.config.run_id,
            "POLL_INTERVAL_S": "2",
            **self.environment,
        }

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        """Run `python -m engine <arguments>` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "engine", *arguments], env=self.variables(), capture_output=True, timeout=60, check=False
        )

    async def start(self) -> None:
        """Start the engine and wait until it is healthy."""
        log = (self.folder / "engine.log").open("ab")
        self.process = subprocess.Popen(  # noqa: ASYNC220 (returns at once)
            [sys.executable, "-m", "engine"], env=self.variables(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "engine.log").read_text()[-2000:]
            if (await self.get("/health"))[0] == 200:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the engine is not healthy: " + (self.folder / "engine.log").read_text()[-2000:])

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(10)

    async def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON; 0 when nobody answers."""
        return await self.call("GET", path)

    async def call(self, method: str, path: str) -> tuple[int, Any]:
        """Status and JSON; 0 when nobody answers."""
        try:
            async with aiohttp.ClientSession() as session, session.request(method, f"http://127.0.0.1:{self.port}{path}") as answer:
                return answer.status, await answer.json(content_type=None)
        except (aiohttp.ClientError, OSError):
            return 0, None

    def open(self, flow: str, entity: str, steps: Sequence[Step] = ()) -> tuple[str, int]:
        """A new transaction: its id and its tracer amount."""
        self.number += 1
        txn_id = f"txn-{self.number:06d}"
        self.world.open_txn(txn_id, flow=flow, wave="test", role="faulted" if steps else "control", template=entity, steps=steps, detail="")
        return txn_id, 10_000 + self.number * 7

    def requisition(self, entity: str = "US01", steps: Sequence[Step] = (), **draft_members: Any) -> str:
        """A person writes a requisition, others approve it. The transaction."""
        txn_id, amount = self.open("requisition-to-po", entity, steps)
        draft = self.world.company.draft_requisition(entity, txn_id, amount, **draft_members)
        return self._approve(txn_id, draft, "procurement.requisition", "id")

    def report(self, entity: str = "US01", steps: Sequence[Step] = (), **draft_members: Any) -> str:
        """An employee writes an expense report, others approve it. The transaction."""
        txn_id, amount = self.open("expense-to-posting", entity, steps)
        draft = self.world.company.draft_expense_report(entity, txn_id, amount, **draft_members)
        return self._approve(txn_id, draft, "expense.report", "report_id")

    def _approve(self, txn_id: str, draft: Any, prefix: str, member: str) -> str:
        world = self.world
        world.bind(txn_id, amount=(draft.amount_minor, draft.currency), keys=draft.keys)
        created = world.act(f"{prefix}.create", body=draft.body, actor=draft.actor, txn_id=txn_id)
        body = created.body if isinstance(created.body, dict) else None
        source_id = body[member] if body else getattr(created.body, member)
        world.bind(txn_id, source_id=source_id)
        self.sources[txn_id] = source_id
        path = {member: source_id, "id": source_id, "report_id": source_id}
        world.act(f"{prefix}.submit", path=path, actor=draft.actor, txn_id=txn_id)
        for approver in draft.approvers:
            world.act(f"{prefix}.approve", path=path, actor=approver, body={"comment": None}, txn_id=txn_id)
        return txn_id

    async def until(self, condition: Callable[[], bool], timeout_s: float = 15) -> None:
        """Wait for it; AssertionError with the end of the engine's log."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, (self.folder / "engine.log").read_text()[-3000:]
            await asyncio.sleep(0.02)

    async def settled(self, txns: Sequence[str], timeout_s: float = 15) -> dict[str, str | None]:
        """Wait until all are settled in the mocks' books; how."""
        with contextlib.suppress(AssertionError):
            await self.until(lambda: all(self.world.settled(txn) for txn in txns), timeout_s)
        return {txn: self.world.settled(txn) for txn in txns}

    async def idle(self, timeout_s: float = 15) -> None:
        """Wait until the engine says that it is at rest."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            status, body = await self.get("/idle")
            if status == 200 and body["idle"]:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"not idle: {body}")

    def documents(self, kind: str = "purchase_order") -> list[Any]:
        """The ERP's documents of a kind, but reversals."""
        erp: Any = self.world.systems["erp"]
        views = erp.final_views()
        return [view for view in views if view.entity_type == kind and view.state != "reversal"]


@contextlib.asynccontextmanager
async def rig(folder: Path, *, start: bool = True, environment: Mapping[str, str] | None = None, **config: Any) -> AsyncIterator[Rig]:
    """A world, a prepared database, and unless told otherwise a running engine; all gone at the end."""
    (folder / "mappings").mkdir(parents=True)
    defaults: dict[str, Any] = {"seed": 7, "run_id": "t1", "history_path": None, "client_timeout_ms": 1500, "minted": 5}
    async with World.open(WorldConfig(**{**defaults, **config})) as world:
        world.company.write_mappings(folder / "mappings")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        one = Rig(world, folder, port, environment or {})
        world.subscribe(f"http://127.0.0.1:{port}/webhooks", {}, ack_timeout_ms=5000)
        try:
            prepared = await asyncio.to_thread(one.command, "prepare")
            assert prepared.returncode == 0, prepared.stderr
            if start:
                await one.start()
            yield one
        finally:
            if one.process is not None and one.process.poll() is None:
                one.kill()
            await asyncio.to_thread(one.command, "cleanup")
