"""Which months may be posted to, per company code and module."""

from datetime import date
from functools import cache
from typing import Literal

from mocks.kit.operation import Refusal

Module = Literal["PO", "AP", "GL"]
Status = Literal["open", "closed", "future"]

MODULES: tuple[Module, ...] = ("PO", "AP", "GL")
GRACE_DAYS = 5
"""The month before stays open until this day (close calendar, working day 5)."""

TRANSITIONS: dict[tuple[Status, str], Status] = {("open", "close"): "closed", ("closed", "reopen"): "open"}


def month(day: date) -> str:
    """The period of a day, as in 2026-10."""
    return day.isoformat()[:7]


@cache
def shifted(period: str, months: int) -> str:
    """The period so many months later."""
    index = int(period[:4]) * 12 + int(period[5:]) - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def first_day(period: str) -> date:
    """The first day of a period."""
    return date(int(period[:4]), int(period[5:]), 1)


class Periods:
    """Status by company code, period and module: what somebody decided, otherwise the calendar."""

    def __init__(self) -> None:
        self._decided: dict[tuple[str, str, Module], Status] = {}
        self._versions: dict[tuple[str, str, Module], int] = {}

    def status(self, company_code: str, period: str, module: Module, today: date) -> Status:
        """Open, closed or future."""
        decided = self._decided.get((company_code, period, module))
        if decided is not None:
            return decided
        current = month(today)
        if period > shifted(current, 1):
            return "future"
        if period >= current:
            return "open"
        return "open" if period == shifted(current, -1) and today.day <= GRACE_DAYS else "closed"

    def require_open(self, company_code: str, day: date, module: Module, today: date) -> str:
        """The period of a day that may be posted to. Raises PERIOD_CLOSED."""
        period = month(day)
        status = self.status(company_code, period, module, today)
        if status != "open":
            raise Refusal(
                "PERIOD_CLOSED",
                f"period {period} of company {company_code} is {status} for {module}; post to an open period or have it reopened",
                period=period,
                module=module,
            )
        return period

    def first_open_day(self, company_code: str, day: date, module: Module, today: date) -> date:
        """The day itself when its period is open, else the first day of the first open period after it. Raises PERIOD_CLOSED."""
        if self.status(company_code, month(day), module, today) == "open":
            return day
        period = shifted(month(day), 1)
        while period <= shifted(month(today), 1):
            if self.status(company_code, period, module, today) == "open":
                return first_day(period)
            period = shifted(period, 1)
        raise Refusal("PERIOD_CLOSED", f"company {company_code} has no open period for {module} from {day} on", module=module)

    def change(self, company_code: str, period: str, module: Module, *, step: str, today: date) -> int:
        """Close or reopen; answers the version of the period's record. Raises INVALID_TRANSITION."""
        status = self.status(company_code, period, module, today)
        after = TRANSITIONS.get((status, step))
        if after is None:
            raise Refusal(
                "INVALID_TRANSITION", f"period {period} of company {company_code} is {status} for {module}: {step} is not possible"
            )
        key = (company_code, period, module)
        self._decided[key] = after
        self._versions[key] = self._versions.get(key, 1) + 1
        return self._versions[key]
