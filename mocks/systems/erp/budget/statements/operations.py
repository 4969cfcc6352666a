"""What the ERP offers about budget statements."""

from mocks.kit.operation import Call, Operation, QueryParam, Refs
from mocks.systems.erp.budget.statements import models
from mocks.systems.erp.budget.statements.desk import PATH, StatementDesk
from mocks.systems.erp.documents.operations import READ

ACT = "erp.act"
ONE = f"{PATH}/{{number}}"
SINCE = QueryParam(
    "updated_since", "issued at or after this ISO 8601 instant", False, {"type": "string", "format": "date-time", "maxLength": 40}
)


def operations(desk: StatementDesk) -> tuple[Operation, ...]:
    """Of the controllers of one ERP, and of whoever takes their figures elsewhere."""
    point = "erp.budget_statement"
    return (
        Operation(
            f"{point}.list", "GET", PATH, "list", READ, "Issued statements in order of their last issue", models.BudgetStatementPage,
            desk.list, query=(SINCE,), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{point}.read", "GET", ONE, "read", READ, "What was committed and spent, as it was stated last", models.BudgetStatement,
            desk.read, errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            f"{point}.open", "POST", PATH, "actor", ACT, "A controller opens the statement of a cost centre and month",
            models.BudgetStatement, desk.open, request=models.BudgetStatementOpen, status=201,
            errors=("EMPLOYEE_UNKNOWN", "CODING_INVALID", "DUPLICATE_REFERENCE"),
        ),
        Operation(
            f"{point}.issue", "POST", f"{ONE}/issue", "actor", ACT, "A controller states the figures of this instant",
            models.BudgetStatement, desk.issue, request=models.BudgetStatementIssue,
            errors=("NOT_FOUND", "PRECONDITION_FAILED", "EMPLOYEE_UNKNOWN"), refs=one, acting="opened_by",
        ),
    )  # fmt: skip


def one(call: Call) -> Refs:
    """Of a call on one statement."""
    return Refs(source_ids=(call.path["number"],))
