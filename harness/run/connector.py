"""The connector under test as a child process (or as a URL that somebody else runs): start, kill, pause, restart, stop, clean up."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.manifest import Manifest


@dataclass(frozen=True, slots=True)
class ContractValues:
    """What the connector contract gives to a connector. Ports and paths are those of this run."""

    erp_url: str
    procurement_url: str
    expense_url: str
    oauth_token_url: str
    client_id: str
    client_secret: str
    webhook_secret: str
    port: int
    state_dir: Path
    mappings_dir: Path
    retry_base_ms: int
    run_id: str

    def variables(self, manifest: Manifest) -> dict[str, str]:
        """ERP_URL .. RUN_ID and POLL_INTERVAL_S, under the names that the manifest's [environment] asks for."""
        raise NotImplementedError


Listener = Callable[[str, Mapping[str, object]], None]  # proc_start, proc_ready, proc_kill, proc_exit with {"sut_gen": n, ...}
Progress = Callable[[str], None]


class Connector:
    """One connector over a whole run; `generation` counts its starts.

    Use `async with Connector.open(...)`: cleanup and stop run on every way out, Ctrl-C included.
    Every failure is a ConnectorError that says what was tried, what came, the last lines of the log (secrets masked).
    """

    manifest: Manifest
    base_url: str
    generation: int
    log_path: Path

    @classmethod
    @asynccontextmanager
    async def open(
        cls, manifest: Manifest, values: ContractValues, log_path: Path, *, listener: Listener, progress: Progress
    ) -> AsyncIterator["Connector"]:
        """reset, prepare; yields before the start; stop, cleanup at the end."""
        raise NotImplementedError
        yield

    @property
    def pid(self) -> int | None: ...
    @property
    def alive(self) -> bool:
        """The process runs (a url connector: always True)."""

    async def start(self) -> None:
        """Start and wait until the health path answers 200. Emits proc_start, proc_ready."""

    async def kill(self) -> None:
        """SIGKILL to the whole process group, and wait for its end. Emits proc_kill, proc_exit."""

    async def restart(self) -> None:
        """start() again with the same environment (after kill or an exit)."""

    def pause(self) -> None: ...  # SIGSTOP to the group
    def resume(self) -> None: ...  # SIGCONT

    async def stop(self) -> None:
        """SIGTERM, after stop_timeout_s SIGKILL. Emits proc_exit. Does nothing when it is down."""

    async def exited(self) -> int:
        """Returns the exit code when the process ends although nobody asked it to; never returns for a url connector. For a watcher task."""

    async def healthy(self) -> bool:
        """One request to the health path: 200 or not."""

    async def run_command(self, command: Sequence[str], what: str, timeout_s: float) -> str:
        """Run a declared command (parked.command ...) with the contract's environment; its standard output. ConnectorError when it fails."""


def free_port() -> int:
    """A free loopback port below the range of outgoing connections, so that it is still free when the connector restarts."""
