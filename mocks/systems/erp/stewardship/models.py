"""Master records on the ERP's wire."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.systems.erp.models import Code, CompanyCode, Day, Record, Request

MasterKind = Literal["cost_center", "project", "gl_account"]
RecordStatus = Literal["draft", "active", "inactive"]
Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["Field marketing"])]
Active = Annotated[bool, Meta(description="false: it is kept, and nothing new may name it")]


class MasterRecordCreate(Request, frozen=True, kw_only=True):
    """The first draft of a record. valid_to: the last day, 20991231 where no end is known; responsible: a personnel number."""

    kind: MasterKind
    company_code: CompanyCode
    code: Code
    name: Name
    responsible: Code
    valid_from: Day
    valid_to: Day
    active: Active = True


class MasterRecordChange(Request, frozen=True, kw_only=True):
    """What the next draft says otherwise; absent: as before."""

    name: Name | None = None
    responsible: Code | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    active: Active | None = None


class MasterRecordRelease(Request, frozen=True, kw_only=True):
    """A step that needs no word."""


class MasterRecord(Record, frozen=True, kw_only=True):
    """A record as it is in force, or, in answers to people, its draft. revision: counts what was released; null before the first time.
    waits_for: who releases the draft; steward: who wrote it."""

    number: str
    kind: MasterKind
    company_code: str
    code: str
    name: str
    responsible: str
    valid_from: str
    valid_to: str
    active: bool
    status: RecordStatus
    revision: int | None
    released_at: datetime | None
    steward: str
    waits_for: str | None
    correlation_id: str


class MasterRecordSummary(Record, frozen=True, kw_only=True):
    """What the list tells of a record."""

    number: str
    kind: MasterKind
    company_code: str
    code: str
    status: RecordStatus
    revision: int
    released_at: datetime


class MasterRecordPage(Struct, frozen=True, kw_only=True):
    """A page of records, in order of their last release."""

    items: tuple[MasterRecordSummary, ...]
    next_cursor: str | None
