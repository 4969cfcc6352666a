"""Procurement's operations as a table: what it offers, what it may refuse, who handles it."""

from collections.abc import Callable

from mocks.company.money import AmountError, to_minor
from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Call, Operation, QueryParam, Refs, Reply
from mocks.systems.procurement import models
from mocks.systems.procurement.desk import RequisitionDesk
from mocks.systems.procurement.directory import Directory
from mocks.systems.procurement.invoicing import operations as invoicing
from mocks.systems.procurement.invoicing.desk import InvoiceDesk
from mocks.systems.procurement.receiving import operations as receiving
from mocks.systems.procurement.receiving.desk import ReceiptDesk
from mocks.systems.procurement.receiving.orders import OrderBook
from mocks.systems.procurement.requisitions import FORM

READ, WRITE, ACT = "procurement.read", "procurement.write", "procurement.act"
PATH, STATUSES = FORM.home, FORM.statuses
_STATUS_PATTERN = f"^({'|'.join(STATUSES)})(,({'|'.join(STATUSES)})){{0,10}}$"

_STATUS = QueryParam("status", "one status, or several with commas", False, {"type": "string", "pattern": _STATUS_PATTERN})
_SINCE = QueryParam(
    "updatedSince", "changed at or after this ISO 8601 instant", False, {"type": "string", "format": "date-time", "maxLength": 40}
)

_CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION")
_PERSON = (*_CHANGE, "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES")
_CONTENT = ("SUPPLIER_UNKNOWN", "SUPPLIER_BLOCKED", "COST_CENTER_INACTIVE", "CODING_INVALID", "CURRENCY_INVALID", "AMOUNT_MISMATCH")


def operations(
    master: ProcurementMaster, desk: RequisitionDesk, orders: OrderBook, receipts: ReceiptDesk, invoices: InvoiceDesk
) -> tuple[Operation, ...]:
    """Every operation over one procurement system's state."""
    later = (*receiving.operations(orders, receipts, _SINCE), *invoicing.operations(master, invoices, _SINCE))
    return (*_connector(desk), *_people(master, desk), *later, *_directory(Directory(master)))


def _connector(desk: RequisitionDesk) -> tuple[Operation, ...]:
    point = "procurement.requisition"
    return (
        Operation(
            f"{point}.list", "GET", PATH, "list", READ, "Requisitions in order of their last change", models.RequisitionPage,
            desk.list, query=(_STATUS, _SINCE), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{point}.read", "GET", f"{PATH}/{{id}}", "read", READ, "One requisition", models.Requisition, desk.read,
            errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            f"{point}.record_order", "PUT", f"{PATH}/{{id}}/order", "update", WRITE, "Record the purchase order", models.Requisition,
            desk.record_order, request=models.RecordOrder, errors=(*_CHANGE, "VERSION_CONFLICT"), refs=order, touch=desk.touch,
        ),
        Operation(
            f"{point}.record_refusal", "PUT", f"{PATH}/{{id}}/refusal", "update", WRITE, "Record why the ERP refused",
            models.Requisition, desk.record_refusal, request=models.RecordRefusal, errors=_CHANGE, refs=one, touch=desk.touch,
        ),
    )  # fmt: skip


def _people(master: ProcurementMaster, desk: RequisitionDesk) -> tuple[Operation, ...]:
    def act(name: str, handler: Callable[[Call], Reply], request: type, summary: str, *more: str, acting: str = "requesterId") -> Operation:
        step = name.replace("_", "-")
        return Operation(
            f"procurement.requisition.{name}", "POST", f"{PATH}/{{id}}/{step}", "actor", ACT, summary, models.Requisition, handler,
            request=request, errors=(*_PERSON, *more), refs=one, acting=acting,
        )  # fmt: skip

    create = Operation(
        "procurement.requisition.create", "POST", PATH, "actor", ACT, "An employee drafts a requisition", models.Requisition,
        desk.create, request=models.RequisitionCreate, status=201, errors=("EMPLOYEE_UNKNOWN", *_CONTENT), refs=_drafted(master),
    )  # fmt: skip
    return (
        create,
        act("submit", desk.submit, models.Nothing, "The requester submits", "LIMIT_EXCEEDED", *_CONTENT),
        act(
            "approve",
            desk.approve,
            models.Approve,
            "The next approver agrees",
            "LIMIT_EXCEEDED",
            "EXCEPTION_UNDECIDED",
            acting="nextApproverId",
        ),
        act("reject", desk.reject, models.WithReason, "The next approver refuses", "LIMIT_EXCEEDED", acting="nextApproverId"),
        act("withdraw", desk.withdraw, models.Nothing, "The requester withdraws"),
        act(
            "reverse_approval",
            desk.reverse_approval,
            models.WithReason,
            "An approver takes the approval back",
            acting="approvals/0/approverId",
        ),
        act("amend", desk.amend, models.RequisitionAmend, "The requester makes a new revision", *_CONTENT),
        act("cancel", desk.cancel, models.Nothing, "The requester cancels"),
        act("comment", desk.comment, models.AddComment, "Somebody remarks on it"),
    )


def _directory(directory: Directory) -> tuple[Operation, ...]:
    suppliers = "/api/v1/suppliers"
    return (
        Operation(
            "procurement.supplier.list", "GET", suppliers, "list", READ, "Suppliers by id", models.SupplierPage, directory.list_suppliers
        ),
        Operation(
            "procurement.supplier.read", "GET", f"{suppliers}/{{id}}", "read", READ, "One supplier", models.Supplier,
            directory.read_supplier, errors=("NOT_FOUND",), refs=lambda call: Refs(keys=(("procurement_supplier", call.path["id"]),)),
        ),
        Operation(
            "procurement.user.read", "GET", "/api/v1/users/{id}", "read", READ, "One person", models.User, directory.read_user,
            errors=("NOT_FOUND",),
        ),
    )  # fmt: skip


def one(call: Call) -> Refs:
    """Of a call on one requisition."""
    return Refs(source_ids=(call.path["id"],))


def order(call: Call) -> Refs:
    """Of the order that is recorded on a requisition."""
    body: models.RecordOrder = call.body
    return Refs(source_ids=(call.path["id"],), parents=(("purchase_order", body.erp_order_number),), src_version=body.revision)


def _drafted(master: ProcurementMaster) -> Callable[[Call], Refs]:
    decimals = {house.currency: house.decimals for house in master.houses.values()}

    def refs(call: Call) -> Refs:
        body: models.RequisitionCreate = call.body
        try:
            total = sum(to_minor(line.amount.amount, decimals[body.currency]) for line in body.lines)
        except (AmountError, KeyError):
            return Refs()
        return Refs(amount_minor=total, currency=body.currency)

    return refs
