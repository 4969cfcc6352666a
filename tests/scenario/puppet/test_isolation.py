"""An outage that lasts: what does not need the system goes on, or the run says who was kept waiting for nothing."""

import pytest

from tests.puppet.manifest import puppet_manifest
from tests.scenario.running import document, run

LASTING = """\
name: lasting
title: One system is in maintenance for a while
entities: [US01, DE01]
volume: {baseline: 2, per_window: 6}
faults: {include: [F-B5]}
waits: {maintenance_ms: 6000}
limits: {settle_s: 30, solo: 0}
"""


@pytest.mark.requirement("R08.04")
@pytest.mark.slow
@pytest.mark.parametrize(("behaviours", "code"), [({}, 0), ({"one_breaker_for_all": {}}, 1)], ids=["right", "one-breaker-for-all"])
def test_an_outage_stops_only_what_needs_the_system(tmp_path, behaviours, code) -> None:
    """A breaker of its own for each system passes; one for all fails, as a habit."""
    scenario = tmp_path / "lasting.yaml"
    scenario.write_text(LASTING, "utf-8")
    manifest = puppet_manifest(tmp_path / "puppet", behaviours)
    done = run("verify", "--scenario", scenario, "--connector", manifest, "--seed", "1", "--out", tmp_path / "run", timeout_s=200)
    rule = next(row for row in document(tmp_path / "run")["invariants"] if row["id"] == "L10")
    assert rule["candidates"] > 3, done.stdout
    assert (rule["violations"] > 0, done.returncode) == (code == 1, code), done.stdout
