"""Money stays exact: decimals come from the currency, never from the number, and nothing is rounded on the way."""

from collections.abc import Mapping
from decimal import Decimal

from engine.mapping.rules import Unpostable


def decimals_of(currency: str, minor_units: Mapping[str, int]) -> int:
    """Decimals of a currency. Raises Unpostable for one that is not in contracts/currencies.yaml."""
    if currency not in minor_units:
        raise Unpostable(f"currency {currency} is not in contracts/currencies.yaml")
    return minor_units[currency]


def exact(amount: Decimal, decimals: int, currency: str) -> None:
    """Raises Unpostable when the amount cannot be written with the currency's decimals."""
    if not amount.is_finite() or amount != amount.quantize(Decimal(1).scaleb(-decimals)):
        raise Unpostable(f"{amount} {currency}: expected at most {decimals} decimals")
