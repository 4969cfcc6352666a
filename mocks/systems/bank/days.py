"""Banking days: weekends and the days off of TARGET, the Federal Reserve and Japan's banks, and what a cut-off time makes of a date."""

import importlib
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from mocks.company.projections import BankCustomer

Calendar = Literal["ECB", "FED", "JP"]
SATURDAY = 5
DAY = timedelta(days=1)


class BankingDays:
    """The calendars of one bank."""

    def __init__(self) -> None:
        self._days_off: dict[Calendar, Any] = {}

    def is_open(self, calendar: Calendar, day: date) -> bool:
        """Whether banks carry anything out on that day."""
        return day.weekday() < SATURDAY and day not in self._of(calendar)

    def _of(self, calendar: Calendar) -> Any:
        """The days off. The library is read when the first bank needs it: a world in which nobody pays starts without it."""
        if calendar not in self._days_off:
            library: Any = importlib.import_module("holidays")
            is_country = calendar == "JP"
            found = library.country_holidays("JP", categories=("public", "bank")) if is_country else library.financial_holidays(calendar)
            self._days_off[calendar] = found
        return self._days_off[calendar]

    def execution_day(self, customer: BankCustomer, wanted: date, now: datetime) -> date:
        """The banking day on which a payment of now is carried out: not before it is wanted, and after the cut-off not today."""
        local = now.astimezone(ZoneInfo(customer.zone))
        today = local.date()
        day = max(wanted, today if local.time() < customer.banking.cut_off else today + DAY)
        while not self.is_open(customer.banking.calendar, day):
            day += DAY
        return day


def booked_at(customer: BankCustomer, day: date) -> datetime:
    """The instant at which what is due on a day is booked."""
    return datetime.combine(day, customer.banking.books_at, ZoneInfo(customer.zone))
