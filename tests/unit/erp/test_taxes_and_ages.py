"""Dated tax codes, companies without decimals, and what of GR/IR is the oldest."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocks.kit.operation import Refusal
from mocks.systems.erp.clearing import Clearing
from mocks.systems.erp.invoices.duplicates import normalised
from mocks.systems.erp.invoices.tax import line_tax, tax_code_of
from tests.unit.company.play import COMPANY, World
from tests.unit.erp.bills import bill, cost_line, held, journal, order, order_line, receive, taken

pytestmark = pytest.mark.requirement("R03.03")

JAPAN = World().erp.core.master.companies["3000"]
EVIDENCE = [
    {"step": 1, "approver": COMPANY.controller("JP01").erp_id, "decided_at": "2026-10-28T08:00:00Z", "source_document": "INV-T-1"},
]


@pytest.mark.parametrize(("on", "recoverable"), [(date(2026, 9, 30), 800), (date(2026, 10, 1), 500)])
def test_the_day_decides_what_comes_back(on: date, recoverable: int) -> None:
    """Of what an unregistered supplier in Japan prints, less is deducted since October 2026."""
    tax = line_tax(tax_code_of(JAPAN, "JU", on), 10_000, 1_000)
    assert (tax.recoverable, tax.cost, tax.owed) == (recoverable, 1_000 - recoverable, 0)


def test_a_code_of_another_company_is_none() -> None:
    """Codes are names within a company."""
    with pytest.raises(Refusal, match="company 3000 has no tax code 'V1'"):
        tax_code_of(JAPAN, "V1", date(2026, 10, 28))


@given(st.integers(1, 10**9), st.sampled_from(JAPAN.tax_codes))
def test_tax_is_never_lost(net: int, code: object) -> None:
    """What comes back and what is cost are the whole tax; what the company owes itself is of the whole rate."""
    tax = line_tax(code, net, 0 if code.owed_on else net // 10)  # type: ignore[attr-defined,arg-type]
    whole = tax.owed if tax.owed_on else tax.printed
    assert tax.recoverable + tax.cost == whole
    assert tax.expected == 0 or tax.owed_on is None


def test_a_company_without_decimals_tolerates_no_price() -> None:
    """Yen: parked until the goods come, held for a yen too much, posted to the yen."""
    one = World()
    number = order(one, 10, 9_800, entity="JP01")
    first = bill(order_line(number, 10, 9_800, tax=9_800, code="J1", entity="JP01"), entity="JP01")
    assert (taken(one, first).status, one.erp.core.ledger.balance("3000", "2000")) == ("parked", 0)
    receive(one, number, "10", "JP01")
    assert one.erp.core.ledger.balance("3000", "2000") == -107_800
    dear = order(one, 1, 500, entity="JP01")
    receive(one, dear, "1", "JP01")
    assert held(taken(one, bill(order_line(dear, 1, 501, entity="JP01"), entity="JP01", supplier_reference="R-2"))) == ["PRICE"]
    cost = cost_line(10_000, tax=1_000, code="JU", entity="JP01")
    got = taken(one, bill(cost, entity="JP01", supplier_reference="R-3", approvals=EVIDENCE))
    assert journal(one, got.number) == {"5300": 10_500, "1100": 500, "2000": -11_000}


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(-50, 50)), max_size=20))
def test_what_came_first_is_cleared_first(moves: list[tuple[int, int]]) -> None:
    """The balance is the sum of the moves, on one side; its age is that of a move that is really there."""
    clearing = Clearing()
    for day, minor in moves:
        clearing.move("2000", "45/10", date(2026, 10, day), minor)
    balance = sum(minor for _, minor in moves)
    found = list(clearing.of("2000"))
    assert [each.minor for each in found] == ([balance] if balance else [])
    for each in found:
        assert each.since in {date(2026, 10, day) for day, minor in moves if minor * balance > 0}
    assert list(clearing.of("3000")) == []


@pytest.mark.parametrize(
    ("one", "other"), [("INV-00012", "inv 12"), ("2026-0012", "20260012"), ("O0I1", "0011"), ("RE/1O", "re10"), ("000", "0")]
)
def test_spellings_of_one_number(one: str, other: str) -> None:
    """Spaces, punctuation, leading zeros, O and 0, I and 1."""
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), [("INV-100", "INV-1"), ("A-1", "B-1"), ("??", "!!"), ("10", "1")])
def test_other_numbers(one: str, other: str) -> None:
    """A zero in its middle or at its end is part of a number."""
    assert normalised(one) != normalised(other)
