"""What payments post: PST-Y01 to PST-Y04. 1010 holds what is under way, and is 0 for a payment that came to an end."""

from collections.abc import Iterable

from mocks.systems.erp.ledger import Entry, moving, reversed_entries
from mocks.systems.erp.payments.due import Payable

BANK, IN_TRANSIT, DISCOUNT, CHARGES, FX_REALISED = "1000", "1010", "6030", "6040", "6100"


def issued(payables: Iterable[Payable], cash_minor: int, discount_minor: int) -> tuple[Entry, ...]:
    """PST-Y01: the items are owed no more, at the rate at which they were booked; the cash is under way and the discount is ours, at the
    rate of the payment; and the difference of the two is realised."""
    items = tuple(Entry(each.account, each.booked_minor, item=each.item) for each in payables)
    realised = cash_minor + discount_minor - sum(each.amount_minor for each in items)
    return moving((*items, Entry(IN_TRANSIT, -cash_minor), Entry(DISCOUNT, -discount_minor), Entry(FX_REALISED, realised)))


def under_way(entries: Iterable[Entry]) -> int:
    """The cash that a payment took when it was issued."""
    return -sum(each.amount_minor for each in entries if each.account == IN_TRANSIT)


def cleared(cash_minor: int, charge_minor: int) -> tuple[Entry, ...]:
    """PST-Y02: the cash has left the bank; PST-Y03: so has what the bank takes for it."""
    return moving((Entry(IN_TRANSIT, cash_minor), Entry(CHARGES, charge_minor), Entry(BANK, -cash_minor - charge_minor)))


def undone(entries: Iterable[Entry], *, is_cleared: bool) -> tuple[Entry, ...]:
    """PST-Y04: everything as it was before PST-Y01; what had left the bank comes back to it."""
    back = reversed_entries(entries)
    if not is_cleared:
        return back
    return tuple(Entry(BANK, each.amount_minor) if each.account == IN_TRANSIT else each for each in back)
