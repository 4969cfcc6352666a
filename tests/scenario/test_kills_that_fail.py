"""A connector that a supervisor runs, out of reach of a kill: the kills are void with their reason, the rest is played and judged."""

import shutil
from pathlib import Path

import pytest

from tests.scenario.running import CAREFUL, document, left_over, run

SUPERVISOR = """
import os, subprocess, sys, time
from pathlib import Path

wish = Path(os.environ["STATE_DIR"]) / "start"
if sys.argv[1:] == ["client"]:  # what dryclose starts and kills: it only asks the supervisor
    wish.touch()
    time.sleep(3600)
elif sys.argv[1:] == ["daemon"]:
    while not wish.exists():
        time.sleep(0.05)
    subprocess.run([sys.executable, "careful.py"])
else:  # prepare
    null = subprocess.DEVNULL
    daemon = subprocess.Popen([sys.executable, __file__, "daemon"], start_new_session=True, stdin=null, stdout=null, stderr=null)
    (Path(os.environ["STATE_DIR"]) / "pid").write_text(str(daemon.pid))
"""
SCENARIO = """
name: kills
title: one flow, one fault, a secret that is rotated, two kinds of crash
flows: [requisition-to-po]
entities: [US01]
volume: {baseline: 2}
faults: {include: [F-B1, F-B12, F-G2, F-G4]}
limits: {discovery_rounds: 0, settle_s: 8, quiesce_s: 8}
require: [C01]
"""


@pytest.mark.slow
def test_kills_that_do_not_kill_are_void_and_the_rest_is_judged(tmp_path: Path) -> None:
    """Exit 2 with the reason; the other fault's cells are judged, and nobody is blamed."""
    folder = tmp_path / "supervised"
    shutil.copytree(CAREFUL.parent, folder)
    (folder / "supervisor.py").write_text(SUPERVISOR)
    manifest = CAREFUL.read_text().replace('command = ["{python}", "careful.py"]', 'command = ["{python}", "supervisor.py", "client"]')
    (folder / "connector.toml").write_text('prepare = ["{python}", "supervisor.py"]\n' + manifest)
    (tmp_path / "kills.yaml").write_text(SCENARIO)
    out = tmp_path / "run"
    done = run("verify", "--scenario", tmp_path / "kills.yaml", "--connector", folder / "connector.toml", "--out", out)
    assert done.returncode == 2, done.stdout + done.stderr
    verdict = document(out)
    assert verdict["verdict"] == "inconclusive"
    assert any("kills did not take the connector away (GET http://127.0.0.1:" in reason for reason in verdict["reasons"])
    assert verdict["violations"] == []
    by_fault = {}
    for row in verdict["coverage"]["matrix"]:
        by_fault.setdefault(row["fault_id"], set()).add(row["verdict"])
    assert "pass" in by_fault["F-B1"]
    assert by_fault["F-G2"] | by_fault["F-G4"] == {"void", "not_applicable"}
    assert by_fault["F-B12"] == {"void"}
    why = {row["why"] for row in verdict["by_experiment"] if row["verdict"] == "void"}
    assert why == {"the kill that it was to meet did not take the connector away", "its planned fault never fired"}
    assert left_over(out) == []
