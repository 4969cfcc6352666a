"""What goes over the wire about budgets."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.erp.models import (
    Amount,
    Approvals,
    Balance,
    Code,
    CompanyCode,
    Currency,
    Day,
    LineNo,
    Period,
    Reason,
    Record,
    Reference,
    Request,
    Revision,
)

Level = Literal["none", "advisory", "absolute"]
Window = Literal["month", "quarter", "year", "to_date"]
Status = Literal["reserved", "approved", "consumed", "released", "expired"]


class BudgetFigures(Struct, frozen=True, kw_only=True):
    """Of one cost centre and group of accounts, over the months that count together. budget = available + the four others."""

    budget: Balance
    reserved: Balance
    pre_encumbrance: Balance
    encumbrance: Balance
    actual: Balance
    available: Balance


class BudgetStatus(Struct, frozen=True, kw_only=True):
    """What a bucket may still spend, or might have spent at a time that is over. It may be stale in the next moment: only a reservation
    keeps funds."""

    company_code: str
    cost_center: str
    account_group: str
    project: str | None
    level: Level
    window: Window
    months: tuple[str, ...]
    currency: str
    figures: BudgetFigures
    budget_version: str
    as_of: datetime


class ReservationLine(Request, frozen=True, kw_only=True):
    """What one line of a document is going to cost, with the tax that nobody gives back."""

    line_no: LineNo
    gl_account: Code
    cost_center: Code
    project: Code | None = None
    amount: Amount


class ReservationCreate(Request, frozen=True, kw_only=True):
    """Funds to keep for a document that is not decided yet. document_date: its month is the one that pays."""

    company_code: CompanyCode
    currency: Currency
    document_date: Day
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    lines: Annotated[tuple[ReservationLine, ...], Meta(min_length=1, max_length=200)]
    total: Amount
    expires_in_s: Annotated[int, Meta(ge=1, le=30 * 86_400, description="seconds of business time")] = 3 * 86_400


class BudgetWarning(Struct, frozen=True, kw_only=True):
    """A bucket that is overdrawn by it: advisory control keeps the funds all the same."""

    cost_center: str
    account_group: str
    project: str | None
    months: tuple[str, ...]
    wanted: Balance
    available: Balance


class Reservation(Record, frozen=True, kw_only=True):
    """Kept funds. warnings: as of the moment in which they were reserved."""

    reservation_id: str
    status: Status
    company_code: str
    currency: str
    document_date: str
    external_ref: str | None
    source_revision: int | None
    lines: tuple[ReservationLine, ...]
    total: str
    expires_at: datetime
    budget_version: str
    warnings: tuple[BudgetWarning, ...]


class ReservationPage(Struct, frozen=True, kw_only=True):
    """A page of reservations."""

    items: tuple[Reservation, ...]
    next_cursor: str | None


class Release(Request, frozen=True, kw_only=True):
    """Why nobody needs the funds any more."""

    reason: Reason


class Approve(Request, frozen=True, kw_only=True):
    """The document was approved: what was reserved for it becomes its pre-encumbrance."""


AccountGroup = Annotated[str, Meta(pattern="^[0-9]{2}$", min_length=2, max_length=2, description="first two digits", examples=["54"])]
Checksum = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64, description="SHA-256 as the page says")]


class BudgetLine(Request, frozen=True, kw_only=True):
    """What one cost centre may spend on a group of accounts in one month."""

    cost_center: Code
    account_group: AccountGroup
    project: Code | None = None
    period: Period
    amount: Amount


FiscalYear = Annotated[int, Meta(ge=2000, le=2099, description="the calendar year in which it begins", examples=[2026])]


class BudgetVersionCreate(Request, frozen=True, kw_only=True):
    """A whole budget in place of the one before: of a company, or of one of its cost centres in a fiscal year. other_amount: of every
    bucket and month that has no line; total: of the lines."""

    company_code: CompanyCode
    currency: Currency
    cost_center: Code | None = None
    fiscal_year: FiscalYear | None = None
    sequence: Annotated[int, Meta(ge=1, le=1_000_000, description="higher than that of the version in force")]
    external_ref: Reference | None = None
    other_amount: Amount | None = None
    lines: Annotated[tuple[BudgetLine, ...], Meta(max_length=1_000)]
    total: Amount | None = None
    checksum: Checksum | None = None


class BudgetVersionRecord(Record, frozen=True, kw_only=True):
    """A version in force. overdrawn: what it left overdrawn when it came; nothing was undone for it."""

    budget_version: str
    status: Literal["in_force"]
    company_code: str
    currency: str
    cost_center: str | None
    fiscal_year: int | None
    sequence: int
    external_ref: str | None
    checksum: str
    total: str
    lines: int
    overdrawn: tuple[BudgetWarning, ...]


class BudgetPlace(Request, frozen=True, kw_only=True):
    """Of which cost centre, group of accounts and month."""

    cost_center: Code
    account_group: AccountGroup
    project: Code | None = None
    period: Period


class BudgetTransferCreate(Request, frozen=True, kw_only=True):
    """Budget that one place gives to another one. approvals: of the owners of both cost centres, two people at least."""

    company_code: CompanyCode
    currency: Currency
    document_date: Day
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    giving: BudgetPlace
    receiving: BudgetPlace
    amount: Amount
    reason: Reason
    approvals: Approvals = ()


class BudgetTransferRecord(Record, frozen=True, kw_only=True):
    """A transfer that was made. It stays beside whatever version is published later."""

    transfer_number: str
    company_code: str
    currency: str
    document_date: str
    external_ref: str | None
    source_revision: int | None
    giving: BudgetPlace
    receiving: BudgetPlace
    amount: str
    reason: str
    approvals: Approvals


class BudgetYearClose(Request, frozen=True, kw_only=True):
    """The fiscal year of a company whose budget ends. fiscal_year: the calendar year in which it began."""

    company_code: CompanyCode
    fiscal_year: Annotated[int, Meta(ge=2000, le=2099)]
    reason: Reason


class OpenEncumbrance(Struct, frozen=True, kw_only=True):
    """What a line of a document still encumbered when the year ended."""

    document_number: str
    line_no: int
    cost_center: str
    account_group: str
    project: str | None
    period: str
    amount: Balance


class BudgetYearRecord(Struct, frozen=True, kw_only=True):
    """A budget year that is closed. carried_to: the month that pays for what was open, with as much budget; null: it lapsed."""

    company_code: str
    currency: str
    fiscal_year: int
    periods: tuple[str, ...]
    year_end: Literal["lapse", "carry_forward"]
    carried_to: str | None
    encumbrances: tuple[OpenEncumbrance, ...]
    total: Balance
    closed_by: str
    reason: str
