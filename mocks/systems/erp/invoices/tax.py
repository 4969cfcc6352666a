"""What the tax of a line becomes: input tax that comes back, cost, or what the company owes itself (PST-P16 to PST-P18); and what is kept
back from the supplier (PST-P19)."""

from dataclasses import dataclass
from datetime import date

from mocks.company.model import TaxCode
from mocks.company.money import share_half_up
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.invoices.models import Withholding

INPUT_TAX, WITHHELD = "1100", "2220"
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


def withheld(company: ErpCompany, asked: Withholding | None, net_minor: int) -> int:
    """What of a bill of this net amount is kept back, in minor units. Raises CODING_INVALID, and AMOUNT_MISMATCH when it is not the code's
    share of its base, or of more than was billed."""
    if asked is None:
        return 0
    code = next((each for each in company.withholding_codes if each.code == asked.code), None)
    if code is None:
        raise Refusal("CODING_INVALID", f"company {company.code} has no withholding code {asked.code!r}")
    base, amount = rules.minor(asked.base, company), rules.minor(asked.amount, company)
    if base > net_minor or amount != share_half_up(base, code.rate, RATE_SCALE):
        said = f"withholding {code.code}: {amount} minor units of a base of {base}, and {net_minor} are billed net"
        raise Refusal("AMOUNT_MISMATCH", said)
    return amount
