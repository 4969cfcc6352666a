"""Random walks over expense reports: never a state that the table does not reach, never a second posting."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from mocks.systems.expense.reports import LIFECYCLE
from tests.unit.company.play import World
from tests.unit.expense.test_reports import BOSS, DRAFT, OTHER, STEPS

steps = st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([None, None, DRAFT.actor, BOSS, OTHER]), st.sampled_from(["1", "2"]))


def next_states(state: str) -> set[str]:
    """What the table allows in one step; `submitted` is passed through."""
    found = {after for (before, _), after in LIFECYCLE.transitions.items() if before == state}
    return (found - {"submitted"}) | ({"pending_manager"} if "submitted" in found else set())


@pytest.mark.requirement("R01.03")
@settings(max_examples=100)
@given(st.lists(steps, max_size=25))
def test_any_walk_stays_on_the_table(walk: list[tuple[str, str | None, str]]) -> None:
    """Each change is one row of the table and one version; a posting never changes; approvals and reversals alternate."""
    world = World()
    path = {"report_id": world.call("expense.report.create", DRAFT.body, actor=DRAFT.actor).body.report_id}
    for step, actor, document in walk:
        body, usual = STEPS[step]
        if step == "record_posting":
            body = {**body, "erp_document": document}
        before = world.call("expense.report.read", path=path).body
        try:
            after = world.call(f"expense.report.{step}", body, path=path, actor=actor or usual).body
        except Refusal:
            after = world.call("expense.report.read", path=path).body
            assert after == before
        if after != before:
            assert after.state in next_states(before.state)
            assert after.version == before.version + 1
            assert after.updated_at > before.updated_at
        assert before.posting in {None, after.posting}
    told = [event.type for event in world.events]
    changes = [each.version for each in world.effects if each.entity_type == "expense_report"]
    assert changes == list(range(1, len(changes) + 1))
    assert all(left != right or left == "expense_report.approved" for left, right in pairwise(told))
