"""GR/IR by order line: what was received and not billed (credit), or billed and not received (debit), and since when."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

GR_IR = "2100"


@dataclass(frozen=True, slots=True)
class Uncleared:
    """What stands on GR/IR for one order line, credit positive, in minor units; since: posting date of the oldest part of it."""

    item: str
    minor: int
    since: date


@dataclass(slots=True)
class Clearing:
    """Of one ERP: what came first is cleared first."""

    _lots: dict[str, dict[str, list[tuple[date, int]]]] = field(default_factory=dict)  # by company and item: of one sign, oldest first

    def move(self, company_code: str, item: str, on: date, minor: int) -> None:
        """A posting of the day, credit positive."""
        lots = self._lots.setdefault(company_code, {}).setdefault(item, [])
        while lots and minor * lots[0][1] < 0:
            day, first = lots.pop(0)
            minor += first
            if minor * first > 0:  # more was there than is cleared
                lots.insert(0, (day, minor))
                return
        if minor:
            lots.append((on, minor))
            lots.sort(key=lambda lot: lot[0])

    def of(self, company_code: str) -> Iterator[Uncleared]:
        """Every order line of a company that has a balance, in order of its key."""
        for item, lots in sorted(self._lots.get(company_code, {}).items()):
            if lots:
                yield Uncleared(item, sum(minor for _, minor in lots), lots[0][0])
