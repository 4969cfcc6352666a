"""What settles with suppliers beside bills and payments: each line of each posting, and what is refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pytest

from mocks.company.invoicing import WITHHOLDING_CODES
from tests.unit.company.play import COMPANY, World
from tests.unit.erp.bills import (
    BOSS,
    CLERK,
    DAYS,
    EVIDENCE,
    OTHER_CLERK,
    balance,
    bill,
    center,
    check_books,
    cost_line,
    credit,
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

APPLY, TAKE_BACK, REFUND = "erp.prepayment.apply", "erp.prepayment.take_back", "erp.supplier_refund.record"
REMIT = "erp.withholding.remit"
MONTH = {"company_code": "2000", "period": "2026-10", "approved_by": BOSS}


def world() -> World:
    """With a supplier that gives no discount."""
    one = World()
    vendors = one.erp.core.master.vendors
    vendors[vendor()] = replace(vendors[vendor()], payment_terms="N30")
    return one


def asked(minor: int = 40_000, **members: Any) -> dict[str, Any]:
    """A supplier wants so much in advance."""
    line = {"line_no": 1, "amount": text(minor)}
    head = {"company_code": "2000", "vendor_id": vendor(), "supplier_reference": "A-1", "currency": "EUR", "entered_by": CLERK}
    return {**DAYS, **head, "lines": [line], "total": text(minor), "approvals": EVIDENCE, **members}


def in_advance(one: World, minor: int = 40_000, *, is_paid: bool = True, **members: Any) -> str:
    """The number of a prepayment."""
    number = str(one.call("erp.prepayment.create", asked(minor, **members)).body.number)
    if is_paid:
        pay(one, number)
    return number


def pay(one: World, number: str) -> None:
    """Somebody pays it, and the bank carries it out."""
    one.call("erp.invoice_payment.pay", {"approved_by": BOSS}, path={"number": number}, actor=CLERK)
    one.call("erp.invoice_payment.enter_statement", {"status": "cleared"}, path={"document_number": number}, actor=CLERK)


def settle(one: World, invoice: str, **members: Any) -> Any:
    """What was paid in advance is taken for it."""
    return one.call(APPLY, members, path={"number": invoice}, actor=OTHER_CLERK).body


def shown(one: World, number: str) -> tuple[str, str, str]:
    """Of a prepayment: what is to be paid, what is available, and what was applied."""
    found = one.call("erp.prepayment.read", path={"number": number}).body
    return found.open_amount, found.available, " ".join(f"{each.invoice_number}:{each.amount}" for each in found.applied)


def test_a_prepayment_is_paid_and_applied() -> None:
    """PST-P20: 1130 / 2000, and 2000 / 1130 with the invoice; the encumbrance waits for the goods."""
    one = world()
    ordered = order(one)
    number = in_advance(one, is_paid=False, lines=[{"line_no": 1, "order_number": ordered, "amount": "400.00"}])
    assert journal(one, number) == {"1130": 40_000, "2000": -40_000}
    assert (shown(one, number), funds(one)) == (("400.00", "0.00", ""), (100_000, 0))
    (listed,) = one.call("erp.open_item.list", query={"company_code": "2000"}).body["items"]
    assert (listed.document_type, listed.due_on) == ("supplier_prepayment", "20261028")
    pay(one, number)
    assert (balance(one, "1000"), balance(one, "1130"), balance(one, "2000")) == (-40_000, 40_000, 0)
    receive(one, ordered, "10")
    got = taken(one, bill(order_line(ordered, 10, 10_000)))
    done = settle(one, got.number)
    assert (done.open_amount, [(each.prepayment_number, each.amount) for each in done.applied]) == ("600.00", [(number, "400.00")])
    assert journal(one, f"{number}/applied/1") == {"2000": 40_000, "1130": -40_000}
    assert (shown(one, number), read(one, got.number).open_amount) == (("0.00", "0.00", f"{got.number}:400.00"), "600.00")
    assert (balance(one, "1130"), balance(one, "2000"), funds(one)) == (0, -60_000, (0, 100_000))
    pay(one, got.number)
    assert (balance(one, "1000"), balance(one, "2000"), balance(one, "1010")) == (-100_000, 0, 0)
    check_books(one)


def test_the_oldest_is_taken_first_and_comes_back() -> None:
    """So much of each as is there; what is taken back is available again, and the invoice to be paid."""
    one = world()
    first, second = in_advance(one, 10_000), in_advance(one, 30_000, supplier_reference="A-2")
    got = taken(one, bill(cost_line(25_000)))
    done = settle(one, got.number, amount="150.00")
    assert [each.amount for each in done.applied] == ["100.00", "50.00"]
    assert settle(one, got.number, prepayment_number=second).open_amount == "0.00"
    assert (shown(one, first)[1], shown(one, second)[1]) == ("0.00", "150.00")
    assert one.refused("erp.supplier_invoice.void", {"reason": "x"}, path={"number": got.number}) == "INVALID_TRANSITION"
    back = one.call(TAKE_BACK, {"reason": "wrong invoice"}, path={"number": got.number}, actor=OTHER_CLERK).body
    assert (back.open_amount, back.applied, balance(one, "1130"), balance(one, "2000")) == ("250.00", (), 40_000, -25_000)
    assert one.refused(TAKE_BACK, {"reason": "x"}, path={"number": got.number}, actor=OTHER_CLERK) == "INVALID_TRANSITION"
    one.call("erp.supplier_invoice.void", {"reason": "x"}, path={"number": got.number})
    check_books(one)


def test_what_is_not_paid_is_not_taken() -> None:
    """Neither what is open, nor what came back; and nothing for an invoice that is held, in a payment or of somebody else."""
    one = world()
    number = in_advance(one, is_paid=False)
    got = taken(one, bill(cost_line(25_000)))
    path = {"number": got.number}
    assert one.refused(APPLY, {}, path=path, actor=OTHER_CLERK) == "AMOUNT_MISMATCH"
    one.call("erp.invoice_payment.pay", {"approved_by": BOSS}, path={"number": number}, actor=CLERK)
    assert shown(one, number) == ("0.00", "400.00", "")
    one.call("erp.invoice_payment.enter_statement", {"status": "returned"}, path={"document_number": number}, actor=CLERK)
    assert shown(one, number) == ("400.00", "0.00", "")
    pay(one, number)
    assert one.refused(APPLY, {"amount": "250.01"}, path=path, actor=OTHER_CLERK) == "AMOUNT_MISMATCH"
    assert one.refused(APPLY, {"prepayment_number": "5800000404"}, path=path, actor=OTHER_CLERK) == "NOT_FOUND"
    assert one.refused(APPLY, {}, path=path) == "SEGREGATION_OF_DUTIES"
    one.call("erp.supplier_invoice.hold", {"reason": "x"}, path=path, actor=OTHER_CLERK)
    assert one.refused(APPLY, {}, path=path, actor=OTHER_CLERK) == "PAYMENT_BLOCKED"
    other = taken(one, bill(cost_line(25_000), vendor_id=vendor(place=1)))
    refused = {"prepayment_number": number}
    assert one.refused(APPLY, refused, path={"number": other.number}, actor=OTHER_CLERK) == "NOT_FOUND"
    pay(one, other.number)
    assert one.refused(APPLY, {}, path={"number": other.number}, actor=OTHER_CLERK) == "INVALID_TRANSITION"
    check_books(one)


def test_a_prepayment_is_voided_before_it_is_paid() -> None:
    """The exact reversal; again changes nothing, and afterwards nobody can pay or take it."""
    one = world()
    number = in_advance(one, is_paid=False)
    voided = one.call("erp.prepayment.void", {"reason": "x"}, path={"number": number}).body
    assert (voided.status, voided.open_amount, journal(one, voided.reversed_by)) == ("voided", "0.00", {"1130": -40_000, "2000": 40_000})
    assert one.call("erp.prepayment.void", {"reason": "x"}, path={"number": number}).effects == ()
    pay_it = {"approved_by": BOSS}
    assert one.refused("erp.invoice_payment.pay", pay_it, path={"number": number}, actor=CLERK) == "INVALID_TRANSITION"
    paid = in_advance(one, supplier_reference="A-2")
    assert one.refused("erp.prepayment.void", {"reason": "x"}, path={"number": paid}) == "INVALID_TRANSITION"
    settle(one, taken(one, bill(cost_line(25_000))).number)
    one.call("erp.invoice_payment.enter_statement", {"status": "returned"}, path={"document_number": paid}, actor=CLERK)
    assert shown(one, paid)[:2] == ("400.00", "0.00")
    assert one.refused("erp.prepayment.void", {"reason": "x"}, path={"number": paid}) == "INVALID_TRANSITION"
    check_books(one)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"total": "1.00"}, "AMOUNT_MISMATCH"),
        ({"total": "0.00", "lines": [{"line_no": 1, "amount": "0.00"}]}, "AMOUNT_MISMATCH"),
        ({"vendor_id": "V1"}, "SUPPLIER_UNKNOWN"),
        ({"lines": [{"line_no": 1, "order_number": "4500000404", "amount": "400.00"}]}, "ORDER_NOT_OPEN"),
        ({"approvals": []}, "APPROVAL_EVIDENCE_MISSING"),
        ({"entered_by": BOSS}, "SEGREGATION_OF_DUTIES"),
        ({"currency": "USD"}, "CURRENCY_INVALID"),
        ({"posting_date": "20250115"}, "PERIOD_CLOSED"),
    ],
)
def test_what_is_asked_for_in_advance_is_checked(members: dict[str, Any], code: str) -> None:
    """Each refusal leaves no trace."""
    assert world().refused("erp.prepayment.create", asked(**members)) == code


def kept(minor: int, base: int, code: str = "WC") -> dict[str, str]:
    """What is kept back."""
    return {"code": code, "base": text(base), "amount": text(minor)}


def test_tax_is_kept_back_and_paid_to_the_authorities() -> None:
    """PST-P19: 2000 / 2220, and the supplier gets the rest; PST-Y05: 2220 / 1000, period by period and once."""
    one = world()
    got = taken(one, bill(cost_line(100_000, tax=19_000, code="V1"), withholding=kept(15_000, 100_000)))
    assert journal(one, got.number) == {"5300": 100_000, "1100": 19_000, "2000": -104_000, "2220": -15_000}
    assert (got.total, got.open_amount, got.withholding.amount) == ("1190.00", "1040.00", "150.00")
    pay(one, got.number)
    assert (balance(one, "1000"), balance(one, "2000"), balance(one, "2220")) == (-104_000, 0, -15_000)
    done = one.call(REMIT, MONTH, actor=CLERK).body
    assert (done.amount, done.period, done.posting_date) == ("150.00", "2026-10", "20261028")
    assert (journal(one, done.number), balance(one, "2220")) == ({"2220": 15_000, "1000": -15_000}, 0)
    assert one.refused(REMIT, MONTH, actor=CLERK) == "INVALID_TRANSITION"
    check_books(one)


def test_each_period_is_paid_for_itself() -> None:
    """What October kept back and November pays is none of November's."""
    one = world()
    taken(one, bill(cost_line(10_000), withholding=kept(1_500, 10_000)))
    one.now += timedelta(days=8)
    later: dict[str, Any] = {"document_date": "20261105", "posting_date": "20261105"}
    taken(one, bill(cost_line(20_000), supplier_reference="R-2", withholding=kept(3_000, 20_000), **later))
    november = {**MONTH, "period": "2026-11"}
    assert [one.call(REMIT, each, actor=CLERK).body.amount for each in (MONTH, november)] == ["15.00", "30.00"]
    assert [one.refused(REMIT, each, actor=CLERK) for each in (MONTH, november)] == ["INVALID_TRANSITION"] * 2
    assert balance(one, "2220") == 0


def test_a_voided_invoice_keeps_nothing_back() -> None:
    """PST-P21 reverses it too; so does a credit of the same share."""
    one = world()
    got = taken(one, bill(cost_line(10_000), withholding=kept(1_500, 10_000)))
    one.call("erp.supplier_invoice.void", {"reason": "x"}, path={"number": got.number})
    assert (balance(one, "2220"), balance(one, "2000")) == (0, 0)
    taken(one, bill(cost_line(10_000), supplier_reference="R-2", withholding=kept(1_500, 10_000)))
    back = taken(one, credit("price", cost_line(4_000), withholding=kept(600, 4_000)))
    assert (journal(one, back.number), back.open_amount) == ({"5300": -4_000, "2000": 3_400, "2220": 600}, "-34.00")
    assert balance(one, "2220") == -900
    check_books(one)


@pytest.mark.parametrize(
    ("withheld", "code"),
    [
        (kept(1_499, 10_000), "AMOUNT_MISMATCH"),
        (kept(1_515, 10_100), "AMOUNT_MISMATCH"),
        (kept(2_400, 10_000, "WB"), "CODING_INVALID"),
    ],
)
def test_what_is_kept_back_is_checked(withheld: dict[str, str], code: str) -> None:
    """The share of the code, of no more than is billed, by a code of the company."""
    assert world().refused("erp.supplier_invoice.create", bill(cost_line(10_000), withholding=withheld)) == code


def test_who_pays_the_authorities() -> None:
    """Two people of the company."""
    one = world()
    taken(one, bill(cost_line(10_000), withholding=kept(1_500, 10_000)))
    assert one.refused(REMIT, MONTH) == "SEGREGATION_OF_DUTIES"
    assert one.refused(REMIT, MONTH, actor=BOSS) == "SEGREGATION_OF_DUTIES"
    assert one.refused(REMIT, {**MONTH, "approved_by": "1"}, actor=CLERK) == "EMPLOYEE_UNKNOWN"
    assert one.refused(REMIT, {**MONTH, "company_code": "9"}, actor=CLERK) == "CODING_INVALID"
    assert {each.entity for each in WITHHOLDING_CODES} == {entity.key for entity in COMPANY.entities}


def test_a_payment_too_many_comes_back() -> None:
    """PST-P25: the same bill was keyed and paid twice; the credit for the second one is settled by the supplier's own money."""
    one = world()
    first = taken(one, bill(cost_line(50_000)))
    second = taken(one, bill(cost_line(50_000), supplier_reference="R-1-COPY"))
    release = {"code": "DUP_SUSPECT", "reason": "seems to be another one"}
    one.call("erp.supplier_invoice.release_hold", release, path={"number": second.number}, actor=BOSS)
    for number in (first.number, second.number):
        pay(one, number)
    back = taken(one, credit("price", cost_line(50_000), credit_reason="paid twice"))
    assert (balance(one, "2000"), balance(one, "1000")) == (50_000, -100_000)
    body, path = {"value_date": "20261028", "reason": "they sent it back"}, {"number": back.number}
    assert one.refused(REFUND, body, path=path, actor=CLERK) == "SEGREGATION_OF_DUTIES"
    assert one.refused(REFUND, body, path={"number": first.number}, actor=OTHER_CLERK) == "INVALID_TRANSITION"
    done = one.call(REFUND, body, path=path, actor=OTHER_CLERK).body
    assert (done.amount, journal(one, done.number)) == ("500.00", {"1000": 50_000, "2000": -50_000})
    assert (balance(one, "2000"), balance(one, "1000"), read(one, back.number).open_amount) == (0, -50_000, "0.00")
    assert one.refused(REFUND, body, path=path, actor=OTHER_CLERK) == "INVALID_TRANSITION"
    assert one.refused("erp.supplier_invoice.void", {"reason": "x"}, path=path) == "INVALID_TRANSITION"
    check_books(one)


@pytest.mark.requirement("R01.15")
@pytest.mark.parametrize("relief", ["receipt", "invoice"])
def test_what_becomes_an_asset(relief: Literal["receipt", "invoice"]) -> None:
    """PST-P06 and P08 against 1250: the receipt, the difference in price and the tax that does not come back become part of the asset, out
    of the budget of its cost centre; a trial balance shows it."""
    one = world()
    companies = one.erp.core.master.companies
    companies["2000"] = replace(companies["2000"], matching=replace(companies["2000"].matching, relief=relief))
    number = order(one, account="1250")
    assert funds(one, "1250") == (100_000, 0)
    got = receive(one, number, "10")
    assert journal(one, got) == {"1250": 100_000, "2100": -100_000}
    assert funds(one, "1250") == ((0, 100_000) if relief == "receipt" else (100_000, 0))
    billed = taken(one, bill(order_line(number, 10, 10_100, tax=19_190, code="VN")))
    assert journal(one, billed.number) == {"2100": 100_000, "1250": 1_000 + 19_190, "2000": -120_190}
    assert funds(one, "1250") == (0, 120_190)
    assert balance(one, "1250") == 120_190
    accounts = one.call("erp.trial_balance.read", query={"company_code": "2000"}).body.accounts
    assert [each.balance for each in accounts if each.gl_account == "1250"] == ["1201.90"]
    check_books(one)


@pytest.mark.requirement("R01.15")
def test_only_lines_of_orders_and_bills_become_assets() -> None:
    """No other balance sheet account takes them, and no employee's claim does."""
    one = world()
    line = {"line_no": 10, "text": "x", "quantity": "1", "unit_price": "10.00", "amount": "10.00", "cost_center": center()}
    body = {"company_code": "2000", "vendor_id": vendor(), "document_date": "20261028", "currency": "EUR", "total": "10.00"}
    head = {**body, "approvals": EVIDENCE}
    assert one.refused("erp.po.create", {**head, "lines": [{**line, "gl_account": "1100"}]}) == "CODING_INVALID"
    assert one.refused("erp.po.create", {**head, "lines": [{**line, "gl_account": "1250"}]}) == "accepted"
    claimed = {"line_no": 1, "gl_account": "1250", "cost_center": center(), "net_amount": "10.00", "tax_amount": "0.00"}
    claim = {"personnel_no": CLERK, "posting_date": "20261028", "text": "x", "company_code": "2000", "document_date": "20261028"}
    lines = [{**claimed, "payment_type": "employee_paid", "text": "x"}]
    money = {"currency": "EUR", "total": "10.00", "approvals": EVIDENCE}
    assert one.refused("erp.ap_invoice.create", {**claim, **money, "lines": lines}) == "CODING_INVALID"
