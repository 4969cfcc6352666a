"""Random walks over requisitions: never a state that the table does not reach, never a second order."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from mocks.systems.procurement.requisitions import LIFECYCLE
from tests.unit.company.play import COMPANY, World
from tests.unit.procurement.test_requisitions import BOSS, DRAFT, OTHER, STEPS

actors = st.sampled_from([DRAFT.actor, BOSS, OTHER, COMPANY.controller("US01").procurement_id])
steps = st.tuples(st.sampled_from(sorted(STEPS)), st.none() | actors, st.sampled_from(["4500000001", "4500000002"]))


def next_states(state: str) -> set[str]:
    """What the table allows in one step; `submitted` is passed through."""
    found = {after for (before, _), after in LIFECYCLE.transitions.items() if before == state}
    return (found - {"submitted"}) | ({"pending_approval"} if "submitted" in found else set())


@pytest.mark.requirement("R01.02")
@settings(max_examples=100)
@given(st.lists(steps, max_size=25))
def test_any_walk_stays_on_the_table(walk: list[tuple[str, str | None, str]]) -> None:
    """Each change is one row of the table, one version, one later instant; an order never changes."""
    world = World()
    requisition = world.call("procurement.requisition.create", DRAFT.body, actor=DRAFT.actor).body
    path = {"id": requisition.id}
    for step, actor, order in walk:
        name, body, usual = STEPS[step]
        if step == "record_order":
            body = {**body, "erpOrderNumber": order}
        before: Any = world.call("procurement.requisition.read", path=path).body
        try:
            after = world.call(f"procurement.requisition.{name}", body, path=path, actor=actor or usual).body
        except Refusal:
            after = world.call("procurement.requisition.read", path=path).body
            assert after == before
        if after != before:
            assert after.status in next_states(before.status)
            assert after.version == before.version + 1
            assert after.updated_at > before.updated_at
        assert before.erp_order in {None, after.erp_order} or after.revision > before.revision  # a new revision is ordered anew
        check_approvals(after)
    told = [event.type for event in world.events]
    assert told.count("requisition.approved") - told.count("approval.reversed") in {0, 1}


def check_approvals(requisition: Any) -> None:
    """An approved requisition has evidence by somebody else with a sufficient limit."""
    if requisition.status in {"approved", "ordered", "refused"}:
        assert [approval.decision for approval in requisition.approvals] == ["approved"]
        assert requisition.approvals[0].approver_id == BOSS != requisition.requester_id
