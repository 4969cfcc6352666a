"""The connector under test as a child process (or as a URL that somebody else runs): start, kill, pause, restart, stop, clean up."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import aiohttp
import psutil

from harness.errors import ConnectorError, InternalError, KillFailed
from harness.manifest import Manifest
from harness.stage.connector_log import ConnectorLog, log_tail, masked, plain, secrets_of
from harness.stage.contract import CLIENT_SECRET, ContractValues, connector_environment
from harness.stage.guarding import Guard, guard
from harness.stage.process_tree import Known, adopt_orphans, adopted_since, below, kill, known, since, still_alive, words
from harness.stage.services import Services

Listener = Callable[[str, Mapping[str, object]], None]  # proc_start, proc_ready, proc_kill, proc_exit with {"sut_gen": n, ...}
Progress = Callable[[str], None]

PROBE_TIMEOUT_S = 2.0
PROBE_PAUSE_S = 0.02
SLOW_AFTER_S = 2.0  # from then on the person who waits is told what is waited for
GONE_S = 2.0
KILL_ADVICE = "Declare `kill = [...]` for what runs in a container or under a supervisor, or `kills = false` when it cannot be killed"
FIRST_PORT, LAST_PORT = 20_000, 32_000  # below the ports that the kernel hands to outgoing connections


class Connector:
    """One connector over a whole run; `generation` counts its starts.

    Use `async with Connector.open(...)`: stop and cleanup run on every way out, Ctrl-C included.
    Every failure is a ConnectorError that says what was tried, what came, and the last lines of the log (secrets masked).
    """

    def __init__(
        self, manifest: Manifest, environment: Mapping[str, str], base_url: str, log_path: Path, *, listener: Listener, progress: Progress
    ) -> None:
        self.manifest = manifest
        self.base_url = base_url
        self.log_path = log_path
        self.generation = 0
        self._environment = dict(environment)
        self._secrets = secrets_of(manifest, environment)
        self._log: ConnectorLog | None = None
        self._listener = listener
        self._progress = progress
        self._process: Process | None = None
        self._watched = False  # an exit from now on is the connector's own doing
        self._paused = False
        self._guard: Guard | None = None
        self._known: Known = frozenset()  # also what prepare left running: its business until cleanup
        self._services = Services(())
        self._out_of_reach: str | None = None  # how a kill showed that what serves is nothing that can be killed from here

    @classmethod
    @asynccontextmanager
    async def open(
        cls, manifest: Manifest, values: ContractValues, log_path: Path, *, listener: Listener, progress: Progress
    ) -> AsyncIterator["Connector"]:
        """Runs prepare and reset, yields before the start; at the end stops the process and runs cleanup, whatever happened."""
        environment = connector_environment(manifest, values, os.environ)
        base_url = manifest.url or f"http://127.0.0.1:{values.port}"
        connector = cls(manifest, environment, base_url, log_path, listener=listener, progress=progress)
        adopt_orphans()
        with (
            ConnectorLog.open(log_path, connector._secrets) as connector._log,
            guard(manifest.cleanup, manifest.folder, environment) as connector._guard,
        ):
            before = connector._known = known()  # a prepare that fails leaves nothing that would be another's
            try:
                for what in ("prepare", "reset"):
                    await connector._declared(what)
                connector._known = known()
                connector._services = Services(adopted_since(before))
                yield connector
            finally:
                try:
                    await connector._close()
                finally:
                    connector._sweep(before)

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def alive(self) -> bool:
        """The process runs (a url connector: always True)."""
        return self.manifest.url is not None or self.pid is not None

    async def start(self) -> None:
        """Start and wait until the health path answers 200. Emits proc_start, proc_ready."""
        self.generation += 1
        self._emit("proc_start")
        if self.manifest.command:
            await self._port_is_free()
            self._process = await self._spawn(self.manifest.command, "the connector")
            if self._guard is not None:
                self._guard.tell(watch=self._process.pid)
        await self._wait_ready()
        self._emit("proc_ready")
        self._watched = True

    async def restart(self) -> None:
        """start() again with the same environment, but for a renewed secret (after kill or an exit)."""
        await self.start()

    def renew_secret(self, secret: str) -> None:
        """The client's secret of everything that is started from now on. Those before are as little shown as this one."""
        self._environment[self.manifest.environment.get(CLIENT_SECRET, CLIENT_SECRET)] = secret
        known = {*self._secrets, *secrets_of(self.manifest, self._environment)}
        self._secrets = tuple(sorted(known, key=len, reverse=True))
        if self._log is not None:
            self._log.hide(self._secrets)
        if self._guard is not None and self.manifest.cleanup:
            self._guard.tell(environment=self._environment)

    async def kill(self) -> None:
        """SIGKILL to everything that it started, by its own command where it declares one. Emits proc_kill, proc_exit.

        Raises KillFailed, and emits proc_survived, when it is still there afterwards: a kill that did not take it away proves nothing.
        """
        if not self.manifest.command:
            raise InternalError(f"the connector {self.manifest.name!r} was not started by the harness, so it cannot be killed")
        if self._out_of_reach is not None:
            raise self._survived(self._out_of_reach)
        self._watched = False
        # Where orphans are adopted, what the leader leaves is found afterwards, and nothing stands between the moment and the kill.
        doomed = [] if sys.platform == "linux" else self._family()
        self._emit("proc_kill")
        if self.manifest.kill:
            await self.run_command(self.manifest.kill, "kill", self.manifest.stop_timeout_s)
            self._services.forget()
        self._signal_group(signal.SIGKILL)
        doomed += self._family()
        kill(doomed)
        await self._ended()
        await self._is_gone([*doomed, *self._family()])

    def look_away(self) -> None:
        """An exit from now on is no reason to end the run."""
        self._watched = False

    def look_again(self) -> None:
        """From now on it is one again, where it can be seen."""
        self._watched = self._out_of_reach is None

    async def revive(self) -> bool:
        """Start it again if it ended by itself while nobody looked; whether it had."""
        process = self._process
        if process is None or process.returncode is None:
            return False
        self._emit_exit(process.returncode)
        await self.stop()  # what it left behind
        await self.restart()
        return True

    async def go_on(self) -> None:
        """After a kill that failed: what still answers serves on, and can be neither watched nor killed; what does not is started again.
        Raises ConnectorError when that fails too."""
        if not await self.healthy():
            self._out_of_reach = None
            await self.restart()

    async def stop(self) -> None:
        """SIGTERM, after stop_timeout_s SIGKILL to the group. Emits proc_exit. Does nothing when it is down."""
        self._watched = False
        process = self._process
        if process is None or process.returncode is not None:
            self._signal_group(signal.SIGKILL)  # what the connector started and left behind
            kill(self._family())
            self._process = None
            return
        family = self._family()
        if self._paused:
            self.resume()
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self.manifest.stop_timeout_s)
        except TimeoutError:
            self._progress(f"the connector did not end within {self.manifest.stop_timeout_s:g} s of SIGTERM; it is killed")
        finally:
            self._signal_group(signal.SIGKILL)
            kill([*family, *self._family()])
        await self._ended()

    def pause(self) -> None:
        """SIGSTOP to the group."""
        self._signal_group(signal.SIGSTOP)
        self._paused = True

    def resume(self) -> None:
        """SIGCONT to the group."""
        self._signal_group(signal.SIGCONT)
        self._paused = False

    async def lost(self) -> ConnectorError:
        """Waits until the run cannot go on: the connector ended although nobody asked it to, or a service that it needs was killed.
        What to say then."""
        while True:
            process = self._process
            if self._watched and process is not None and process.returncode is not None:
                self._watched = False
                self._emit_exit(process.returncode)
                return self._error(f"ended by itself with {_exit_text(process.returncode)} while the run was on")
            if self._watched and any(one.was_killed for one in self._services.ended()):
                return self._error("cannot be judged: something that it needs was taken away while the run was on", with_log=False)
            await asyncio.sleep(PROBE_PAUSE_S)

    async def healthy(self) -> bool:
        """One request to the health path: 200 or not."""
        async with self._client() as client:
            return await self._probe(client) == "200"

    async def run_command(self, command: Sequence[str], what: str, timeout_s: float) -> str:
        """Run a declared command (parked.command ...) with the contract's environment; its output. ConnectorError when it fails."""
        process = await self._spawn(command, what, stdout=PIPE)
        try:
            output, _ = await asyncio.wait_for(process.communicate(), timeout_s)
        except TimeoutError:
            raise self._error(f"{what} did not end within {timeout_s:g} s") from None
        finally:
            _signal(process, signal.SIGKILL)
        if process.returncode:
            raise self._error(f"{what} ended with {_exit_text(process.returncode)}: {_words(command)}")
        return output.decode("utf-8", "replace")

    # --- inside ----------------------------------------------------------------------------------------------------------------

    async def _declared(self, what: str) -> None:
        """Run prepare, reset or cleanup. Its output goes to the log; what it leaves running (a database) is its own business."""
        command: tuple[str, ...] = getattr(self.manifest, what)
        if not command:
            return
        limit_s = self.manifest.prepare_timeout_s
        process = await self._spawn(command, what)
        try:
            code = await asyncio.wait_for(process.wait(), limit_s)
        except BaseException as error:
            _signal(process, signal.SIGKILL)
            if isinstance(error, TimeoutError):
                raise self._error(f"{what} did not end within {limit_s:g} s (prepare_timeout_s): {_words(command)}") from None
            raise
        if code:
            raise self._error(f"{what} ended with {_exit_text(code)}: {_words(command)}")

    async def _spawn(self, command: Sequence[str], what: str, stdout: int | None = None) -> Process:
        """A process in a session of its own: it can be killed with all its children, and a terminal's Ctrl-C does not reach it."""
        assert self._log is not None
        try:
            return await self._exec(command, self._log.sink, stdout)
        except FileNotFoundError:
            text = f"there is no program {command[0]!r} (looked for in {self.manifest.folder} and in PATH)"
        except PermissionError:
            text = f"{command[0]!r} is not executable (try: chmod +x)"
        except OSError as error:
            text = f"{command[0]!r} cannot be executed: {error.strerror} (a script needs a first line such as #!/bin/sh)"
        raise self._error(f"{what} cannot be started: {text}", with_log=False)

    async def _exec(self, command: Sequence[str], log: int, stdout: int | None) -> Process:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=self.manifest.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=log if stdout is None else stdout,
            stderr=STDOUT if stdout is None else log,
            start_new_session=True,
        )

    async def _wait_ready(self) -> None:
        began, last, told = monotonic(), "nothing", False
        limit_s = self.manifest.start_timeout_s
        async with self._client() as client:
            while True:
                last = await self._probe(client)
                if last == "200":
                    return
                if self._process is not None and self._process.returncode is not None:
                    code = self._process.returncode
                    self._emit_exit(code)
                    raise self._error(
                        f"ended with {_exit_text(code)} after {monotonic() - began:.1f} s, before its health path answered 200"
                    )
                if monotonic() - began > limit_s:
                    raise self._error(
                        f"was not ready within {limit_s:g} s (start_timeout_s): GET {self._health_url} {_probe_text(last)}; expected 200"
                    )
                if not told and monotonic() - began > SLOW_AFTER_S:
                    told = True
                    self._progress(f"waiting for the connector: GET {self._health_url} {_probe_text(last)}")
                await asyncio.sleep(PROBE_PAUSE_S)

    @property
    def _health_url(self) -> str:
        return self.base_url + self.manifest.paths.health

    def _client(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            headers=dict(self.manifest.headers), timeout=aiohttp.ClientTimeout(total=PROBE_TIMEOUT_S), trust_env=False
        )

    async def _probe(self, client: aiohttp.ClientSession) -> str:
        """The status, or "refused", "silent", "broken"."""
        try:
            async with client.get(self._health_url, allow_redirects=False) as answer:
                return str(answer.status)
        except aiohttp.ClientConnectorError:
            return "refused"
        except TimeoutError:
            return "silent"
        except (aiohttp.ClientError, OSError, ValueError):
            return "broken"

    def _family(self) -> list[psutil.Process]:
        """Every process of the connector: below the one that was started, and what detached itself from it."""
        own = below(self._process.pid) if self._process is not None else []
        return [*own, *(one for one in since(self._known) if one not in own)]

    async def _is_gone(self, doomed: list[psutil.Process]) -> None:
        """Raises ConnectorError when a process of it lives on, or its port still answers."""
        alive = await asyncio.to_thread(still_alive, doomed, GONE_S)
        if alive:
            raise self._survived(f"{words(alive)} still run")
        deadline = monotonic() + GONE_S
        async with self._client() as client:
            while (last := await self._probe(client)) != "refused":
                if monotonic() > deadline:
                    what = f"GET {self._health_url} {_probe_text(last)} after it was killed; expected that nothing listens there"
                    raise self._survived(what)
                await asyncio.sleep(PROBE_PAUSE_S)

    def _survived(self, what: str) -> KillFailed:
        self._out_of_reach = what
        self._emit("proc_survived", reason=what)
        return KillFailed(self._error(f"a kill did not take it away: {what}. {KILL_ADVICE}", with_log=False).message, what)

    async def _port_is_free(self) -> None:
        """Raises ConnectorError when somebody else answers where the connector is to listen: it would be taken for this one."""
        async with self._client() as client:
            last = await self._probe(client)
        if last != "refused":
            what = f"GET {self._health_url} {_probe_text(last)} before it was started"
            raise self._error(f"something else listens on its port: {what}. End that process; it is not this run's", with_log=False)

    def _sweep(self, before: Known) -> None:
        """What is left when everything was stopped and cleaned up is named and ended."""
        left = since(before)
        if left:
            self._progress(f"connector {self.manifest.name!r} left processes behind, which are ended: {words(left)}")
            kill(left)

    async def _ended(self) -> None:
        if self._process is None:
            return
        code = await self._process.wait()
        self._process = None
        self._paused = False
        self._emit_exit(code)

    async def _close(self) -> None:
        """Stop and clean up. A second Ctrl-C in the middle still leaves no process behind."""
        try:
            await self.stop()
        finally:
            self._signal_group(signal.SIGKILL)
            await self._cleanup()

    async def _cleanup(self) -> None:
        self._services = Services(())  # whatever ends from here on was told to
        try:
            await self._declared("cleanup")
        except ConnectorError as error:
            self._progress(error.message)  # the run's own outcome is worth more than a failed cleanup
        except BaseException:
            with contextlib.suppress(OSError):
                command = self.manifest.cleanup
                subprocess.Popen(  # noqa: ASYNC220, S603 (detached on purpose: the caller is leaving at once)
                    command,
                    cwd=self.manifest.folder,
                    env=self._environment,
                    start_new_session=True,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            raise

    def _signal_group(self, number: signal.Signals) -> None:
        if self._process is not None:
            _signal(self._process, number)

    def _emit(self, kind: str, **more: object) -> None:
        self._listener(kind, {"sut_gen": self.generation, **more})

    def _emit_exit(self, code: int) -> None:
        self._emit("proc_exit", reason=f"exit code {code}")

    def _error(self, text: str, *, with_log: bool = True) -> ConnectorError:
        message = masked(plain(f"connector {self.manifest.name!r}: {text}"), self._secrets)
        if self._log is not None:
            self._log.catch_up()
        tail = log_tail(self.log_path, self._secrets) if with_log else ""
        gone = "".join(f"\nWhat `prepare` left running {one.words()}; dryclose did not do that." for one in self._services.ended())
        return ConnectorError(f"{message}{gone}\nManifest: {self.manifest.path}{tail}")


def _signal(process: Process, number: signal.Signals) -> None:
    # The group's id is the leader's pid; it stays valid while any member lives, and no other group can take it meanwhile.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _exit_text(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def _probe_text(last: str) -> str:
    texts = {
        "refused": "was refused (nothing listens on that port)",
        "silent": f"got no answer within {PROBE_TIMEOUT_S:g} s",
        "broken": "got no valid answer",
    }
    return texts.get(last, f"answered {last}")


def _words(command: Sequence[str]) -> str:
    return " ".join(command)


def free_port() -> int:
    """A free loopback port below the range of outgoing connections, so that it is still free when the connector restarts."""
    span = LAST_PORT - FIRST_PORT
    for offset in range(span):
        port = FIRST_PORT + (os.getpid() * 37 + offset) % span
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise InternalError(f"no free loopback port between {FIRST_PORT} and {LAST_PORT}")
