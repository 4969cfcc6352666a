"""Who stands in for whom: a delegate decides, and both are named; in reports as in requisitions."""

import pytest

from mocks.company.shapes import Shape, Signers
from tests.unit.company.play import COMPANY, World

THREE_WITH_A_DELEGATE = Shape(signers=Signers(3, delegated=True))


@pytest.mark.requirement("R03.14")
@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
def test_a_delegate_decides_and_both_are_named(entity: str) -> None:
    """In order; each delegate beside the manager who is away, everybody else beside nobody."""
    draft = COMPANY.draft_requisition(entity, "p2p-000001", 20_000, shape=THREE_WITH_A_DELEGATE)
    steps = World().approved_requisition(draft).approvals
    away = {person.procurement_id: COMPANY.employee(person.delegate).procurement_id for person in COMPANY.employees if person.delegate}
    assert [step.step for step in steps] == [1, 2, 3]
    assert tuple(step.approver_id for step in steps) == draft.approvers
    absent = [step for step in steps if step.on_behalf_of_id]
    assert absent
    assert all(away[step.on_behalf_of_id or ""] == step.approver_id for step in absent)
    assert not {step.approver_id for step in steps if not step.on_behalf_of_id} & set(away)


def test_who_is_away_may_not_decide() -> None:
    """The document waits for the delegate."""
    draft = COMPANY.draft_expense_report("US01", "exp-000001", 20_000, shape=Shape(signers=Signers(1, delegated=True)))
    world = World()
    report = world.call("expense.report.create", draft.body, actor=draft.actor).body
    path = {"report_id": report.report_id}
    waiting = world.call("expense.report.submit", {}, path=path, actor=draft.actor).body
    assert waiting.next_approver_login == draft.approvers[0]
    boss = next(person for person in COMPANY.employees if person.expense_id == draft.actor).manager
    assert boss is not None
    absent = COMPANY.employee(boss).expense_id
    assert world.refused("expense.report.approve", {}, path=path, actor=absent) == "SEGREGATION_OF_DUTIES"
    (step,) = world.call("expense.report.approve", {}, path=path, actor=draft.approvers[0]).body.approvals
    assert (step.approver_login, step.on_behalf_of_login) == (draft.approvers[0], absent)
