"""Accruals: what a period owes is gathered, posted on its last day and reversed on the first day of the next one."""

from datetime import timedelta
from typing import Any

import pytest

from mocks.systems.erp.accruals.desk import KIND
from tests.unit.company.play import World
from tests.unit.erp.bills import (
    BOSS,
    CLERK,
    OTHER_CLERK,
    balance,
    bill,
    center,
    check_books,
    cost_line,
    funds,
    journal,
    order,
    order_line,
    read,
    receive,
    taken,
    text,
    vendor,
)

pytestmark = pytest.mark.requirement("R03.16")

PROPOSE, APPROVE, REVERSE, DELETE = (f"erp.accrual.{verb}" for verb in ("propose", "approve", "reverse", "delete"))
DUE, COMPANY_CODE = "erp.accrual.reverse_due", {"company_code": "2000"}


def cost(minor: int = 30_000, **members: Any) -> dict[str, Any]:
    """What somebody knows of."""
    return {"gl_account": "5300", "cost_center": center(), "amount": text(minor), **members}


def gather(*costs: dict[str, Any], **members: Any) -> dict[str, Any]:
    """For October."""
    return {**COMPANY_CODE, "period": "2026-10", "currency": "EUR", "costs": list(costs), **members}


def proposed(one: World, *costs: dict[str, Any], **members: Any) -> Any:
    """What a clerk proposes."""
    return one.call(PROPOSE, gather(*costs, **members), actor=CLERK).body


def posted(one: World, *costs: dict[str, Any], **members: Any) -> Any:
    """And the boss approves."""
    return one.call(APPROVE, {}, path={"number": proposed(one, *costs, **members).number}, actor=BOSS).body


def wait(one: World, days: int) -> None:
    """So many days go by; it was the 28th of October."""
    one.now += timedelta(days=days)


def october(one: World, account: str, period: str = "2026-10") -> int:
    """What an account moved in a period."""
    totals = one.erp.core.ledger.totals("2000", "actual", period)
    return next((debit - credit for code, debit, credit in totals if code == account), 0)


def parked_bill(one: World, net: int = 20_000, **members: Any) -> str:
    """The number of a bill of which a cent more than may be is in no line: it is in no books."""
    got = taken(one, bill(cost_line(net), rounding=101, **members))
    assert got.status == "parked"
    return str(got.number)


def test_the_period_has_its_costs_and_the_next_one_gives_them_back() -> None:
    """PST-A03 and PST-X10: expense / 2110 on the last day, out of the budget of the cost centre; the other way round on the first."""
    one = World()
    number = parked_bill(one)
    done = posted(one, cost(30_000, source_document="RPT-1"), cost(5_000, gl_account="5400"))
    assert [(line.basis, line.amount, line.source_document) for line in done.lines] == [
        ("parked_invoice", "200.00", number),
        ("approved_not_posted", "300.00", "RPT-1"),
        ("estimate", "50.00", None),
    ]
    assert (done.status, done.total, done.posting_date, done.reverse_on) == ("posted", "550.00", "20261031", "20261101")
    assert journal(one, done.number) == {"5300": 50_000, "5400": 5_000, "2110": -55_000}
    assert (october(one, "2110"), funds(one, "5300"), funds(one)) == (-55_000, (0, 50_000), (0, 5_000))
    assert one.call(DUE, COMPANY_CODE, actor=CLERK).body.reversed == ()
    wait(one, 4)
    assert one.call(DUE, COMPANY_CODE, actor=CLERK).body.reversed == (done.number,)
    reversal = one.call("erp.accrual.read", path={"number": done.number}).body.reversed_by
    assert journal(one, reversal) == {"5300": -50_000, "5400": -5_000, "2110": 55_000}
    assert (october(one, "2110"), october(one, "2110", "2026-11"), balance(one, "2110")) == (-55_000, 55_000, 0)
    assert one.call(DUE, COMPANY_CODE, actor=CLERK).body.reversed == ()
    check_books(one)


def test_the_cost_is_there_once_when_the_invoice_comes() -> None:
    """An accrual that stays beside its invoice would be the expense twice: October has it, November nothing."""
    one = World()
    number = parked_bill(one)
    done = posted(one)
    assert (done.total, funds(one, "5300")) == ("200.00", (0, 20_000))
    wait(one, 4)
    one.call(DUE, COMPANY_CODE, actor=CLERK)
    body = {"reason": "they sent a right one"}
    one.call("erp.supplier_invoice.void", body, path={"number": number})
    right = bill(cost_line(20_000), supplier_reference="R-2", document_date="20261101", posting_date="20261101")
    taken(one, right)
    assert [october(one, "5300", period) for period in ("2026-10", "2026-11")] == [20_000, 0]
    check_books(one)


def test_what_was_received_is_not_accrued_again() -> None:
    """PST-A01: it stands on GR/IR since its receipt; only what of an order is neither received nor billed may be estimated."""
    one = World()
    number = order(one, account="5300")
    receive(one, number, "4")
    assert one.refused(PROPOSE, gather(), actor=CLERK) == "AMOUNT_MISMATCH"
    of_order = {"order_number": number, "order_line": 10}
    assert one.refused(PROPOSE, gather(cost(60_001, **of_order)), actor=CLERK) == "AMOUNT_MISMATCH"
    assert one.refused(PROPOSE, gather(cost(1, order_number=number)), actor=CLERK) == "CODING_INVALID"
    assert one.refused(PROPOSE, gather(cost(1, order_number=number, order_line=20)), actor=CLERK) == "QUANTITY_EXCEEDED"
    assert one.refused(PROPOSE, gather(cost(1, order_number="45", order_line=20)), actor=CLERK) == "ORDER_NOT_OPEN"
    done = posted(one, cost(60_000, **of_order))
    assert (balance(one, "2100"), balance(one, "2110"), journal(one, done.number)) == (-40_000, -60_000, {"5300": 60_000, "2110": -60_000})
    check_books(one)


def test_of_a_parked_bill_only_what_gr_ir_does_not_hold() -> None:
    """The oldest one takes what was received; a credit counts against the costs; what is dated later waits for its own period."""
    one = World()
    number = order(one)
    receive(one, number, "4")
    first = taken(one, bill(order_line(number, 6, 10_000), rounding=101))
    second = taken(one, bill(order_line(number, 3, 10_000), rounding=101, supplier_reference="R-2"))
    assert {first.status, second.status} == {"parked"}
    later: dict[str, Any] = {"document_date": "20261101", "posting_date": "20261101"}
    parked_bill(one, supplier_reference="R-3", vendor_id=vendor(place=1), **later)
    back: dict[str, Any] = {"credit_memo": "price", "credit_reason": "agreed", "vendor_id": vendor(place=1), "supplier_reference": "C-1"}
    credited = parked_bill(one, 7_000, **back)
    done = proposed(one)
    amounts = [(line.source_document, line.amount) for line in done.lines]
    assert amounts == [(first.number, "200.00"), (second.number, "300.00"), (credited, "-70.00")]


def test_nothing_is_accrued_twice_for_a_period() -> None:
    """Neither a parked invoice nor what another system approved, until the first accrual is given up."""
    one = World()
    parked_bill(one)
    first = proposed(one, cost(source_document="RPT-1"), external_ref="ACC-1")
    assert one.refused(PROPOSE, gather(), actor=CLERK) == "AMOUNT_MISMATCH"
    assert one.refused(PROPOSE, gather(cost(source_document="RPT-1")), actor=CLERK) == "DUPLICATE_REFERENCE"
    assert one.refused(PROPOSE, gather(cost(), external_ref="ACC-1"), actor=CLERK) == "DUPLICATE_REFERENCE"
    one.call(DELETE, {"reason": "x"}, path={"number": first.number}, actor=CLERK)
    assert [line.amount for line in posted(one, cost(source_document="RPT-1")).lines] == ["200.00", "300.00"]
    assert balance(one, "2110") == -50_000


def test_a_reversal_goes_to_the_first_open_period() -> None:
    """November is closed when somebody thinks of it; and a second reversal changes nothing."""
    one = World()
    done = posted(one, cost())
    wait(one, 10)
    november = {**COMPANY_CODE, "period": "2026-11", "module": "GL", "reason": "x"}
    one.call("erp.period.close", november, actor=BOSS)
    path = {"number": done.number}
    again = one.call(REVERSE, {"reason": "late"}, path=path, actor=CLERK).body
    reversal = one.call("erp.accrual.read", path={"number": again.reversed_by}).body
    assert (again.status, reversal.status, reversal.posting_date) == ("reversed", "reversal", "20261201")
    assert one.call(REVERSE, {"reason": "late"}, path=path, actor=CLERK).effects == ()
    assert balance(one, "2110") == 0


def test_one_that_no_open_period_takes_waits() -> None:
    """The others are reversed all the same, and it is told which one is not."""
    one = World()
    done = posted(one, cost())
    wait(one, 10)
    for period in ("2026-11", "2026-12"):
        one.call("erp.period.close", {**COMPANY_CODE, "period": period, "module": "GL", "reason": "x"}, actor=BOSS)
    told = one.call(DUE, COMPANY_CODE, actor=CLERK).body
    assert (told.reversed, told.failed, balance(one, "2110")) == ((), (done.number,), -30_000)
    one.call("erp.period.reopen", {**COMPANY_CODE, "period": "2026-11", "module": "GL", "reason": "x"}, actor=BOSS)
    assert one.call(DUE, COMPANY_CODE, actor=CLERK).body.reversed == (done.number,)


STEPS = {
    ("proposed", REVERSE), ("deleted", APPROVE), ("deleted", REVERSE), ("deleted", DELETE), ("posted", APPROVE), ("posted", DELETE),
    ("reversed", APPROVE), ("reversed", DELETE), ("reversal", APPROVE), ("reversal", DELETE), ("reversal", REVERSE),
}  # fmt: skip


def test_transitions_that_do_not_exist_are_refused() -> None:
    """409 INVALID_TRANSITION for each of them."""
    one = World()
    numbers = {"proposed": proposed(one, cost()).number, "deleted": proposed(one, cost()).number, "posted": posted(one, cost()).number}
    one.call(DELETE, {"reason": "x"}, path={"number": numbers["deleted"]}, actor=CLERK)
    numbers["reversed"] = posted(one, cost()).number
    numbers["reversal"] = one.call(REVERSE, {"reason": "x"}, path={"number": numbers["reversed"]}, actor=CLERK).body.reversed_by
    for status, point in STEPS:
        body = {} if point == APPROVE else {"reason": "x"}
        assert one.refused(point, body, path={"number": numbers[status]}, actor=BOSS) == "INVALID_TRANSITION"
    statuses = {each.status for each in one.erp.core.documents if each.kind == KIND.name}
    assert statuses == set(numbers)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (gather(cost(0)), "AMOUNT_MISMATCH"),
        (gather(cost(gl_account="1000")), "CODING_INVALID"),
        (gather(cost(cost_center="9")), "COST_CENTER_INACTIVE"),
        (gather(cost(), currency="USD"), "CURRENCY_INVALID"),
        (gather(cost(), company_code="9"), "CODING_INVALID"),
        (gather(cost(), period="2026-11"), "PERIOD_CLOSED"),
        (gather(cost(), period="2026-08"), "PERIOD_CLOSED"),
    ],
)
def test_what_is_proposed_is_checked(body: dict[str, Any], code: str) -> None:
    """Each refusal leaves no trace."""
    assert World().refused(PROPOSE, body, actor=CLERK) == code


def test_who_decides() -> None:
    """A person of the company proposes; another one, whose limit covers it, approves."""
    one = World()
    assert one.refused(PROPOSE, gather(cost())) == "SEGREGATION_OF_DUTIES"
    path = {"number": proposed(one, cost(), cost()).number}
    assert one.refused(APPROVE, {}, path=path) == "SEGREGATION_OF_DUTIES"
    assert one.refused(APPROVE, {}, path=path, actor=CLERK) == "SEGREGATION_OF_DUTIES"
    assert one.refused(APPROVE, {}, path=path, actor=OTHER_CLERK) == "LIMIT_EXCEEDED"
    assert one.refused(APPROVE, {}, path=path, actor=BOSS, if_match=9) == "PRECONDITION_FAILED"
    approved = one.call(APPROVE, {}, path=path, actor=BOSS, if_match=1).body
    assert [each.approver for each in approved.approvals] == [BOSS]
    assert read(one, parked_bill(one)).status == "parked"
