"""What the tax of a line becomes: input tax that comes back, cost, or what the company owes itself (PST-P16 to PST-P18)."""

from dataclasses import dataclass
from datetime import date

from mocks.company.model import TaxCode
from mocks.company.money import share_half_up
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Refusal

INPUT_TAX = "1100"
RATE_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class LineTax:
    """In minor units. printed: by the supplier, part of what it gets; expected: what it should have printed; recoverable and cost: the two
    shares of the tax; owed: all of it, where it is the company that owes it, on the account owed_on."""

    printed: int
    expected: int
    recoverable: int
    cost: int
    owed: int
    owed_on: str | None


def tax_code_of(company: ErpCompany, code: str, on: date) -> TaxCode:
    """The rate that holds on the day of the document. Raises CODING_INVALID."""
    for each in company.tax_codes:
        if each.code == code and each.holds_on(on):
            return each
    raise Refusal("CODING_INVALID", f"company {company.code} has no tax code {code!r} on {on}")


def line_tax(code: TaxCode, net_minor: int, printed_minor: int) -> LineTax:
    """Of a net amount, for which the supplier printed so much. Tax that the company owes itself is of the whole rate, whatever of it comes
    back."""
    computed = share_half_up(net_minor, code.rate, RATE_SCALE)
    whole = printed_minor if code.owed_on is None else computed
    recoverable = share_half_up(whole, code.recoverable_percent, 100)
    owed, expected = (0, computed) if code.owed_on is None else (whole, 0)
    return LineTax(printed_minor, expected, recoverable, whole - recoverable, owed, code.owed_on)
