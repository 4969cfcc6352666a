"""The ERP's master records: who drafts and who releases, what is refused, what everybody reads, and what the ERP's own coding goes by."""

from datetime import timedelta
from typing import Any

import pytest

from mocks.company.stewardship import draft_master_record
from tests.unit.company.play import COMPANY, World

CENTER = COMPANY.minted_cost_center("US01", 0)
DRAFT = next(
    draft
    for draft in (draft_master_record(COMPANY, "US01", f"key-{number}", 1, cost_center=CENTER) for number in range(9))
    if draft.body["kind"] == "cost_center"
)
BODY: dict[str, Any] = {**DRAFT.body, "active": True}
STEWARD, RELEASER = DRAFT.actor, DRAFT.approvers[0]
POINT = "erp.master_record"


def drafted(world: World, **members: Any) -> dict[str, str]:
    """The path of a new record."""
    return {"number": world.call(f"{POINT}.create", {**BODY, **members}, actor=STEWARD).body.number}


def release(world: World, path: dict[str, str]) -> Any:
    """By whom it waits for; the record."""
    return world.call(f"{POINT}.release", {}, path=path, actor=RELEASER).body


@pytest.mark.requirement("R02.01")
def test_a_record_is_in_force_from_its_release_and_until_the_next_one() -> None:
    """A draft is shown to nobody; each release counts, tells, and is what every copy has to say."""
    world = World()
    path = drafted(world)
    assert world.refused(f"{POINT}.read", path=path) == "NOT_FOUND"
    assert world.call(f"{POINT}.list").body["items"] == []
    first = release(world, path)
    assert (first.status, first.revision, first.version, first.waits_for) == ("active", 1, 2, None)
    changed = world.call(f"{POINT}.change", {"active": False}, path=path, actor=STEWARD).body
    assert (changed.status, changed.revision, changed.waits_for) == ("draft", 1, RELEASER)
    assert world.call(f"{POINT}.read", path=path).body.status == "active"
    second = release(world, path)
    assert (second.status, second.revision, second.name) == ("inactive", 2, first.name)
    facts = [(each.src_version, each.state, each.cost_center, each.party) for each in world.effects if each.entity_type == "master_record"]
    assert facts == [(1, "active", BODY["code"], BODY["responsible"]), (2, "inactive", BODY["code"], BODY["responsible"])]
    said = [(each.type, each.data["revision"], each.data["status"]) for each in world.events]
    assert said == [("master_data.changed", 1, "active"), ("master_data.changed", 2, "inactive")]


@pytest.mark.requirement("R02.01")
def test_the_list_has_each_record_once_in_order_of_its_last_release() -> None:
    """A delta from a watermark shows what was released since, at its latest revision, and a cursor goes on behind the last one."""
    world = World()
    paths = [drafted(world, code=f"970000{number}") for number in range(3)]
    for path in paths:
        release(world, path)
    middle = world.now + timedelta(microseconds=1)
    world.call(f"{POINT}.change", {"name": "Renamed"}, path=paths[0], actor=STEWARD)
    release(world, paths[0])
    order = [each.number for each in world.call(f"{POINT}.list").body["items"]]
    assert order == [paths[1]["number"], paths[2]["number"], paths[0]["number"]]
    since = world.call(f"{POINT}.list", query={"updated_since": middle.isoformat()}).body["items"]
    assert [(each.number, each.revision) for each in since] == [(paths[0]["number"], 2)]
    page = world.call(f"{POINT}.list", limit=2).body
    assert [each.number for each in world.call(f"{POINT}.list", after=page["next"]).body["items"]] == [paths[0]["number"]]


@pytest.mark.requirement("R07.03")
@pytest.mark.parametrize("kind", ["cost_center", "project"])
def test_the_erp_codes_by_what_was_released(kind: str) -> None:
    """What is no longer active may not be booked on, and a new one may from its release on."""
    world = World()
    code = "9700009"
    coding = {"company_code": "1000", "gl_account": "5400", "cost_center": CENTER.erp_id} | {kind: code}

    def is_valid() -> bool:
        found: bool = world.call("erp.coding.check", query=coding).body.valid
        return found

    path = drafted(world, kind=kind, code=code)
    assert not is_valid()
    release(world, path)
    assert is_valid()
    world.call(f"{POINT}.change", {"active": False}, path=path, actor=STEWARD)
    assert is_valid()
    release(world, path)
    assert not is_valid()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"company_code": "9999"}, "CODING_INVALID"),
        ({"code": COMPANY.cost_centers_of("DE01")[0].erp_id}, "CODING_INVALID"),
        ({"responsible": "00000001"}, "EMPLOYEE_UNKNOWN"),
        ({"responsible": COMPANY.controller("DE01").erp_id}, "EMPLOYEE_UNKNOWN"),
        ({"valid_from": "20261101", "valid_to": "20261031"}, "VALIDATION_FAILED"),
    ],
)
def test_what_is_wrong_is_refused_with_a_code(members: dict[str, Any], code: str) -> None:
    """A company, a code of another one, somebody who works elsewhere, days in the wrong order."""
    assert World().refused(f"{POINT}.create", {**BODY, **members}, actor=STEWARD) == code


def test_who_may_not() -> None:
    """Nobody releases a draft of their own, or one that waits for somebody else; what is released has nothing to release."""
    world = World()
    path = drafted(world)
    assert world.refused(f"{POINT}.create", BODY, actor=STEWARD) == "DUPLICATE_REFERENCE"
    for who in (STEWARD, BODY["responsible"]):
        assert world.refused(f"{POINT}.release", {}, path=path, actor=who) == "SEGREGATION_OF_DUTIES"
    stranger = COMPANY.controller("JP01").erp_id
    assert world.refused(f"{POINT}.release", {}, path=path, actor=stranger) == "EMPLOYEE_UNKNOWN"
    assert world.refused(f"{POINT}.change", {}, path=path, actor=stranger) == "EMPLOYEE_UNKNOWN"
    assert world.refused(f"{POINT}.release", {}, path=path, actor=RELEASER, if_match=7) == "PRECONDITION_FAILED"
    release(world, path)
    assert world.refused(f"{POINT}.release", {}, path=path, actor=RELEASER) == "INVALID_TRANSITION"
    world.call(f"{POINT}.change", {"name": "Mine"}, path=path, actor=RELEASER)
    assert world.refused(f"{POINT}.release", {}, path=path, actor=RELEASER) == "SEGREGATION_OF_DUTIES"


@pytest.mark.requirement("R02.01", "R07.05")
def test_an_account_is_open_where_its_record_says() -> None:
    """A new one in no company but its own; one of the chart is blocked by a company for itself, and opened again."""
    world = World()
    usual = {"company_code": "1000", "cost_center": CENTER.erp_id}

    def is_valid(account: str, **coding: str) -> bool:
        found: bool = world.call("erp.coding.check", query={**usual, "gl_account": account, **coding}).body.valid
        return found

    new, known = drafted(world, kind="gl_account", code="59700001"), drafted(world, kind="gl_account", code="5400")
    assert (is_valid("59700001"), is_valid("5400")) == (False, True)
    release(world, new)
    release(world, known)
    german = {"company_code": "2000", "cost_center": COMPANY.cost_centers_of("DE01")[0].erp_id}
    assert (is_valid("59700001"), is_valid("59700001", **german), is_valid("5400")) == (True, False, True)
    for path in (new, known):
        world.call(f"{POINT}.change", {"active": False}, path=path, actor=STEWARD)
        release(world, path)
    assert (is_valid("59700001"), is_valid("5400"), is_valid("5400", **german)) == (False, False, True)
    world.call(f"{POINT}.change", {"active": True}, path=known, actor=STEWARD)
    release(world, known)
    assert is_valid("5400")
    assert [each.account for each in world.effects if each.entity_type == "master_record"][:2] == ["59700001", "5400"]
