"""What goes over planning's wire: kebab-case, fiscal periods (FY27-P10), amounts as decimal text in which a cost is negative.

The patterns are part of the OpenAPI document: what they allow is accepted, or refused with a documented code.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.company.fiscal import PERIOD_PATTERN, YEAR_PATTERN
from mocks.company.money import AMOUNT_PATTERN
from mocks.company.texts import TEXT_MAX

Scenario = Literal["BUDGET", "FORECAST"]
Grain = Literal["year", "quarter", "month"]
Status = Literal["draft", "submitted", "approved", "published", "superseded"]
PublishOutcome = Literal["in-force", "refused"]

_DAYS_31, _DAYS_30, _DAYS_28 = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[12][0-9]|30)", "(0[1-9]|1[0-9]|2[0-8])"
_DAY = f"(20[0-9]{{2}}-((0[13578]|1[02])-{_DAYS_31}|(0[469]|11)-{_DAYS_30}|02-{_DAYS_28})|20([02468][048]|[13579][26])-02-29)"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
DAY_PATTERN = f"^{_DAY}$"
INSTANT_PATTERN = f"^{_DAY}T{_TIME}$"
COST_PATTERN = r"^(-(0|[1-9][0-9]{0,12})(\.[0-9]{1,3})?|0(\.0{1,3})?)$"

Id = Annotated[str, Meta(min_length=1, max_length=40)]
Node = Annotated[str, Meta(min_length=1, max_length=40, description="place in the hierarchy", examples=["LE-US.MKT.CC00"])]
Year = Annotated[str, Meta(pattern=YEAR_PATTERN, min_length=4, max_length=4, description="ends in this year", examples=["FY27"])]
Period = Annotated[str, Meta(pattern=PERIOD_PATTERN, min_length=4, max_length=8, examples=["FY27-Q3", "FY27-P10"])]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", min_length=3, max_length=3, examples=["USD"])]
Cost = Annotated[
    str,
    Meta(pattern=COST_PATTERN, max_length=18, description="decimal text with exactly the currency's decimals; a cost is negative",
         examples=["-980.00"]),
]  # fmt: skip
Balance = Annotated[
    str,
    Meta(pattern=AMOUNT_PATTERN, max_length=18, description="decimal text with exactly the currency's decimals", examples=["-980.00"]),
]  # fmt: skip
Instant = Annotated[
    str, Meta(pattern=INSTANT_PATTERN, max_length=40, description="ISO 8601 with a zone", examples=["2026-10-28T09:00:00Z"])
]  # fmt: skip
Text = Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Sequence = Annotated[int, Meta(ge=1, le=1_000_000, description="of a published version of its plan")]
Checksum = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64, description="SHA-256 as the page says")]


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A body that somebody sends."""


class Line(Request, frozen=True, kw_only=True):
    """What one account may cost in one period of the plan's grain."""

    account: Id
    period: Period
    amount: Cost


Lines = Annotated[tuple[Line, ...], Meta(min_length=1, max_length=500)]


class BudgetCreate(Request, frozen=True, kw_only=True):
    """A plan, and its first version."""

    scenario: Scenario
    entity: Id
    node: Node
    fiscal_year: Year
    grain: Grain
    currency: Currency
    title: Text
    lines: Lines


class BudgetRevise(Request, frozen=True, kw_only=True):
    """Other lines for a draft, or, to amend what is published, for its next version; absent: those of the version before."""

    lines: Lines | None = None


class Nothing(Request, frozen=True, kw_only=True):
    """An action that needs no word."""


class WithReason(Request, frozen=True, kw_only=True):
    """An action that needs a reason."""

    reason: Reason


class OverdrawnBucket(Request, frozen=True, kw_only=True):
    """Where more was spent or committed already than the new version gives, in the target's words."""

    account_group: Id
    periods: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=20)], ...], Meta(min_length=1, max_length=24)]
    available: Annotated[str, Meta(min_length=1, max_length=20)]


class RecordPublication(Request, frozen=True, kw_only=True):
    """What became of a published version where budgets are controlled. reason, owner: of one that was refused."""

    sequence: Sequence
    checksum: Checksum | None = None
    outcome: PublishOutcome
    target_version: Id | None = None
    overdrawn: Annotated[tuple[OverdrawnBucket, ...], Meta(max_length=500)] = ()
    reason: Reason | None = None
    owner: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class Spending(Request, frozen=True, kw_only=True):
    """Of one account. available: what its budget has left, where the sender knows: negative where it is overdrawn."""

    account: Id
    actual: Balance
    committed: Balance
    available: Balance | None = None


class RecordConsumption(Request, frozen=True, kw_only=True):
    """All that was spent, and is committed, of a node in one month, account by account; costs are negative. total: of both over all lines.
    The newest `as-of` stays. statement, sequence: of the ERP's statement that says so; absent: nobody says which."""

    node: Node
    period: Annotated[str, Meta(pattern="^FY[0-9]{2}-P(0[1-9]|1[0-2])$", min_length=8, max_length=8, examples=["FY27-P10"])]
    currency: Currency
    lines: Annotated[tuple[Spending, ...], Meta(max_length=500)]
    total: Balance
    as_of: Instant
    target_version: Id
    statement: Id | None = None
    sequence: Sequence | None = None


class _Answer(Struct, frozen=True, kw_only=True, rename="kebab"):
    pass


class Publication(_Answer, frozen=True, kw_only=True):
    """What was told of the version that was published last."""

    sequence: int
    outcome: PublishOutcome
    target_version: str | None
    overdrawn: tuple[OverdrawnBucket, ...]
    reason: str | None
    owner: str | None
    recorded_at: datetime


class Budget(_Answer, frozen=True, kw_only=True):
    """One version of a plan. revision: its number; sequence: once it is published. control-relevant: it is meant to be enforced;
    waits-for: the person whose step is next."""

    plan_id: str
    number: int
    uuid: str
    version: int
    scenario: Scenario
    entity: str
    node: str
    fiscal_year: str
    grain: Grain
    currency: str
    title: str
    control_relevant: bool
    revision: int
    status: Status
    sequence: int | None
    checksum: str
    total: str
    lines: tuple[Line, ...]
    waits_for: str | None
    written_by: str
    submitted_by: str | None
    approved_by: str | None
    published_by: str | None
    published_at: datetime | None
    publication: Publication | None
    exported: bool
    external_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime


class PublishedVersion(_Answer, frozen=True, kw_only=True):
    """What the list tells of a publication. version: of the plan, when it was published."""

    plan_id: str
    sequence: int
    version: int
    checksum: str
    scenario: Scenario
    entity: str
    node: str
    fiscal_year: str
    control_relevant: bool
    status: Status
    published_at: datetime


class PublishedPage(Struct, frozen=True, kw_only=True):
    """A page of publications, oldest first."""

    items: tuple[PublishedVersion, ...]
    next_cursor: str | None


class Total(_Answer, frozen=True, kw_only=True):
    """Of one node and period, over everything below the node: what is planned, and what is known of spending."""

    node: str
    period: str
    amount: str
    actual: str
    committed: str


class Totals(_Answer, frozen=True, kw_only=True):
    """Of the latest published versions of a scenario and year."""

    scenario: Scenario
    fiscal_year: str
    currency: str
    totals: tuple[Total, ...]


class Consumption(_Answer, frozen=True, kw_only=True):
    """What planning knows of spending: a node in one month. actual, committed: of all lines; overdrawn: the accounts of which nothing is
    left."""

    version: int
    node: str
    period: str
    currency: str
    lines: tuple[Spending, ...]
    actual: str
    committed: str
    overdrawn: tuple[str, ...]
    as_of: datetime
    target_version: str
    statement: str | None
    sequence: int | None


class ConsumptionList(_Answer, frozen=True, kw_only=True):
    """Of one node and fiscal year."""

    items: tuple[Consumption, ...]
