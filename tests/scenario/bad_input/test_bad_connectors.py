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
    deadline = time.monotonic() + 30
    while not left_behind(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["status"] == "interrupted"
    assert left_behind(tmp_path) == []
