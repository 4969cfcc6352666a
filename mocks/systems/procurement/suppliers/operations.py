"""What procurement offers about requests for suppliers."""

from collections.abc import Callable

from mocks.company.money import AmountError, to_minor
from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Call, Operation, QueryParam, Refs, Reply
from mocks.systems.procurement import models as procurement
from mocks.systems.procurement.suppliers import models
from mocks.systems.procurement.suppliers.desk import SupplierRequestDesk
from mocks.systems.procurement.suppliers.requests import FORM

READ, WRITE, ACT = "procurement.read", "procurement.write", "procurement.act"
PATH, POINT = FORM.home, "procurement.supplier_request"
ONE = f"{PATH}/{{id}}"
_ANY = "|".join(FORM.statuses)
_STATUS = QueryParam("status", "one status, or several with commas", False, {"type": "string", "pattern": f"^({_ANY})(,({_ANY})){{0,10}}$"})
_CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION")
_PERSON = (*_CHANGE, "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES")


def operations(master: ProcurementMaster, desk: SupplierRequestDesk, since: QueryParam) -> tuple[Operation, ...]:
    """Of the desk of one procurement system. since: the system's own parameter of lists."""
    return (*_connector(desk, since), *_people(master, desk))


def _connector(desk: SupplierRequestDesk, since: QueryParam) -> tuple[Operation, ...]:
    return (
        Operation(
            f"{POINT}.list", "GET", PATH, "list", READ, "Requests for suppliers in order of their last change",
            models.SupplierRequestPage, desk.list, query=(_STATUS, since), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{POINT}.read", "GET", ONE, "read", READ, "One request for a supplier", models.SupplierRequest, desk.read,
            errors=("NOT_FOUND",), refs=_one,
        ),
        Operation(
            f"{POINT}.record_vendor", "PUT", f"{ONE}/vendor", "update", WRITE, "Record the ERP's vendor", models.SupplierRequest,
            desk.record_vendor, request=models.RecordVendor, errors=(*_CHANGE, "VERSION_CONFLICT"), refs=_vendor, touch=desk.touch,
        ),
        Operation(
            f"{POINT}.record_refusal", "PUT", f"{ONE}/refusal", "update", WRITE, "Record why it was refused", models.SupplierRequest,
            desk.record_refusal, request=models.RecordSupplierRefusal, errors=_CHANGE, refs=_one, touch=desk.touch,
        ),
    )  # fmt: skip


def _people(master: ProcurementMaster, desk: SupplierRequestDesk) -> tuple[Operation, ...]:
    def act(name: str, handler: Callable[[Call], Reply], request: type, summary: str, *more: str, acting: str = "requesterId") -> Operation:
        return Operation(
            f"{POINT}.{name}", "POST", f"{ONE}/{name.replace('_', '-')}", "actor", ACT, summary, models.SupplierRequest, handler,
            request=request, errors=(*_PERSON, *more), refs=_one, acting=acting,
        )  # fmt: skip

    return (
        Operation(
            f"{POINT}.create", "POST", PATH, "actor", ACT, "An employee asks for a supplier", models.SupplierRequest, desk.create,
            request=models.SupplierRequestCreate, status=201, refs=_drafted(master),
            errors=("EMPLOYEE_UNKNOWN", "CODING_INVALID", "CURRENCY_INVALID"),
        ),
        act("submit", desk.submit, procurement.Nothing, "The requester submits", "LIMIT_EXCEEDED"),
        act("confirm_new", desk.confirm_new, models.Reviewed, "Somebody compared it: it is a new supplier", acting="reviewerId"),
        act("approve", desk.approve, procurement.Approve, "The next approver agrees", "LIMIT_EXCEEDED", acting="nextApproverId"),
        act("reject", desk.reject, procurement.WithReason, "The next approver refuses", "LIMIT_EXCEEDED", acting="nextApproverId"),
        act("withdraw", desk.withdraw, procurement.Nothing, "The requester withdraws"),
        act(
            "reverse_approval", desk.reverse_approval, procurement.WithReason, "An approver takes the approval back",
            acting="approvals/0/approverId",
        ),
        act("amend", desk.amend, models.SupplierRequestAmend, "The requester makes a new revision", "CURRENCY_INVALID"),
        act("cancel", desk.cancel, procurement.Nothing, "The requester cancels"),
        act("comment", desk.comment, procurement.AddComment, "Somebody remarks on it"),
    )  # fmt: skip


def _one(call: Call) -> Refs:
    return Refs(source_ids=(call.path["id"],))


def _vendor(call: Call) -> Refs:
    body: models.RecordVendor = call.body
    return Refs(source_ids=(call.path["id"],), parents=(("vendor", body.erp_vendor_id),), src_version=body.revision)


def _drafted(master: ProcurementMaster) -> Callable[[Call], Refs]:
    decimals = {house.currency: house.decimals for house in master.houses.values()}

    def refs(call: Call) -> Refs:
        body: models.SupplierRequestCreate = call.body
        try:
            return Refs(amount_minor=to_minor(body.expected_spend.amount, decimals[body.currency]), currency=body.currency)
        except (AmountError, KeyError):
            return Refs()

    return refs
