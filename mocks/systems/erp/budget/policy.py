"""How a company controls its budget: how strictly, over which months, with which tolerance (domain.md, sections 4 and 19)."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from mocks.systems.erp.periods import shifted

Level = Literal["none", "advisory", "absolute"]
Window = Literal["month", "quarter", "year", "to_date"]
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class BudgetPolicy:
    """level: nobody asks, one is warned, one is refused. tolerance_percent: of the budget, which may be overdrawn before either.
    year_starts: the first month (1 to 12) of the fiscal year."""

    level: Level
    window: Window
    tolerance_percent: int = 0
    year_starts: int = 1

    def months(self, period: str) -> tuple[str, ...]:
        """The months whose budget and spending count together when something is spent in `period`: its month, quarter or fiscal year; or
        from the beginning of the fiscal year until then."""
        return _months(self.window, self.year_starts, period)

    def fiscal_year(self, period: str) -> int:
        """The calendar year in which the fiscal year of a month begins: that is what the ERP calls it."""
        return int(period[:4]) - (int(period[5:]) < self.year_starts)

    def tolerated(self, budget_minor: int) -> int:
        """How far the months together may go below zero, in minor units."""
        return budget_minor * self.tolerance_percent // 100


@cache
def _months(window: Window, year_starts: int, period: str) -> tuple[str, ...]:
    into_year = (int(period[5:]) - year_starts) % 12
    if window == "to_date":
        return tuple(shifted(period, -back) for back in range(into_year, -1, -1))
    length = MONTHS[window]
    first = shifted(period, -(into_year % length))
    return tuple(shifted(first, number) for number in range(length))
