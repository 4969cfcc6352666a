"""What documents cost and who sells: amounts lognormal (so they follow Benford's law), suppliers after Zipf. Pure.

Medians and sigmas are the domain notes': a requisition 1,200 USD and sigma 1.5, an expense line 38 USD and sigma 1.1 with eleven lines
a report. 8 % of the amounts are round, 3 % lie just below the approval limit, because people know it.
"""

import math
import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

from contracts.catalog import Flow

_T = TypeVar("_T")

ROUND_SHARE = 0.08
BELOW_LIMIT_SHARE = 0.03
SUPPLIER_EXPONENT = 1.05
MINOR_MAX = 5_000_000_00  # nobody types more into these systems, and every approval chain ends below it


@dataclass(frozen=True, slots=True)
class Spread:
    """A lognormal distribution in minor units of USD."""

    median_minor: int
    sigma: float


PURCHASE = Spread(1_200_00, 1.5)
# Minor units of the currency for one of USD: the same purchase costs about as much everywhere; yen have no minor unit.
MINOR_PER_USD_CENT = {"USD": 1.0, "EUR": 0.9, "JPY": 1.5}


def spread(flow: Flow) -> Spread:
    """What documents of a flow cost, as it declares it; a flow that declares nothing costs what a purchase does."""
    return Spread(flow.load.median_minor, flow.load.sigma) if flow.load else PURCHASE


def amount_minor(spread: Spread, currency: str, limit_minor: int, rnd: random.Random) -> int:
    """A total in minor units of the currency, at least 1. limit_minor: what the first approver may sign."""
    kind = rnd.random()
    if kind < BELOW_LIMIT_SHARE:
        return max(1, limit_minor - rnd.randrange(1, max(2, limit_minor // 50)))
    drawn = rnd.lognormvariate(math.log(spread.median_minor), spread.sigma) * MINOR_PER_USD_CENT.get(currency, 1.0)
    minor = max(1, min(MINOR_MAX, round(drawn)))
    return rounded(minor) if kind < BELOW_LIMIT_SHARE + ROUND_SHARE else minor


def rounded(minor: int) -> int:
    """The same with two leading digits, as people guess: 1,234.56 becomes 1,200.00."""
    unit = int("1" + "0" * max(0, len(str(minor)) - 2))
    return max(1, minor // unit * unit)


class Zipf:
    """Draws from a list in which the n-th is drawn in proportion to 1 / n^s."""

    def __init__(self, count: int, exponent: float = SUPPLIER_EXPONENT) -> None:
        self._bounds = list(accumulate(1 / rank**exponent for rank in range(1, count + 1)))

    def pick(self, values: Sequence[_T], rnd: random.Random) -> _T:
        """One of as many values as this was made for."""
        return values[bisect_left(self._bounds, rnd.random() * self._bounds[-1])]


def benford_deviation(amounts: Sequence[int]) -> float:
    """Mean absolute deviation of the first digits from Benford's law; below 0.015 is called conform for samples of this kind."""
    first = [int(str(amount)[0]) for amount in amounts if amount > 0]
    shares = [first.count(digit) / len(first) for digit in range(1, 10)]
    return sum(abs(share - math.log10(1 + 1 / digit)) for digit, share in enumerate(shares, start=1)) / 9
