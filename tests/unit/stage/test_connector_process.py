"""The connector's process: started, watched, killed, stopped, cleaned up; every failure says what came and what was expected."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from harness.errors import ConnectorError
from harness.manifest import load_manifest
from harness.stage.connector import Connector, free_port
from harness.stage.connector_log import ConnectorLog
from harness.stage.contract import ContractValues, connector_environment
from tests.shipped import CATALOG
from tests.unit.harness.scripts import SERVER, connector_folder

SECRET = "a-very-secret-word"
Events = list[tuple[str, Mapping[str, object]]]


def values(folder: Path) -> ContractValues:
    """What the contract gives, with nobody behind the URLs."""
    return ContractValues(
        systems=CATALOG.systems,
        urls=dict.fromkeys((*CATALOG.hosted, "identity"), "http://127.0.0.1:9"),
        client_id="c",
        client_secret=SECRET,
        webhook_secret="whsec_c29tZXRoaW5nLXNlY3JldA==",
        port=free_port(),
        state_dir=folder,
        mappings_dir=folder,
        retry_base_ms=50,
        run_id="rtest",
    )


def with_connector(manifest: Path, body: Callable[[Connector], Awaitable[None]]) -> Events:
    """Open a connector, do something with it, close it; the events that it emitted."""
    events: Events = []

    async def play() -> None:
        read = load_manifest(manifest, CATALOG)
        log = manifest.parent / "connector.log"
        opened = Connector.open(
            read, values(manifest.parent), log, listener=lambda kind, more: events.append((kind, more)), progress=lambda _: None
        )
        async with opened as connector:
            await body(connector)

    asyncio.run(play())
    return events


async def only_start(connector: Connector) -> None:
    """Start it."""
    await connector.start()


def failure(manifest: Path, body: Callable[[Connector], Awaitable[None]] = only_start) -> str:
    """The message of the ConnectorError."""
    with pytest.raises(ConnectorError) as caught:
        with_connector(manifest, body)
    assert caught.value.exit_code == 2
    return caught.value.message


def test_start_and_stop(tmp_path: Path) -> None:
    """It is ready when the health path answers 200, and gone when the context ends."""
    pids = []

    async def body(connector: Connector) -> None:
        await connector.start()
        assert connector.alive
        assert await connector.healthy()
        pids.append(connector.pid)

    events = with_connector(connector_folder(tmp_path), body)
    assert [kind for kind, _ in events] == ["proc_start", "proc_ready", "proc_exit"]
    assert not psutil.pid_exists(pids[0])


def test_kill_and_restart_keep_port_and_count_generations(tmp_path: Path) -> None:
    """After SIGKILL the connector comes back at the same address as the next generation."""

    async def body(connector: Connector) -> None:
        await connector.start()
        before = connector.base_url
        await connector.kill()
        assert not connector.alive
        await connector.restart()
        assert (connector.base_url, connector.generation) == (before, 2)

    events = with_connector(connector_folder(tmp_path), body)
    assert [kind for kind, _ in events][:4] == ["proc_start", "proc_ready", "proc_kill", "proc_exit"]
    assert {more["sut_gen"] for _, more in events} == {1, 2}


def gone(pid: int) -> bool:
    """Whether the process has ended, given a moment: a signal is sent before it is obeyed. Nobody may be there to reap it."""
    try:
        process = psutil.Process(pid)
        deadline = time.monotonic() + 5
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.02)
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_children_die_with_it(tmp_path: Path) -> None:
    """Whatever the connector started in its group is gone after a kill, also what it left behind when it ended."""
    script = "import subprocess, sys, os\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    script += "open('child', 'w').write(str(child.pid))\n"
    from tests.unit.harness.scripts import SERVER

    async def body(connector: Connector) -> None:
        await connector.start()
        assert connector.pid is not None
        os.kill(connector.pid, signal.SIGTERM)
        assert "signal SIGTERM" in (await connector.lost()).message

    with_connector(connector_folder(tmp_path, script + SERVER), body)
    child = int((tmp_path / "child").read_text())
    assert gone(child)


def test_one_that_may_end_is_started_again(tmp_path: Path) -> None:
    """An exit while nobody looks ends no run; afterwards one more does."""

    async def body(connector: Connector) -> None:
        await connector.start()
        connector.look_away()
        assert not await connector.revive()
        assert connector.pid is not None
        os.kill(connector.pid, signal.SIGTERM)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connector.lost(), 0.5)
        assert await connector.revive()
        connector.look_again()
        assert (connector.generation, await connector.healthy()) == (2, True)
        os.kill(connector.pid, signal.SIGTERM)
        assert "signal SIGTERM" in (await connector.lost()).message

    with_connector(connector_folder(tmp_path), body)


def test_pause_and_stop_of_a_stubborn_one(tmp_path: Path) -> None:
    """A paused connector that ignores SIGTERM is gone after stop_timeout_s all the same."""

    async def body(connector: Connector) -> None:
        await connector.start()
        connector.pause()
        await connector.stop()
        assert not connector.alive

    with_connector(connector_folder(tmp_path, manifest='stop_timeout_s = 0.3\n[set_environment]\nSTUBBORN = "1"\n'), body)


def test_missing_program(tmp_path: Path) -> None:
    """The message names the program and where it was looked for."""
    message = failure(connector_folder(tmp_path, manifest='command = ["./absent.sh"]\n'))
    assert "there is no program './absent.sh'" in message
    assert str(tmp_path) in message


def test_program_that_is_not_executable(tmp_path: Path) -> None:
    """The message says what to do about it."""
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o644)
    assert "chmod +x" in failure(connector_folder(tmp_path, manifest='command = ["./run.sh"]\n'))


def test_program_that_is_no_program(tmp_path: Path) -> None:
    """A script without its first line cannot be executed."""
    (tmp_path / "run.sh").write_text("echo\n")
    (tmp_path / "run.sh").chmod(0o755)
    assert "#!/bin/sh" in failure(connector_folder(tmp_path, manifest='command = ["./run.sh"]\n'))


def test_exit_at_once_shows_its_last_words_without_secrets(tmp_path: Path) -> None:
    """The exit code and the last lines of the log, masked."""
    script = "import os, sys\nprint('cannot find table X', os.environ['CLIENT_SECRET'])\nsys.exit(7)\n"
    message = failure(connector_folder(tmp_path, script))
    assert "ended with exit code 7" in message
    assert "cannot find table X ***" in message
    assert SECRET not in message


ACTING = (
    "\x1b]0;title\x07"  # the title of the window
    "\x1b]8;;http://example.org\x1b\\click\x1b]8;;\x1b\\"  # a link
    "\x1b]52;c;cm0gLXJmCg==\x07"  # the clipboard
    "\x1bP1$r0m\x1b\\\x1b[2J\x1b[31mred\x1b[0m\x1bc\x9b5m\x08\x00\u202eback\u202c \x1b]9;without an end"
)


def test_log_lines_are_masked_and_tame_as_they_arrive(tmp_path: Path) -> None:
    """While the connector runs: neither its secret nor anything that acts on a terminal is in the log."""
    words = f"({ACTING!r} + ' secret ' + os.environ['CLIENT_SECRET'] + chr(10)).encode()"
    script = f"import os, sys\nsys.stdout.buffer.write({words})\nsys.stdout.flush()\n"
    seen: list[str] = []

    async def look(connector: Connector) -> None:
        await connector.start()
        for _ in range(100):
            await asyncio.sleep(0.02)
            if text := connector.log_path.read_text("utf-8"):
                seen.append(text)
                return

    with_connector(connector_folder(tmp_path, script + SERVER), look)
    (text,) = seen
    assert text.startswith("clickredback ]9;without an end secret ***\n")


def test_a_renewed_secret_is_given_to_all_that_starts_later_and_shown_nowhere(tmp_path: Path) -> None:
    """The next start and the connector's own commands get it; the log and messages hide both."""
    said = f"print('secret', os.environ['CLIENT_SECRET'], {SECRET!r}, len(os.environ['CLIENT_SECRET']), flush=True)"
    renewed = "another-word-that-nobody-may-see"
    lengths: list[str] = []

    async def look(connector: Connector) -> None:
        await connector.start()
        connector.renew_secret(renewed)
        lengths.append(await connector.run_command([sys.executable, "-c", f"import os; {said}"], "parked", 5.0))
        await connector.kill()
        await connector.restart()
        with pytest.raises(ConnectorError) as failed:
            await connector.run_command([sys.executable, "-c", f"import sys; sys.exit(3) # {renewed} {SECRET}"], "parked", 5.0)
        lengths.append(str(failed.value))

    script = f"import os\n{said}\n"
    with_connector(connector_folder(tmp_path, script + SERVER), look)
    (given, message), text = lengths, (tmp_path / "connector.log").read_text("utf-8")
    assert given.split()[1:] == [renewed, SECRET, str(len(renewed))]
    assert [line for line in text.splitlines() if line.startswith("secret *** ***")] == [
        f"secret *** *** {length}" for length in (len(SECRET), len(renewed))
    ]
    assert not [secret for secret in (renewed, SECRET) if secret in text or secret in message]


def test_a_line_without_an_end_is_bounded_and_masked(tmp_path: Path) -> None:
    """A secret across the place where a long line is cut is still masked; the rest is there when somebody asks."""
    path = tmp_path / "connector.log"
    with ConnectorLog.open(path, (SECRET,)) as log:
        os.write(log.sink, b"start " + SECRET.encode()[:5])
        os.write(log.sink, SECRET.encode()[5:] + b" end")
        log.catch_up()
        assert path.read_text() == "start *** end"
        long = b"x" * (1 << 18) + SECRET.encode() + b"x" * (1 << 18)
        writing = threading.Thread(target=lambda: [os.write(log.sink, long[at : at + 4096]) for at in range(0, len(long), 4096)])
        writing.start()
        writing.join()
    assert SECRET not in path.read_text()
    assert path.read_text().count("x") == 2 << 18


def test_hanging_before_it_listens(tmp_path: Path) -> None:
    """Nothing listens: said after start_timeout_s, and that it wrote nothing."""
    message = failure(connector_folder(tmp_path, "import time\ntime.sleep(60)\n", manifest="start_timeout_s = 0.3\n"))
    assert "was not ready within 0.3 s" in message
    assert "nothing listens on that port" in message
    assert "wrote nothing" in message


def test_health_that_answers_500(tmp_path: Path) -> None:
    """The status that came and the one that was expected."""
    message = failure(connector_folder(tmp_path, manifest='start_timeout_s = 0.5\n[set_environment]\nSTATUS = "500"\n'))
    assert "answered 500; expected 200" in message


def test_failing_prepare(tmp_path: Path) -> None:
    """The connector is not started when prepare fails; cleanup runs."""
    manifest = connector_folder(tmp_path, manifest='prepare = ["false"]\ncleanup = ["touch", "cleaned"]\n')
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        assert "prepare ended with exit code 1" in failure(manifest)
        assert (tmp_path / "cleaned").exists()
        assert bystander.poll() is None, "what is no part of the connector was ended with it"
    finally:
        bystander.kill()
        bystander.wait()


def test_cleanup_runs_after_a_cancelled_run(tmp_path: Path) -> None:
    """Ctrl-C in the middle: the process is gone and cleanup has run."""
    pids = []

    async def play() -> None:
        started = asyncio.Event()

        async def body(connector: Connector) -> None:
            await connector.start()
            pids.append(connector.pid)
            started.set()
            await asyncio.sleep(60)

        read = load_manifest(connector_folder(tmp_path, manifest='cleanup = ["touch", "cleaned"]\n'), CATALOG)
        opened = Connector.open(read, values(tmp_path), tmp_path / "log", listener=lambda *_: None, progress=lambda _: None)
        async with opened as connector:
            task = asyncio.create_task(body(connector))
            await asyncio.wait_for(started.wait(), 10)
            task.cancel()
            await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(play())
    assert (tmp_path / "cleaned").exists()
    assert not psutil.pid_exists(pids[0])


def test_no_secret_stays_in_the_log(tmp_path: Path) -> None:
    """The connector printed its secret; the log of the run does not show it."""
    with_connector(connector_folder(tmp_path), only_start)
    assert "secret ***" in (tmp_path / "connector.log").read_text()


def test_environment_is_the_contract_and_nothing_more(tmp_path: Path) -> None:
    """No variable of the harness's own surroundings, but what the manifest names; renames are obeyed."""
    manifest = 'pass_environment = ["DATABASE_URL"]\nset_environment = { MODE = "test" }\n[environment]\nERP_URL = "MY_ERP"\n'
    read = load_manifest(connector_folder(tmp_path, manifest=manifest), CATALOG)
    outside = {"PATH": "/bin", "HOME": "/h", "LC_ALL": "C", "DATABASE_URL": "postgres://x", "AWS_SECRET_ACCESS_KEY": "s", "PYTHONPATH": "p"}
    found = connector_environment(read, values(tmp_path), outside)
    contract = {
        "PROCUREMENT_URL",
        "EXPENSE_URL",
        "PLANNING_URL",
        "SCREENING_URL",
        "HR_URL",
        "PORTAL_URL",
        "BANK_URL",
        "OAUTH_TOKEN_URL",
        "CLIENT_ID",
    }
    contract |= {"CLIENT_SECRET", "WEBHOOK_SECRET", "PORT", "STATE_DIR", "MAPPINGS_DIR", "RETRY_BASE_MS", "RUN_ID", "POLL_INTERVAL_S"}
    contract |= {"MY_ERP"}
    assert set(found) == contract | {"PATH", "HOME", "LC_ALL", "PYTHONUNBUFFERED", "DATABASE_URL", "MODE"}


def test_a_further_system_is_given_where_it_stands(tmp_path: Path) -> None:
    """Under the variable that it declares; where the world has none, the variable is absent rather than empty."""
    read = load_manifest(connector_folder(tmp_path), CATALOG)
    plain = values(tmp_path)
    assert "ERP2_URL" not in plain.variables(read)
    second = replace(plain, urls={**plain.urls, "erp2": "http://127.0.0.1:10"})
    assert second.variables(read) == {**plain.variables(read), "ERP2_URL": "http://127.0.0.1:10"}


def test_url_connector_is_only_asked(tmp_path: Path) -> None:
    """A connector that somebody else runs is neither started nor killed."""
    message = failure(connector_folder(tmp_path, manifest='url = "http://127.0.0.1:1"\nstart_timeout_s = 0.2\n'))
    assert "GET http://127.0.0.1:1/health was refused" in message


def test_parked_command(tmp_path: Path) -> None:
    """Its standard output is the answer; a failure is a ConnectorError."""

    async def body(connector: Connector) -> None:
        assert await connector.run_command(["echo", "{}"], "parked.command", 5) == "{}\n"
        with pytest.raises(ConnectorError, match="did not end within"):
            await connector.run_command(["sleep", "60"], "parked.command", 0.1)
        with pytest.raises(ConnectorError, match="exit code 1"):
            await connector.run_command(["false"], "parked.command", 5)

    with_connector(connector_folder(tmp_path), body)


SERVICE = """
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import sys, time; time.sleep(60) if sys.argv[1] != 'short' else sys.exit(0)", sys.argv[1]],
                 start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
"""


def runs(process: psutil.Process, words: str) -> bool:
    """Its command line has these words; one that ended has none."""
    try:
        return words in " ".join(process.cmdline())
    except psutil.Error:
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only on Linux does dryclose adopt what prepare leaves running")
def test_a_service_that_is_killed_from_outside_is_the_cause(tmp_path: Path) -> None:
    """It is named with the signal; the connector, which runs on, is not."""
    (tmp_path / "service.py").write_text(SERVICE)
    said: list[str] = []

    async def take_it_away(connector: Connector) -> None:
        await connector.start()
        waiting = asyncio.create_task(connector.lost())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        (service,) = [one for one in psutil.Process().children() if runs(one, "time.sleep(60)")]
        service.kill()
        said.append((await asyncio.wait_for(waiting, 5)).message)

    with_connector(connector_folder(tmp_path, manifest='prepare = ["{python}", "service.py", "long"]\n'), take_it_away)
    assert "was ended by SIGKILL; dryclose did not do that" in said[0]


def test_a_service_that_ends_by_itself_is_its_own_business(tmp_path: Path) -> None:
    """A job that prepare left to finish is no reason to end a run."""
    (tmp_path / "service.py").write_text(SERVICE)

    async def let_it_end(connector: Connector) -> None:
        await connector.start()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connector.lost(), 0.7)

    with_connector(connector_folder(tmp_path, manifest='prepare = ["{python}", "service.py", "short"]\n'), let_it_end)
