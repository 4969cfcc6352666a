"""An expense report, what it is called, and every transition that exists (domain.md 7.1 and 13.1)."""

from dataclasses import dataclass
from typing import ClassVar, get_args

from mocks.systems.expense.models import DraftLine, Posting, State
from mocks.workflow.desk import Form
from mocks.workflow.document import ApprovedDocument
from mocks.workflow.lifecycle import Lifecycle

# `check_policy` follows `submit` at once as long as there is no policy engine: nobody sees a report in `submitted`.
LIFECYCLE = Lifecycle(
    "report",
    {
        ("draft", "submit"): "submitted",
        ("submitted", "check_policy"): "pending_manager",
        ("pending_manager", "approve_step"): "pending_manager",
        ("pending_manager", "approve"): "approved",
        ("pending_manager", "send_back"): "sent_back",
        ("approved", "send_back"): "sent_back",
        ("posted", "send_back"): "sent_back",
        ("submitted", "recall"): "recalled",
        ("pending_manager", "recall"): "recalled",
        ("approved", "recall"): "recalled",
        ("sent_back", "revise"): "draft",
        ("recalled", "revise"): "draft",
        ("on_hold", "revise"): "draft",
        ("approved", "record_posting"): "posted",
        ("approved", "record_refusal"): "on_hold",
    },
)

FORM = Form(
    kind="expense_report",
    noun="report",
    id_prefix="ER",
    home="/v2/reports",
    id_member="report_id",
    event_id="report_id",
    status="state",
    since="updated_since",
    statuses=get_args(State),
    person="login",
    after_submit="check_policy",
    refused="on_hold",
    approved="expense_report.approved",
    lifecycle=LIFECYCLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(ApprovedDocument):
    """An expense report. Dates are DD/MM/YYYY."""

    pending: ClassVar[str] = "pending_manager"

    lines: tuple[DraftLine, ...]
    submitted_on: str | None = None
    approved_on: str | None = None
    recorded: Posting | None = None
