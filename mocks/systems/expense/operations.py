"""The expense system's operations as a table: what it offers, what it may refuse, who handles it."""

from collections.abc import Callable

from mocks.kit.operation import Call, Operation, QueryParam, Refs, Reply
from mocks.systems.expense import models
from mocks.systems.expense.desk import ReportDesk
from mocks.systems.expense.reports import FORM

READ, WRITE, ACT = "expense.read", "expense.write", "expense.act"
PATH, STATES = FORM.home, FORM.statuses
_STATE_PATTERN = f"^({'|'.join(STATES)})(,({'|'.join(STATES)})){{0,9}}$"

_STATE = QueryParam("state", "one state, or several with commas", False, {"type": "string", "pattern": _STATE_PATTERN})
_SINCE = QueryParam(
    "updated_since", "changed at or after this ISO 8601 instant", False, {"type": "string", "format": "date-time", "maxLength": 40}
)

_CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION")
_PERSON = (*_CHANGE, "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES")
_CONTENT = ("COST_CENTER_INACTIVE", "CODING_INVALID", "AMOUNT_MISMATCH", "CURRENCY_INVALID")


def operations(desk: ReportDesk) -> tuple[Operation, ...]:
    """Every operation over one expense system's state."""
    return (*_connector(desk), *_people(desk))


def _connector(desk: ReportDesk) -> tuple[Operation, ...]:
    point = "expense.report"
    return (
        Operation(
            f"{point}.list", "GET", PATH, "list", READ, "Reports in order of their last change", models.ReportPage, desk.list,
            query=(_STATE, _SINCE), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{point}.read", "GET", f"{PATH}/{{report_id}}", "read", READ, "One report", models.Report, desk.read,
            errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            f"{point}.record_posting", "PUT", f"{PATH}/{{report_id}}/posting", "update", WRITE, "Record the ERP document", models.Report,
            desk.record_posting, request=models.RecordPosting, errors=(*_CHANGE, "VERSION_CONFLICT"), refs=posting, touch=desk.touch,
        ),
        Operation(
            f"{point}.record_refusal", "PUT", f"{PATH}/{{report_id}}/refusal", "update", WRITE, "Record why the ERP refused", models.Report,
            desk.record_refusal, request=models.RecordRefusal, errors=_CHANGE, refs=one, touch=desk.touch,
        ),
    )  # fmt: skip


def _people(desk: ReportDesk) -> tuple[Operation, ...]:
    def act(
        name: str, handler: Callable[[Call], Reply], request: type, summary: str, *more: str, acting: str = "employee_login"
    ) -> Operation:
        return Operation(
            f"expense.report.{name}", "POST", f"{PATH}/{{report_id}}/{name}", "actor", ACT, summary, models.Report, handler,
            request=request, errors=(*_PERSON, *more), refs=one, acting=acting,
        )  # fmt: skip

    create = Operation(
        "expense.report.create", "POST", PATH, "actor", ACT, "An employee drafts a report", models.Report, desk.create,
        request=models.ReportCreate, status=201, errors=("EMPLOYEE_UNKNOWN", *_CONTENT), refs=drafted,
    )  # fmt: skip
    return (
        create,
        act("submit", desk.submit, models.Nothing, "The employee submits", "LIMIT_EXCEEDED", *_CONTENT),
        act("approve", desk.approve, models.Approve, "The next approver agrees", "LIMIT_EXCEEDED", acting="next_approver_login"),
        act("send_back", desk.send_back, models.WithReason, "An approver sends it back to the employee", acting="next_approver_login"),
        act("recall", desk.recall, models.Nothing, "The employee recalls it"),
        act("revise", desk.revise, models.ReportRevise, "The employee makes a new revision", *_CONTENT),
        act("comment", desk.comment, models.AddComment, "Somebody remarks on it"),
    )


def one(call: Call) -> Refs:
    """Of a call on one report."""
    return Refs(source_ids=(call.path["report_id"],))


def posting(call: Call) -> Refs:
    """Of the ERP document that is recorded on a report."""
    body: models.RecordPosting = call.body
    return Refs(source_ids=(call.path["report_id"],), parents=((body.erp_document_type, body.erp_document),), src_version=body.revision)


def drafted(call: Call) -> Refs:
    """Of a report to draft."""
    body: models.ReportCreate = call.body
    return Refs(amount_minor=sum(line.amount_minor for line in body.lines), currency=body.currency)
