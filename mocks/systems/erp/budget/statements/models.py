"""Budget statements on the ERP's wire."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from mocks.systems.erp.models import Balance, Code, CompanyCode, Period, Record, Request

StatementStatus = Literal["opened", "issued"]


class BudgetStatementOpen(Request, frozen=True, kw_only=True):
    """Of which cost centre and month there is a statement from now on."""

    company_code: CompanyCode
    cost_center: Code
    period: Period


class BudgetStatementIssue(Request, frozen=True, kw_only=True):
    """A step that needs no word."""


class StatedLine(Struct, frozen=True, kw_only=True):
    """A group of accounts, over all projects. committed: pre-encumbrance and encumbrance of the month; actual: spent in it; available: what
    is left over the months that count together, negative where the bucket is overdrawn."""

    account_group: str
    committed: Balance
    actual: Balance
    available: Balance


class BudgetStatement(Record, frozen=True, kw_only=True):
    """A statement as it was issued last. revision: counts how often, null before the first time; as_of: the instant of which the figures
    are. committed, actual: of all lines."""

    number: str
    company_code: str
    cost_center: str
    period: str
    currency: str
    status: StatementStatus
    revision: int | None
    as_of: datetime | None
    budget_version: str
    lines: tuple[StatedLine, ...]
    committed: Balance
    actual: Balance
    opened_by: str
    correlation_id: str


class BudgetStatementSummary(Record, frozen=True, kw_only=True):
    """What the list tells of a statement."""

    number: str
    company_code: str
    cost_center: str
    period: str
    status: StatementStatus
    revision: int
    as_of: datetime


class BudgetStatementPage(Struct, frozen=True, kw_only=True):
    """A page of statements, in order of their last issue."""

    items: tuple[BudgetStatementSummary, ...]
    next_cursor: str | None
