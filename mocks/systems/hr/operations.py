"""HR's operations as a table: what it offers, what it may refuse, who handles it."""

from mocks.kit.operation import Call, Operation, QueryParam, Refs
from mocks.systems.hr import models
from mocks.systems.hr.desk import HOME, PersonnelDesk

READ, ACT = "hr.read", "hr.act"
ONE = f"{HOME}/{{employee_no}}"
SINCE = QueryParam(
    "changed_since", "changed at or after this ISO 8601 instant", False, {"type": "string", "format": "date-time", "maxLength": 40}
)
CODING = ("SEGREGATION_OF_DUTIES", "EMPLOYEE_UNKNOWN", "CODING_INVALID")
STEP = ("NOT_FOUND", "PRECONDITION_FAILED", *CODING)


def operations(desk: PersonnelDesk) -> tuple[Operation, ...]:
    """Of the people of one HR system, and of whoever keeps copies of what they decide."""
    point = "hr.employee"
    return (
        Operation(
            f"{point}.list", "GET", HOME, "list", READ, "The feed: who was hired or changed, in order of the last change",
            models.EmployeePage, desk.list, query=(SINCE,), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{point}.read", "GET", ONE, "read", READ, "One employee as they are in force", models.EmployeeRecord, desk.read,
            errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            f"{point}.bank_account", "GET", f"{ONE}/bank-account", "actor", ACT, "Where an employee's pay goes, for people of HR",
            models.PayDetails, desk.read_account, errors=("NOT_FOUND", "SEGREGATION_OF_DUTIES"), refs=one,
        ),
        Operation(
            f"{point}.hire", "POST", HOME, "actor", ACT, "A clerk of HR drafts a new employee", models.EmployeeRecord, desk.hire,
            request=models.EmployeeHire, status=201, errors=CODING,
        ),
        Operation(
            f"{point}.change", "POST", f"{ONE}/change", "actor", ACT, "A clerk of HR drafts a transfer, a leave or an end",
            models.EmployeeRecord, desk.change, request=models.EmployeeChange, errors=STEP, refs=one, acting="clerk",
        ),
        Operation(
            f"{point}.confirm", "POST", f"{ONE}/confirm", "actor", ACT, "A second clerk puts a draft in force", models.EmployeeRecord,
            desk.confirm, request=models.EmployeeConfirm, errors=(*STEP, "INVALID_TRANSITION"), refs=one, acting="waits_for",
        ),
    )  # fmt: skip


def one(call: Call) -> Refs:
    """Of a call on one employee."""
    return Refs(source_ids=(call.path["employee_no"],))
