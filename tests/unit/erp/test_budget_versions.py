"""Budgets of cost centres in the ERP: whose months they govern, what is refused, what they leave overdrawn."""

from typing import Any

import pytest

from tests.unit.company.play import COMPANY, World, money, order_body
from tests.unit.erp.test_budget import BUCKET, CENTER, DE, figures, reservation_body

OTHER = COMPANY.cost_centers_of("DE01")[1].erp_id
LINE = {"cost_center": CENTER, "account_group": "54", "period": "2026-10", "amount": "500.00"}
OWN: dict[str, Any] = {
    "company_code": DE.erp_company, "currency": "EUR", "cost_center": CENTER, "fiscal_year": 2026, "sequence": 1,
    "external_ref": "BP-T-1", "lines": [LINE], "total": "500.00",
}  # fmt: skip


def publish(world: World, **members: Any) -> Any:
    """A version of the cost centre's budget."""
    return world.call("erp.budget_version.create", {**OWN, **members}).body


def test_a_cost_centre_has_a_budget_of_its_own_for_a_fiscal_year() -> None:
    """It governs this cost centre in this year; the company's governs the next year and every other cost centre."""
    world = World()
    record = publish(world)
    assert (record.budget_version, record.total, record.overdrawn) == (f"{DE.erp_company}/{CENTER}/2026/1", "500.00", ())
    told = world.call("erp.budget.read", query=BUCKET).body
    assert (told.figures.budget, told.budget_version) == ("500.00", record.budget_version)
    for query in ({"date": "20270115"}, {"cost_center": OTHER}):
        told = world.call("erp.budget.read", query={**BUCKET, **query}).body
        assert (told.figures.budget, told.budget_version) == ("120000000.00", f"{DE.erp_company}/1")
    assert figures(world, gl_account="5100")["budget"] == "0.00"
    assert world.refused("erp.po.create", order_body("DE01")) == "BUDGET_EXCEEDED"
    other = order_body("DE01")
    other["lines"][0]["cost_center"] = OTHER
    assert world.refused("erp.po.create", other) == "accepted"


def test_a_fiscal_year_that_does_not_begin_in_january_is_split_where_it_begins() -> None:
    """Japan's 2026 begins in April: a to-date or yearly look at March sees the company's budget, one at April the cost centre's."""
    world, house = World(), COMPANY.entity("JP01")
    center = COMPANY.cost_centers_of("JP01")[0].erp_id
    line = {"cost_center": center, "account_group": "54", "period": "2027-03", "amount": "7"}
    body = {**OWN, "company_code": house.erp_company, "currency": "JPY", "cost_center": center, "lines": [line], "total": "7"}
    world.call("erp.budget_version.create", body)
    where = {"company_code": house.erp_company, "cost_center": center, "gl_account": "5400"}
    assert figures(world, **where, date="20260401")["budget"] == "7"
    assert figures(world, **where, date="20270331")["budget"] == "7"
    assert figures(world, **where, date="20270401")["budget"] == "18000000000"
    assert world.refused("erp.budget_version.create", {**body, "sequence": 2, "lines": [{**line, "period": "2026-03"}]}) == "CODING_INVALID"


def test_what_is_reserved_and_ordered_names_the_version_that_was_in_force() -> None:
    """Reservations and movements alike."""
    world = World()
    publish(world, lines=[{**LINE, "amount": "9999.00"}], total="9999.00")
    kept = world.call("erp.budget_reservation.create", reservation_body()).body
    assert kept.budget_version == f"{DE.erp_company}/{CENTER}/2026/1"
    assert world.erp.core.budget.movements[-1].version == kept.budget_version


def test_an_older_version_never_replaces_a_newer_one() -> None:
    """Late and doubled deliveries change nothing; sequences of different budgets have nothing to do with each other."""
    world = World()
    publish(world, sequence=2)
    assert world.refused("erp.budget_version.create", {**OWN, "sequence": 2}) == "VERSION_CONFLICT"
    assert world.refused("erp.budget_version.create", OWN) == "VERSION_CONFLICT"
    assert publish(world, fiscal_year=2027, lines=[{**LINE, "period": "2027-10"}]).sequence == 1
    query = {"company_code": DE.erp_company, "cost_center": CENTER, "fiscal_year": "2026"}
    found = world.call("erp.budget_version.read", query=query).body
    assert (found.sequence, found.external_ref, found.fiscal_year) == (2, "BP-T-1", 2026)
    first = world.call("erp.budget_version.read", query={**query, "cost_center": OTHER}).body
    assert (first.budget_version, first.cost_center, first.sequence) == (f"{DE.erp_company}/1", None, 1)
    assert world.refused("erp.budget_version.read", query={"company_code": DE.erp_company, "cost_center": OTHER}) == "INVALID_PARAMETER"
    rows = [(each.effect, each.entity_id, each.version) for each in world.effects if each.entity_type == "budget_version"]
    assert rows == [("create", f"{DE.erp_company}/{CENTER}/2026", 2), ("create", f"{DE.erp_company}/{CENTER}/2027", 1)]


def test_buckets_that_a_new_version_leaves_overdrawn_are_told() -> None:
    """Only those of the cost centre whose budget it is."""
    world = World()
    publish(world, lines=[{**LINE, "amount": "2000.00"}], total="2000.00")
    world.call("erp.budget_reservation.create", reservation_body())
    record = publish(world, sequence=2)
    assert [(short.account_group, short.available) for short in record.overdrawn] == [("54", "-500.00")]
    other = {"cost_center": OTHER, "lines": [{**LINE, "cost_center": OTHER}]}
    assert publish(world, **other).overdrawn == ()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"total": "500.01"}, "AMOUNT_MISMATCH"),
        ({"checksum": "0" * 64}, "VALIDATION_FAILED"),
        ({"fiscal_year": None}, "CODING_INVALID"),
        ({"cost_center": None}, "CODING_INVALID"),
        ({"cost_center": "9999999"}, "CODING_INVALID"),
        ({"cost_center": COMPANY.cost_centers_of("US01")[0].erp_id}, "CODING_INVALID"),
        ({"lines": [{**LINE, "cost_center": OTHER}]}, "CODING_INVALID"),
        ({"lines": [{**LINE, "period": "2027-01"}]}, "CODING_INVALID"),
        ({"lines": [LINE, LINE], "total": "1000.00"}, "VALIDATION_FAILED"),
        ({"lines": [{**LINE, "amount": "500.000"}]}, "CURRENCY_INVALID"),
    ],
)
def test_what_does_not_hold_is_refused(members: dict[str, Any], code: str) -> None:
    """Nothing is in force of it."""
    world = World()
    assert world.refused("erp.budget_version.create", {**OWN, **members}) == code
    assert figures(world)["budget"] == "120000000.00"


def test_a_closed_cost_centre_gets_no_budget() -> None:
    """It closed at the end of 2025."""
    closed = next(each for each in COMPANY.cost_centers if each.entity == "DE01" and each.valid_to)
    body = {**OWN, "cost_center": closed.erp_id, "lines": []}
    assert World().refused("erp.budget_version.create", {**body, "total": money(0, "DE01")}) == "COST_CENTER_INACTIVE"
