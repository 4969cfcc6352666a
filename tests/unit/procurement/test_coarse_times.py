"""Times of change that keep no fractions of a second: many are equal, and the list still shows each document once."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.company.play import COMPANY, START, World

pytestmark = pytest.mark.requirement("R06.03")

SECOND = timedelta(seconds=1)


def coarse_world(count: int) -> tuple[World, list[Any]]:
    """A world whose procurement writes whole seconds, and requisitions that were approved within the first one."""
    world = World()
    world.procurement.desk.grain = SECOND
    drafts = [COMPANY.draft_requisition("US01", f"p2p-{number}", 98_000 + number) for number in range(count)]
    return world, [world.approved_requisition(draft) for draft in drafts]


def listed(world: World, **query: str) -> list[Any]:
    """Every item, two on a page."""
    items: list[Any] = []
    after = None
    while True:
        page = world.call("procurement.requisition.list", query=query, limit=2, after=after).body
        items += page["items"]
        after = page["next"]
        if after is None:
            return items


def test_changes_within_a_second_bear_one_time_and_are_listed_once() -> None:
    """However often each changed in it; ties are in the order of the ids."""
    world, approved = coarse_world(5)
    assert {one.updated_at for one in approved} == {START}
    found = listed(world, status="approved")
    assert [one.id for one in found] == sorted(one.id for one in approved)
    assert {one.version for one in found} == {approved[0].version}


def test_a_window_begins_at_its_instant() -> None:
    """What changed in the second of the last known change is met again; a window after it has nothing."""
    world, approved = coarse_world(3)
    mark = approved[0].updated_at
    assert len(listed(world, updatedSince=mark.isoformat())) == 3
    assert listed(world, updatedSince=(mark + timedelta(microseconds=1)).isoformat()) == []


def test_a_later_second_comes_behind() -> None:
    """A document that changes again moves to the end, with the whole second in which it did."""
    world, approved = coarse_world(3)
    world.now += 2 * SECOND
    last = min(approved, key=lambda one: str(one.id))
    body = {"erpOrderNumber": "4500000001", "erpStatus": "created"}
    changed = world.call("procurement.requisition.record_order", body, path={"id": last.id}).body
    assert changed.updated_at == START + 2 * SECOND
    assert [one.id for one in listed(world)][-1] == last.id
    assert len(listed(world)) == 3
