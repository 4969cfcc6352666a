"""An invoice as it was sent, with its amounts in minor units: what can be said of it without orders, receipts and budgets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mocks.company.projections import ErpCompany, ErpMaster
from mocks.kit.operation import Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.currency.rates import Rate, Rates
from mocks.systems.erp.invoices.duplicates import Claimed
from mocks.systems.erp.invoices.holds import Finding
from mocks.systems.erp.invoices.models import BilledFreight, BilledLine, BilledOrderLine, SupplierInvoiceCreate
from mocks.systems.erp.invoices.tax import LineTax, line_tax, tax_code_of, withheld


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line: net amount in minor units, and its tax."""

    asked: BilledLine
    net: int
    tax: LineTax


@dataclass(frozen=True, slots=True)
class Foreign:
    """What the supplier gets in the currency of a bill that is not the company's, in its minor units."""

    currency: str
    owed: int


@dataclass(frozen=True, slots=True)
class Bill:
    """on: the posting date. total: gross; rounding: what of it no line explains; withheld: what of it the supplier does not get.
    All amounts are positive (rounding may be negative), and in the company's currency, at the rate of the document's date; foreign: what is
    owed in another one."""

    body: SupplierInvoiceCreate
    company: ErpCompany
    dated: date
    on: date
    total: int
    rounding: int
    lines: tuple[BillLine, ...]
    withheld: int = 0
    foreign: "Foreign | None" = None

    @property
    def sign(self) -> int:
        """1 of an invoice, -1 of a credit memo."""
        return 1 if self.body.credit_memo is None else -1

    @property
    def is_ordered(self) -> bool:
        """Whether every line belongs to an order, so that the approval of the order is the one that counts."""
        return all(isinstance(line, BilledOrderLine) for line in self.body.lines)

    @property
    def is_partly_ordered(self) -> bool:
        """Whether any line belongs to an order."""
        return any(isinstance(line, BilledOrderLine) for line in self.body.lines)

    @property
    def owed(self) -> int:
        """What the supplier gets, in the company's currency."""
        return self.total - self.withheld

    def claimed(self, document: str, identities: tuple[str, ...]) -> Claimed:
        """What tells it from another one. identities: of its supplier."""
        body = self.body
        return Claimed(
            document=document,
            company_code=self.company.code,
            vendor_id=body.vendor_id,
            identities=identities,
            reference=body.supplier_reference,
            total_minor=self.total,
            dated=self.dated,
            is_credit=body.credit_memo is not None,
        )


def read_bill(master: ErpMaster, rates: Rates, body: SupplierInvoiceCreate, on: date | None = None) -> Bill:
    """on: when another posting date than its own is meant. Raises CODING_INVALID, CURRENCY_INVALID and AMOUNT_MISMATCH."""
    bill = _as_billed(master, body, on)
    own = master.companies[bill.company.code]
    if bill.company.currency == own.currency:
        return bill
    if bill.is_partly_ordered:
        raise Refusal("CURRENCY_INVALID", f"currency {body.currency}: orders of company {own.code} are in {own.currency}")
    return translated(bill, own, rates.rate(body.currency, own.currency, bill.dated))


def _as_billed(master: ErpMaster, body: SupplierInvoiceCreate, on: date | None) -> Bill:
    """In its own currency, and so is its company."""
    company = rules.company_in(master, body.company_code, body.currency)
    dated = rules.to_day(body.document_date)
    lines = tuple(_line(company, line, dated) for line in body.lines)
    rounding = rules.minor(body.rounding, company) if body.rounding is not None else 0
    total = rules.minor(body.total, company)
    rules.check_sum((line.tax.printed for line in lines), rules.minor(body.tax_total, company), "tax")
    rules.check_sum([rounding, *(line.net + line.tax.printed for line in lines)], total, "supplier invoice")
    if total <= 0:
        raise Refusal("AMOUNT_MISMATCH", "supplier invoice: nothing is billed")
    if (body.credit_memo is None) != (body.credit_reason is None):
        raise Refusal("CODING_INVALID", "credit_memo and credit_reason: a credit has both, an invoice neither")
    _check_freight(body.lines)
    kept = withheld(company, body.withholding, sum(line.net for line in lines))
    return Bill(body, company, dated, on or rules.to_day(body.posting_date), total, rounding, lines, kept)


def _line(company: ErpCompany, asked: BilledLine, dated: date) -> BillLine:
    net, printed = rules.minor(asked.net_amount, company), rules.minor(asked.tax_amount, company)
    if net == 0:
        raise Refusal("AMOUNT_MISMATCH", f"line {asked.line_no}: nothing is billed")
    if isinstance(asked, BilledOrderLine):
        rules.check_extension(asked.quantity, asked.unit_price, net, company)
    return BillLine(asked, net, line_tax(tax_code_of(company, asked.tax_code, dated), net, printed))


def _check_freight(lines: Sequence[BilledLine]) -> None:
    numbers = [line.line_no for line in lines]
    if len(set(numbers)) != len(numbers):
        raise Refusal("CODING_INVALID", "two lines have one line_no")
    if any(isinstance(line, BilledFreight) for line in lines) and not any(isinstance(line, BilledOrderLine) for line in lines):
        raise Refusal("CODING_INVALID", "freight comes with ordered goods, and no line names an order")


def variances(bill: Bill) -> list[Finding]:
    """TAX_VARIANCE and LINE_VARIANCE: nobody can release them, because the figures themselves are wrong."""
    found, control = [], bill.company.matching
    off = sum(line.tax.printed - line.tax.expected for line in bill.lines)
    if abs(off) > max(control.tax_least_minor, control.tax_line_minor * len(bill.lines)):
        found.append(Finding("TAX_VARIANCE", None, f"the tax is {off} minor units more than its codes say"))
    for line in bill.lines:
        if line.tax.owed_on is not None and line.tax.printed:
            said = f"tax code {line.asked.tax_code}: the supplier prints no tax, and {line.tax.printed} minor units were printed"
            found.append(Finding("TAX_VARIANCE", line.asked.line_no, said))
    if abs(bill.rounding) > control.small_difference_minor:
        found.append(Finding("LINE_VARIANCE", None, f"{bill.rounding} minor units of the total are in no line"))
    return found


def translated(bill: Bill, own: ErpCompany, rate: Rate) -> Bill:
    """The same in the company's currency. Each amount is converted by itself; what the lines then lack of the total, which is at most half
    a minor unit for each of them, is in the largest one."""

    def at_rate(minor: int) -> int:
        return rate.convert(minor, bill.company.decimals, own.decimals)

    total, rounding = at_rate(bill.total), at_rate(bill.rounding)
    lines = [_line_at(line, at_rate) for line in bill.lines]
    lacking = total - rounding - sum(line.net + line.tax.printed for line in lines)
    largest = max(range(len(lines)), key=lambda place: lines[place].net)
    lines[largest] = replace(lines[largest], net=lines[largest].net + lacking)
    foreign = Foreign(bill.company.currency, bill.owed)
    return replace(bill, company=own, total=total, rounding=rounding, lines=tuple(lines), withheld=at_rate(bill.withheld), foreign=foreign)


def _line_at(line: BillLine, at_rate: Callable[[int], int]) -> BillLine:
    tax = line.tax
    printed, owed, recoverable = at_rate(tax.printed), at_rate(tax.owed), at_rate(tax.recoverable)
    cost = printed + owed - recoverable if tax.owed_on is None else owed - recoverable
    return BillLine(line.asked, at_rate(line.net), LineTax(printed, at_rate(tax.expected), recoverable, cost, owed, tax.owed_on))
