"""A rule about one flow counts where that flow is played: a scenario that does not require it would pass with nothing examined."""

from collections.abc import Collection

import pytest

from harness.judge.invariants import load_invariants
from harness.scenario import load_scenario, scenario_names
from tests.shipped import CATALOG

# (scenario, rule) -> why this rule need not have examined anything there. It only shrinks: an exception that is required must leave it.
EXCEPTIONS: dict[tuple[str, str], str] = {}
SCENARIOS = {name: load_scenario(name, CATALOG) for name in scenario_names()}
OF_ONE_FLOW = {name: found for name, found in SCENARIOS.items() if len(found.flows) == 1}


def own_rules(flow: str, profiles: Collection[str] = ()) -> set[str]:
    """Ids of the rules in `harness/judge/invariants/<flow>/`, but those of a profile that no system has."""
    played = {profile.partition(".")[2] for profile in profiles}
    return {rule.id for rule in load_invariants() if rule.flow == flow and (rule.profile is None or rule.profile in played)}


def test_flows_have_scenarios_and_rules_of_their_own() -> None:
    """Otherwise what follows asks for nothing."""
    assert {found.flows[0] for found in OF_ONE_FLOW.values()} & {rule.flow for rule in load_invariants()}
    assert len(own_rules("supplier-onboarding")) > 1


def test_rules_name_profiles_that_some_scenario_asks_for() -> None:
    """And that a system has."""
    named = {rule.profile for rule in load_invariants()} - {None}
    assert named == named & {profile.partition(".")[2] for profile in CATALOG.profiles}
    assert named == named & {profile.partition(".")[2] for found in SCENARIOS.values() for profile in found.profiles}


@pytest.mark.parametrize("name", [*OF_ONE_FLOW, "standard"])
def test_a_scenario_requires_every_rule_of_its_flows(name: str) -> None:
    """Those of one flow, and `standard`, which plays them all."""
    wanted = {rule for flow in SCENARIOS[name].flows for rule in own_rules(flow, SCENARIOS[name].profiles)}
    excused = {rule for scenario, rule in EXCEPTIONS if scenario == name}
    required = {rule.partition("@")[0] for rule in SCENARIOS[name].require}
    assert wanted - required == excused
