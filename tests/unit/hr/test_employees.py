"""HR's employees: who hires and who confirms, what is refused, what everybody reads, and what only people of HR see."""

from datetime import timedelta
from typing import Any

import pytest

from mocks.company.staffing import CHANGES, draft_employee
from tests.unit.company.play import COMPANY, World

DRAFT = draft_employee(COMPANY, "US01", "key", 1)
BODY: dict[str, Any] = DRAFT.body
CLERK, SECOND = DRAFT.actor, DRAFT.approvers[0]
POINT = "hr.employee"
KNOWN = next(each for each in COMPANY.employees if each.entity == "US01" and each.level == 0)


def hired(world: World, **members: Any) -> dict[str, str]:
    """The path of somebody new, whose draft waits."""
    return {"employee_no": world.call(f"{POINT}.hire", {**BODY, **members}, actor=CLERK).body.employee_no}


def confirm(world: World, path: dict[str, str]) -> Any:
    """By whom it waits for; the record."""
    return world.call(f"{POINT}.confirm", {}, path=path, actor=SECOND).body


def change(world: World, path: dict[str, str], **members: Any) -> Any:
    """Written and confirmed; the record."""
    world.call(f"{POINT}.change", members, path=path, actor=CLERK)
    return confirm(world, path)


@pytest.mark.requirement("R01.10", "R03.19")
def test_an_employee_is_in_force_from_the_second_word_on_and_until_the_next_one() -> None:
    """A draft is shown to nobody; each confirmation counts, tells, and is what every copy has to say."""
    world = World()
    path = hired(world)
    assert world.refused(f"{POINT}.read", path=path) == "NOT_FOUND"
    assert world.call(f"{POINT}.list").body["items"] == []
    first = confirm(world, path)
    assert (first.status, first.revision, first.version, first.waits_for) == ("active", 1, 2, None)
    drafted = world.call(f"{POINT}.change", {"status": "left", "valid_to": "2026-11-30"}, path=path, actor=CLERK).body
    assert (drafted.status, drafted.revision, drafted.waits_for) == ("draft", 1, SECOND)
    assert world.call(f"{POINT}.read", path=path).body.status == "active"
    second = confirm(world, path)
    assert (second.status, second.revision, second.valid_to, second.manager) == ("left", 2, "2026-11-30", BODY["manager"])
    facts = [
        (each.src_version, each.state, each.company, each.cost_center, each.party, each.posting_date)
        for each in world.effects
        if each.entity_type == "employee_record"
    ]
    same = (BODY["company_code"], BODY["cost_center"], BODY["manager"])
    assert facts == [(1, "active", *same, BODY["valid_to"]), (2, "left", *same, "2026-11-30")]
    assert [(each.type, each.data["revision"], each.data["status"]) for each in world.events] == [
        ("employee.changed", 1, "active"), ("employee.changed", 2, "left"),
    ]  # fmt: skip


@pytest.mark.requirement("R01.10")
def test_the_feed_has_everybody_once_in_order_of_the_last_change() -> None:
    """A delta from a watermark shows who changed since; who was there when the world opened stands in it once they change."""
    world = World()
    paths = [hired(world, name=f"New {number}") for number in range(2)]
    for path in paths:
        confirm(world, path)
    middle = world.now + timedelta(microseconds=1)
    known = {"employee_no": KNOWN.erp_id}
    assert world.call(f"{POINT}.read", path=known).body.revision == 1
    moved = change(world, known, manager=BODY["manager"])
    assert (moved.revision, moved.manager, moved.name) == (2, BODY["manager"], KNOWN.name)
    order = [each.employee_no for each in world.call(f"{POINT}.list").body["items"]]
    assert order == [*(path["employee_no"] for path in paths), KNOWN.erp_id]
    since = world.call(f"{POINT}.list", query={"changed_since": middle.isoformat()}).body["items"]
    assert [(each.employee_no, each.revision) for each in since] == [(KNOWN.erp_id, 2)]
    change(world, paths[0], status="on_leave")
    page = world.call(f"{POINT}.list", limit=2).body
    assert [each.employee_no for each in page["items"]] == [paths[1]["employee_no"], KNOWN.erp_id]
    assert [each.employee_no for each in world.call(f"{POINT}.list", after=page["next"]).body["items"]] == [paths[0]["employee_no"]]


@pytest.mark.requirement("R03.19")
def test_a_bank_account_is_shown_to_people_of_hr_alone() -> None:
    """It stands in no other answer, in no event and in no fact."""
    world = World()
    path = hired(world)
    confirm(world, path)
    shown = world.call(f"{POINT}.bank_account", path=path, actor=CLERK).body
    assert shown.bank_account == BODY["bank_account"]
    assert world.refused(f"{POINT}.bank_account", path=path, actor=COMPANY.controller("US01").erp_id) == "SEGREGATION_OF_DUTIES"
    told = [world.call(f"{POINT}.read", path=path).body, world.call(f"{POINT}.list").body, *world.events, *world.effects]
    assert BODY["bank_account"] not in repr(told)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"company_code": "9999"}, "CODING_INVALID"),
        ({"cost_center": COMPANY.cost_centers_of("DE01")[0].erp_id}, "CODING_INVALID"),
        ({"manager": "00000001"}, "EMPLOYEE_UNKNOWN"),
        ({"valid_from": "2026-11-01", "valid_to": "2026-10-31"}, "VALIDATION_FAILED"),
    ],
)
def test_what_is_wrong_is_refused_with_a_code(members: dict[str, Any], code: str) -> None:
    """A company, a cost centre of another one, a manager who is nobody, days in the wrong order."""
    assert World().refused(f"{POINT}.hire", {**BODY, **members}, actor=CLERK) == code


def test_whoever_left_has_a_last_day_and_nobody_reports_to_them() -> None:
    """Nor does anybody report to somebody who reports to them."""
    world = World()
    boss, below = hired(world), hired(world, name="Below")
    confirm(world, boss)
    assert world.refused(f"{POINT}.change", {"status": "left", "valid_to": "2099-12-31"}, path=boss, actor=CLERK) == "VALIDATION_FAILED"
    world.call(f"{POINT}.change", {"manager": boss["employee_no"]}, path=below, actor=CLERK)
    confirm(world, below)
    assert world.refused(f"{POINT}.change", {"manager": below["employee_no"]}, path=boss, actor=CLERK) == "CODING_INVALID"
    change(world, boss, status="left", valid_to="2026-11-30")
    assert world.refused(f"{POINT}.change", {"manager": boss["employee_no"]}, path=below, actor=CLERK) == "EMPLOYEE_UNKNOWN"


def test_who_may_not() -> None:
    """Nobody but people of HR writes, and nobody confirms what they wrote, or what waits for somebody else."""
    world = World()
    path = hired(world)
    assert world.refused(f"{POINT}.hire", BODY, actor=KNOWN.erp_id) == "SEGREGATION_OF_DUTIES"
    third = next(each for each in world.hr.desk.master.clerks if each not in {CLERK, SECOND})
    for who in (CLERK, third, KNOWN.erp_id):
        assert world.refused(f"{POINT}.confirm", {}, path=path, actor=who) == "SEGREGATION_OF_DUTIES"
    assert world.refused(f"{POINT}.confirm", {}, path=path, actor=SECOND, if_match=7) == "PRECONDITION_FAILED"
    confirm(world, path)
    assert world.refused(f"{POINT}.confirm", {}, path=path, actor=SECOND) == "INVALID_TRANSITION"


@pytest.mark.requirement("R01.10")
def test_every_change_of_life_is_drawn_and_accepted() -> None:
    """Other managers, cost centres and companies, leaves and ends; the same key and amount give the same one."""
    world, seen = World(), set()
    for number in range(40):
        key = f"life-{number}"
        first, later = draft_employee(COMPANY, "DE01", key, 1), draft_employee(COMPANY, "DE01", key, 2, is_change=True)
        assert later == draft_employee(COMPANY, "DE01", key, 2, is_change=True)
        path = {"employee_no": world.call(f"{POINT}.hire", first.body, actor=first.actor).body.employee_no}
        world.call(f"{POINT}.confirm", {}, path=path, actor=first.approvers[0])
        world.call(f"{POINT}.change", {name: value for name, value in later.body.items() if name != "name"}, path=path, actor=later.actor)
        now = world.call(f"{POINT}.confirm", {}, path=path, actor=later.approvers[0]).body
        moved = tuple(name for name in ("company_code", "cost_center", "manager") if getattr(now, name) != first.body[name])
        seen.add((now.status, moved))
    assert {status for status, _ in seen} == {"active", "on_leave", "left"}
    assert {("active", ("manager",)), ("active", ("cost_center",)), ("active", ("company_code", "cost_center", "manager"))} <= seen
    assert len(set(CHANGES)) == 5
