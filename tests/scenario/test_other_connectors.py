"""Connectors that the harness does not start, or that take no events."""

from pathlib import Path

import pytest

from harness.stage.connector import free_port
from tests.scenario.outside import exported, running_already
from tests.scenario.running import CAREFUL, document, run, scenario

CAREFUL_PROGRAM = CAREFUL.parent / "careful.py"


@pytest.mark.slow
def test_a_connector_that_runs_already_is_verified_by_its_url(tmp_path: Path) -> None:
    """Its ports and secrets come from an earlier world, by a file that both name; kills are not applicable to it."""
    base = free_port()  # the world takes this one and the next four
    port = base + 7
    manifest = tmp_path / "connector.toml"
    manifest.write_text(
        f'name = "outside"\nurl = "http://127.0.0.1:{port}"\npoll_interval_s = 1\n[paths]\nidle = "/idle"\n[parked]\nhttp = "/parked"\n'
    )
    shared = ("--seed", 4, "--port-base", base, "--credentials", tmp_path / "my.secrets")
    options = ("--scenario", scenario(tmp_path, "F-A3", "F-G1"), *shared, "--connector", manifest)
    environment = exported(tmp_path / "up", *options)
    with running_already(CAREFUL_PROGRAM, tmp_path / "connector.log", environment, port=port, poll_interval_s=1):
        done = run("verify", *options, "--out", tmp_path / "run")

    assert done.returncode == 0, done.stdout + done.stderr
    cells = {(cell["fault_id"], cell["verdict"]) for cell in document(tmp_path / "run")["coverage"]["matrix"]}
    assert ("F-A3", "pass") in cells
    assert ("F-G1", "not_applicable") in cells


@pytest.mark.requirement("R06.17")
@pytest.mark.slow
def test_a_connector_that_only_polls_is_verified(tmp_path: Path) -> None:
    """Nothing is sent to it, so nothing about events applies; its polls are waited for."""
    manifest = tmp_path / "connector.toml"
    text = f'name = "polls"\ncommand = ["{{python}}", "{CAREFUL_PROGRAM}"]\npoll_interval_s = 0.5\nrequest_timeout_s = 2.0\n'
    manifest.write_text(text + '[paths]\nwebhook = ""\nidle = "/idle"\n[parked]\nhttp = "/parked"\n')
    done = run("verify", "--scenario", scenario(tmp_path, "F-A3", "F-D8"), "--seed", 4, "--connector", manifest, "--out", tmp_path / "run")

    assert done.returncode == 0, done.stdout + done.stderr
    assert {cell["verdict"] for cell in document(tmp_path / "run")["coverage"]["matrix"] if cell["fault_id"] == "F-D8"} == {
        "not_applicable"
    }


def test_up_keeps_a_world_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """The lines can be evaluated by a shell, name every value of the contract, and nothing else is printed there."""
    environment = exported(tmp_path / "up", "--seed", 4)

    assert {
        "ERP_URL",
        "PROCUREMENT_URL",
        "EXPENSE_URL",
        "OAUTH_TOKEN_URL",
        "CLIENT_ID",
        "CLIENT_SECRET",
        "WEBHOOK_SECRET",
    } <= environment.keys()
    assert {"PORT", "STATE_DIR", "MAPPINGS_DIR", "RETRY_BASE_MS", "RUN_ID", "POLL_INTERVAL_S"} <= environment.keys()
    assert (tmp_path / "up" / "mappings" / "suppliers.csv").exists()
