"""Budgets: what planning published, what is asked of the ERP, and what the ERP has in force."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from engine.model.sources import SourceStage


@dataclass(frozen=True, slots=True)
class PlannedCost:
    """One line; a cost is negative."""

    account: str
    period: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """The version of a plan that is published. recorded: what planning knows of it, as (sequence, outcome)."""

    source_id: str
    sequence: int
    version: int
    status: str
    stage: SourceStage
    entity: str
    node: str
    fiscal_year: str
    currency: str
    lines: tuple[PlannedCost, ...]
    total: Decimal
    checksum: str
    recorded: tuple[int, str] | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class MonthOfGroup:
    """What a group of accounts may cost in a month, in minor units."""

    account_group: str
    month: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class BudgetDraft:
    """The budget of a cost centre for the fiscal year that begins in `fiscal_year`."""

    external_ref: str
    sequence: int
    company_code: str
    cost_center: str
    fiscal_year: int
    currency: str
    decimals: int
    lines: tuple[MonthOfGroup, ...]

    @property
    def total_minor(self) -> int:
        """Of all lines."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def checksum(self) -> str:
        """As the ERP makes it (docs/connector-contract.md)."""
        told = [
            f"{self.company_code}/{self.cost_center}/{line.account_group}/ {line.month} {line.amount_minor}"
            for line in sorted(self.lines, key=lambda line: (line.account_group, line.month))
        ]
        return hashlib.sha256("\n".join([f"{self.company_code} 0", *told]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Overdrawn:
    """A bucket that a version leaves overdrawn: what is available is text in the ERP's own form."""

    account_group: str
    months: tuple[str, ...]
    available: str


@dataclass(frozen=True, slots=True)
class BudgetInForce:
    """What the ERP has of one budget."""

    version_id: str
    sequence: int
    checksum: str
    overdrawn: tuple[Overdrawn, ...]
