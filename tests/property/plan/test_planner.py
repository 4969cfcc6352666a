"""What every plan keeps, whatever the scenario and the seed."""

import math
from collections import Counter, defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.fault_space import applies
from harness.plan.model import Capabilities, Experiment, Wave
from harness.plan.space import obstacle, places
from harness.scenario import ENTITIES, Scenario, Volume
from tests.property.plan.planning import CATALOG, FLOWS, VARIANTS, make_planner, make_scenario, play, reached, sightings

quick = settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Any mix of flows, entities, faults and volumes."""
    volume = Volume(
        baseline=draw(st.integers(1, 3)),
        repeats=draw(st.integers(1, 2)),
        controls=draw(st.sampled_from([0.1, 0.25, 0.5])),
        density=draw(st.sampled_from([0.1, 0.2, 0.5, 1.0])),
    )
    return make_scenario(
        flows=draw(st.lists(st.sampled_from(FLOWS), min_size=1, unique=True)),
        entities=draw(st.lists(st.sampled_from(ENTITIES), min_size=1, unique=True)),
        faults=draw(st.lists(st.sampled_from(sorted(CATALOG.faults)), min_size=1, max_size=12, unique=True)),
        volume=volume,
    )


def singles(waves: list[Wave]) -> list[Wave]:
    """The waves in which single transactions meet faults."""
    return [wave for wave in waves if wave.kind == "singles"]


@quick
@given(scenarios(), seeds)
def test_every_cell_that_applies_is_planned_as_often_as_asked(scenario: Scenario, seed: int) -> None:
    """Each (flow, call point, fault, mode) that nothing stands against has its experiments, and no other has any."""
    planner = make_planner(scenario, seed=seed)
    waves = play(planner)
    planned = Counter(
        (e.flow, s.call_point, s.fault_id, s.mode)
        for wave in waves
        if not wave.window
        for e in wave.experiments
        if not (wave.kind == "kill" and e.steps and CATALOG.faults[e.steps[0].fault_id].scope != "kill")  # killed, or met, unannounced
        for s in e.steps
    )
    expected = {}
    for place in places(CATALOG, scenario):
        free = obstacle(CATALOG, place, scenario, Capabilities(FLOWS), VARIANTS) is None
        if free and place.fault.scope != "run" and not place.is_shared and place.point is not None and place.point.stage == "normal":
            twice = place.fault.after_outages and any(wave.kind == "run" for wave in waves)
            expected[place.cell().key] = scenario.volume.repeats * (2 if twice else 1)
    assert planned == expected
    statuses = {cell.key: cell.status for cell in planner.plan.cells}
    assert {key for key, status in statuses.items() if status == "planned" and key in expected} == set(expected)
    assert all(cell.reason for cell in planner.plan.cells if cell.status == "not_applicable")


@quick
@given(scenarios(), seeds)
def test_controls_have_their_share_all_along(scenario: Scenario, seed: int) -> None:
    """At least the asked share of every wave is fault-free, and no long stretch is without a control."""
    every = math.floor(1 / scenario.volume.controls)
    for wave in singles(play(make_planner(scenario, seed=seed))):
        roles = [experiment.role for experiment in wave.experiments]
        assert roles.count("control") >= scenario.volume.controls * len(roles)
        assert all("control" in roles[start : start + every] for start in range(len(roles) - every + 1))


@quick
@given(scenarios(), seeds)
def test_no_call_point_sees_more_faults_than_the_cap(scenario: Scenario, seed: int) -> None:
    """In every window of arrivals at a call point, and over the whole wave, the faulted share keeps below the density."""
    window = math.ceil(1 / scenario.volume.density)
    for wave in singles(play(make_planner(scenario, seed=seed))):
        arrivals: dict[str, list[bool]] = defaultdict(list)
        for experiment in wave.experiments:
            for point in reached(experiment):
                arrivals[point].append(any(step.call_point == point for step in experiment.steps))
        for faulted in arrivals.values():
            assert all(sum(faulted[start : start + window]) <= 1 for start in range(len(faulted)))
            assert sum(faulted) <= scenario.volume.density * len(faulted)


@quick
@given(scenarios(), seeds)
def test_ids_and_amounts_are_unique(scenario: Scenario, seed: int) -> None:
    """No two transactions of a run share an id, and none but twins a tracer amount or a minted object."""
    everybody = [experiment for wave in play(make_planner(scenario, seed=seed)) for experiment in wave.experiments]
    assert len({e.txn_id for e in everybody}) == len(everybody)
    experiments = [e for e in everybody if e.twin_of is None]
    assert len({e.tracer_minor for e in experiments}) == len(experiments)
    minted = [(e.entity, e.minted) for e in experiments if e.minted is not None]
    assert len(set(minted)) == len(minted)


@quick
@given(scenarios(), seeds)
def test_twins_are_alike_and_stand_in_one_wave(scenario: Scenario, seed: int) -> None:
    """Amount, day and shape; each baseline has a pair of every flow of documents and entity; of the rest there is one."""
    for wave in play(make_planner(scenario, seed=seed)):
        by_id = {e.txn_id: e for e in wave.experiments}
        twins = [(e, by_id[e.twin_of]) for e in wave.experiments if e.twin_of is not None]
        for one, other in twins:
            alike = [(e.template, e.tracer_minor, e.eve, e.turn, e.minted, e.typed_from) for e in (one, other)]
            assert alike[0] == alike[1]
            assert not one.steps
        assert len({other.txn_id for _, other in twins}) == len(twins)
        if wave.kind == "baseline":
            paired = {e.template for e in wave.experiments if CATALOG.flows[e.flow].kind == "document"}
            assert {one.template for one, _ in twins} == paired


@quick
@given(scenarios(), seeds)
def test_everybody_gets_what_was_minted_for_the_run(scenario: Scenario, seed: int) -> None:
    """The bound that the world is opened with is never exceeded, also when every experiment runs once more."""
    planner = make_planner(scenario, seed=seed)
    bound = planner.minted
    waves = play(planner)
    planner.again([experiment for wave in singles(waves) for experiment in wave.experiments])
    assert all(e.minted < bound for e in planner.plan.experiments if e.minted is not None)


@quick
@given(scenarios(), seeds)
def test_routes_are_respected(scenario: Scenario, seed: int) -> None:
    """A fault at the AP invoice goes to an entity of the AP route only, one at the journal to the others."""
    for wave in play(make_planner(scenario, seed=seed)):
        for experiment in wave.experiments:
            for step in experiment.steps:
                assert step.call_point in set(reached(experiment))


@quick
@given(scenarios(), seeds)
def test_same_seed_same_plan(scenario: Scenario, seed: int) -> None:
    """A plan is a function of scenario, seed and sightings."""
    first, second = make_planner(scenario, seed=seed), make_planner(scenario, seed=seed)
    play(first)
    play(second)
    assert list(first.plan.lines()) == list(second.plan.lines())
    assert first.plan.document({}) == second.plan.document({})


@quick
@given(scenarios(), seeds)
def test_families_do_not_meet(scenario: Scenario, seed: int) -> None:
    """Each wave of singles holds the faults of one family."""
    for wave in singles(play(make_planner(scenario, seed=seed))):
        assert len({CATALOG.faults[step.fault_id].family for e in wave.experiments for step in e.steps}) == 1


def assignment(seed: int) -> list[tuple[str, str]]:
    """Who meets what, without the counters."""
    planner = make_planner(seed=seed)
    return [(e.entity, e.plan_text()) for wave in play(planner) for e in wave.experiments]


def test_another_seed_another_assignment() -> None:
    """The seed decides which entity meets which fault, and in which order."""
    assert assignment(1) != assignment(2)


@quick
@given(seeds, st.integers(1, 40))
def test_kill_rounds_hold_what_the_connector_can_carry(seed: int, concurrency: int) -> None:
    """No round holds more requests than the connector works on; kills after an acknowledgement have a round of their own."""
    planner = make_planner(seed=seed, concurrency=concurrency)
    rounds = [wave for wave in play(planner) if wave.kind == "kill"]
    assert all(wave.held <= concurrency for wave in rounds)
    assert all({s.fault_id == "F-G4" for e in wave.experiments for s in e.steps} in ({True}, {False}) for wave in rounds)


def provoked(planner_seed: int) -> tuple[list[Experiment], Wave]:
    """A run in which every fault at the PO's creation makes the connector look the order up."""
    planner = make_planner(make_scenario(volume=Volume(drift_recovery=True)), seed=planner_seed)
    baselines = planner.baselines()
    seen = sightings(baselines)
    waves = planner.waves(seen)
    faulted = [e for wave in waves for e in wave.experiments if any(s.call_point == "erp.po.create" for s in e.steps)]
    lookups = [type(seen[0])(e.flow, "erp.po.find", e.txn_id) for e in faulted]
    found = planner.discovered(seen + lookups)
    assert found is not None
    return faulted, found


@quick
@given(seeds)
def test_a_point_that_only_a_fault_provokes_is_planned_in_two_steps(seed: int) -> None:
    """Every fault of the look-up is planned behind a step that made the connector look up."""
    faulted, found = provoked(seed)
    provoking = {e.steps for e in faulted}
    at_lookup = [e for e in found.experiments if e.steps and e.steps[-1].call_point == "erp.po.find"]
    point = CATALOG.flows["requisition-to-po"].call_point("erp.po.find")
    assert point is not None
    flow, faults = CATALOG.flows["requisition-to-po"], [f for f in CATALOG.faults.values() if f.scope == "transaction"]
    expected = {(f.id, m.id) for f in faults for m in f.modes if applies(CATALOG, flow, point, f, m)}
    assert {(e.steps[-1].fault_id, e.steps[-1].mode) for e in at_lookup} == expected
    assert all(e.steps[:-1] in provoking for e in at_lookup)
