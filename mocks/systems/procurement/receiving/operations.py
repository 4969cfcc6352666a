"""Receiving's operations as a table."""

from collections.abc import Callable

from mocks.kit.operation import Call, Operation, QueryParam, Refs, Reply
from mocks.systems.procurement.models import RecordRefusal
from mocks.systems.procurement.receiving import models
from mocks.systems.procurement.receiving.desk import ReceiptDesk
from mocks.systems.procurement.receiving.orders import OrderBook
from mocks.systems.procurement.receiving.receipts import FORM

READ, WRITE, ACT = "procurement.read", "procurement.write", "procurement.act"
POINT, PATH, STATUSES = "procurement.receipt", FORM.home, FORM.statuses
_STATUS_PATTERN = f"^({'|'.join(STATUSES)})(,({'|'.join(STATUSES)})){{0,3}}$"
_STATUS = QueryParam("status", "one status, or several with commas", False, {"type": "string", "pattern": _STATUS_PATTERN})
_CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION")
_PERSON = (*_CHANGE, "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES")
_CODING = ("SUPPLIER_UNKNOWN", "SUPPLIER_BLOCKED", "COST_CENTER_INACTIVE", "CODING_INVALID", "CURRENCY_INVALID")


def operations(orders: OrderBook, desk: ReceiptDesk, since: QueryParam) -> tuple[Operation, ...]:
    """Every operation on orders and receipts. since: the system's own parameter of lists."""
    return (*_orders(orders), *_connector(desk, since), *_people(desk))


def _orders(orders: OrderBook) -> tuple[Operation, ...]:
    home = "/api/v1/orders"
    return (
        Operation(
            "procurement.order.register", "POST", home, "actor", ACT, "A buyer registers an order of the ERP", models.RegisteredOrder,
            orders.register, request=models.OrderRegister, status=201, errors=("EMPLOYEE_UNKNOWN", "DUPLICATE_REFERENCE", *_CODING),
        ),
        Operation(
            "procurement.order.read", "GET", f"{home}/{{purchaseOrder}}", "read", READ, "One order of the ERP", models.RegisteredOrder,
            orders.read, errors=("NOT_FOUND",),
        ),
    )  # fmt: skip


def _connector(desk: ReceiptDesk, since: QueryParam) -> tuple[Operation, ...]:
    return (
        Operation(
            f"{POINT}.list", "GET", PATH, "list", READ, "Receipts in order of their last change", models.ReceiptPage, desk.list,
            query=(_STATUS, since), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{POINT}.read", "GET", f"{PATH}/{{id}}", "read", READ, "One receipt", models.Receipt, desk.read, errors=("NOT_FOUND",),
            refs=_one,
        ),
        Operation(
            f"{POINT}.record_posting", "PUT", f"{PATH}/{{id}}/posting", "update", WRITE, "Record the ERP's goods receipt", models.Receipt,
            desk.record_posting, request=models.RecordReceipt, errors=(*_CHANGE, "VERSION_CONFLICT"), refs=_posted, touch=desk.touch,
        ),
        Operation(
            f"{POINT}.record_refusal", "PUT", f"{PATH}/{{id}}/refusal", "update", WRITE, "Record why the ERP refused it", models.Receipt,
            desk.record_refusal, request=RecordRefusal, errors=_CHANGE, refs=_one, touch=desk.touch,
        ),
    )  # fmt: skip


def _people(desk: ReceiptDesk) -> tuple[Operation, ...]:
    def act(name: str, handler: Callable[[Call], Reply], request: type, summary: str) -> Operation:
        return Operation(
            f"{POINT}.{name}", "POST", f"{PATH}/{{id}}/{name}", "actor", ACT, summary, models.Receipt, handler, request=request,
            errors=_PERSON, refs=_one, acting="receiverId",
        )  # fmt: skip

    create = Operation(
        f"{POINT}.create", "POST", PATH, "actor", ACT, "Whoever takes goods records them", models.Receipt, desk.create,
        request=models.ReceiptCreate, status=201, errors=("EMPLOYEE_UNKNOWN", "ORDER_NOT_OPEN", "QUANTITY_EXCEEDED"),
    )  # fmt: skip
    return (
        create,
        act("reverse", desk.reverse, models.ReceiptReverse, "The receiver takes it back"),
        act("comment", desk.comment, models.AddNote, "Somebody remarks on it"),
    )


def _one(call: Call) -> Refs:
    """Of a call on one receipt."""
    return Refs(source_ids=(call.path["id"],))


def _posted(call: Call) -> Refs:
    """Of the goods receipt that is recorded on one."""
    body: models.RecordReceipt = call.body
    return Refs(source_ids=(call.path["id"],), parents=(("goods_receipt", body.erp_receipt_number),), src_version=body.revision)
