"""The ERP's budget statements: they state what the budget ledger has at that instant, and what everybody reads is the last issue."""

from datetime import timedelta
from typing import Any

import pytest

from mocks.company.stating import draft_budget_statement
from mocks.kit.operation import Refusal
from tests.unit.company.play import COMPANY, World

POINT = "erp.budget_statement"
ACCOUNTS = {"52": "5210", "53": "5300", "54": "5400", "55": "5500", "56": "5610"}  # one of each group that holds today
DRAFTS = [
    draft_budget_statement(COMPANY, "US01", f"key-{number}", 90_000, cost_center=COMPANY.minted_cost_center("US01", 0))
    for number in range(9)
]


def spent(world: World, draft: Any) -> None:
    """People order and are billed."""
    for step in draft.before:
        world.call(step.point, step.body, actor=step.actor)


def opened(world: World, draft: Any) -> dict[str, str]:
    """The path of a new statement."""
    return {"number": world.call(f"{POINT}.open", draft.body, actor=draft.actor).body.number}


def issue(world: World, draft: Any, path: dict[str, str]) -> Any:
    """By the controller; the statement."""
    return world.call(f"{POINT}.issue", {}, path=path, actor=draft.actor).body


@pytest.mark.requirement("R05.21")
@pytest.mark.parametrize("draft", DRAFTS[:3], ids=["first", "second", "third"])
def test_committed_and_spent_are_those_of_the_ledger_at_that_instant(draft: Any) -> None:
    """Commitments plus actuals come to what people ordered and were billed, and each figure is that of /budget-status as of then."""
    world = World()
    spent(world, draft)
    stated = issue(world, draft, opened(world, draft))
    assert [stated.revision, stated.status, stated.period] == [1, "issued", draft.body["period"]]
    assert round(100 * (float(stated.committed) + float(stated.actual))) == draft.amount_minor
    assert len(stated.lines) == 2
    for line in stated.lines:
        coding = {"company_code": "1000", "cost_center": draft.body["cost_center"], "gl_account": ACCOUNTS[line.account_group]}
        status = world.call("erp.budget.read", query={**coding, "as_of": f"{world.now:%Y%m%d}"}).body
        assert (line.committed, line.actual) == (status.figures.encumbrance, status.figures.actual)
        assert line.available == status.figures.available


def test_some_leave_a_bucket_overdrawn() -> None:
    """Under advisory control a bill is posted whatever is left of the budget; what is overdrawn is stated as less than nothing."""
    found = []
    for draft in DRAFTS:
        world = World()
        spent(world, draft)
        found.append(any(line.available.startswith("-") for line in issue(world, draft, opened(world, draft)).lines))
    assert set(found) == {True, False}


def test_a_statement_says_what_it_said_until_it_is_issued_again() -> None:
    """Nobody reads one that was only opened; later spending is in the next issue, which takes the place of the one before."""
    world, draft = World(), DRAFTS[0]
    path = opened(world, draft)
    assert world.refused(f"{POINT}.read", path=path) == "NOT_FOUND"
    assert world.call(f"{POINT}.list").body["items"] == []
    first = issue(world, draft, path)
    assert (first.lines, first.committed, first.actual) == ((), "0.00", "0.00")
    spent(world, draft)
    assert world.call(f"{POINT}.read", path=path).body == first
    middle = world.now
    second = issue(world, draft, path)
    assert (second.revision, second.as_of > first.as_of, len(second.lines)) == (2, True, 2)
    (item,) = world.call(f"{POINT}.list", query={"updated_since": middle.isoformat()}).body["items"]
    assert (item.number, item.revision) == (path["number"], 2)
    assert world.call(f"{POINT}.list", query={"updated_since": (world.now + timedelta(hours=1)).isoformat()}).body["items"] == []
    heads = [(each.src_version, each.amount_minor, each.state) for each in world.effects if each.entity_type == "budget_statement"]
    assert heads == [(1, 0, "issued"), (2, 90_000, "issued")]
    assert [(each.type, each.data["revision"]) for each in world.events] == [("budget_statement.issued", 1), ("budget_statement.issued", 2)]


@pytest.mark.parametrize(
    ("members", "actor", "code"),
    [
        ({"cost_center": "9999999"}, None, "CODING_INVALID"),
        ({"company_code": "2000"}, None, "CODING_INVALID"),
        ({}, "nobody", "EMPLOYEE_UNKNOWN"),
    ],
)
def test_what_is_no_cost_centre_of_the_company_is_not_stated(members: dict[str, str], actor: str | None, code: str) -> None:
    """Refused with a code, and nothing is opened."""
    world, draft = World(), DRAFTS[0]
    with pytest.raises(Refusal) as refused:
        world.call(f"{POINT}.open", {**draft.body, **members}, actor=actor or draft.actor)
    assert (refused.value.code, len(world.erp.statements.book)) == (code, 0)


def test_of_a_cost_centre_and_month_there_is_one_statement() -> None:
    """A second one is refused, and names the first."""
    world, draft = World(), DRAFTS[0]
    path = opened(world, draft)
    with pytest.raises(Refusal) as refused:
        opened(world, draft)
    assert (refused.value.code, refused.value.extra["existing_id"]) == ("DUPLICATE_REFERENCE", path["number"])
