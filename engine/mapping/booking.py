"""How lines of receipts and invoices are booked (PST-P06, P08 to P18): an ERP that books what it is told takes it as it is said here."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from engine.mapping.rules import TaxRule
from engine.model.erp_documents import BilledAs, BudgetPlace, OrderedAs, ReceivedAs
from engine.model.sources import BilledItem

GROUP_DIGITS = 2  # of an account: whose budget it is part of
PERCENT = Decimal(100)


def worth(ordered: OrderedAs, quantity: Decimal) -> Decimal:
    """Of so much of an order line, at the order's price."""
    share = ordered.amount * quantity / ordered.quantity if ordered.quantity else Decimal(0)
    return rounded(share, -int(ordered.amount.as_tuple().exponent))


def received_as(ordered: OrderedAs, quantity: Decimal, on: date) -> ReceivedAs:
    """What came goes onto GR/IR at the order's price, and its budget is that of the order line."""
    return ReceivedAs(worth(ordered, quantity), place(ordered.gl_account, ordered.cost_center, ordered.project, on))


def billed_as(line: BilledItem, relief: Decimal, at: BudgetPlace, tax: TaxRule, decimals: int) -> BilledAs:
    """Tax that the entity owes itself is of the whole rate, whatever of it comes back."""
    owed = rounded(line.net * tax.rate / PERCENT, decimals) if tax.self_assessed else Decimal(0)
    whole = owed if tax.self_assessed else line.tax
    return BilledAs(relief, rounded(whole * tax.recoverable / PERCENT, decimals), owed, at)


def place(account: str, cost_center: str, project: str | None, on: date) -> BudgetPlace:
    """Whose budget pays what is coded so."""
    return BudgetPlace(cost_center, account[:GROUP_DIGITS], project, on)


def rounded(amount: Decimal, decimals: int) -> Decimal:
    """Half up, in the currency's decimals."""
    return amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
