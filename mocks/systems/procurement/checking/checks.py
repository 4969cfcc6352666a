"""A budget check, what it is called, every transition that exists, and what it holds up (requirement: no order without the exception
decision)."""

from dataclasses import dataclass
from typing import ClassVar, get_args

from mocks.kit.operation import Refusal
from mocks.systems.procurement.checking.models import CheckAnswer, CheckStatus
from mocks.systems.procurement.models import DraftLine
from mocks.systems.procurement.requisitions import Requisition
from mocks.workflow.desk import Form
from mocks.workflow.document import ApprovedDocument
from mocks.workflow.lifecycle import Lifecycle

PASSED = frozenset({"within_budget", "flagged", "exception_approved"})

LIFECYCLE = Lifecycle(
    "budget check",
    {
        ("asked", "within_budget"): "within_budget",
        ("asked", "over_budget"): "exception_pending",
        ("asked", "unknown_open"): "flagged",
        ("asked", "unknown_closed"): "exception_pending",
        ("exception_pending", "agree_step"): "exception_pending",
        ("exception_pending", "agree"): "exception_approved",
        ("exception_pending", "refuse"): "exception_rejected",
    },
)

FORM = Form(
    kind="budget_check",
    noun="budget check",
    id_prefix="CHK",
    home="/api/v1/budget-checks",
    id_member="id",
    event_id="budgetCheckId",
    status="status",
    since="updatedSince",
    statuses=get_args(CheckStatus),
    person="user id",
    after_submit="",  # nobody hands it in
    refused="exception_rejected",
    approved="",  # nobody is told: whoever waits has the answer
    lifecycle=LIFECYCLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(ApprovedDocument):
    """Of one revision of a requisition, as it was then. budget_date: ISO; answer None: none yet, or none in time."""

    pending: ClassVar[str] = "exception_pending"

    lines: tuple[DraftLine, ...]
    requisition: str
    requisition_revision: int
    budget_date: str
    answer: CheckAnswer | None = None
    as_of: str | None = None


class Clearances:
    """The last check of each requisition: one that was begun has to end well before anybody approves the requisition."""

    def __init__(self) -> None:
        self._last: dict[str, Check] = {}

    def keep(self, check: Check) -> None:
        """The newest state of the newest check."""
        known = self._last.get(check.requisition)
        if known is None or known.id == check.id or check.created_at >= known.created_at:
            self._last[check.requisition] = check

    def require(self, requisition: Requisition) -> None:
        """Raises EXCEPTION_UNDECIDED. A requisition that nobody checked is none of this."""
        check = self._last.get(requisition.id)
        if check is None:
            return
        if check.requisition_revision != requisition.revision:
            said = f"revision {check.requisition_revision} of requisition {requisition.id} was checked, and it has {requisition.revision}"
            raise Refusal("EXCEPTION_UNDECIDED", f"{said}: check it again", current_revision=requisition.revision)
        if check.status not in PASSED:
            said = f"requisition {requisition.id}: its budget check {check.id} is {check.status}"
            raise Refusal("EXCEPTION_UNDECIDED", said, current_status=check.status)
