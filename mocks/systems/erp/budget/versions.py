"""Budget versions: what may be spent, by bucket and month.

One version of a company is in force at a time. A cost centre may have a budget of its own for a fiscal year: one version of it is in force
too, and governs the cost centre's buckets in that year; the company's governs the rest.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Bucket(NamedTuple):
    """What a budget is kept for. account_group: the first two digits of its accounts, so that a remapped account keeps its budget."""

    company_code: str
    cost_center: str
    account_group: str
    project: str = ""


def bucket_of(company_code: str, account: str, cost_center: str, project: str | None = None) -> Bucket:
    """Who pays for a coding: 5200 and 5210 are of the group 52."""
    return Bucket(company_code, cost_center, account[:2], project or "")


@dataclass(frozen=True, slots=True)
class BudgetVersion:
    """usual_minor: the budget of a month of every bucket that has no line of its own. cost_center, fiscal_year: of one that is not the
    whole company's. The year is the calendar year in which it begins."""

    id: str
    company_code: str
    sequence: int
    usual_minor: int = 0
    lines: Mapping[tuple[Bucket, str], int] = field(default_factory=dict)
    cost_center: str = ""
    fiscal_year: int = 0

    @property
    def total_minor(self) -> int:
        """Of its lines."""
        return sum(self.lines.values())

    def budget_minor(self, bucket: Bucket, months: Collection[str]) -> int:
        """Of these months together."""
        if not self.lines:
            return self.usual_minor * len(months)
        return sum(self.lines.get((bucket, month), self.usual_minor) for month in months)

    @property
    def checksum(self) -> str:
        """SHA-256 over all lines in order: two systems with the same one have the same budget."""
        told = [f"{self.company_code} {self.usual_minor}"]
        told += (f"{'/'.join(bucket)} {month} {amount}" for (bucket, month), amount in sorted(self.lines.items()))
        return hashlib.sha256("\n".join(told).encode()).hexdigest()
