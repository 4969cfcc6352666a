"""Ctrl-C and SIGTERM at any phase: no process is left, the run directory can be read, exit code 130."""

import signal
from pathlib import Path

import pytest

from tests.scenario.running import CAREFUL, document, left_over, run, scenario, start, wait_for_line


def interrupted(tmp_path: Path, said: str, number: signal.Signals, *arguments: object) -> Path:
    """Send the signal as soon as the progress says this; check what is left."""
    run_dir = tmp_path / "run"
    process = start("verify", *arguments, "--out", run_dir)
    wait_for_line(process, said)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)

    assert process.returncode == 130, output + errors
    assert left_over(run_dir) == []
    manifest = document(run_dir, "manifest.json")
    assert (manifest["status"], "signal" in manifest["why"]) == ("interrupted", True)
    return run_dir


@pytest.mark.parametrize(
    ("said", "number"),
    [("directory", signal.SIGTERM), ("start", signal.SIGINT), ("baseline-1", signal.SIGTERM), ("baseline-1", signal.SIGINT)],
)
def test_a_small_run_is_interrupted(tmp_path: Path, said: str, number: signal.Signals) -> None:
    """While the connector starts, in a baseline, in a wave with faults."""
    run_dir = interrupted(tmp_path, said, number, "--scenario", scenario(tmp_path, "F-A3", "F-B1"), "--connector", CAREFUL)

    assert run("judge", run_dir).returncode in {2, 3}


@pytest.mark.slow
@pytest.mark.parametrize("said", ["run-F-B5-erp", "kill-1", "quiesce"])
def test_a_run_with_kills_is_interrupted(tmp_path: Path, said: str) -> None:
    """Between windows, after a kill, and while the books are closed."""
    faults = ("F-B5", "F-H2", "F-G1", "F-G2", "F-H1")
    interrupted(tmp_path, said, signal.SIGINT, "--scenario", scenario(tmp_path, *faults), "--connector", CAREFUL)


@pytest.mark.slow
@pytest.mark.parametrize("said", ["directory", "prepare", "wave-connection"])
def test_the_engine_and_its_database_are_gone_after_an_interruption(tmp_path: Path, said: str) -> None:
    """PostgreSQL was started by `prepare`, so only `cleanup` can stop it."""
    interrupted(tmp_path, said, signal.SIGINT, "--scenario", "smoke")
