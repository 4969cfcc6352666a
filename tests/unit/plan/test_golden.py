"""The same seed gives the same plan, release after release: a replay, a report and a bug's title name its transactions."""

import hashlib

import pytest

from harness.plan.model import Capabilities
from harness.plan.planner import Planner
from harness.scenario import load_scenario
from tests.property.plan.planning import CATALOG, VARIANTS, play

SEED = 7


@pytest.mark.parametrize(("scenario", "count", "digest"), [("smoke", 515, "30f4dd506249f94d"), ("standard", 4466, "ad5a2f4dd6d375ca")])
def test_plan_of_a_seed_stays(scenario: str, count: int, digest: str) -> None:
    """A new flow or fault changes this on purpose: look at the difference of `plan.lines()`, then write down the new digest."""
    loaded = load_scenario(scenario, CATALOG)
    planner = Planner(loaded, CATALOG, Capabilities(loaded.flows), seed=SEED, variants=VARIANTS)
    play(planner)
    lines = list(planner.plan.lines())
    assert (len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]) == (count, digest)
