"""An ERP that books what it is told: whatever balances goes into the books, and all that was stated into the history."""

from typing import Any

import pytest

from tests.unit.company.play import World
from tests.unit.erp.bills import (
    CLERK,
    COMPANY,
    DAYS,
    EVIDENCE,
    OTHER_CLERK,
    RECEIVER,
    balance,
    bill,
    center,
    cost_line,
    credit,
    journal,
    order,
    order_line,
    receive,
    taken,
    text,
)

pytestmark = pytest.mark.requirement("R05.04")
PRICE = 10_000


def world(*profiles: str) -> World:
    """One that books what it is told."""
    return World(profiles=("books_as_told", *profiles))


def place(group: str = "54", on: str = "20261028", project: str | None = None) -> dict[str, Any]:
    """Whose budget pays."""
    bucket = {"cost_center": center(), "account_group": group, **({"project": project} if project else {})}
    return {"budget_on": on, "budget_bucket": bucket}


def booked(relief: int, recoverable: int = 0, owed: int = 0, **members: Any) -> dict[str, Any]:
    """How a billed line is booked, in minor units."""
    amounts = {"relief_amount": text(relief), "recoverable_tax": text(recoverable), "self_assessed_tax": text(owed)}
    return {"booking": {**amounts, **place(), **members}}


def arrive(one: World, number: str, quantity: str, accrual: int, **members: Any) -> str:
    """A receipt of line 10 that accrues so many minor units."""
    booking = {"accrual_amount": text(accrual), **place(), **members}
    body = {**DAYS, "received_by": RECEIVER, "lines": [{"line_no": 1, "order_line": 10, "quantity": quantity, "booking": booking}]}
    return str(one.call("erp.gr.create", body, path={"number": number}).body.number)


def facts(one: World, document: str) -> dict[str, Any]:
    """What the history says that was stated of a document."""
    found = (each for each in one.effects if each.entity_type == "posting_fact" and each.parent_id == document)
    return {each.category or "": each.amount_minor if each.ext_ref is None else each.ext_ref for each in found}


def spent(one: World, month: str, group: str) -> int:
    """Actual spending of the cost centre's group in a month."""
    moves = one.erp.core.budget.movements
    return sum(
        each.amount_minor
        for each in moves
        if (each.stage, each.period, each.bucket.account_group, each.bucket.cost_center) == ("actual", month, group, center())
    )


def test_a_right_and_a_wrong_relief_are_both_booked_and_told() -> None:
    """Ten at 100.00, billed at 102.00: who relieves what was billed leaves GR/IR open, and nobody refuses it."""
    for relief, left in ((10 * PRICE, 0), (102_000, 2_000)):
        one = world()
        number = order(one)
        receipt = arrive(one, number, "10", 10 * PRICE)
        got = taken(one, bill(order_line(number, 10, 10_200, **booked(relief))))
        assert journal(one, got.number) == {"2100": relief, "2000": -102_000} | ({"5400": 2_000} if relief < 102_000 else {})
        assert balance(one, "2100") == left
        assert facts(one, got.number)["relief_amount"] == relief
        assert facts(one, receipt) == {"accrual_amount": 10 * PRICE, "budget_bucket": f"{center()}/54/", "budget_on": "2026-10-28"}


def test_tax_is_split_and_owed_as_it_is_said() -> None:
    """Of 19.00 printed a half comes back, where the code says all; of reverse charge any tax may be owed, and the rest is cost."""
    one = world()
    printed = taken(one, bill(cost_line(10_000, tax=1_900, code="V1", **booked(0, 950)), supplier_reference="A"))
    assert journal(one, printed.number) == {"5300": 10_950, "1100": 950, "2000": -11_900}
    owed = taken(one, bill(cost_line(10_000, code="R1", **booked(0, 1_000, 1_500)), supplier_reference="B"))
    assert journal(one, owed.number) == {"5300": 10_500, "1100": 1_000, "2200": -1_500, "2000": -10_000}
    assert facts(one, owed.number) | {"tax_code": "R1", "self_assessed_tax": 1_500} == facts(one, owed.number)


def test_what_does_not_balance_is_refused_and_what_is_silent_too() -> None:
    """More tax cannot come back than there is; a code that nobody owes is on no account; a line without a booking says nothing."""
    one = world()
    create = "erp.supplier_invoice.create"
    assert one.refused(create, bill(cost_line(10_000, tax=1_900, code="V1", **booked(0, 1_901)))) == "JOURNAL_UNBALANCED"
    assert one.refused(create, bill(cost_line(10_000, tax=1_900, code="V1", **booked(0, 0, 1)))) == "CODING_INVALID"
    assert one.refused(create, bill(cost_line(10_000))) == "BOOKING_NOT_STATED"
    silent = {**DAYS, "received_by": RECEIVER, "lines": [{"line_no": 1, "order_line": 10, "quantity": "1"}]}
    assert one.refused("erp.gr.create", silent, path={"number": order(one)}) == "BOOKING_NOT_STATED"


def test_the_budget_that_is_named_pays_and_gets_it_back() -> None:
    """Of another group and another month than the coding; the void gives back what was spent there."""
    one = world()
    got = taken(one, bill(cost_line(10_000, **booked(0, **place("57", "20260915")))))
    assert (spent(one, "2026-09", "57"), spent(one, "2026-10", "53")) == (10_000, 0)
    one.call("erp.supplier_invoice.void", {"reason": "wrong"}, path={"number": got.number})
    assert sum(spent(one, month, "57") for month in ("2026-09", "2026-10")) == 0


def test_what_was_reserved_is_given_back_as_it_is_spent() -> None:
    """A reservation that is named is consumed once; one that has ended, or is nobody's, refuses the invoice."""
    one = world()
    line = {"line_no": 1, "gl_account": "5300", "cost_center": center(), "amount": text(10_000)}
    house = COMPANY.entity("DE01")
    asked = {"company_code": house.erp_company, "currency": house.currency, "document_date": "20261028", "lines": [line]}
    kept = one.call("erp.budget_reservation.create", {**asked, "total": text(10_000)}).body.reservation_id
    body = bill(cost_line(10_000, **booked(0, **place("53"))), reservation_id=kept)
    got = taken(one, body)
    assert facts(one, got.number)["reservation"] == kept
    assert one.erp.core.budget.reservations[kept].status == "consumed"
    again = {**body, "supplier_reference": "R-2", "total": body["total"]}
    assert one.refused("erp.supplier_invoice.create", again) == "RESERVATION_ENDED"


def test_any_receipt_may_be_named_and_kind_and_reason_of_a_credit_are_told() -> None:
    """The receipt of another order is no reason to refuse; what a credit of a price relieves is booked."""
    one = world()
    first, second = order(one), order(one)
    other = arrive(one, second, "5", 5 * PRICE)
    arrive(one, first, "5", 5 * PRICE)
    got = taken(one, bill(order_line(first, 5, PRICE, receipt_number=other, **booked(5 * PRICE))))
    assert (got.status, facts(one, got.number)["receipt"]) == ("posted", other)
    less = taken(one, credit("price", order_line(first, 5, 100, **booked(300))))
    assert journal(one, less.number) == {"2000": 500, "2100": -300, "5400": -200}
    assert {name: facts(one, less.number)[name] for name in ("credit_kind", "credit_reason", "relief_amount")} == {
        "credit_kind": "price",
        "credit_reason": "agreed",
        "relief_amount": -300,
    }


def test_who_types_at_the_erps_own_screen_states_nothing() -> None:
    """A clerk's invoice and the warehouse's receipt are derived as ever."""
    one = world()
    number = order(one)
    line = {"line_no": 1, "order_line": 10, "quantity": "10"}
    body = {**DAYS, "received_by": RECEIVER, "lines": [line]}
    receipt = one.call("erp.gr.enter", body, path={"number": number}, actor=RECEIVER).body.number
    assert (balance(one, "2100"), facts(one, receipt)) == (-10 * PRICE, {})
    typed = bill(order_line(number, 10, PRICE), approvals=EVIDENCE)
    stack = {"reviewed_by": OTHER_CLERK, "items": [typed]}
    got = one.call("erp.supplier_invoice.enter", stack, actor=CLERK).body.documents
    assert (len(got), balance(one, "2100")) == (1, 0)


def test_an_erp_that_derives_takes_no_notice() -> None:
    """Whatever is stated, it books what is due, and says nothing of it."""
    one = World()
    number = order(one)
    receive(one, number, "10")
    got = taken(one, bill(order_line(number, 10, PRICE, **booked(1))))
    assert (journal(one, got.number), facts(one, got.number)) == ({"2100": 10 * PRICE, "2000": -10 * PRICE}, {})


def test_a_lenient_one_takes_more_than_was_ordered_and_back_what_is_paid_in_part() -> None:
    """What the mock otherwise prevents is in the history, for the judge to see."""
    one = World(profiles=("lenient",))
    number = order(one, 10)
    receive(one, number, "8")
    receive(one, number, "4")
    assert [each.quantity for each in one.effects if each.entity_type == "receipt_line"] == [8_000, 4_000]
    got = taken(one, bill(cost_line(10_000)))
    one.erp.core.payables.reduce(got.number, 4_000)
    assert one.call("erp.supplier_invoice.void", {"reason": "wrong"}, path={"number": got.number}).body.status == "voided"
