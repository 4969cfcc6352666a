"""A release that nobody announced: connectors that stop pass, one that takes what is missing for nothing posts wrongly and is seen."""

from pathlib import Path

import pytest

from tests.scenario.puppet.playing import play
from tests.scenario.running import CAREFUL, document, narrowed, run

pytestmark = pytest.mark.requirement("R08.07", "R09.13")

ONLY_EXPENSES = "flows: [expense-to-posting]\nvolume: {baseline: 2}"


def test_a_missing_tax_that_is_taken_for_none_is_seen(tmp_path: Path) -> None:
    """Amount, currency, company and balance are right; the accounts tell."""
    played = play(tmp_path, {"missing_is_zero": {}}, faults="include: [F-E2]", extra=ONLY_EXPENSES)
    assert played.exit_code == 1, played.text
    assert "C14" in played.violated  # too much cost, no tax
    assert not {"C06", "C08"} & set(played.violated)


@pytest.mark.slow
@pytest.mark.parametrize("manifest", [None, CAREFUL], ids=["engine", "careful"])
def test_a_right_connector_lives_through_every_release(tmp_path: Path, manifest: Path | None) -> None:
    """Every cell of the schema-drift scenario was judged; what was parked says the member, and posts after the redrive."""
    chosen = ("--connector", manifest) if manifest else ()
    drift = narrowed(tmp_path, "schema-drift", "requisition-to-po", "expense-to-posting", "payment-status")
    done = run("verify", "--scenario", drift, "--seed", 4, *chosen, "--out", tmp_path / "run")

    assert done.returncode == 0, done.stdout + done.stderr
    verdict = document(tmp_path / "run")
    cells = verdict["coverage"]["cells"]
    assert cells["planned"] == cells["fired"] == cells["judged"] > 0
    drifted = {(row["call_point"], row["fault_id"]) for row in verdict["coverage"]["matrix"] if row["verdict"] == "pass"}
    for point in ("wh.requisition.approved", "expense.report.read", "erp.po.create", "erp.po.find", "erp.job.read", "erp.po.cancel"):
        assert {fault for at, fault in drifted if at == point} >= {"F-E1", "F-E2", "F-E3", "F-E4", "F-E5", "F-E6"}
    assert verdict["parking"]["items"] > 0
    assert verdict["parking"]["recovery"] == "proven"
    assert verdict["straight_through"]["drift"]["rate"] == 1.0
