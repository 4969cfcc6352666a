"""Which cells of the fault space are planned, and what the others say about themselves."""

import itertools
from dataclasses import replace

import pytest

from harness.plan.model import Capabilities, Cell, Sighting, Step, Wave, Window
from harness.plan.planner import Planner
from harness.plan.space import (
    NO_EVENTS,
    NO_FLOW,
    NO_KILLS,
    NO_RECOVERY_DRIFT,
    NO_RESTART,
    NO_ROUTE,
    NOT_CALLED,
    NOTHING_WAITS,
    UNDO_REFUSED,
)
from harness.plan.streams import stream
from harness.scenario import Business, Volume
from tests.property.plan.planning import CATALOG, make_planner, make_scenario, play, sightings

ORDERS_AND_EXPENSES = ("requisition-to-po", "expense-to-posting")  # where an order is read only when something went wrong

ASKED = {flow.id for flow in CATALOG.flows.values() if flow.query is not None}  # nobody waits while a connector is killed or set up anew


def cells(planner: Planner, **wanted: str) -> list[Cell]:
    """The cells with these members."""
    return [cell for cell in planner.plan.cells if all(getattr(cell, name) == value for name, value in wanted.items())]


def reasons(planner: Planner, **wanted: str) -> set[str | None]:
    """Why these cells are not planned; {None} when they are."""
    return {cell.reason for cell in cells(planner, **wanted)}


def test_polling_connector_meets_no_event_faults() -> None:
    """Without a webhook path every event cell is not applicable, and says why; what is about news never was."""
    planner = make_planner(webhook=False)
    play(planner)
    assert reasons(planner, call_point="wh.requisition.approved") == {NO_EVENTS, "requisition: not done to it by people: more news"}


def test_connector_that_runs_elsewhere_is_not_killed() -> None:
    """A url connector has no kill wave, and its kill cells say why."""
    planner = make_planner(kills=False)
    waves = play(planner)
    assert not [wave for wave in waves if wave.kind == "kill"]
    assert reasons(planner, fault_id="F-G2", call_point="erp.po.create") == {NO_KILLS}


def test_flow_that_the_connector_does_not_serve() -> None:
    """Its cells are listed, none is planned, and no transaction of it is made."""
    planner = make_planner(flows=("requisition-to-po",))
    waves = play(planner)
    assert reasons(planner, flow="expense-to-posting") == {NO_FLOW}
    assert {experiment.flow for wave in waves for experiment in wave.experiments} == {"requisition-to-po"}


def test_fault_without_its_object() -> None:
    """A supplier cannot be blocked in a flow without suppliers."""
    planner = make_planner()
    play(planner)
    assert reasons(planner, flow="expense-to-posting", fault_id="F-F5") == {"no supplier takes part in this flow"}
    assert reasons(planner, flow="requisition-to-po", fault_id="F-F5") == {None}


def test_route_that_no_entity_takes() -> None:
    """A scenario with the journal entity alone cannot test AP invoices."""
    planner = make_planner(make_scenario(entities=["DE01"]))
    play(planner)
    assert reasons(planner, call_point="erp.ap_invoice.create", fault_id="F-A2") == {NO_ROUTE}
    assert reasons(planner, call_point="erp.journal.create", fault_id="F-A2") == {None}


def test_call_point_that_the_connector_never_uses() -> None:
    """A normal call point without a call is listed as such, not planned into the void."""
    planner = make_planner()
    play(planner, without=["erp.coding.check"])
    assert reasons(planner, call_point="erp.coding.check") == {NOT_CALLED}


def test_call_point_that_only_some_transactions_use() -> None:
    """A fault there might never fire, so it waits for a step that provokes the call."""
    planner = make_planner()
    baselines = planner.baselines()
    seen = sightings(baselines)
    first = next(s for s in seen if s.call_point == "erp.job.read")
    planner.waves([s for s in seen if s.call_point != "erp.job.read" or s is first])
    assert any("1 of 24" in str(reason) for reason in reasons(planner, call_point="erp.job.read", fault_id="F-B7"))
    assert planner.plan.notes


def test_undo_that_is_refused_for_good_is_out_of_scope() -> None:
    """A 422 on every cancellation leaves no right end, so it is not planned."""
    planner = make_planner()
    play(planner)
    assert reasons(planner, call_point="erp.po.cancel", fault_id="F-B20") == {UNDO_REFUSED}


def about_one_call(wave: Wave) -> bool:
    """Whether its fault meets the next call at a list or for a token, for all who wait for it."""
    return wave.window is not None and CATALOG.call_point(wave.window.target) is not None


def test_a_list_that_fails_is_waited_for() -> None:
    """Each fault of a list has a wave of documents that come by that list only: their events are lost. A token is needed by all."""
    waves = [wave for wave in play(make_planner()) if about_one_call(wave)]
    for wave in waves:
        assert wave.window is not None
        point = CATALOG.call_point(wave.window.target)
        assert point is not None
        lost = [[step.mode for step in e.steps] for e in wave.experiments]
        assert lost == [["never"] if point.kind == "list" else []] * len(wave.experiments)
        assert len(wave.experiments) == (2 if point.kind == "list" else 2 * len(CATALOG.flows))
    assert {wave.window.target for wave in waves if wave.window} == {
        "procurement.requisition.list",
        "procurement.receipt.list",
        "expense.report.list",
        "planning.budget.list",
        "procurement.invoice.list",
        "erp.payment_run.list",
        "erp.invoice_payment.list",
        "procurement.supplier_request.list",
        "erp.master_record.list",
        "erp.budget_statement.list",
        "hr.employee.list",
        "identity.token.issue",
    }


def test_a_list_is_left_alone_where_nobody_would_notice() -> None:
    """Whoever takes events needs lost ones to wait for a list; whoever only polls always does."""
    faults = [fault for fault in CATALOG.faults if fault != "F-D5"]
    planner = make_planner(make_scenario(faults=faults))
    play(planner)
    assert reasons(planner, call_point="expense.report.list") == {NOTHING_WAITS}
    polling = make_planner(make_scenario(faults=faults), webhook=False)
    assert any(about_one_call(wave) for wave in play(polling))
    assert "planned" in {cell.status for cell in polling.plan.cells if cell.call_point == "expense.report.list"}


def test_a_second_arrival_meets_a_fault_behind_the_step_that_leads_to_it() -> None:
    """Only at calls that come again for sure, and never the same fault twice."""
    planner = make_planner()
    waves = play(planner)
    seen = sightings(waves)
    singles = [e for wave in waves if wave.kind == "singles" for e in wave.experiments]
    creates = {point.id for flow in CATALOG.flows.values() for point in flow.call_points if point.kind == "create"}
    lost = [e for e in singles if [s.fault_id for s in e.steps] == ["F-A3"] and e.steps[0].call_point in creates]
    again = [Sighting(e.flow, e.steps[0].call_point, e.txn_id, 2) for e in lost]
    assert planner.later(seen) is None
    wave = planner.later([*seen, *again])
    assert wave is not None
    steps = [e.steps for e in wave.experiments if e.steps]
    assert {(first.fault_id, first.attempt, second.attempt) for first, second in steps} == {("F-A3", 1, 2)}
    deeds = {(second.fault_id, second.mode) for _, second in steps}
    assert ("F-A3", "drop") not in deeds
    assert {"F-A2", "F-B1", "F-B8"} <= {fault for fault, _ in deeds}


def test_the_event_of_a_second_revision_is_lost_too() -> None:
    """Behind an amendment only: a repeat of the same event says nothing new. What nobody amends has one event."""
    planner = make_planner()
    waves = play(planner)
    seen = sightings(waves)
    singles = [e for wave in waves if wave.kind == "singles" for e in wave.experiments if len(e.steps) == 1]
    events = {
        "requisition-to-po": "wh.requisition.approved",
        "expense-to-posting": "wh.expense_report.approved",
        "supplier-onboarding": "wh.supplier_request.approved",
        "invoice-to-posting": "wh.invoice.approved",
    }
    twice = [e for e in singles if e.flow in events and e.steps[0].fault_id in {"F-F2", "F-D1"}]
    wave = planner.later([*seen, *(Sighting(e.flow, events[e.flow], e.txn_id, 2) for e in twice)])
    assert wave is not None
    steps = [e.steps for e in wave.experiments if e.steps]
    assert {(first.fault_id, second.call_point, second.attempt, second.fault_id) for first, second in steps} == {
        ("F-F2", event, 2, "F-D5") for event in events.values()
    }


def test_a_lost_reversal_comes_after_the_write_back() -> None:
    """Before it, the connector's own next call would tell it, and the event would not be needed."""
    planner = make_planner()
    play(planner)
    wave = planner.discovered([])
    assert wave is not None
    lost = [e.steps for e in wave.experiments if e.steps and e.steps[-1].fault_id == "F-D5"]
    reversals = [first.call_point for first, second in lost if second.call_point in {"wh.approval.reversed", "wh.expense_report.sent_back"}]
    assert set(reversals) == {"procurement.requisition.record_order", "expense.report.record_posting"}


def test_waves_about_one_call_take_no_business_moment() -> None:
    """They are played beside others; the moments belong to those that begin at them."""
    moments = tuple(f"2026-11-{day:02}T00:00:00Z" for day in range(1, 29))
    waves = play(make_planner(replace(make_scenario(), business=Business(waves=moments))))
    assert {wave.business for wave in waves if about_one_call(wave)} == {None}
    told = [wave.business for wave in waves if wave.business is not None]
    assert told == list(moments[: len(told)])
    assert not [e for wave in waves if about_one_call(wave) for e in wave.experiments if e.eve]


def test_run_faults_hit_systems_entities_and_the_token() -> None:
    """Maintenance and outage per system of the flow and where tokens come from, a closed period per entity, the token once."""
    planner = make_planner()
    waves = play(planner)
    windows = {(wave.window.fault_id, wave.window.target) for wave in waves if wave.window and not about_one_call(wave)}
    called = ("erp", "procurement", "expense", "planning", "bank", "screening", "hr", "portal", "identity")
    systems = {(fault, system) for fault in ("F-B5", "F-H2") for system in called}
    assert windows == systems | {(fault, "identity") for fault in ("F-B10", "F-B11", "F-B12")} | {
        ("F-F3", entity) for entity in ("US01", "DE01", "JP01")
    }
    closed = next(wave for wave in waves if wave.name == "run-F-F3-DE01")
    assert {experiment.entity for experiment in closed.experiments} == {"DE01"}


def test_nobody_is_refused_who_cannot_be_started_again() -> None:
    """F-B11, F-B12: whoever stops for good, or gets another secret, has to be started again. Where the harness cannot, the cell says so."""
    for kills, fault_id in itertools.product((True, False), ("F-B11", "F-B12")):
        planner = make_planner(kills=kills)
        played = {wave.window.fault_id for wave in play(planner) if wave.window}
        cells = {cell.status: cell.reason for cell in planner.plan.cells if cell.fault_id == fault_id and cell.flow not in ASKED}
        assert (fault_id in played) is kills
        assert cells == ({"planned": None} if kills else {"not_applicable": NO_RESTART})


def test_who_waits_for_the_kills_takes_no_business_moment() -> None:
    """F-B11 and F-B12 are played behind waves that are planned after them, and the business clock never goes back."""
    moments = tuple(f"2026-11-{day:02}T00:00:00Z" for day in range(1, 29))
    waves = play(make_planner(replace(make_scenario(), business=Business(waves=moments))))
    assert [wave.business for wave in waves if wave.window and wave.window.fault_id in {"F-B11", "F-B12"}] == 2 * [None]


def test_who_is_there_before_a_secret_is_retired_does_not_meet_that() -> None:
    """They end before it, and are no controls; of each flow somebody meets it, however few there are."""
    for per_window, entities in ((1, ("US01",)), (3, ("US01", "DE01", "JP01"))):
        base = make_scenario()
        scenario = replace(base, entities=entities, volume=replace(base.volume, per_window=per_window))
        wave = next(wave for wave in play(make_planner(scenario)) if wave.window and wave.window.fault_id == "F-B12")
        before = [e for e in wave.experiments if e.arrives == "before"]
        met = [e for e in wave.experiments if e.window is not None]
        assert {(e.role, e.window) for e in before} == ({("run", None)} if per_window > 1 else set())
        assert {(e.role, e.arrives) for e in met} == {("run", "inside")}
        assert {e.flow for e in met} == set(scenario.flows) - ASKED
        assert len(before) + len(met) == len(wave.experiments)


def test_every_template_is_on_both_sides_of_a_window() -> None:
    """The run starts even places before the fault and odd ones inside: each flow and entity is in both halves."""
    for wave in play(make_planner()):
        if wave.kind == "run" and not about_one_call(wave) and len({e.template for e in wave.experiments}) > 1:
            assert {e.template for e in wave.experiments[::2]} == {e.template for e in wave.experiments[1::2]}


def test_reversal_events_are_known_without_a_sighting() -> None:
    """Faults of `approval.reversed` are planned behind the reversal itself."""
    planner = make_planner()
    play(planner)
    found = planner.discovered([])
    assert found is not None
    faulted = [e for e in found.experiments if e.steps and e.steps[-1].call_point == "wh.approval.reversed"]
    pairs = {tuple(step.fault_id for step in e.steps) for e in faulted}
    assert ("F-F1", "F-D5") in pairs
    lost = {e.steps[0].mode for e in faulted if e.steps[-1].fault_id == "F-D5"}
    assert lost == {"after_answer", "cancelled_by_its_author"}, "of an event that never comes the list has to tell whatever it says"
    assert planner.discovered([]) is None


def test_a_crash_meets_documents_that_only_a_list_told_of() -> None:
    """In kills of their own, of each flow, one in work without any event; behind the first, one of each that nobody had time to list."""
    waves = [wave for wave in play(make_planner()) if wave.kind == "kill"]
    first = next(index for index, wave in enumerate(waves) if any(e.role == "faulted" for e in wave.experiments))
    own = [wave for wave in waves[first:] if wave.held and all(e.steps[0].fault_id == "F-D5" for e in wave.experiments)]
    found = {(e.flow, e.role, tuple(step.fault_id for step in e.steps)) for wave in own for e in wave.experiments}
    flows = {flow for flow, *_ in found}
    assert found == {(flow, *what) for flow in flows for what in (("kill", ("F-D5", "F-G1")), ("faulted", ("F-D5",)))}
    assert sum(wave.held for wave in own) == len(flows) == len(CATALOG.flows) - len(ASKED)
    assert [wave.name for wave in waves if any(e.role == "faulted" for e in wave.experiments)] == [waves[first].name]


def test_without_lost_events_nothing_is_unannounced() -> None:
    """A connector that takes no events knows every document from its lists anyway."""
    waves = [wave for wave in play(make_planner(webhook=False)) if wave.kind == "kill"]
    assert waves
    assert {e.role for wave in waves for e in wave.experiments} == {"kill"}


def test_what_only_an_outage_provokes_stays_unplanned() -> None:
    """A call seen in a wave with a fault of the run has no step that repeats it for one transaction."""
    planner = make_planner()
    waves = play(planner)
    outage = next(wave for wave in waves if wave.name == "run-F-B5-erp")
    planner.discovered([Sighting(e.flow, "erp.po.find", e.txn_id) for e in outage.experiments if e.flow == "requisition-to-po"])
    assert reasons(planner, call_point="erp.po.find", fault_id="F-B7") == {NOT_CALLED}


def test_solo_names_the_transaction_that_it_repeats() -> None:
    """A solo experiment has the steps and the amount of the first one, an id of its own, and says whose repetition it is."""
    planner = make_planner()
    first = next(e for wave in play(planner) for e in wave.experiments if e.role == "faulted")
    again = planner.solo([first]).experiments[0]
    assert (again.of, again.steps, again.role) == (first.txn_id, first.steps, "solo")
    assert (again.tracer_minor, again.typed_from) == (first.tracer_minor, first.typed_from)
    assert again.txn_id != first.txn_id


def test_solo_without_a_fault_has_the_same_document_and_comes_first() -> None:
    """It is a repeat, so it counts as nothing else; what the faults of others leave behind in a connector comes later."""
    planner = make_planner()
    first, second = [e for wave in play(planner) for e in wave.experiments if e.role == "faulted"][:2]
    free, *faulted = planner.solo([first, second], {second.txn_id}).experiments
    assert (free.of, free.steps, free.window, free.role, free.without_fault) == (second.txn_id, (), None, "solo", True)
    assert (free.tracer_minor, free.typed_from, free.plan_text()) == (second.tracer_minor, second.typed_from, "no fault")
    assert [(e.of, e.steps, e.without_fault) for e in faulted] == [(e.txn_id, e.steps, False) for e in (first, second)]
    assert (free.row()["without_fault"], faulted[0].row()["without_fault"]) == (True, False)


def test_what_there_was_no_time_for_is_not_in_the_plan() -> None:
    """Nobody misses it in the history."""
    planner = make_planner()
    faulted = [e for wave in play(planner) for e in wave.experiments if e.role == "faulted"][:3]
    first, *never = planner.solo(faulted).experiments
    before = len(planner.plan.experiments)
    planner.leave_out(never)
    assert planner.plan.waves[-1].experiments == (first,)
    assert len(planner.plan.experiments) == before - len(never)


def test_kill_rounds_end() -> None:
    """Holds that are never reached are tried limits.kill_rounds times more, then given up."""
    planner = make_planner()
    missed = list(next(wave for wave in play(planner) if wave.kind == "kill").experiments)
    rounds = 0
    while (wave := planner.kill_again(missed)) is not None:
        missed = list(wave.experiments)
        rounds += 1
    assert rounds == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (Step("erp.po.create", 1, "F-A3", "drop", "response_lost").text(), "erp.po.create@1 = response_lost/drop"),
        (Step("erp.po.create", 0, "F-H1", "always_500").text(), "erp.po.create@* = F-H1/always_500"),
        (Window("F-B5", "window", "erp", 1200, "maintenance_window").text(), "during maintenance_window/window(erp, 1200 ms)"),
    ],
)
def test_plan_lines(text: str, expected: str) -> None:
    """A plan is one line that fits into the title of a bug."""
    assert text == expected


def test_plan_document_carries_what_the_judge_reads() -> None:
    """plan.json has experiments with their steps and source documents, and every cell."""
    planner = make_planner()
    waves = play(planner)
    first = waves[0].experiments[0]
    document = planner.plan.document({first.txn_id: "REQ-R1-000001"})
    assert document["experiments"][0]["source_id"] == "REQ-R1-000001"
    assert len(document["experiments"]) == len(planner.plan.experiments)
    assert {cell["status"] for cell in document["cells"]} == {"planned", "not_applicable"}
    assert {cell["fault_id"] for cell in document["cells"]} == set(CATALOG.faults)


def test_streams_are_named() -> None:
    """One more draw in one stream moves nothing in another."""
    first = stream(1, "a")
    first.random()
    assert stream(1, "b").random() == stream(1, "b").random()
    assert stream(1, "a").random() != stream(1, "b").random()


def test_capabilities_default_to_a_connector_that_can_be_tested_fully() -> None:
    """Every option that a test sets is meaningful for that test."""
    assert Capabilities(("requisition-to-po",)) == Capabilities(("requisition-to-po",), webhook=True, kills=True, concurrency=8)


def lookups(planner: Planner) -> list[Sighting]:
    """Baselines, singles, and a connector that looks the order up after every fault at its creation."""
    baselines = planner.baselines()
    seen = sightings(baselines)
    waves = planner.waves(seen)
    faulted = [e for wave in waves for e in wave.experiments if any(s.call_point == "erp.po.create" for s in e.steps)]
    return [*seen, *(Sighting(e.flow, "erp.po.read", e.txn_id) for e in faulted)]


def test_kills_at_provoked_points_are_asked_for() -> None:
    """volume.kill_recovery plans a kill behind the provoking step, in a kill round and nowhere else."""
    planner = make_planner(flows=ORDERS_AND_EXPENSES, scenario=make_scenario(volume=Volume(kill_recovery=True)))
    seen = lookups(planner)
    found = planner.discovered(seen)
    assert found is not None
    assert not [e for e in found.experiments if any(CATALOG.faults[step.fault_id].scope == "kill" for step in e.steps)]
    kills = [e for wave in planner.kills() for e in wave.experiments if len(e.steps) == 2]
    assert [e.steps[-1].fault_id for e in kills if e.steps[-1].call_point == "erp.po.read"] == ["F-G1"]
    assert reasons(planner, flow="requisition-to-po", call_point="erp.po.read", fault_id="F-G1") == {None}


def test_provoking_step_is_the_one_that_works_in_every_flow() -> None:
    """One transaction that met a late commit and read its order may have done so by chance; the duplicate refusal does it everywhere."""
    planner = make_planner()
    baselines = planner.baselines()
    seen = sightings(baselines)
    waves = planner.waves(seen)
    chance = [
        e for w in waves for e in w.experiments if e.steps and e.steps[0].fault_id == "F-A6" and e.steps[0].call_point == "erp.po.create"
    ]
    always = [e for w in waves for e in w.experiments if e.steps and e.steps[0].fault_id == "F-B17"]
    reads = [Sighting(e.flow, e.steps[0].call_point.replace(".create", ".read"), e.txn_id) for e in (*chance, *always)]
    found = planner.discovered([*seen, *reads])
    assert found is not None
    assert {e.steps[0].fault_id for e in found.experiments if e.steps and e.steps[-1].call_point == "erp.po.read"} == {"F-B17"}


def test_what_cannot_be_provoked_again_is_forsaken() -> None:
    """A two-step plan that never fires is tried behind another step, then becomes not applicable; a single one stays planned."""
    planner = make_planner(flows=ORDERS_AND_EXPENSES)
    found = planner.discovered(lookups(planner))
    assert found is not None
    two = [e for e in found.experiments if e.steps and e.steps[-1].call_point == "erp.po.read"]
    again = planner.again(two)
    assert again is not None
    assert {e.steps[-1] for e in again.experiments if e.steps} == {e.steps[-1] for e in two}
    assert not {e.steps for e in again.experiments if e.steps} & {e.steps for e in two}
    single = next(e for e in planner.plan.experiments if e.role == "faulted" and len(e.steps) == 1)
    planner.forsake([*two, *[e for e in again.experiments if e.steps], single])
    assert "not when that was planned" in str(reasons(planner, call_point="erp.po.read", fault_id="F-B7"))
    assert not cells(planner, call_point="erp.po.read", status="planned")
    step = single.steps[0]
    assert reasons(planner, flow=single.flow, call_point=step.call_point, fault_id=step.fault_id, mode=step.mode) == {None}


def test_drift_is_planned_where_an_answer_or_event_has_such_a_member() -> None:
    """One wave of its own over answers and events; a coding check has no code that could be unknown, so it has no such cell."""
    planner = make_planner()
    waves = play(planner)
    drift = next(wave for wave in waves if wave.name == "wave-drift")
    points = {step.call_point for e in drift.experiments for step in e.steps}
    assert {"wh.requisition.approved", "procurement.requisition.read", "erp.po.create", "erp.job.read"} <= points
    assert not cells(planner, call_point="erp.coding.check", fault_id="F-E4")
    assert reasons(planner, call_point="erp.coding.check", fault_id="F-E2") == {None}


def test_drift_stays_until_the_heal_unless_a_tolerant_reader_notices_nothing() -> None:
    """A release does not go away by itself: F-E2 to F-E5 meet every attempt, F-E1 and F-E6 the first."""
    waves = play(make_planner())
    steps = {step.fault_id: step.attempt for wave in waves if wave.name == "wave-drift" for e in wave.experiments for step in e.steps}
    assert steps == {"F-E1": 1, "F-E2": 0, "F-E3": 0, "F-E4": 0, "F-E5": 0, "F-E6": 1}


def test_drift_where_only_a_fault_leads_is_asked_for() -> None:
    """volume.drift_recovery plans it behind the provoking step; the answer of an undo in another shape is no refusal."""
    planner = make_planner()
    play(planner)
    assert reasons(planner, call_point="erp.po.cancel", fault_id="F-E3") == {NO_RECOVERY_DRIFT}
    planner = make_planner(make_scenario(volume=Volume(drift_recovery=True)))
    found = planner.discovered(lookups(planner))
    assert found is not None
    pairs = [tuple(step.fault_id for step in e.steps) for e in found.experiments if e.steps and e.steps[-1].call_point == "erp.po.read"]
    assert {last for *_, last in pairs} >= {"F-E1", "F-E2", "F-E3", "F-E4", "F-E5", "F-E6"}
    assert reasons(planner, call_point="erp.po.cancel", fault_id="F-E3") == {NOT_CALLED}


def test_lost_events_come_once_more_behind_the_outages() -> None:
    """Whoever stopped polling while a system was away loses them; without an outage nothing is repeated."""
    planner = make_planner()
    play(planner)
    late = planner.after_outages()
    assert late is not None
    faulted = [experiment for experiment in late.experiments if experiment.steps]
    assert {step.fault_id for experiment in faulted for step in experiment.steps} == {"F-D5"}
    assert {experiment.flow for experiment in faulted} == set(CATALOG.flows) - ASKED
    calm = make_planner(make_scenario(faults=["F-D5"]))
    play(calm)
    assert calm.after_outages() is None


def test_waves_with_faults_begin_at_the_business_moments() -> None:
    """One after another, as far as there are any; baselines begin where the clock starts."""
    moments = ("2026-10-30T14:59:59+00:00", "2026-10-31T22:59:59+00:00")
    waves = play(make_planner(replace(make_scenario(), business=Business(waves=moments))))
    assert [wave.business for wave in waves if wave.kind == "baseline"] == [None, None]
    assert [wave.business for wave in waves if wave.kind != "baseline"][:3] == [*moments, None]


def test_some_documents_of_such_a_wave_are_handed_in_on_its_eve() -> None:
    """Not so many that the connector's hands are full of what is not due yet, none that grows out of another, and none of other waves."""
    moments = ("2026-10-30T14:59:59+00:00",)
    waves = play(make_planner(replace(make_scenario(), business=Business(waves=moments)), concurrency=8))
    eves = {wave.name: [e for e in wave.experiments if e.eve] for wave in waves}
    dated = next(wave for wave in waves if wave.business)
    assert 1 <= len(eves.pop(dated.name)) <= 8
    assert not any(eves.values())
