"""A rule about one flow counts where that flow is played: a scenario that does not require it would pass with nothing examined."""

import pytest

from harness.judge.invariants import load_invariants
from harness.scenario import load_scenario, scenario_names
from tests.shipped import CATALOG

# (scenario, rule) -> why this rule need not have examined anything there. It only shrinks: an exception that is required must leave it.
EXCEPTIONS: dict[tuple[str, str], str] = {}
SCENARIOS = {name: load_scenario(name, CATALOG) for name in scenario_names()}
OF_ONE_FLOW = {name: found for name, found in SCENARIOS.items() if len(found.flows) == 1}


def own_rules(flow: str) -> set[str]:
    """Ids of the rules in `harness/judge/invariants/<flow>/`."""
    return {rule.id for rule in load_invariants() if rule.flow == flow}


def test_flows_have_scenarios_and_rules_of_their_own() -> None:
    """Otherwise what follows asks for nothing."""
    assert {found.flows[0] for found in OF_ONE_FLOW.values()} & {rule.flow for rule in load_invariants()}
    assert len(own_rules("supplier-onboarding")) > 1


@pytest.mark.parametrize("name", [*OF_ONE_FLOW, "standard"])
def test_a_scenario_requires_every_rule_of_its_flows(name: str) -> None:
    """Those of one flow, and `standard`, which plays them all."""
    wanted = {rule for flow in SCENARIOS[name].flows for rule in own_rules(flow)}
    excused = {rule for scenario, rule in EXCEPTIONS if scenario == name}
    required = {rule.partition("@")[0] for rule in SCENARIOS[name].require}
    assert wanted - required == excused
