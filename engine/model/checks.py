"""A question that somebody waits for: is there budget for this requisition?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Word = Literal["within_budget", "over_budget", "unknown"]


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """What a line wants, in the asking system's codes; amount in minor units of the question's currency."""

    category: str
    cost_center: str
    project: str | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class BudgetQuestion:
    """reference: of the check, for logs. budget_date: its month is the one that pays. budget_s: how long the person waits."""

    reference: str
    legal_entity: str
    currency: str
    budget_date: date
    lines: tuple[CheckedLine, ...]
    budget_s: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where the ERP books one line: what it is asked about. project None: none."""

    company_code: str
    cost_center: str
    account: str
    project: str | None


@dataclass(frozen=True, slots=True)
class Funds:
    """What a bucket may still spend, in minor units, may be negative. bucket: cost centre, account group, project; as_of: ISO 8601."""

    bucket: tuple[str, str, str | None]
    currency: str
    available_minor: int
    as_of: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the person is told. as_of: the time whose budget that is; None where nobody knows."""

    word: Word
    as_of: str | None = None


UNKNOWN = Said("unknown")


def judged(wanted: Mapping[Place, int], found: Mapping[Place, Funds]) -> Said:
    """Whether each bucket holds what all lines together want of it; the answer speaks of the earliest look."""
    asked: dict[tuple[str, str, str | None], int] = {}
    available: dict[tuple[str, str, str | None], int] = {}
    for place, amount in wanted.items():
        funds = found[place]
        asked[funds.bucket] = asked.get(funds.bucket, 0) + amount
        available[funds.bucket] = min(available.get(funds.bucket, funds.available_minor), funds.available_minor)
    fits = all(amount <= available[bucket] for bucket, amount in asked.items())
    return Said("within_budget" if fits else "over_budget", min(funds.as_of for funds in found.values()))
