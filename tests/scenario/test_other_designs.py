"""The guard against false alarms: a connector that is right by the contract page passes, however it is built.

Here each design meets the smoke scenario once. The full table, each design and ten seeds of the standard scenario, takes more than an
hour: `python -m tests.guard.table --seeds 10`.
"""

import pytest

from tests.guard.designs import DESIGNS
from tests.guard.table import trial


@pytest.mark.requirement("R01.05")
@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_a_correct_connector_of_another_design_passes(tmp_path, design) -> None:
    """No rule is violated, nothing is left without evidence, and nothing is warned of but what the design is about."""
    seen = trial(design, tmp_path, seed=1, scenario="smoke")
    assert seen.exit_code == 0, seen.text
    assert set(seen.alarms) == design.warned, seen.text
