"""Consumption of budgets: what the ERP stated, and what planning has to know."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class StatedCost:
    """A group of accounts in the ERP's words; a cost is positive. available: negative where the bucket is overdrawn."""

    account_group: str
    committed: Decimal
    actual: Decimal
    available: Decimal


@dataclass(frozen=True, slots=True)
class BudgetStatement:
    """What was committed and spent of a cost centre in a month, as it was issued last. sequence: counts its issues."""

    source_id: str
    sequence: int
    version: int
    status: str
    company_code: str
    cost_center: str
    month: str
    currency: str
    as_of: datetime
    budget_version: str
    lines: tuple[StatedCost, ...]
    committed: Decimal
    actual: Decimal
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class KnownCost:
    """An account in planning's words, as decimal text; a cost is negative."""

    account: str
    actual: str
    committed: str
    available: str | None


@dataclass(frozen=True, slots=True)
class ConsumptionDraft:
    """What planning has to know of a node in a month."""

    external_ref: str
    statement: str
    sequence: int
    node: str
    period: str
    currency: str
    lines: tuple[KnownCost, ...]
    total: str
    as_of: datetime
    target_version: str

    @property
    def fiscal_year(self) -> str:
        """Of its month."""
        return self.period.partition("-")[0]

    @property
    def checksum(self) -> str:
        """Two with the same one say the same."""
        return checksum_of(self.lines)


@dataclass(frozen=True, slots=True)
class ConsumptionHeld:
    """What planning knows. sequence: of the statement that said so, 0 when nobody said which."""

    sequence: int
    checksum: str


def checksum_of(lines: tuple[KnownCost, ...]) -> str:
    """Over all lines, whatever their order."""
    told = sorted(f"{line.account} {line.actual} {line.committed} {line.available}" for line in lines)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
