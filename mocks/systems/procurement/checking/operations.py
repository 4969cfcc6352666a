"""The operations on budget checks as a table."""

from collections.abc import Callable

from mocks.kit.operation import Call, Operation, Refs, Reply
from mocks.systems.procurement import requisitions
from mocks.systems.procurement.checking import models
from mocks.systems.procurement.checking.checks import FORM
from mocks.systems.procurement.checking.desk import CheckDesk

READ, ACT = "procurement.read", "procurement.act"
POINT, PATH, REQUISITIONS = "procurement.budget_check", FORM.home, requisitions.FORM.home
_CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION", "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES")


def operations(desk: CheckDesk) -> tuple[Operation, ...]:
    """Every operation on budget checks."""

    def act(name: str, handler: Callable[[Call], Reply], request: type, summary: str, acting: str) -> Operation:
        return Operation(
            f"{POINT}.{name}", "POST", f"{PATH}/{{id}}/{name.replace('_', '-')}", "actor", ACT, summary, models.BudgetCheck, handler,
            request=request, errors=_CHANGE, refs=_one, acting=acting, touch=desk.touch,
        )  # fmt: skip

    return (
        Operation(
            f"{POINT}.create", "POST", PATH, "actor", ACT, "The requester asks whether there is budget", models.BudgetCheck, desk.create,
            request=models.CheckCreate, status=201,
            errors=("NOT_FOUND", "INVALID_TRANSITION", "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES"),
            refs=lambda call: Refs(source_ids=(call.body.requisition_id,)), acting="requesterId",
            body_from={"requisitionId": f"{REQUISITIONS}/{{id}}"},
        ),
        Operation(
            f"{POINT}.read", "GET", f"{PATH}/{{id}}", "read", READ, "One budget check", models.BudgetCheck, desk.read,
            errors=("NOT_FOUND",), refs=_one,
        ),
        act("record_answer", desk.record_answer, models.RecordAnswer, "The requester's form keeps the answer", "requesterId"),
        act("agree", desk.agree, models.AgreeToException, "The next owner agrees to the exception", "nextApproverId"),
        act("refuse", desk.refuse, models.RefuseException, "The next owner does not agree", "nextApproverId"),
    )  # fmt: skip


def _one(call: Call) -> Refs:
    return Refs(source_ids=(call.path["id"],))
