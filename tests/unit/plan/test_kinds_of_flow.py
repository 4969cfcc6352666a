"""Waves, windows, kills and discovery for a flow of each kind, and for one whose documents grow out of another's."""

from dataclasses import replace

import pytest

from contracts.catalog import CatalogError
from contracts.fault_space import labels
from harness.plan.model import Capabilities, Cell, Sighting, Wave
from harness.plan.planner import Planner
from harness.plan.space import NO_ANSWERS
from harness.plan.variants import read_variants
from tests.shipped import CATALOG
from tests.unit.plan.kinds import (
    CHECKS,
    FLOWS,
    NEWS,
    ORDERS,
    RECEIPTS,
    SMALL,
    SUPPLIERS,
    VARIANTS,
    calls,
    planner_of,
    scenario_of,
)

ALL = (ORDERS, SUPPLIERS, NEWS, CHECKS)


def played(planner: Planner) -> list[Wave]:
    """Baselines, singles, windows and kills."""
    baselines = planner.baselines()
    return [*baselines, *planner.waves(calls(baselines)), *planner.kills()]


def cells(planner: Planner, **wanted: str) -> list[Cell]:
    """The cells with these members."""
    return [cell for cell in planner.plan.cells if all(getattr(cell, name) == value for name, value in wanted.items())]


@pytest.mark.parametrize("flow", ALL)
def test_every_kind_has_singles_windows_and_kills(flow: str) -> None:
    """Whatever is due, calls fail, systems go away, and the connector dies while it calls; nobody waits for one that is killed."""
    waves = played(planner_of(flow))
    assert {wave.kind for wave in waves} == {"baseline", "singles", "run", "kill"} - ({"kill"} if flow == CHECKS else set())
    targets = {wave.window.target for wave in waves if wave.window and wave.window.fault_id == "F-H2"}
    assert targets == {*FLOWS[flow].systems, "identity"}
    assert {wave.window.target for wave in waves if wave.window and wave.window.fault_id == "F-B10"} == {"identity"}
    assert all(e.txn_id.startswith(f"{FLOWS[flow].prefix}-") for wave in waves for e in wave.experiments)


@pytest.mark.parametrize("flow", ALL)
def test_every_normal_call_carries_its_faults(flow: str) -> None:
    """A lost connection meets each normal call of each kind of flow; only a question is answered undisturbed."""
    planner = planner_of(flow)
    played(planner)
    planned = {cell.call_point for cell in cells(planner, fault_id="F-A2", status="planned")}
    own = {p.id for p in FLOWS[flow].call_points if p.stage == "normal" and p.kind not in ("event", "ask")}
    assert planned == own | {"identity.token.issue"}
    assert not cells(planner, call_point="ask.coding")


@pytest.mark.parametrize("flow", [SUPPLIERS, NEWS, CHECKS])
def test_approvals_are_taken_back_from_documents_only(flow: str) -> None:
    """A reversed approval and its reordered events are cells with a reason elsewhere, never planned."""
    planner = planner_of(flow)
    played(planner)
    races = [*cells(planner, fault_id="F-F1"), *cells(planner, fault_id="F-D3")]
    source, kind = FLOWS[flow].source_document, FLOWS[flow].kind
    said = [f"it happens to flows of kind {kinds}, and this one is of kind {kind}" for kinds in ("document", "document and status")]
    said += [f"{source}: not done to it by people: {what}" for what in ("reverse approval, amend", "more news")]
    assert {cell.reason for cell in races} <= set(said)
    assert bool(races) == any(point.source or point.kind == "event" for point in FLOWS[flow].call_points)


def test_only_what_is_booked_meets_a_closed_period() -> None:
    """A master record, news and an answer need no period, so they have no such cell."""
    planner = planner_of(*ALL)
    played(planner)
    assert {cell.flow for cell in cells(planner, fault_id="F-F3")} == {ORDERS}


def test_a_question_is_certain_without_a_call() -> None:
    """The world asks it, as it sends events: it stands among the arrivals of a flow also when nobody saw it."""
    planner = planner_of(CHECKS, webhook=False)
    baselines = planner.baselines()
    planner.waves([s for s in calls(baselines) if s.call_point == "erp.coding.check"])
    assert {cell.status for cell in cells(planner, call_point="erp.coding.check", fault_id="F-B7")} == {"planned"}
    assert labels(FLOWS[CHECKS], FLOWS[CHECKS].call_points[0]) == {"ask"}


def test_a_connector_that_cannot_be_asked_is_not_asked() -> None:
    """No transaction of a flow of questions, and the reason in each of its cells."""
    planner = planner_of(CHECKS, ORDERS, answers=False)
    played(planner)
    assert {experiment.flow for experiment in planner.plan.experiments} == {ORDERS}
    assert {cell.reason for cell in cells(planner, flow=CHECKS)} == {NO_ANSWERS}


def test_calls_that_name_only_master_data_get_their_own() -> None:
    """What a call names decides, not which flow or system it belongs to. A record, and what somebody asks, is always of something that no
    other one is of."""
    planner = planner_of(CHECKS, SUPPLIERS, ORDERS)
    waves = played(planner)
    for wave in waves:
        for experiment in wave.experiments:
            named = any(step.call_point in ("erp.coding.check", "erp.supplier.read") for step in experiment.steps)
            is_alone = experiment.flow in (SUPPLIERS, CHECKS)
            assert (experiment.minted is not None) == (is_alone or named or wave.kind == "baseline" or _blocked(experiment.steps))


def _blocked(steps: tuple[object, ...]) -> bool:
    return any(getattr(step, "fault_id", "") == "F-F5" for step in steps)


def test_a_party_is_blocked_where_the_flow_is_about_one() -> None:
    """At the source and wherever the supplier is read; a flow about nobody has the reason."""
    planner = planner_of(*ALL)
    played(planner)
    assert {cell.flow for cell in cells(planner, fault_id="F-F5", status="planned")} == {ORDERS, SUPPLIERS}
    assert {cell.reason for cell in cells(planner, fault_id="F-F5", flow=NEWS)} == {"no supplier takes part in this flow"}


def test_a_variant_is_met_by_its_own_entities() -> None:
    """The declared column says who takes it."""
    planner = planner_of(SUPPLIERS)
    faulted = [e for wave in played(planner) for e in wave.experiments if any(s.call_point == "expense.payee.put" for s in e.steps)]
    assert {experiment.entity for experiment in faulted} == {"US01"}


def test_variants_are_read_from_the_declared_crosswalk() -> None:
    """entities.csv of a company, as the flow of expenses declares it; a flow without alternatives has none."""
    flows = CATALOG.flows.values()
    files = {"entities.csv": "entity,expense_entity_code,expense_route\nUS01,10,ap_invoice\n"}
    assert read_variants(flows, files) == {"expense-to-posting": {"US01": "ap_invoice"}}
    with pytest.raises(CatalogError, match="no column expense_route"):
        read_variants(flows, {"entities.csv": "entity\nUS01\n"})


@pytest.mark.parametrize(
    ("flow", "step", "point"),
    [(ORDERS, "erp.order.create", "erp.order.find"), (SUPPLIERS, "procurement.supplier.put", "procurement.supplier.find")],
)
def test_points_behind_a_fault_are_discovered(flow: str, step: str, point: str) -> None:
    """A look-up after a lost answer is planned behind that fault."""
    planner = planner_of(flow)
    waves = played(planner)
    lost = [e for w in waves for e in w.experiments if [(s.call_point, s.fault_id) for s in e.steps] == [(step, "F-A3")]]
    found = planner.discovered(Sighting(flow, point, e.txn_id) for e in lost)
    assert found is not None
    assert {e.steps[0].fault_id for e in found.experiments if e.steps and e.steps[-1].call_point == point} == {"F-A3"}


# --- a case ---------------------------------------------------------------------------------------------------------------------


def test_each_experiment_has_a_parent_begun_before_it() -> None:
    """Fault-free, of the parent's flow and the same entity, in the same wave; nobody shares one."""
    planner = planner_of(ORDERS, RECEIPTS)
    for wave in [*played(planner), planner.solo([e for e in planner.plan.experiments if e.flow == RECEIPTS and e.steps][:3])]:
        place = {e.txn_id: number for number, e in enumerate(wave.experiments)}
        children = [e for e in wave.experiments if e.flow == RECEIPTS]
        parents = [wave.experiments[place[str(e.parent)]] for e in children]
        assert children
        assert len({p.txn_id for p in parents}) == len(children)
        for child, parent in zip(children, parents, strict=True):
            assert (parent.flow, parent.entity, parent.steps, parent.of) == (ORDERS, child.entity, (), None)
            assert place[parent.txn_id] < place[child.txn_id]
            assert parent.role == ("baseline" if wave.kind == "baseline" else "control")


def test_a_parent_is_written_down() -> None:
    """plan.json names it; a transaction without one says null."""
    planner = planner_of(ORDERS, RECEIPTS)
    planner.baselines()
    rows = {row["txn_id"]: row for row in planner.plan.document({})["experiments"]}
    for row in rows.values():
        assert (row["parent"] is not None) == (row["flow"] == RECEIPTS)
        assert row["parent"] is None or rows[row["parent"]]["flow"] == ORDERS


def test_a_flow_whose_parent_is_not_played_is_not_planned() -> None:
    """Its documents would have nothing to grow out of: no transaction, and every cell says why."""
    planner = Planner(scenario_of(ORDERS, RECEIPTS), SMALL, Capabilities((RECEIPTS,)), seed=3, variants=VARIANTS)
    played(planner)
    assert not planner.plan.experiments
    assert {cell.reason for cell in cells(planner, flow=RECEIPTS)} == {
        f"its documents grow out of those of {ORDERS}, which this run does not play"
    }


def test_what_people_never_do_to_a_document_is_not_planned() -> None:
    """A reversal of what nobody can take back: no cell, and the reason is told."""
    source = FLOWS[ORDERS].source_document
    kept = replace(SMALL, documents={**SMALL.documents, source: replace(SMALL.documents[source], acts=("amend",))})
    planner = planner_of(ORDERS, catalog=kept)
    played(planner)
    why = {f"{SMALL.documents[source].name}: not done to it by people: {act}" for act in ("reverse approval", "cancel", "recall")}
    assert {(cell.status, cell.reason) for cell in cells(planner, fault_id="F-F1")} == {("not_applicable", one) for one in why}
