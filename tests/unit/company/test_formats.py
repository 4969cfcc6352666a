"""The date patterns that the systems declare: exactly the days of the calendar, each in its own format."""

import re
from datetime import date, timedelta

import pytest

from mocks.kit.operation import Refusal
from mocks.systems.erp import models as erp
from mocks.systems.erp.rules import to_day, to_yyyymmdd
from mocks.systems.expense import models as expense
from mocks.systems.expense.rules import to_ddmmyyyy
from mocks.systems.procurement import models as procurement

pytestmark = pytest.mark.requirement("R06.14")

PATTERNS = {"%Y%m%d": erp.DAY_PATTERN, "%Y-%m-%d": procurement.DAY_PATTERN, "%d/%m/%Y": expense.DAY_PATTERN}
NO_DAYS = [
    (2026, 2, 29),
    (2026, 2, 30),
    (2024, 2, 30),
    (2026, 4, 31),
    (2026, 13, 1),
    (2026, 0, 1),
    (2026, 1, 32),
    (2026, 1, 0),
    (2100, 2, 29),
]


@pytest.mark.parametrize("layout", PATTERNS)
def test_every_day_matches_its_pattern(layout: str) -> None:
    """Seven years with two leap days."""
    days = [date(2023, 1, 1) + timedelta(days=number) for number in range(7 * 365)]
    assert all(re.fullmatch(PATTERNS[layout], day.strftime(layout)) for day in days)


@pytest.mark.parametrize("layout", PATTERNS)
@pytest.mark.parametrize("parts", NO_DAYS)
def test_what_is_no_day_does_not_match(layout: str, parts: tuple[int, int, int]) -> None:
    """The schema tells the truth: it never allows a day that the system would have to refuse."""
    year, month, day = parts
    text = layout.replace("%Y", f"{year:04d}").replace("%m", f"{month:02d}").replace("%d", f"{day:02d}")
    assert re.fullmatch(PATTERNS[layout], text) is None


def test_days_survive_the_formats() -> None:
    """The ERP reads what it writes; the expense system puts the day first."""
    day = date(2026, 2, 28)
    assert to_day(to_yyyymmdd(day)) == day
    assert to_ddmmyyyy(day) == "28/02/2026"
    with pytest.raises(Refusal, match="VALIDATION_FAILED: date '20260230'"):
        to_day("20260230")
