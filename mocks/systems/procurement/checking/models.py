"""What goes over procurement's wire about budget checks."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from mocks.systems.procurement.models import Answered, ApprovalStep, Comment, Day, Id, Money, Reason, Request, RequisitionLine

CheckStatus = Literal["asked", "within_budget", "flagged", "exception_pending", "exception_approved", "exception_rejected"]
CheckAnswer = Literal["within_budget", "over_budget", "unknown"]
Instant = Annotated[str, Meta(max_length=64, description="ISO 8601 with a zone", examples=["2026-10-28T09:00:00Z"])]


class CheckCreate(Request, frozen=True, kw_only=True):
    """Ask whether there is budget for a requisition. `budgetDate`: its month is the one that pays; today when absent."""

    requisition_id: Id
    budget_date: Day | None = None


class RecordAnswer(Request, frozen=True, kw_only=True):
    """What came back while the requester waited. `answer` null: nothing in time, or nothing that could be read."""

    answer: CheckAnswer | None = None
    as_of: Instant | None = None


class AgreeToException(Request, frozen=True, kw_only=True):
    """An owner agrees to spend what there is no budget for."""

    comment: Comment | None = None


class RefuseException(Request, frozen=True, kw_only=True):
    """Why an owner does not agree."""

    reason: Reason


class BudgetCheck(Answered, frozen=True, kw_only=True):
    """One check of one revision of a requisition. `onNoAnswer`: what becomes of it when nobody can say whether there is budget: it goes on
    with a flag (`open`), or waits for the owners (`closed`). `nextApproverId`: the owner who decides next."""

    id: str
    number: int
    uuid: str
    revision: int
    version: int
    status: CheckStatus
    requester_id: str
    legal_entity: str
    requisition_id: str
    requisition_revision: int
    currency: str
    budget_date: str
    lines: tuple[RequisitionLine, ...]
    total: Money
    answer: CheckAnswer | None
    as_of: str | None
    on_no_answer: Literal["open", "closed"]
    approvals: tuple[ApprovalStep, ...]
    next_approver_id: str | None
    exported: bool
    external_id: str | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime
