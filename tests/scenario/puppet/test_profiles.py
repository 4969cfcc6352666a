"""Scenarios that ask for more than the contract page promises: right connectors pass, and one that relies on the promise is found."""

import pytest

from tests.guard.designs import DESIGNS
from tests.guard.table import Trial, trial

pytestmark = pytest.mark.slow


def design_in(scenario: str, name: str, folder) -> Trial:
    """A design of the guard through one of these scenarios, seed 1."""
    design = next(each for each in DESIGNS if each.name == name)
    return trial(design, folder, seed=1, scenario=scenario)


def test_a_key_alone_does_not_outlive_a_long_silence(tmp_path) -> None:
    """The key is forgotten before the connector gives up waiting: the same request makes a second document."""
    made = design_in("expiring-keys", "key-only", tmp_path)
    assert made.exit_code == 1, made.text
    assert {"C01", "C02"} <= set(made.alarms), made.alarms
    assert set(made.alarms) <= {"C01", "C02", "D01", "D02", "E01", "P01"}, made.alarms
    assert {row["fault_id"] for row in made.verdict["causes"]} <= {"F-A5", "F-A6", "F-G2"}, made.verdict["causes"]


def test_a_reference_is_never_forgotten(tmp_path) -> None:
    """Whoever repeats under a unique reference is right, however late."""
    made = design_in("expiring-keys", "reference-only", tmp_path)
    assert made.exit_code == 0, made.text
    assert not made.alarms
