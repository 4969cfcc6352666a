"""What goes over the expense system's wire: snake_case, integer minor units, dates DD/MM/YYYY, instants ISO 8601."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.company.money import RATE_PATTERN
from mocks.company.texts import TEXT_MAX

State = Literal["draft", "submitted", "pending_manager", "approved", "posted", "paid", "sent_back", "recalled", "on_hold", "rejected"]
Decision = Literal["approved", "sent_back", "reversed"]
DocumentType = Literal["ap_invoice", "journal_entry"]
PaymentType = Literal["employee_paid", "company_card"]

_DAYS_31, _DAYS_30, _DAYS_28 = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[12][0-9]|30)", "(0[1-9]|1[0-9]|2[0-8])"
DAY_PATTERN = f"^(({_DAYS_31}/(0[13578]|1[02])|{_DAYS_30}/(0[469]|11)|{_DAYS_28}/02)/20[0-9]{{2}}|29/02/20([02468][048]|[13579][26]))$"

Day = Annotated[str, Meta(pattern=DAY_PATTERN, min_length=10, max_length=10, description="DD/MM/YYYY", examples=["28/10/2026"])]
Id = Annotated[str, Meta(min_length=1, max_length=40)]
Text = Annotated[str, Meta(max_length=TEXT_MAX)]
Title = Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Revision = Annotated[int, Meta(ge=1, le=1_000_000)]
Minor = Annotated[
    int, Meta(ge=-10_000_000_000_000, le=10_000_000_000_000, description="minor units of the report's currency; negative: given back")
]


class _Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Receipt(_Request, frozen=True, kw_only=True):
    """What a receipt in another currency than the report's says; `rate`: units of the report's currency for one of the receipt's."""

    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", min_length=3, max_length=3, examples=["CHF"])]
    amount_minor: Annotated[
        int, Meta(ge=-10_000_000_000_000, le=10_000_000_000_000, description="minor units of the receipt's own currency")
    ]
    rate: Annotated[str, Meta(pattern=RATE_PATTERN, max_length=18, examples=["0.93120000"])]


class DraftLine(_Request, frozen=True, kw_only=True):
    """One line that somebody claims; `amount_minor` is gross and contains `tax_minor`. Both are negative where it is a credit."""

    category: Id
    spent_on: Day
    merchant: Text
    description: Text
    amount_minor: Minor
    tax_minor: Minor
    cost_object: Id
    payment_type: PaymentType
    receipt: Receipt | None = None


Lines = Annotated[tuple[DraftLine, ...], Meta(min_length=1, max_length=100)]


class ReportCreate(_Request, frozen=True, kw_only=True):
    """A report to draft."""

    entity_code: Id
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", min_length=3, max_length=3)]
    title: Title
    lines: Lines


class ReportRevise(_Request, frozen=True, kw_only=True):
    """What changes in the next revision; what is absent stays."""

    title: Title | None = None
    lines: Lines | None = None


class Nothing(_Request, frozen=True, kw_only=True):
    """An action that needs no word."""


class Approve(_Request, frozen=True, kw_only=True):
    """An approver agrees."""

    comment: Annotated[str, Meta(max_length=500)] | None = None


class WithReason(_Request, frozen=True, kw_only=True):
    """An action that needs a reason."""

    reason: Reason


class AddComment(_Request, frozen=True, kw_only=True):
    """A remark that changes nothing else."""

    text: Annotated[str, Meta(max_length=500)] = ""


class RecordPosting(_Request, frozen=True, kw_only=True):
    """The ERP's document for this report."""

    erp_document: Annotated[str, Meta(min_length=1, max_length=64)]
    erp_document_type: DocumentType
    posted_on: Day
    revision: Revision | None = None


class RecordRefusal(_Request, frozen=True, kw_only=True):
    """The ERP would not take it: why, and who has to repair it."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]
    owner: Annotated[str, Meta(min_length=1, max_length=100)]


class ReportLine(Struct, frozen=True, kw_only=True):
    """One line of a report."""

    line_no: int
    category: str
    spent_on: str
    merchant: str
    description: str
    amount_minor: int
    tax_minor: int
    cost_object: str
    payment_type: PaymentType
    receipt: Receipt | None


class ApprovalStep(Struct, frozen=True, kw_only=True):
    """What one approver decided. `limit_minor` null: no limit; `on_behalf_of_login`: who was asked, where a delegate decided."""

    step: int
    approver_login: str
    on_behalf_of_login: str | None
    decision: Decision
    decided_at: datetime
    limit_minor: int | None
    comment: str | None


class Posting(Struct, frozen=True, kw_only=True):
    """The ERP document that was made from a report."""

    erp_document: str
    erp_document_type: DocumentType
    posted_on: str
    recorded_at: datetime


class Refused(Struct, frozen=True, kw_only=True):
    """Why the ERP refused."""

    code: str
    reason: str
    owner: str
    recorded_at: datetime


class Report(Struct, frozen=True, kw_only=True):
    """An expense report. `next_approver_login`: whose turn it is while it is pending."""

    report_id: str
    id: int
    number: int
    uuid: str
    revision: int
    version: int
    state: State
    employee_login: str
    entity_code: str
    currency: str
    title: str
    total_minor: int
    submitted_on: str | None
    approved_on: str | None
    lines: tuple[ReportLine, ...]
    approvals: tuple[ApprovalStep, ...]
    next_approver_login: str | None
    posting: Posting | None
    refusal: Refused | None
    exported: bool
    external_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime


class ReportSummary(Struct, frozen=True, kw_only=True):
    """What a list tells of a report."""

    report_id: str
    state: State
    revision: int
    version: int
    updated_at: datetime


class ReportPage(Struct, frozen=True, kw_only=True):
    """A page of reports in order of their last change."""

    items: tuple[ReportSummary, ...]
    next_cursor: str | None
