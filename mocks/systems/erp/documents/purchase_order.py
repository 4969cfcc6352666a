"""Purchase orders: what the ERP offers about them. Their life is in `documents/order/`."""

from mocks.kit.operation import Call, Operation, Refs
from mocks.systems.erp import refs
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.example import Body, Example
from mocks.systems.erp.documents.operations import ACT, CHANGE_RULES, CREATE_RULES, WRITE, shared
from mocks.systems.erp.documents.order.desk import PurchaseOrders
from mocks.systems.erp.documents.order.funds import ENCUMBRANCE
from mocks.systems.erp.documents.order.kind import KIND
from mocks.systems.erp.documents.order.models import (
    Cancel,
    CloseOrder,
    FinalCloseOrder,
    OrderLine,
    PurchaseOrder,
    PurchaseOrderChange,
    PurchaseOrderCreate,
)

__all__ = ["ENCUMBRANCE", "KIND", "OrderLine", "example", "operations"]

ONE = f"{KIND.path}/{{number}}"
CHANGE = (
    *("VERSION_CONFLICT", "CURRENCY_INVALID", "APPROVAL_EVIDENCE_MISSING", "SEGREGATION_OF_DUTIES", "LIMIT_EXCEEDED"),
    *("COST_CENTER_INACTIVE", "CODING_INVALID", "SUPPLIER_CHANGED", "SUPPLIER_UNKNOWN", "SUPPLIER_BLOCKED", "AMOUNT_MISMATCH"),
    *("QUANTITY_EXCEEDED", "BUDGET_EXCEEDED"),
)


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the purchasing desk of one ERP."""
    desk = PurchaseOrders(erp)
    own = refs.CallRefs(erp.master)
    one = refs.number(KIND.name)

    def references(call: Call) -> Refs:
        body: PurchaseOrderCreate = call.body
        keys = (("supplier", body.vendor_id), *refs.centers(line.cost_center for line in body.lines))
        return own.document(body, keys, own.minor(body.total, body.currency))

    def changed(call: Call) -> Refs:
        body: PurchaseOrderChange = call.body
        return Refs(
            source_ids=tuple(dict.fromkeys(approval.source_document for approval in body.approvals)),
            parents=((KIND.name, call.path["number"]),),
            src_version=body.source_revision,
        )

    create = Operation(
        "erp.po.create", "POST", KIND.path, "create", WRITE, "Create a purchase order", PurchaseOrder, desk.create,
        request=PurchaseOrderCreate, status=201, refs=references,
        errors=(*CREATE_RULES, "SUPPLIER_UNKNOWN", "SUPPLIER_BLOCKED", "AMOUNT_MISMATCH", "BUDGET_EXCEEDED", "RESERVATION_ENDED"),
    )  # fmt: skip
    enter = Operation(
        "erp.po.enter", "POST", f"{KIND.path}/entry", "actor", ACT, "A buyer types an order that comes from nowhere else", PurchaseOrder,
        desk.enter,
        request=PurchaseOrderCreate, status=201, refs=references, errors=("EMPLOYEE_UNKNOWN", *create.errors),
    )  # fmt: skip
    later = (
        Operation(
            "erp.po.change", "POST", f"{ONE}/changes", "update", WRITE, "Change what is ordered", PurchaseOrder, desk.change,
            request=PurchaseOrderChange, errors=(*CHANGE_RULES, *CHANGE), refs=changed, touch=desk.touch,
        ),
        Operation(
            "erp.po.close", "POST", f"{ONE}/close", "update", WRITE, "Close an order of which nothing more is expected", PurchaseOrder,
            desk.close, request=CloseOrder, errors=(*CHANGE_RULES, "ORDER_INCOMPLETE"), refs=one, touch=desk.touch,
        ),
        Operation(
            "erp.po.final_close", "POST", f"{ONE}/final-close", "update", WRITE, "Close an order for good, and free what it encumbers",
            PurchaseOrder, desk.final_close, request=FinalCloseOrder, errors=CHANGE_RULES, refs=one, touch=desk.touch,
        ),
    )  # fmt: skip
    usual = shared(
        KIND,
        desk,
        plural="Purchase orders",
        undoing="Cancel a purchase order, or what is left of it",
        request=Cancel,
        more=("ORDER_NOT_OPEN",),
    )
    return (create, enter, *usual, *later)


def example(desk: Example) -> Body:
    """A valid one."""
    line = {
        "line_no": 10, "text": "Paper", "quantity": "1", "unit": "EA", "unit_price": desk.total, "amount": desk.total,
        "gl_account": "5400", "cost_center": desk.cost_center,
    }  # fmt: skip
    return {**desk.head(), "vendor_id": desk.vendor, "requested_by": desk.person, "lines": [line], "total": desk.total}
