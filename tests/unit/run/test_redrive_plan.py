"""Documents that a connector has to park, for every alternative of every flow."""

import pytest

from harness.plan.variants import read_variants
from harness.run.redrive_plan import ITEMS, ROUNDS, redrive_plan
from harness.scenario import load_scenario
from mocks.company import generate
from tests.shipped import CATALOG

SCENARIO = load_scenario("smoke", CATALOG)
VARIANTS = read_variants(CATALOG.flows.values(), generate(1, minted=0).mappings())


def test_each_alternative_is_refused_where_it_is_made_and_where_it_is_told() -> None:
    """Both places, the same number of times, at every attempt; no number twice."""
    experiments = redrive_plan(CATALOG, SCENARIO, tuple(CATALOG.flows), VARIANTS).experiments
    places = [(one.template, one.steps[0].call_point) for one in experiments]
    assert {place: places.count(place) for place in places} == dict.fromkeys(places, ROUNDS)
    kinds = {point: CATALOG.all_call_points[point].kind for _, point in places}
    assert sorted(set(kinds.values())) == ["create", "update"]
    by_template = {one.template for one in experiments}
    assert all(len({point for template, point in places if template == each}) == 2 for each in by_template)
    assert {one.steps[0].attempt for one in experiments} == {0}
    assert len({one.tracer_minor for one in experiments}) == len(experiments)


@pytest.mark.requirement("R06.17")
def test_only_flows_that_the_connector_serves() -> None:
    """Nothing of another flow, and no plan without any."""
    flow = next(iter(CATALOG.flows))
    alone = redrive_plan(CATALOG, SCENARIO, (flow,), VARIANTS).experiments
    assert {one.flow for one in alone} == {flow}
    assert len(alone) >= ITEMS
    assert redrive_plan(CATALOG, SCENARIO, (), VARIANTS).experiments == ()
