"""Fiscal periods of planning as months of the ERP. Planning names a fiscal year after the year in which it ends, the ERP after the one in
which it begins."""

import re

from engine.mapping.rules import Unpostable

PERIOD = re.compile(r"FY([0-9]{2})(?:-(?:Q([1-4])|P(0[1-9]|1[0-2])))?")
MONTHS = 12
CENTURY = 2000


def months_of(period: str, starts: int) -> tuple[str, ...]:
    """`FY27-Q3` of a year that begins in month `starts`, as YYYY-MM. Raises Unpostable."""
    found = PERIOD.fullmatch(period)
    if found is None:
        raise Unpostable(f"period {period!r}: expected a fiscal year, quarter or month like FY27, FY27-Q3, FY27-P10")
    year, quarter, month = found.groups()
    length = 3 if quarter else 1 if month else MONTHS
    first = _begins(int(year), starts) * MONTHS + starts - 1 + (int(quarter or month or 1) - 1) * length
    return tuple(f"{index // MONTHS:04d}-{index % MONTHS + 1:02d}" for index in range(first, first + length))


def fiscal_month(month: str, starts: int) -> str:
    """`FY27-P10` of 2027-01 in a year that begins in month 4. month: YYYY-MM. Raises Unpostable."""
    year, _, number = month.partition("-")
    if not (year.isdigit() and number.isdigit() and 1 <= int(number) <= MONTHS):
        raise Unpostable(f"month {month!r}: expected YYYY-MM")
    into_year = (int(number) - starts) % MONTHS
    begins = int(year) - (int(number) < starts)
    return f"FY{(begins + (starts > 1)) % 100:02d}-P{into_year + 1:02d}"


def year_begins(year: str, starts: int) -> int:
    """The calendar year in which `FY27` begins. Raises Unpostable."""
    return int(months_of(year, starts)[0][:4])


def _begins(year: int, starts: int) -> int:
    return CENTURY + year - (starts > 1)


def spread(total: int, parts: int) -> list[int]:
    """Whole numbers that differ by one at most and add up to the total; the larger ones come first. total: not negative."""
    share, rest = divmod(total, parts)
    return [share + (number < rest) for number in range(parts)]
