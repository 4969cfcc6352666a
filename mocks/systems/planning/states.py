"""States of planning: a budget in every status, played by the people who lead there."""

from collections.abc import Mapping
from typing import Any, Literal

from mocks.abilities.people import AMOUNT_MINOR, GONE, WHY, Version, refuse_taken
from mocks.abilities.replica_states import ReplicaGiven, replica_state
from mocks.abilities.replicas import SAID
from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.fiscal import Grain
from mocks.company.money import to_text
from mocks.company.planning import draft_budget
from mocks.company.planning_ids import house_id, node_code
from mocks.kit.operation import Refusal
from mocks.systems.planning.plans import checksum
from mocks.systems.planning.replicas import POINT
from mocks.systems.planning.system import PlanningSystem

OWNER, CONTROLLER, ADMIN = range(3)  # of a draft's approvers
AMOUNT_UNITS = 100  # 100.00, or 100 in a currency without decimals
STEPS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "draft": (),
    "submitted": (("submit", OWNER),),
    "approved": (("submit", OWNER), ("approve", CONTROLLER)),
    "published": (("submit", OWNER), ("approve", CONTROLLER), ("publish", ADMIN)),
}


class BudgetGiven(Parameters, frozen=True, kw_only=True):
    """A budget of one cost centre; without `plan_id` one is drawn and answered. sequence: how often it was published until then."""

    plan_id: Name | None = None
    status: Literal["draft", "submitted", "approved", "published"] = "published"
    entity: Literal["LE-US", "LE-DE", "LE-JP"] = "LE-US"
    grain: Grain = "quarter"
    sequence: Version = 1
    version: Version | None = None


class ConsumptionGiven(Parameters, frozen=True, kw_only=True):
    """Costs of 100.00 for supplies, of which nothing is committed, as of an instant; without `node` it is the first cost centre's."""

    node: Name | None = None
    period: Name = "FY27-P09"
    as_of: Name = "2026-10-28T09:00:00Z"
    statement: Name | None = None
    sequence: Version | None = None


class BudgetGone(Parameters, frozen=True, kw_only=True):
    """The id that no budget has."""

    plan_id: Name = "BP-EXAMPLE-00000404"


def states() -> tuple[State, ...]:
    """Every state of planning."""
    return (
        State("a budget plan exists", "in this status; of a published one `sequence` and `checksum` are answered", BudgetGiven, _budget),
        State("there is no budget plan", GONE, BudgetGone, lambda _stage, given: {"plan_id": given.plan_id}),
        State("what was spent of a node is known", "in a month, as of this instant", ConsumptionGiven, _spent),
        replica_state(POINT, "source_record", _copy),
    )


def _copy(_stage: Stage, given: ReplicaGiven) -> Mapping[str, Any]:
    told = {"entity": "LE-US", "source-revision": given.revision}
    return {**SAID, **told, "valid-from": "2026-01-01", "valid-to": "2099-12-31"}


def _spent(stage: Stage, given: ConsumptionGiven) -> Values:
    master = stage.system(PlanningSystem).plans.master
    nodes = (each for each in master.nodes.values() if each.level == "cost-centre")
    node = next(nodes) if given.node is None else master.nodes.get(given.node)
    if node is None:
        raise Refusal("VALIDATION_FAILED", f"node: there is no {given.node}")
    house = master.houses[node.house]
    nothing, amount = (to_text(minor, house.decimals) for minor in (0, -AMOUNT_UNITS * 10**house.decimals))
    line = {"account": "SUPPLIES", "actual": amount, "committed": nothing}
    said = {"node": node.code, "period": given.period, "currency": house.currency, "lines": [line], "total": amount, "as-of": given.as_of}
    source = {"statement": given.statement, "sequence": given.sequence}
    known = stage.perform("planning.consumption.record", body={**said, "target-version": "1000/1", **source}).body
    return {"node": node.code, "period": given.period, "version": known.version}


def _budget(stage: Stage, given: BudgetGiven) -> Values:
    desk = stage.system(PlanningSystem).plans
    refuse_taken(given.plan_id, desk.plans)
    entity = next(each for each in stage.company.entities if house_id(each) == given.entity)
    center = _free_center(stage, entity.key)
    draft = draft_budget(stage.company, entity.key, given.plan_id or WHY, AMOUNT_MINOR, cost_center=center, grain=given.grain)
    desk.wanted = given.plan_id
    plan_id = stage.act("planning.budget.create", actor=draft.actor, body=draft.body).plan_id
    path = {"plan_id": plan_id}
    _lead(stage, path, draft.approvers, given.status)
    for _ in range(given.sequence - 1 if given.status == "published" else 0):
        stage.act("planning.budget.amend", actor=draft.actor, path=path, body={})
        _lead(stage, path, draft.approvers, given.status)
    while given.version is not None and desk.plans[plan_id].version < given.version:
        stage.touch("planning.budget.record_publication", path)
    if given.version is not None and desk.plans[plan_id].version > given.version:
        raise Refusal("VALIDATION_FAILED", f"version {given.version}: a budget in this status has a later one")
    return _values(desk.plans[plan_id])


def _free_center(stage: Stage, entity: str) -> Any:
    """One without a budget: of a node and year there is only one."""
    taken = {plan.node for plan in stage.system(PlanningSystem).plans.plans.values()}
    place = next(each for each in stage.company.entities if each.key == entity)
    free = next((each for each in stage.company.cost_centers_of(entity) if node_code(place, each) not in taken), None)
    if free is None:
        raise Refusal("VALIDATION_FAILED", f"entity: every cost centre of {house_id(place)} has a budget")
    return free


def _lead(stage: Stage, path: Mapping[str, str], people: tuple[str, ...], status: str) -> None:
    for verb, who in STEPS[status]:
        stage.act(f"planning.budget.{verb}", actor=people[who], path=path, body={})


def _values(plan: Any) -> Values:
    version = plan.published or plan.working
    return {
        "plan_id": plan.id,
        "version": plan.version,
        "status": version.status,
        "sequence": version.sequence,
        "checksum": checksum(version.lines),
    }
