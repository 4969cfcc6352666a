"""The flows of the tests' own world beside the shipped ones: declared, and therefore planned."""

from pathlib import Path

import pytest

from contracts.catalog import Catalog
from harness.plan.model import Capabilities, Sighting, Wave
from harness.plan.planner import Planner
from harness.plan.variants import reaches
from tests.own_world.catalogue import own_catalog
from tests.property.plan.planning import VARIANTS, make_scenario


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Ours and theirs."""
    folder: Path = tmp_path_factory.mktemp("contracts")
    return own_catalog(folder)


def played(catalog: Catalog) -> tuple[Planner, list[Wave]]:
    """A run of every flow against a connector that calls everything that is normal."""
    flows = tuple(catalog.flows)
    planner = Planner(make_scenario(flows=flows), catalog, Capabilities(flows), seed=5, variants=VARIANTS)
    baselines = planner.baselines()
    seen = [
        Sighting(e.flow, point.id, e.txn_id)
        for wave in baselines
        for e in wave.experiments
        for point in catalog.flows[e.flow].call_points
        if point.stage == "normal" and reaches(catalog.flows[e.flow], point.id, e.entity, VARIANTS)
    ]
    return planner, [*baselines, *planner.waves(seen), *planner.kills()]


def test_every_declared_flow_is_played(catalog: Catalog) -> None:
    """Each in a baseline, in a wave of faults, in an outage and under a kill, with ids that begin with its prefix."""
    planner, waves = played(catalog)
    for flow in catalog.flows.values():
        kinds = {wave.kind for wave in waves for e in wave.experiments if e.flow == flow.id}
        assert kinds == {"baseline", "singles", "run", "kill"}, flow.id
        assert {e.txn_id.split("-")[0] for e in planner.plan.experiments if e.flow == flow.id} == {flow.prefix}
        assert any(cell.flow == flow.id and cell.status == "planned" for cell in planner.plan.cells), flow.id


def test_a_receipt_grows_out_of_an_order(catalog: Catalog) -> None:
    """As its declaration says; the other flows stand alone."""
    planner, _ = played(catalog)
    flow_of = {e.txn_id: e.flow for e in planner.plan.experiments}
    parents = {e.flow: flow_of[e.parent] for e in planner.plan.experiments if e.parent is not None}
    assert parents == {"arrival-to-grir": "requisition-to-po"}
