"""Random walks over a budget: never a step that the table does not have, one version in force at most, sequences that only grow."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from tests.unit.company.play import World
from tests.unit.planning.test_budgets import ADMIN, BODIES, CONTROLLER, DRAFT, LINE, OWNER, WHO, created

people = st.sampled_from([DRAFT.actor, OWNER, CONTROLLER, ADMIN])
steps = st.tuples(st.sampled_from([*sorted(WHO), "record_publication"]), st.none() | people, st.integers(1, 4))


@settings(max_examples=100)
@given(st.lists(steps, max_size=30))
def test_any_walk_stays_on_the_table(walk: list[tuple[str, str | None, int]]) -> None:
    """Refused steps change nothing; what is published agrees with its lines; the history counts publications as they happened."""
    world = World()
    path = created(world)
    desk = world.planning.plans
    for verb, person, number in walk:
        before = desk.plans[path["plan_id"]]
        try:
            step(world, path, verb, person, number)
        except Refusal:
            assert desk.plans[path["plan_id"]] == before
        after = desk.plans[path["plan_id"]]
        in_force = [each for each in after.versions if each.status == "published"]
        sequences = [each.sequence for each in after.versions if each.sequence is not None]
        assert len(in_force) <= 1
        assert sequences == list(range(1, len(sequences) + 1))
        assert [each.sequence for each in in_force] == sequences[-1:]
        assert all(each.written_by != each.approved_by for each in after.versions)
    told = [each.src_version for each in world.effects if each.entity_type == "budget_plan"]
    assert told == [each.sequence for each in desk.plans[path["plan_id"]].versions if each.sequence is not None]


def step(world: World, path: dict[str, str], verb: str, person: str | None, number: int) -> Any:
    """One step, by its own person unless another one is named."""
    if verb == "record_publication":
        version = world.planning.plans.plans[path["plan_id"]].of_sequence(number)
        body = {"sequence": number, "checksum": version.checksum if version else "0" * 64, "outcome": "in-force"}
        return world.call("planning.budget.record_publication", body, path=path)
    lines = {"lines": [{**LINE, "amount": f"-{number}.00"}]} if verb in {"revise", "amend"} else {}
    return world.call(f"planning.budget.{verb}", {**BODIES.get(verb, {}), **lines}, path=path, actor=person or WHO[verb])
