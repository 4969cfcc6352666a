"""A budget plan and its versions as values, every transition that exists (domain.md 4 and 13.1), and the checksum.

The checksum is SHA-256 over one text line for each budget line, sorted: `account period amount`, where the amount is in minor units as
planning states it (a cost is negative), joined by a line feed. Two systems with the same one have the same budget.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mocks.company.fiscal import Grain
from mocks.systems.planning.models import OverdrawnBucket, PublishOutcome, Scenario, Status
from mocks.workflow.lifecycle import Lifecycle

NOUN = "budget"
LIFECYCLE = Lifecycle(
    NOUN,
    {
        ("draft", "revise"): "draft",
        ("draft", "submit"): "submitted",
        ("submitted", "send_back"): "draft",
        ("submitted", "approve"): "approved",
        ("approved", "send_back"): "draft",
        ("approved", "publish"): "published",
        ("published", "amend"): "published",  # the next version begins as a draft; this one stays in force until that one is published
        ("published", "supersede"): "superseded",
    },
)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What one account may cost in one period, in minor units: a cost is negative."""

    account: str
    period: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version. no: counts from 1; sequence: of the published ones, in the order of their publication."""

    no: int
    status: Status
    lines: tuple[PlanLine, ...]
    written_by: str
    submitted_by: str | None = None
    approved_by: str | None = None
    published_by: str | None = None
    published_at: datetime | None = None
    sequence: int | None = None
    plan_version: int | None = None  # of its plan, when it was published

    @property
    def total_minor(self) -> int:
        """Of all lines; costs are negative."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def checksum(self) -> str:
        """As the top of this module says."""
        return checksum(self.lines)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a connector told of a published version."""

    sequence: int
    outcome: PublishOutcome
    target_version: str | None
    overdrawn: tuple[OverdrawnBucket, ...]
    reason: str | None
    owner: str | None
    recorded_at: datetime
    changes: int = 1  # how often something else was told

    def says_the_same_as(self, other: "Recorded") -> bool:
        """Whenever it was said."""
        return replace(self, recorded_at=other.recorded_at, changes=other.changes) == other


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The budget of one node in one fiscal year and scenario. version: counts its changes; versions: oldest first."""

    id: str
    number: int
    uuid: str
    version: int
    scenario: Scenario
    house: str
    node: str
    year: str
    grain: Grain
    currency: str
    title: str
    is_controlled: bool
    versions: tuple[PlanVersion, ...]
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    recorded: Recorded | None = None
    facts: int = 0  # how often what is in force changed, or was touched

    @property
    def working(self) -> PlanVersion:
        """The version that people work on, or worked on last."""
        return self.versions[-1]

    @property
    def published(self) -> PlanVersion | None:
        """The one that is in force."""
        return next((each for each in self.versions if each.status == "published"), None)

    def of_sequence(self, sequence: int) -> PlanVersion | None:
        """A version that was published as this one."""
        return next((each for each in self.versions if each.sequence == sequence), None)


def checksum(lines: Iterable[PlanLine]) -> str:
    """As the top of this module says, in hexadecimal."""
    told = sorted(f"{line.account} {line.period} {line.amount_minor}" for line in lines)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
