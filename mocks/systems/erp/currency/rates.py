"""Exchange rates by pair and day, as treasury loads them; amounts are converted in whole minor units, half up."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from mocks.kit.operation import Refusal

RATE_DECIMALS = 9
RATE_SCALE = 10**RATE_DECIMALS
STALE_AFTER_DAYS = 3
"""So many days a rate is good for, where none was loaded since: over a weekend, and no longer."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth: numerator / denominator units of another. on: the day for which it was loaded."""

    currency: str
    into: str
    on: date
    numerator: int
    denominator: int

    def convert(self, minor: int, decimals: int, into_decimals: int) -> int:
        """Minor units of the other currency, half up away from zero."""
        above: int = abs(minor) * self.numerator * 10**into_decimals
        below: int = self.denominator * 10**decimals
        worth = (2 * above + below) // (2 * below)
        return worth if minor >= 0 else -worth


@dataclass(slots=True)
class Rates:
    """Of one ERP. What is loaded for a day again counts from then on; what was booked stays."""

    _days: dict[tuple[str, str], list[date]] = field(default_factory=dict)
    _of: dict[tuple[str, str, date], int] = field(default_factory=dict)

    def load(self, currency: str, into: str, on: date, scaled: int) -> None:
        """scaled: RATE_SCALE times the rate."""
        days = self._days.setdefault((currency, into), [])
        if (currency, into, on) not in self._of:
            insort(days, on)
        self._of[currency, into, on] = scaled

    def rate(self, currency: str, into: str, on: date) -> Rate:
        """That of the day or the last one before it, quoted this way or the other way round. Raises CURRENCY_INVALID when none is young
        enough."""
        found = [(day, pair) for pair in ((currency, into), (into, currency)) if (day := self._day(pair, on)) is not None]
        if not found:
            said = f"no rate of {currency} in {into} for {on} or the {STALE_AFTER_DAYS} days before: have it loaded"
            raise Refusal("CURRENCY_INVALID", said)
        day, pair = max(found, key=lambda each: (each[0], each[1] == (currency, into)))
        scaled = self._of[*pair, day]
        if pair == (currency, into):
            return Rate(currency, into, day, scaled, RATE_SCALE)
        return Rate(currency, into, day, RATE_SCALE, scaled)

    def _day(self, pair: tuple[str, str], on: date) -> date | None:
        days = self._days.get(pair, [])
        place = bisect_right(days, on)
        if not place or (on - days[place - 1]).days > STALE_AFTER_DAYS:
            return None
        return days[place - 1]

    def of_day(self, on: date) -> Sequence[tuple[str, str, int]]:
        """Pairs that were loaded for just this day, and their scaled rates."""
        return sorted((currency, into, scaled) for (currency, into, day), scaled in self._of.items() if day == on)
