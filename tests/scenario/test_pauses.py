"""dryclose itself is stopped and continued while documents are under way: it says so, and accuses nobody."""

import signal
from pathlib import Path
from time import sleep

import pytest

from tests.scenario.running import document, narrowed, start, wait_for_line

PAUSE_S = 3.0  # twice the reference engine's own timeout: its calls fail although no plan says so


@pytest.mark.slow
def test_a_pause_is_told_and_blamed_on_nobody(tmp_path: Path) -> None:
    """The evidence may be too thin for a pass afterwards; a violation it is not."""
    run_dir = tmp_path / "run"
    smoke = narrowed(tmp_path, "smoke", "requisition-to-po", "expense-to-posting", "requisition-check")
    process = start("verify", "--scenario", smoke, "--seed", "7", "--out", run_dir)
    wait_for_line(process, "baseline-2")
    process.send_signal(signal.SIGSTOP)
    sleep(PAUSE_S)
    process.send_signal(signal.SIGCONT)
    output, errors = process.communicate(timeout=120)
    verdict = document(run_dir, "verdict.json")
    assert process.returncode in {0, 2}, output + errors
    assert verdict["violations"] == []
    assert any("dryclose itself stood still" in note for note in verdict["told"]), verdict["told"]
