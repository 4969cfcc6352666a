"""A client's secret that is rotated while the connector is started again: whoever keeps the old one is found."""

import pytest

from tests.puppet.manifest import FLOWS
from tests.scenario.puppet.playing import play

pytestmark = [pytest.mark.slow, pytest.mark.requirement("R08.06")]

FAULTS = "include: [F-A3, F-B12, F-G1]"
SMALL = "volume: {baseline: 2}"


def test_who_reads_its_secret_at_each_start_goes_on(tmp_path) -> None:
    """Every document of the rotation is judged, and the record proves what it met."""
    played = play(tmp_path, {}, faults=FAULTS, extra=SMALL)
    assert played.exit_code == 0, played.text
    cells = [cell for cell in played.verdict["coverage"]["matrix"] if cell["fault_id"] == "F-B12" and cell["flow"] in FLOWS]
    assert {(cell["verdict"], cell["judged"] == cell["planned"] > 0) for cell in cells} == {("pass", True)}, cells


def test_who_keeps_its_first_secret_is_found(tmp_path) -> None:
    """Nothing comes of what arrives behind the retirement: lost, with the rotation as the one cause."""
    played = play(tmp_path, {"keeps_its_first_secret": {}}, faults=FAULTS, extra=SMALL)
    assert played.exit_code == 1, played.text
    assert "canary keeps_its_first_secret" in (tmp_path / "run" / "connector.log").read_text("utf-8")
    assert {"C03", "L01"} & set(played.violated), played.violated
    assert not {"C01", "C02", "C05", "C06", "C07", "C12"} & set(played.violated), played.violated
    assert {row["fault_id"] for row in played.verdict["causes"]} == {"F-B12"}, played.verdict["causes"]
    assert "the connector is stuck" in played.text, played.text
