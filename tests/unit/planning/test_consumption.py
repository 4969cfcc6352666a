"""What planning knows of spending: the newest figures of a node in a month, their totals up the hierarchy, and what is refused."""

from typing import Any

import pytest

from tests.unit.company.play import COMPANY, World
from tests.unit.planning.test_budgets import CENTER, DRAFT

NODE = DRAFT.body["node"]
LINE = {"account": "TRAVEL", "actual": "-5.00", "committed": "-7.50"}
SAID: dict[str, Any] = {
    "node": NODE, "period": "FY27-P09", "currency": "USD", "lines": [LINE], "total": "-12.50", "as-of": "2026-10-28T09:00:00Z",
    "target-version": "1000/1",
}  # fmt: skip
MORE = {**SAID, "lines": [{**LINE, "actual": "-6.00"}], "total": "-13.50"}
RECORD, READ = "planning.consumption.record", "planning.consumption.read"


@pytest.mark.requirement("R01.04")
def test_spending_comes_back_and_does_not_get_older() -> None:
    """The newest `as-of` stays, the same again changes nothing, and one instant does not say two things."""
    world = World()
    assert world.call(RECORD, SAID).body.version == 1
    assert world.call(RECORD, SAID).effects == ()
    assert world.refused(RECORD, MORE) == "VERSION_CONFLICT"
    assert world.refused(RECORD, {**SAID, "as-of": "2026-10-28T08:59:59Z"}) == "VERSION_CONFLICT"
    assert world.call(RECORD, {**MORE, "as-of": "2026-10-28T09:00:01Z"}).body.version == 2
    (known,) = world.call(READ, query={"node": NODE, "fiscal-year": "FY27"}).body.items
    assert (known.actual, known.committed, known.lines[0].actual) == ("-6.00", "-7.50", "-6.00")
    heads = [(each.amount_minor, each.document_date) for each in world.effects if each.entity_type == "budget_consumption"]
    assert heads == [(1_250, "2026-10-01"), (1_350, "2026-10-01")]


def test_spending_is_changed_of_the_version_that_was_meant() -> None:
    """If-Match names what the sender saw; of what is not known yet there is no version."""
    world = World()
    later = {**MORE, "as-of": "2026-10-28T10:00:00Z"}
    assert world.refused(RECORD, SAID, if_match=1) == "PRECONDITION_FAILED"
    assert world.call(RECORD, SAID).body.version == 1
    assert world.refused(RECORD, later, if_match=2) == "PRECONDITION_FAILED"
    assert world.call(RECORD, later, if_match=1).effects[0].base_version == 1


@pytest.mark.parametrize("as_of", ["", "2026-10-28", "2026-10-28T09:00:00", "2026-02-30T09:00:00Z", "2026-10-28T24:00:00Z"])
def test_what_is_no_instant_with_a_zone_is_no_request(as_of: str) -> None:
    """Its document says so: whoever keeps to it is not refused."""
    with pytest.raises(Exception, match="as-of"):
        World().call(RECORD, {**SAID, "as-of": as_of})


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"total": "-12.51"}, "AMOUNT_MISMATCH"),
        ({"lines": [LINE, LINE], "total": "-25.00"}, "VALIDATION_FAILED"),
        ({"lines": [{**LINE, "account": "GIFTS"}]}, "CODING_INVALID"),
        ({"node": "LE-US.MKT.CC99"}, "CODING_INVALID"),
        ({"currency": "EUR"}, "CURRENCY_INVALID"),
        ({"lines": [{**LINE, "actual": "-5"}]}, "CURRENCY_INVALID"),
    ],
)
def test_figures_that_cannot_be_right_are_refused(members: dict[str, Any], code: str) -> None:
    """Nothing is known of them."""
    world = World()
    assert world.refused(RECORD, {**SAID, **members}) == code
    assert world.call(READ, query={"node": NODE, "fiscal-year": "FY27"}).body.items == ()


@pytest.mark.requirement("R05.21")
def test_spending_adds_up_by_node_and_period() -> None:
    """What is known of a cost centre is in the totals of its department and its entity, in the month's quarter, and nowhere else."""
    world = World()
    world.call(RECORD, SAID)
    other = next(each for each in COMPANY.cost_centers_of("US01") if each.function != CENTER.function)
    world.call(RECORD, {**SAID, "node": f"LE-US.{other.function}.{other.key.rpartition('-')[2]}"})
    query = {"scenario": "BUDGET", "fiscal-year": "FY27", "node": "LE-US", "grain": "quarter"}
    totals = {
        (each.node, each.period): (each.actual, each.committed) for each in world.call("planning.budget.totals", query=query).body.totals
    }
    assert totals["LE-US", "FY27-Q3"] == ("-10.00", "-15.00")
    assert totals[f"LE-US.{CENTER.function}", "FY27-Q3"] == ("-5.00", "-7.50")
    assert totals["LE-US", "FY27-Q2"] == ("0.00", "0.00")


def test_what_is_overdrawn_is_named() -> None:
    """Less than nothing is left; an account of which nobody said what is left is not."""
    lines = [{**LINE, "available": "-0.01"}, {**LINE, "account": "SUPPLIES", "available": "0.00"}, {**LINE, "account": "SERVICES"}]
    known = World().call(RECORD, {**SAID, "lines": lines, "total": "-37.50"}).body
    assert known.overdrawn == ("TRAVEL",)
