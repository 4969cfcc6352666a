"""Integer minor units inside, decimal text at the edge; splitting without losing a unit."""

import re
from collections.abc import Sequence

AMOUNT_PATTERN = r"^-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,3})?$"
"""Decimal text of an amount: at most 13 digits before the point and 3 after it."""

_AMOUNT = re.compile(AMOUNT_PATTERN)


class AmountError(ValueError):
    """A text is not an amount of the currency: says what came and what was expected."""


def to_minor(text: str, decimals: int) -> int:
    """Minor units of a decimal text with exactly `decimals` decimals: ("980.00", 2) is 98000. Raises AmountError."""
    whole, point, fraction = text.partition(".")
    if len(fraction) != decimals or bool(point) != bool(decimals) or _AMOUNT.fullmatch(text) is None:
        wanted = "no decimals" if decimals == 0 else f"exactly {decimals} decimals"
        raise AmountError(f"amount {text!r}: expected {wanted}")
    return int(whole + fraction)


def to_text(minor: int, decimals: int) -> str:
    """Decimal text of minor units: (98000, 2) is "980.00", (-5, 2) is "-0.05"."""
    if decimals == 0:
        return str(minor)
    digits = str(abs(minor)).rjust(decimals + 1, "0")
    sign = "-" if minor < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def split(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Parts in proportion to the weights that add up to the total exactly (largest remainder; ties to the earlier part)."""
    weight_sum = sum(weights)
    if weight_sum <= 0 or min(weights) < 0:
        raise ValueError(f"weights {list(weights)}: expected non-negative numbers with a positive sum")
    sign = -1 if total_minor < 0 else 1
    quotients = [divmod(abs(total_minor) * weight, weight_sum) for weight in weights]
    parts = [quotient for quotient, _ in quotients]
    by_remainder = sorted(range(len(parts)), key=lambda index: (-quotients[index][1], index))
    for index in by_remainder[: abs(total_minor) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


RATE_DECIMALS = 8
RATE_PATTERN = rf"^(0|[1-9][0-9]{{0,8}})(\.[0-9]{{1,{RATE_DECIMALS}}})?$"
"""Decimal text of a rate: how many units of one currency are one unit of another."""


def converted(minor: int, rate: str, decimals: int, into: int) -> int:
    """Minor units of a currency with `into` decimals for those of one with `decimals`, rounded half away from zero."""
    whole, _, fraction = rate.partition(".")
    scaled = int(whole + fraction.ljust(RATE_DECIMALS, "0"))
    return share_half_up(minor * scaled, 10**into, 10 ** (RATE_DECIMALS + decimals))


def share_half_up(amount_minor: int, numerator: int, denominator: int) -> int:
    """amount x numerator / denominator, rounded half away from zero."""
    scaled = abs(amount_minor) * numerator * 2 + denominator
    result = scaled // (2 * denominator)
    return -result if amount_minor < 0 else result
