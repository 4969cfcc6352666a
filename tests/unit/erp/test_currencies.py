"""Bills and payments in another currency than the company's: rates by day, what is booked at them, and what is realised."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from mocks.systems.erp.currency.rates import RATE_SCALE, Rate, Rates
from tests.unit.company.play import COMPANY, World
from tests.unit.erp.bills import (
    BOSS,
    CLERK,
    OTHER_CLERK,
    balance,
    bill,
    check_books,
    cost_line,
    credit,
    funds,
    journal,
    order,
    order_line,
    read,
    taken,
)
from tests.unit.erp.test_settling import APPLY, REFUND, kept, world

LOAD, READ = "erp.exchange_rate.load", "erp.exchange_rate.read"
FIRST = date(2026, 10, 28)


def load(one: World, rate: str, day: str = "20261028", currency: str = "USD", into: str = "EUR") -> None:
    """Treasury loads a rate."""
    one.call(LOAD, {"valid_on": day, "rates": [{"currency": currency, "into": into, "rate": rate}]}, actor=BOSS)


def abroad(rate: str = "0.80") -> World:
    """With a rate of the dollar."""
    one = world()
    load(one, rate)
    return one


def dollars(*lines: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A bill in US dollars."""
    return bill(*lines, currency="USD", **members)


def pay(one: World, number: str) -> Any:
    """By hand."""
    return one.call("erp.invoice_payment.pay", {"approved_by": BOSS}, path={"number": number}, actor=CLERK).body


def say(one: World, number: str, status: str) -> None:
    """What the statement says."""
    one.call("erp.invoice_payment.enter_statement", {"status": status}, path={"document_number": number}, actor=CLERK)


def test_a_bill_is_booked_at_the_rate_of_its_date() -> None:
    """Net, tax and payable in euros; the supplier gets dollars, and the budget pays euros."""
    one = abroad()
    load(one, "0.90", "20261029")
    got = taken(one, dollars(cost_line(100_000, tax=19_000, code="V1"), posting_date="20261029"))
    assert journal(one, got.number) == {"5300": 80_000, "1100": 15_200, "2000": -95_200}
    assert (got.currency, got.total, got.open_amount, funds(one, "5300")) == ("USD", "1190.00", "1190.00", (0, 80_000))
    (row,) = one.call("erp.open_item.list", query={"company_code": "2000"}).body["items"]
    assert (row.currency, row.amount, row.open_amount) == ("USD", "1190.00", "1190.00")
    check_books(one)


@pytest.mark.parametrize(("rate", "realised"), [("0.85", 5_950), ("0.80", 0), ("0.75", -5_950)])
def test_the_difference_of_two_rates_is_realised_at_payment(rate: str, realised: int) -> None:
    """PST-Y01: 2000 at the rate of the bill, 1010 at that of the payment, 6100 on either side; PST-Y02 is about the same euros."""
    one = abroad()
    number = taken(one, dollars(cost_line(100_000, tax=19_000, code="V1"))).number
    one.now += timedelta(days=1)
    load(one, rate, "20261029")
    paid = pay(one, number)
    assert (paid.status, paid.open_amount) == ("paid", "0.00")
    posted = journal(one, f"{paid.payment_number}/issue")
    assert posted == {"2000": 95_200, "1010": -95_200 - realised, **({"6100": realised} if realised else {})}
    payment = one.call("erp.payment.read", path={"payment_number": paid.payment_number}).body
    assert (payment.amount, payment.currency) == ("1190.00", "USD")
    say(one, number, "cleared")
    assert (balance(one, "1010"), balance(one, "1000"), balance(one, "2000")) == (0, -95_200 - realised, 0)
    assert balance(one, "1000") == -(balance(one, "5300") + balance(one, "1100") + balance(one, "6100"))
    check_books(one)


@pytest.mark.parametrize("word", ["rejected", "returned"])
def test_what_comes_back_is_open_at_its_original_rate(word: str) -> None:
    """PST-Y04: discount and difference of rates are undone with it; the second payment has a rate of its own."""
    one = World()  # its first supplier gives two percent
    load(one, "0.80")
    number = taken(one, dollars(cost_line(100_000))).number
    load(one, "0.90")
    first = pay(one, number)
    assert journal(one, f"{first.payment_number}/issue") == {"2000": 80_000, "1010": -88_200, "6030": -1_800, "6100": 10_000}
    if word == "returned":
        say(one, number, "cleared")
    say(one, number, word)
    assert [balance(one, each) for each in ("2000", "1010", "1000", "6030", "6100")] == [-80_000, 0, 0, 0, 0]
    assert read(one, number).open_amount == "1000.00"
    check_books(one)
    load(one, "0.70")
    again = pay(one, number)
    assert (again.payments, balance(one, "6100"), balance(one, "2000")) == (2, -10_000, 0)
    check_books(one)


def test_a_void_is_the_exact_reversal() -> None:
    """PST-P21 at the rate of the bill, whatever the rate is by then; so is what a credit takes back of tax that was kept."""
    one = abroad()
    got = taken(one, dollars(cost_line(100_000), withholding=kept(15_000, 100_000)))
    assert journal(one, got.number) == {"5300": 80_000, "2000": -68_000, "2220": -12_000}
    load(one, "0.50")
    one.call("erp.supplier_invoice.void", {"reason": "x"}, path={"number": got.number})
    assert [balance(one, each) for each in ("5300", "2000", "2220")] == [0, 0, 0]
    back = taken(one, credit("price", cost_line(10_000), currency="USD"))
    assert (journal(one, back.number), back.open_amount) == ({"5300": -5_000, "2000": 5_000}, "-100.00")
    check_books(one)


def test_what_rounding_leaves_is_in_the_largest_line() -> None:
    """Each line by itself; the document balances, and the payable is what the total is worth."""
    one = abroad("0.333333333")
    lines = [cost_line(5, line_no=1), cost_line(5, line_no=2, account="5400"), cost_line(8, line_no=3, account="5500")]
    got = taken(one, dollars(*lines))
    assert journal(one, got.number) == {"5300": 2, "5400": 2, "5500": 2, "2000": -6}
    yen = taken(one, bill(cost_line(1_000), currency="USD", supplier_reference="R-2"))
    assert journal(one, yen.number) == {"5300": 333, "2000": -333}
    check_books(one)


def test_without_a_rate_nothing_is_booked() -> None:
    """A rate is good over a weekend; orders, runs, prepayments and refunds are in the company's currency."""
    one = World()
    body = dollars(cost_line(1_000))
    assert one.refused("erp.supplier_invoice.create", body) == "CURRENCY_INVALID"
    load(one, "0.80", "20261025")
    number = taken(one, body).number
    one.now += timedelta(days=1)
    assert one.refused("erp.invoice_payment.pay", {"approved_by": BOSS}, path={"number": number}, actor=CLERK) == "CURRENCY_INVALID"
    ordered = order(one)
    assert one.refused("erp.supplier_invoice.create", dollars(order_line(ordered, 1, 10_000))) == "CURRENCY_INVALID"
    assert one.refused("erp.supplier_invoice.create", bill(cost_line(1_000), currency="QQQ")) == "CURRENCY_INVALID"
    assert one.refused(APPLY, {}, path={"number": number}, actor=OTHER_CLERK) == "CURRENCY_INVALID"
    back = taken(one, credit("price", cost_line(900), currency="USD"))
    refund = {"value_date": "20261028", "reason": "x"}
    assert one.refused(REFUND, refund, path={"number": back.number}, actor=OTHER_CLERK) == "CURRENCY_INVALID"
    proposal = {"company_code": "2000", "pay_on": "20261029", "next_run_on": "20261201", "documents": [number]}
    run = one.call("erp.payment_run.propose", proposal, actor=CLERK).body
    assert [(each.document, each.reason) for each in run.left_out] == [(number, "other_currency")]


def test_rates_are_loaded_and_looked_at() -> None:
    """All of a day or none; one that is loaded again counts from then on."""
    one = World()
    load(one, "0.862")
    load(one, "149.25", into="JPY")
    load(one, "0.9")
    table = one.call(READ).body
    assert (table.valid_on, [(each.into, each.rate) for each in table.rates]) == ("20261028", [("EUR", "0.9"), ("JPY", "149.25")])
    assert one.call(READ, query={"date": "20261027"}).body.rates == ()
    rates = [{"currency": "USD", "into": "EUR", "rate": "7"}, {"currency": "USD", "into": "USD", "rate": "1"}]
    assert one.refused(LOAD, {"valid_on": "20261028", "rates": rates}, actor=BOSS) == "CURRENCY_INVALID"
    assert one.refused(LOAD, {"valid_on": "20261028", "rates": [{**rates[0], "rate": "0.0"}]}, actor=BOSS) == "CURRENCY_INVALID"
    assert one.refused(LOAD, {"valid_on": "20261028", "rates": rates[:1]}) == "SEGREGATION_OF_DUTIES"
    assert one.call(READ).body == table
    assert {house.currency for house in COMPANY.entities} <= set(one.erp.core.master.currencies)


def test_the_newer_quote_counts_whichever_way_it_is() -> None:
    """Direct before inverse on one day; three days and no more."""
    rates = Rates()
    rates.load("EUR", "USD", FIRST, 2 * RATE_SCALE)
    assert rates.rate("USD", "EUR", FIRST).convert(101, 2, 2) == 51
    rates.load("USD", "EUR", FIRST - timedelta(days=1), RATE_SCALE)
    assert rates.rate("USD", "EUR", FIRST).convert(100, 2, 2) == 50
    rates.load("USD", "EUR", FIRST, 3 * RATE_SCALE)
    assert rates.rate("USD", "EUR", FIRST + timedelta(days=3)).convert(100, 2, 2) == 300
    with pytest.raises(Refusal, match="CURRENCY_INVALID"):
        rates.rate("USD", "EUR", FIRST + timedelta(days=4))
    with pytest.raises(Refusal, match="CURRENCY_INVALID"):
        rates.rate("USD", "EUR", FIRST - timedelta(days=2))


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**12), st.sampled_from([(2, 0), (0, 2), (2, 3), (2, 2)]))
def test_conversion_is_off_by_half_a_minor_unit_at_most(minor: int, scaled: int, decimals: tuple[int, int]) -> None:
    """And a credit is worth what the invoice was."""
    own, other = decimals
    rate = Rate("USD", "EUR", FIRST, scaled, RATE_SCALE)
    worth = rate.convert(minor, own, other)
    exact, unit = minor * scaled * 10**other, RATE_SCALE * 10**own
    assert abs(2 * (worth * unit - exact)) <= unit
    assert rate.convert(-minor, own, other) == -worth
