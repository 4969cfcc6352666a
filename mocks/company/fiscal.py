"""Fiscal calendars as planners speak of them: a year is named after the calendar year in which it ends, and begins in any month."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Grain = Literal["year", "quarter", "month"]

YEAR_PATTERN = "^FY[0-9]{2}$"
PERIOD_PATTERN = "^FY[0-9]{2}(-(Q[1-4]|P(0[1-9]|1[0-2])))?$"
PARTS: dict[Grain, int] = {"year": 1, "quarter": 4, "month": 12}
MONTHS = 12


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """starts: the first month (1 to 12). With 4, FY27 is April 2026 to March 2027, and FY27-P10 is January 2027."""

    starts: int

    def year_of(self, day: date) -> str:
        """FY27."""
        ends = day.year + (self.starts > 1 and day.month >= self.starts)
        return f"FY{ends % 100:02d}"

    def periods(self, year: str, grain: Grain) -> tuple[str, ...]:
        """Every period of a year, in order."""
        if grain == "year":
            return (year,)
        if grain == "quarter":
            return tuple(f"{year}-Q{number}" for number in range(1, PARTS[grain] + 1))
        return tuple(f"{year}-P{number:02d}" for number in range(1, PARTS[grain] + 1))

    def months(self, period: str) -> tuple[str, ...]:
        """The calendar months of a year, quarter or month, as YYYY-MM. The text matches PERIOD_PATTERN."""
        year, _, part = period.partition("-")
        number = int(part[1:]) if part else 1
        length = MONTHS // PARTS[grain_of(period)]
        begins = 2000 + int(year[2:]) - (self.starts > 1)
        first = begins * MONTHS + self.starts - 1 + (number - 1) * length
        return tuple(f"{index // MONTHS:04d}-{index % MONTHS + 1:02d}" for index in range(first, first + length))

    def span(self, period: str) -> tuple[date, date]:
        """Its first and its last day."""
        months = self.months(period)
        year, month = int(months[-1][:4]), int(months[-1][5:])
        after = date(year + month // MONTHS, month % MONTHS + 1, 1)
        return date.fromisoformat(f"{months[0]}-01"), date.fromordinal(after.toordinal() - 1)


def grain_of(period: str) -> Grain:
    """Of a text that matches PERIOD_PATTERN."""
    part = period.partition("-")[2]
    if not part:
        return "year"
    return "quarter" if part.startswith("Q") else "month"
