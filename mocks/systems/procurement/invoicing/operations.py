"""Invoicing's operations as a table."""

from collections.abc import Callable

from mocks.company.money import AmountError, to_minor
from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Call, Operation, QueryParam, Refs, Reply
from mocks.systems.procurement.invoicing import models
from mocks.systems.procurement.invoicing.desk import InvoiceDesk
from mocks.systems.procurement.invoicing.invoices import FORM
from mocks.systems.procurement.models import Approve, Nothing, RecordRefusal, WithReason

READ, WRITE, ACT = "procurement.read", "procurement.write", "procurement.act"
POINT, PATH, STATUSES = "procurement.invoice", FORM.home, FORM.statuses
_STATUS_PATTERN = f"^({'|'.join(STATUSES)})(,({'|'.join(STATUSES)})){{0,8}}$"
_STATUS = QueryParam("status", "one status, or several with commas", False, {"type": "string", "pattern": _STATUS_PATTERN})
_ERP_NUMBER = QueryParam("erpInvoiceNumber", "the ERP's number", True, {"type": "string", "minLength": 1, "maxLength": 64})
_CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION")
_PERSON = (*_CHANGE, "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES")
_SUPPLIER = ("SUPPLIER_UNKNOWN", "SUPPLIER_BLOCKED")
_CONTENT = (
    *_SUPPLIER, "ORDER_NOT_OPEN", "QUANTITY_EXCEEDED", "COST_CENTER_INACTIVE", "CODING_INVALID", "CURRENCY_INVALID", "AMOUNT_MISMATCH",
)  # fmt: skip


def operations(master: ProcurementMaster, desk: InvoiceDesk, since: QueryParam) -> tuple[Operation, ...]:
    """Every operation on supplier invoices. since: the system's own parameter of lists."""
    return (*_connector(desk, since), *_people(master, desk))


def _connector(desk: InvoiceDesk, since: QueryParam) -> tuple[Operation, ...]:
    return (
        Operation(
            f"{POINT}.list", "GET", PATH, "list", READ, "Supplier invoices in order of their last change", models.InvoicePage, desk.list,
            query=(_STATUS, since), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{POINT}.read", "GET", f"{PATH}/{{id}}", "read", READ, "One supplier invoice", models.Invoice, desk.read,
            errors=("NOT_FOUND",), refs=_one,
        ),
        Operation(
            f"{POINT}.record_posting", "PUT", f"{PATH}/{{id}}/posting", "update", WRITE, "Record the ERP's supplier invoice",
            models.Invoice, desk.record_posting, request=models.RecordInvoice, errors=(*_CHANGE, "VERSION_CONFLICT"), refs=_posted,
            touch=desk.touch,
        ),
        Operation(
            f"{POINT}.record_refusal", "PUT", f"{PATH}/{{id}}/refusal", "update", WRITE, "Record why the ERP refused it", models.Invoice,
            desk.record_refusal, request=RecordRefusal, errors=_CHANGE, refs=_one, touch=desk.touch,
        ),
        Operation(
            f"{POINT}.find", "GET", f"{PATH}/posted", "lookup", READ, "Supplier invoices by the ERP's number", models.InvoicesFound,
            desk.find, query=(_ERP_NUMBER,), errors=("INVALID_PARAMETER",), refs=_named,
        ),
        Operation(
            f"{POINT}.record_payment", "PUT", f"{PATH}/{{id}}/payment", "update", WRITE, "Record what became of its payment",
            models.Invoice, desk.record_payment, request=models.RecordPayment, errors=(*_CHANGE, "VERSION_CONFLICT"), refs=_told,
            touch=desk.touch,
        ),
    )  # fmt: skip


def _people(master: ProcurementMaster, desk: InvoiceDesk) -> tuple[Operation, ...]:
    def act(name: str, handler: Callable[[Call], Reply], request: type, summary: str, *more: str, acting: str = "clerkId") -> Operation:
        return Operation(
            f"{POINT}.{name}", "POST", f"{PATH}/{{id}}/{name.replace('_', '-')}", "actor", ACT, summary, models.Invoice, handler,
            request=request, errors=(*_PERSON, *more), refs=_one, acting=acting,
        )  # fmt: skip

    create = Operation(
        f"{POINT}.create", "POST", PATH, "actor", ACT, "A clerk keys what a supplier billed", models.Invoice, desk.create,
        request=models.InvoiceCreate, status=201, errors=("EMPLOYEE_UNKNOWN", *_CONTENT), refs=_keyed(master),
    )  # fmt: skip
    enter = Operation(
        f"{POINT}.enter", "POST", f"{PATH}/posted", "actor", ACT, "A clerk keys what is posted in the ERP already", models.Invoice,
        desk.enter, request=models.InvoiceEnter, status=201, errors=("EMPLOYEE_UNKNOWN", *_CONTENT), refs=_keyed(master),
    )  # fmt: skip
    return (
        create,
        enter,
        act("submit", desk.submit, Nothing, "The clerk submits", "LIMIT_EXCEEDED", *_SUPPLIER),
        act("approve", desk.approve, Approve, "The next approver agrees", "LIMIT_EXCEEDED", acting="nextApproverId"),
        act("reject", desk.reject, WithReason, "The next approver refuses", "LIMIT_EXCEEDED", acting="nextApproverId"),
        act(
            "reverse_approval",
            desk.reverse_approval,
            WithReason,
            "An approver takes the approval back",
            acting="approvals/0/approverId",
        ),
        act("amend", desk.amend, models.InvoiceAmend, "The clerk makes a new revision", *_CONTENT),
        act("cancel", desk.cancel, Nothing, "The clerk cancels"),
        act("comment", desk.comment, models.AddRemark, "Somebody remarks on it"),
    )


def _one(call: Call) -> Refs:
    """Of a call on one invoice."""
    return Refs(source_ids=(call.path["id"],))


def _posted(call: Call) -> Refs:
    """Of the supplier invoice that is recorded on one."""
    body: models.RecordInvoice = call.body
    return Refs(source_ids=(call.path["id"],), parents=(("supplier_invoice", body.erp_invoice_number),), src_version=body.revision)


def _named(call: Call) -> Refs:
    """Of a search by the ERP's number."""
    number = call.query.get("erpInvoiceNumber")
    return Refs(source_ids=(number,)) if number else Refs()


def _told(call: Call) -> Refs:
    """Of the payment that is recorded on one."""
    body: models.RecordPayment = call.body
    return Refs(source_ids=(call.path["id"],), parents=(("invoice", call.path["id"]),), src_version=body.sequence)


def _keyed(master: ProcurementMaster) -> Callable[[Call], Refs]:
    decimals = {house.currency: house.decimals for house in master.houses.values()}

    def refs(call: Call) -> Refs:
        body: models.InvoiceCreate = call.body
        try:
            return Refs(amount_minor=to_minor(body.total.amount, decimals[body.currency]), currency=body.currency)
        except (AmountError, KeyError):
            return Refs()

    return refs
