"""Money as text: `USD 1,234.50`. Amounts are decimals, never floats; the number of decimals comes from the currency."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from contracts.catalog import load_minor_units
from reports.fields import Record, clean, rows, table, text

Amounts = Mapping[str, Decimal]


@cache
def minor_units() -> Mapping[str, int]:
    """Decimals by currency, read once."""
    return load_minor_units()


def decimal(value: Any) -> Decimal | None:
    """A decimal from JSON text or a whole number; None for anything else, NaN and infinity included."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) < 40 else None


def money_text(amount: Decimal, currency: str) -> str:
    """`JPY 12,000`, `USD 1,234.50`; an unknown currency keeps the decimals that came."""
    digits = minor_units().get(currency)
    written = f"{amount:,f}" if digits is None else f"{amount:,.{digits}f}"
    return f"{clean(currency)} {written}"


def from_minor(value: Any, currency: str) -> str:
    """Money text from integer minor units; empty when it is not a whole number."""
    amount = decimal(value)
    if amount is None:
        return ""
    return money_text(amount.scaleb(-minor_units().get(currency, 0)), currency)


def amounts_text(amounts: Amounts, join: str = " · ") -> str:
    """Every currency that is not zero, largest first within the alphabet of currencies; empty when nothing is at risk."""
    return join.join(money_text(amount, currency) for currency, amount in sorted(amounts.items()) if amount)


def amounts_of(record: Record, name: str) -> dict[str, Decimal]:
    """{"USD": "120.00"} as decimals; members that are not money are left out."""
    parsed = {clean(str(currency)): decimal(value) for currency, value in table(record, name).items()}
    return {currency: amount for currency, amount in parsed.items() if amount is not None}


def money_of(violation: Record) -> tuple[str, Decimal] | None:
    """Currency and amount of one violation, or None."""
    money = table(violation, "money")
    amount, currency = decimal(money.get("amount")), text(money, "currency")
    return (currency, amount) if amount is not None and currency else None


def violation_money(violation: Record) -> str:
    """The money of one violation as text, or empty."""
    money = money_of(violation)
    return money_text(money[1], money[0]) if money else ""


def at_risk(verdict: Record) -> dict[str, Decimal]:
    """Money at risk by currency. A transaction that breaks several invariants counts once, with its largest amount.

    The judge's own figure wins when the verdict carries one; a verdict without violations in detail falls back on the
    largest figure of its invariants.
    """
    stated = amounts_of(verdict, "money_at_risk")
    if stated:
        return stated
    counted = _largest_by_transaction(rows(verdict, "violations"))
    if counted:
        return counted
    largest: dict[str, Decimal] = {}
    for invariant in rows(verdict, "invariants"):
        for currency, amount in amounts_of(invariant, "money").items():
            largest[currency] = max(amount, largest.get(currency, amount))
    return largest


def _largest_by_transaction(violations: Iterable[Record]) -> dict[str, Decimal]:
    largest: dict[tuple[str, str], Decimal] = {}
    for violation in violations:
        money = money_of(violation)
        if money:
            key = (text(violation, "txn_id"), money[0])
            largest[key] = max(abs(money[1]), largest.get(key, Decimal(0)))
    total: dict[str, Decimal] = {}
    for (_, currency), amount in largest.items():
        total[currency] = total.get(currency, Decimal(0)) + amount
    return total
