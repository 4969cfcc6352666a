"""The ERP's desk for funds: what it answers, what it refuses, what stands in the books and in the history afterwards."""

from datetime import timedelta
from typing import Any

import pytest

from mocks.kit.operation import Refusal
from tests.unit.company.play import COMPANY, World, invoice_body, money, order_body

DE = COMPANY.entity("DE01")
CENTER = COMPANY.cost_centers_of("DE01")[0].erp_id
BUCKET = {"company_code": DE.erp_company, "cost_center": CENTER, "gl_account": "5400", "date": "20261028"}


def reservation_body(amount: int = 1_000, entity: str = "DE01", **members: Any) -> dict[str, Any]:
    """Funds for one line."""
    house = COMPANY.entity(entity)
    center = COMPANY.cost_centers_of(entity)[0].erp_id
    total = money(amount, entity)
    line = {"line_no": 10, "gl_account": "5400", "cost_center": center, "amount": total}
    head = {"company_code": house.erp_company, "currency": house.currency, "document_date": "20261028"}
    return {**head, "lines": [line], "total": total, **members}


def version_body(amount: int, entity: str = "DE01", sequence: int = 2, **members: Any) -> dict[str, Any]:
    """A budget of this much for the cost centre in October, and of nothing beside it."""
    house = COMPANY.entity(entity)
    center = COMPANY.cost_centers_of(entity)[0].erp_id
    line = {"cost_center": center, "account_group": "54", "period": "2026-10", "amount": money(amount, entity)}
    return {"company_code": house.erp_company, "currency": house.currency, "sequence": sequence, "lines": [line], **members}


def world(amount: int = 10_000, entity: str = "DE01") -> World:
    """With this budget."""
    made = World()
    made.call("erp.budget_version.create", version_body(amount, entity))
    return made


def figures(one: World, **query: str) -> dict[str, str]:
    """Of the cost centre, as the ERP tells them."""
    told = one.call("erp.budget.read", query={**BUCKET, **query}).body.figures
    return {name: getattr(told, name) for name in told.__struct_fields__}


@pytest.mark.requirement("R01.01")
def test_funds_are_asked_for_reserved_approved_and_given_back() -> None:
    """Each step moves the same amount, the memo ledger balances, and the history has a row for each."""
    one = world()
    kept = one.call("erp.budget_reservation.create", reservation_body(external_ref="REQ-1"))
    path = {"reservation_id": kept.body.reservation_id}
    assert (kept.body.status, kept.body.budget_version, kept.body.warnings) == ("reserved", f"{DE.erp_company}/2", ())
    assert (figures(one)["reserved"], figures(one)["available"]) == ("1000.00", "9000.00")
    assert one.call("erp.budget_reservation.approve", {}, path=path).body.status == "approved"
    assert (figures(one)["reserved"], figures(one)["pre_encumbrance"]) == ("0.00", "1000.00")
    assert one.erp.core.ledger.balance(DE.erp_company, "9100") == 100_000
    again = one.call("erp.budget_reservation.approve", {}, path=path)
    assert (again.body.version, again.effects) == (2, ())
    assert one.call("erp.budget_reservation.release", {"reason": "withdrawn"}, path=path).body.status == "released"
    assert (figures(one)["available"], one.erp.core.ledger.balance(DE.erp_company, "9100")) == ("10000.00", 0)
    rows = [(each.effect, each.version, each.state) for each in one.effects if each.entity_type == "budget_reservation"]
    assert rows == [("create", 1, "reserved"), ("update", 2, "approved"), ("update", 3, "released")]
    assert one.refused("erp.budget_reservation.approve", {}, path=path) == "INVALID_TRANSITION"


def test_what_the_budget_does_not_hold_is_refused_with_what_is_left() -> None:
    """Absolute control: nothing is kept, and the answer says where and how much."""
    one = world(amount=500)
    with pytest.raises(Refusal, match=rf"cost centre {CENTER}, accounts 54, .*: 500.01 EUR is wanted, 500.00 is available") as caught:
        one.call("erp.budget_reservation.create", reservation_body(0, lines=[], total="500.01") | _line("500.01"))
    assert caught.value.code == "BUDGET_EXCEEDED"
    assert one.refused("erp.po.create", order_body("DE01")) == "BUDGET_EXCEEDED"
    assert figures(one)["available"] == "500.00"


def _line(amount: str) -> dict[str, Any]:
    return {"lines": [{"line_no": 10, "gl_account": "5400", "cost_center": CENTER, "amount": amount}]}


def test_advisory_control_keeps_the_funds_and_warns() -> None:
    """The sender learns what is short; the order goes out all the same."""
    one = world(amount=100, entity="US01")
    kept = one.call("erp.budget_reservation.create", reservation_body(1_000, "US01")).body
    (warning,) = kept.warnings
    assert (warning.account_group, warning.wanted, warning.available) == ("54", "1000.00", "100.00")
    assert one.call("erp.po.create", order_body("US01", reservation_id=kept.reservation_id)).body.status == "created"


def test_an_order_takes_what_was_kept_for_it() -> None:
    """PST-P03: the pre-encumbrance ends with the encumbrance, whatever the order comes to; cancelled, it gives that back (PST-P05)."""
    one = world()
    kept = one.call("erp.budget_reservation.create", reservation_body()).body
    one.call("erp.budget_reservation.approve", {}, path={"reservation_id": kept.reservation_id})
    order = one.call("erp.po.create", order_body("DE01", reservation_id=kept.reservation_id)).body
    seen = figures(one)
    assert (seen["pre_encumbrance"], seen["encumbrance"], seen["available"]) == ("0.00", "980.00", "9020.00")
    balances = [one.erp.core.ledger.balance(DE.erp_company, account) for account in ("9100", "9200", "9900")]
    assert balances == [0, 98_000, -98_000]
    assert one.refused("erp.po.create", order_body("DE01", reservation_id=kept.reservation_id)) == "RESERVATION_ENDED"
    one.call("erp.po.cancel", {"reason": "not needed"}, path={"number": order.number})
    assert (figures(one)["encumbrance"], figures(one)["available"]) == ("0.00", "10000.00")


def test_a_reservation_that_is_over_gives_its_funds_back_and_is_told_of_once() -> None:
    """Also where the next call is refused: the one after it tells."""
    one = world()
    kept = one.call("erp.budget_reservation.create", reservation_body(expires_in_s=60)).body
    one.now += timedelta(seconds=61)
    with pytest.raises(Refusal, match="RESERVATION_ENDED"):
        one.call("erp.po.create", order_body("DE01", reservation_id=kept.reservation_id))
    assert figures(one)["available"] == "10000.00"
    figures(one)
    states = [each.state for each in one.effects if each.entity_type == "budget_reservation"]
    assert states == ["reserved", "expired"]


def test_expenses_are_actual_spending_until_they_are_taken_back() -> None:
    """An invoice that a job posts, and its reversal."""
    one = World()
    center = COMPANY.cost_centers_of("US01")[0].erp_id
    house = COMPANY.entity("US01").erp_company
    where = {"company_code": house, "cost_center": center, "gl_account": "5100"}
    accepted = one.call("erp.ap_invoice.create", invoice_body()).body
    assert figures(one, **where)["actual"] == "0.00"
    one.finish_jobs()
    assert figures(one, **where)["actual"] == "275.00"
    one.call("erp.ap_invoice.void", {"reason": "twice"}, path={"number": accepted.document_number})
    assert figures(one, **where)["actual"] == "0.00"


def test_a_reference_and_a_stale_version_are_refused() -> None:
    """The same reference is the same document, and an older budget never replaces a newer one."""
    one = world()
    one.call("erp.budget_reservation.create", reservation_body(external_ref="REQ-1"))
    assert one.refused("erp.budget_reservation.create", reservation_body(external_ref="REQ-1")) == "DUPLICATE_REFERENCE"
    assert one.refused("erp.budget_version.create", version_body(1, sequence=2)) == "VERSION_CONFLICT"
    assert one.refused("erp.budget_version.create", version_body(1, sequence=3, checksum="0" * 64)) == "VALIDATION_FAILED"
    told = one.call("erp.budget_version.create", version_body(500, sequence=3)).body
    assert [(short.months[0], short.available) for short in told.overdrawn] == [("2026-01", "-500.00")]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"currency": "USD"}, "CURRENCY_INVALID"),
        ({"total": "999.00"}, "AMOUNT_MISMATCH"),
        ({"lines": [{"line_no": 1, "gl_account": "1000", "cost_center": CENTER, "amount": "1000.00"}]}, "CODING_INVALID"),
        ({"lines": [{"line_no": 1, "gl_account": "5400", "cost_center": "4999990", "amount": "1000.00"}]}, "COST_CENTER_INACTIVE"),
        ({"total": "1000.000"}, "CURRENCY_INVALID"),
    ],
    ids=str,
)
def test_nonsense_keeps_nothing(members: dict[str, Any], code: str) -> None:
    """Refused with a code, nothing half-reserved."""
    one = world()
    assert one.refused("erp.budget_reservation.create", reservation_body(**members)) == code
    assert figures(one)["reserved"] == "0.00"
