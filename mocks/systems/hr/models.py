"""What goes over HR's wire: snake_case, dates and instants ISO 8601. A bank account is shown to people of HR alone."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

_DAYS_31, _DAYS_30, _DAYS_28 = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[12][0-9]|30)", "(0[1-9]|1[0-9]|2[0-8])"
DAY_PATTERN = f"^20[0-9]{{2}}-((0[13578]|1[02])-{_DAYS_31}|(0[469]|11)-{_DAYS_30}|02-{_DAYS_28})$"

Standing = Literal["active", "on_leave", "left"]
RecordState = Literal["draft", "active", "on_leave", "left"]
Day = Annotated[str, Meta(pattern=DAY_PATTERN, min_length=10, max_length=10, examples=["2026-11-20"])]
Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["Ann Lee"])]
Code = Annotated[str, Meta(min_length=1, max_length=20, examples=["4711000"])]
PersonnelNo = Annotated[str, Meta(min_length=1, max_length=20, examples=["10002595"])]
Account = Annotated[str, Meta(min_length=8, max_length=34, examples=["DE89370400440532013000"])]


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that somebody sends."""


class EmployeeHire(Request, frozen=True, kw_only=True):
    """Somebody who is hired. valid_from, valid_to: first and last day of the contract, 2099-12-31 where no end is known."""

    name: Name
    company_code: Code
    cost_center: Code
    manager: PersonnelNo
    valid_from: Day
    valid_to: Day
    bank_account: Account


class EmployeeChange(Request, frozen=True, kw_only=True):
    """What is different from now on; absent: as before. Whoever left has a last day."""

    name: Name | None = None
    company_code: Code | None = None
    cost_center: Code | None = None
    manager: PersonnelNo | None = None
    status: Standing | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    bank_account: Account | None = None


class EmployeeConfirm(Request, frozen=True, kw_only=True):
    """A step that needs no word."""


class _Kept(Struct, frozen=True, kw_only=True):
    id: int
    uuid: str
    version: int
    created_at: datetime
    updated_at: datetime
    exported: bool
    external_id: str | None


class EmployeeRecord(_Kept, frozen=True, kw_only=True):
    """An employee as they are in force, or, in answers to people, the draft. revision: counts what was confirmed; null before the first
    time. waits_for: who confirms the draft; clerk: who wrote it."""

    employee_no: str
    name: str
    company_code: str
    cost_center: str
    manager: str | None
    valid_from: str
    valid_to: str
    status: RecordState
    revision: int | None
    changed_at: datetime | None
    clerk: str | None
    waits_for: str | None
    correlation_id: str | None


class EmployeeSummary(_Kept, frozen=True, kw_only=True):
    """What the feed tells of an employee."""

    employee_no: str
    status: Standing
    revision: int
    changed_at: datetime


class EmployeePage(Struct, frozen=True, kw_only=True):
    """A page of the feed, in order of the last change."""

    items: tuple[EmployeeSummary, ...]
    next_cursor: str | None


class PayDetails(Struct, frozen=True, kw_only=True):
    """Where an employee's pay goes, as it is in force."""

    employee_no: str
    version: int
    bank_account: str
