"""Whole runs: the engine and a careful connector pass, a naive one fails for the right reasons."""

import shutil
from pathlib import Path

import pytest

from tests.scenario.running import CAREFUL, NAIVE, document, left_over, run, scenario, violated


@pytest.mark.requirement("R08.08")
def test_a_lost_answer_shows_the_naive_connector(tmp_path: Path) -> None:
    """One fault at one call point: the connector that sends again posts twice, and a replay shows it again."""
    done = run("verify", "--scenario", scenario(tmp_path, "F-A3"), "--seed", 1, "--connector", NAIVE, "--out", tmp_path / "run")

    assert done.returncode == 1, done.stdout + done.stderr
    assert {"C01", "C02", "P01"} <= violated(tmp_path / "run")
    violation = next(row for row in document(tmp_path / "run")["violations"] if row["invariant"] == "C01")
    assert violation["plan"].endswith("erp.po.create@1 = response_lost_after_commit/drop")
    assert violation["money"]["currency"] == "USD"
    assert violation["solo"] == {"reproduced": 1, "of": 1}
    assert f"dryclose replay {tmp_path / 'run'} {violation['txn_id']}" in done.stdout

    again = run("replay", tmp_path / "run", violation["txn_id"], "--repeats", 2)

    assert again.returncode == 1, again.stdout + again.stderr
    assert "It happens again, 2 of 2 times" in again.stdout


@pytest.fixture(scope="module")
def careful_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run directory of the careful connector under one lost answer; whoever changes something in it takes a copy."""
    folder = tmp_path_factory.mktemp("careful")
    done = run("verify", "--scenario", scenario(folder, "F-A3"), "--seed", 1, "--connector", CAREFUL, "--out", folder / "run")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "run"


@pytest.mark.requirement("R08.08")
def test_the_same_lost_answer_does_not_hurt_the_careful_connector(careful_run: Path) -> None:
    """Everything that a run leaves is there, and nothing of it is still running."""
    names = {"manifest.json", "plan.json", "verdict.json", "history.ndjson", "history.parquet", "report.html", "junit.xml", "ctrf.json"}
    assert names <= {path.name for path in careful_run.iterdir()}
    assert document(careful_run, "manifest.json")["status"] == "complete"
    assert left_over(careful_run) == []


def test_a_replay_of_what_went_well_exits_0(careful_run: Path) -> None:
    """It was never violated, and it is not violated now."""
    faulted = next(row["txn_id"] for row in document(careful_run)["by_experiment"] if row["role"] == "faulted")

    assert run("replay", careful_run, faulted, "--repeats", 1).returncode == 0


def test_a_truncated_history_is_judged_as_far_as_it_goes(careful_run: Path, tmp_path: Path) -> None:
    """Half a history is not enough evidence, and says so."""
    cut = shutil.copytree(careful_run, tmp_path / "run")
    history = cut / "history.ndjson"
    history.write_bytes(history.read_bytes()[: history.stat().st_size // 2])
    (cut / "history.parquet").unlink()

    judged = run("judge", cut)

    assert judged.returncode == 2, judged.stdout + judged.stderr
    assert document(cut)["verdict"] == "inconclusive"


def test_the_same_seed_plans_the_same_run(careful_run: Path, tmp_path: Path) -> None:
    """Plan and data are functions of seed and scenario; only the namespace of the ids differs."""
    run("verify", "--scenario", scenario(tmp_path, "F-A3"), "--seed", 1, "--connector", CAREFUL, "--out", tmp_path / "again")
    first, again = (
        [{key: value for key, value in entry.items() if key != "source_id"} for entry in document(folder, "plan.json")["experiments"]]
        for folder in (careful_run, tmp_path / "again")
    )

    assert first == again


@pytest.mark.slow
@pytest.mark.parametrize("manifest", [None, CAREFUL], ids=["engine", "careful"])
def test_a_right_connector_passes_the_smoke_scenario(tmp_path: Path, manifest: Path | None) -> None:
    """Two connectors of different design, no violation, every planned cell fired."""
    chosen = ("--connector", manifest) if manifest else ()
    done = run("verify", "--scenario", "smoke", "--seed", 3, *chosen, "--out", tmp_path / "run")

    assert done.returncode == 0, done.stdout + done.stderr
    cells = document(tmp_path / "run")["coverage"]["cells"]
    assert cells["planned"] == cells["fired"] == cells["judged"] > 0
    assert left_over(tmp_path / "run") == []


def test_the_naive_connector_fails_for_the_right_reasons(tmp_path: Path) -> None:
    """It posts twice, believes forged events, and loses what it acknowledged."""
    path = scenario(tmp_path, "F-A3", "F-D8", "F-B5")
    done = run("verify", "--scenario", path, "--seed", 3, "--connector", NAIVE, "--out", tmp_path / "run")

    assert done.returncode == 1, done.stdout + done.stderr
    assert {"C01", "K10", "C03", "K09"} <= violated(tmp_path / "run")
    for violation in document(tmp_path / "run")["violations"]:
        assert violation["story"]


def test_a_baseline_that_is_settled_wrongly_stops_the_run(tmp_path: Path) -> None:
    """Every order is on somebody else's cost centre: no fault is played on top of that."""
    folder = tmp_path / "careful"
    shutil.copytree(CAREFUL.parent, folder)
    mapping = folder / "mapping.py"
    right = 'self._one(self._cost_center, "cost centre", code, company)["erp_cost_center"]'
    wrong = 'next(r["erp_cost_center"] for k, (r, *_) in self._cost_center.items() if k[1] == company and k[0] != code)'
    assert right in mapping.read_text()
    mapping.write_text(mapping.read_text().replace(right, wrong))

    done = run(
        "verify", "--scenario", scenario(tmp_path, "F-A3"), "--seed", 1, "--connector", folder / "connector.toml", "--out", tmp_path / "run"
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "C07" in violated(tmp_path / "run")
    assert "fault-free transactions ended wrong, against C07" in done.stderr
    assert {row["role"] for row in document(tmp_path / "run")["by_experiment"]} <= {"baseline", "solo"}
