"""Seeded bugs are found for the reason that was declared before the run; the whole table: python -m tests.zoo.table."""

import pytest

from harness.scenario import known_invariants
from tests.puppet.manifest import PUPPET
from tests.shipped import CATALOG
from tests.zoo.bugs import BUGS
from tests.zoo.table import line, observe

# One of each family, so that a run of all tests stays short.
SHORT = {1, 7, 9, 19, 31, 43, 55, 101, 107, 108, 109}


def test_the_zoo_names_what_exists() -> None:
    """Every fault and invariant of the metadata is one of ours, and every bug has a behaviour of its name."""
    catalog, invariants = CATALOG, known_invariants()
    text = "".join(PUPPET.with_name(name).read_text("utf-8") for name in ("behaviours.py", "zoo_bugs.py"))
    for bug in BUGS:
        assert set(bug.faults) <= set(catalog.faults), bug
        assert set(bug.accept) <= set(invariants), bug
        assert f"def {bug.behaviour}(" in text, bug
    assert len({bug.number for bug in BUGS}) == len(BUGS)


@pytest.mark.requirement("R08.10")
@pytest.mark.slow
@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.number in SHORT], ids=lambda bug: bug.behaviour)
def test_a_seeded_bug_is_found_for_its_own_reason(tmp_path, bug) -> None:
    """Its line was executed, and one of the invariants declared for it was violated."""
    sighting = observe(bug, tmp_path, seed=1)
    assert sighting.reached, line(sighting)
    assert sighting.right_reason, line(sighting)
