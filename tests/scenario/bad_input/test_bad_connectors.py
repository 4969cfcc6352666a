"""Connectors that never work: exit code 2, one message that says what came, a readable run directory, no process left."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.scenario.bad_input.command_line import DRYCLOSE, Outcome, dryclose
from tests.unit.harness.scripts import connector_folder


def verify(folder: Path, script: str = "", manifest: str = "") -> Outcome:
    """`dryclose verify` of a connector in this folder."""
    path = connector_folder(folder, script, manifest=manifest)
    return dryclose("verify", "--scenario", "smoke", "--connector", path, "--out", folder / "run", cwd=folder)


def left_behind(folder: Path) -> list[psutil.Process]:
    """Processes that work in this folder."""
    found = []
    for process in psutil.process_iter(["cwd", "status"]):
        if process.info["cwd"] == str(folder) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


@pytest.mark.parametrize(
    ("script", "manifest", "message"),
    [
        ("", 'command = ["./absent.sh"]\n', "there is no program './absent.sh'"),
        ("import sys\nprint('no table')\nsys.exit(3)\n", "", "ended with exit code 3"),
        ("import time\ntime.sleep(60)\n", "start_timeout_s = 0.5\n", "was not ready within 0.5 s"),
        ("", 'command = ["true"]\nprepare = ["false"]\n', "prepare ended with exit code 1"),
        ("", 'url = "http://127.0.0.1:1"\nstart_timeout_s = 0.3\n', "nothing listens on that port"),
    ],
)
def test_connector_that_never_starts(tmp_path: Path, script: str, manifest: str, message: str) -> None:
    """Each way of not starting has its own sentence."""
    done = verify(tmp_path, script, manifest)
    assert done.code == 2
    assert message in done.err
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["status"] == "failed"
    assert left_behind(tmp_path) == []


def test_health_that_answers_500(tmp_path: Path) -> None:
    """The status that came and the one that was expected."""
    from tests.unit.harness.scripts import SERVER

    done = verify(tmp_path, SERVER, 'start_timeout_s = 0.5\n[set_environment]\nSTATUS = "500"\n')
    assert done.code == 2
    assert "answered 500; expected 200" in done.err


def test_ctrl_c_while_waiting_for_the_connector(tmp_path: Path) -> None:
    """130, no process, a run directory that says so."""
    path = connector_folder(tmp_path, "import time\ntime.sleep(60)\n", manifest="start_timeout_s = 60\n")
    command = [str(DRYCLOSE), "verify", "--scenario", "smoke", "--connector", str(path), "--out", str(tmp_path / "run")]
    process = subprocess.Popen(command, cwd=tmp_path.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    deadline = time.monotonic() + 240
    while not left_behind(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["status"] == "interrupted"
    assert left_behind(tmp_path) == []


def test_database_that_cannot_be_reached(tmp_path: Path) -> None:
    """The reference engine says which one; the password is in no file of the run."""
    unreachable = {"DATABASE_URL": "postgresql://me:hidden-word@127.0.0.1:1/books"}
    done = dryclose("verify", "--scenario", "smoke", "--out", "run", cwd=tmp_path, env=unreachable)
    assert done.code == 2
    assert "127.0.0.1:1/books" in done.err
    texts = [path.read_text(errors="replace") for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert not any("hidden-word" in text for text in (*texts, done.out, done.err))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("delay_ms", [0, 150, 300, 500])
def test_interrupted_while_python_still_imports(tmp_path: Path, number: signal.Signals, delay_ms: int) -> None:
    """Quiet from the first moment on: 130 and no traceback, whichever module was half loaded. Before that it is Python's, not ours."""
    process = subprocess.Popen([str(DRYCLOSE), "verify"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while not is_ours(process.pid):
        time.sleep(0.005)
    time.sleep(delay_ms / 1000)
    process.send_signal(number)
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 130, output
    assert "Traceback" not in output


def is_ours(pid: int) -> bool:
    """Whether it answers the signal of a terminal that hangs up by itself, as it does from its first line on."""
    caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & 1 << (signal.SIGHUP - 1))


@pytest.mark.slow
@pytest.mark.parametrize("delay_s", [0.5, 3.0, 6.0])
def test_ctrl_c_in_the_middle_of_a_run(tmp_path: Path, delay_s: float) -> None:
    """130, a directory that can be judged again, no process that knows it."""
    run = tmp_path / "run"
    process = subprocess.Popen(
        [str(DRYCLOSE), "verify", "--out", str(run)], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    deadline = time.monotonic() + 240
    while not (run / "manifest.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 130, output
    assert json.loads((run / "manifest.json").read_text())["status"] == "interrupted"
    assert dryclose("judge", run, cwd=tmp_path).code == 2
    assert knowing(run) == []


def knowing(run: Path) -> list[list[str]]:
    """Processes that have this run in their command line or as their STATE_DIR: the connector and its database."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(run) in word for word in (*process.cmdline(), process.environ().get("STATE_DIR", ""))):
                found.append(process.cmdline())
        except psutil.Error:
            continue
    return found
