"""Supplier invoices as the ERP offers them: their kind, their operations, and a valid one for fuzzing."""

from collections.abc import Callable, Iterator, Sequence

from mocks.kit.operation import Call, Operation, QueryParam, Refs
from mocks.systems.erp import refs
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.example import DAY, Body, Example
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.operations import CREATE_RULES, READ, WRITE, shared
from mocks.systems.erp.documents.order.kind import KIND as ORDERS
from mocks.systems.erp.invoices.book import DOCUMENT
from mocks.systems.erp.invoices.desk import SupplierInvoices
from mocks.systems.erp.invoices.gr_ir import WRITE_OFF, ClearingDesk, GrIrPage, OpenItemPage, WriteOff, WrittenOff
from mocks.systems.erp.invoices.models import (
    BatchResult,
    BilledCost,
    BilledOrderLine,
    EnteredStack,
    ManualHold,
    ReleaseHold,
    Rematch,
    SupplierInvoice,
    SupplierInvoiceBatch,
    SupplierInvoiceCreate,
    SupplierInvoicePage,
    SupplierInvoiceStack,
)

ACT = "erp.act"
KIND = DocumentKind(
    name=DOCUMENT,
    noun="supplier invoice",
    point="erp.supplier_invoice",
    path="/supplier-invoices",
    undo="void",
    module="AP",
    ledger="actual",
    numbers=("51", "53"),
    transitions={
        ("parked", "post"): "posted",
        ("parked", "block"): "on_hold",
        ("parked", "undo"): "rejected",
        ("on_hold", "release"): "posted",
        ("on_hold", "undo"): "voided",
        ("posted", "hold"): "on_hold",
        ("posted", "undo"): "voided",
    },
    record=SupplierInvoice,
    page=SupplierInvoicePage,
    party=lambda request: request.vendor_id,
)
CREATE = (
    *CREATE_RULES, "SUPPLIER_UNKNOWN", "SUPPLIER_BLOCKED", "EMPLOYEE_UNKNOWN", "AMOUNT_MISMATCH", "ORDER_NOT_OPEN", "QUANTITY_EXCEEDED",
    "BOOKING_NOT_STATED", "JOURNAL_UNBALANCED", "RESERVATION_ENDED",
)  # fmt: skip
CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES")
WRITE_OFF_ERRORS = (
    "NOT_FOUND", "DUPLICATE_REFERENCE", "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES", "COST_CENTER_INACTIVE", "CODING_INVALID",
    "PERIOD_CLOSED",
)  # fmt: skip
POST = ("PERIOD_CLOSED", "SUPPLIER_BLOCKED", "COST_CENTER_INACTIVE", "CODING_INVALID", "ORDER_NOT_OPEN", "QUANTITY_EXCEEDED")


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the accounts payable desk for suppliers of one ERP."""
    desk = SupplierInvoices(erp, KIND)
    own = refs.CallRefs(erp.master)

    def references(call: Call) -> Refs:
        body: SupplierInvoiceCreate = call.body
        keys = (("supplier", body.vendor_id), *refs.centers(_centers(body)))
        parents = tuple((ORDERS.name, number) for number in dict.fromkeys(_orders(body)))
        found = own.document(body, keys, own.minor(body.total, body.currency))
        return Refs(found.source_ids, found.ext_ref, parents, found.keys, found.amount_minor, found.currency, found.src_version)

    return (*_invoices(desk, references), *_clearing(ClearingDesk(erp)))


def _invoices(desk: SupplierInvoices, references: Callable[[Call], Refs]) -> tuple[Operation, ...]:
    one = refs.number(KIND.name)
    path = f"{KIND.path}/{{number}}"
    return (
        Operation(
            f"{KIND.point}.create", "POST", KIND.path, "create", WRITE, "Post a supplier invoice or a credit memo, or park it",
            SupplierInvoice, desk.create, request=SupplierInvoiceCreate, status=201, refs=references, errors=CREATE,
        ),
        Operation(
            f"{KIND.point}.create_batch", "POST", "/supplier-invoice-batches", "create", WRITE,
            "Post several supplier invoices, each of which may be refused for itself", BatchResult, desk.create_batch,
            request=SupplierInvoiceBatch, refs=_sources,
        ),
        Operation(
            f"{KIND.point}.enter", "POST", "/supplier-invoice-batches/entry", "actor", ACT,
            "A clerk enters supplier invoices that come from nowhere else, and has them reviewed", EnteredStack, desk.enter,
            request=SupplierInvoiceStack, errors=("SEGREGATION_OF_DUTIES",),
        ),
        *shared(KIND, desk, plural="Supplier invoices", undoing="Void a posted supplier invoice, or reject a parked one"),
        Operation(
            f"{KIND.point}.rematch", "POST", f"{path}/rematch", "update", WRITE, "Compare with orders, receipts and budget again",
            SupplierInvoice, desk.rematch, request=Rematch, errors=(*CHANGE, *POST), refs=one, touch=desk.touch,
        ),
        Operation(
            f"{KIND.point}.hold", "POST", f"{path}/hold", "actor", ACT, "Keep a supplier invoice from being paid", SupplierInvoice,
            desk.hold, request=ManualHold, errors=CHANGE, refs=one,
        ),
        Operation(
            f"{KIND.point}.release_hold", "POST", f"{path}/release-hold", "actor", ACT, "Lift a hold, with a reason", SupplierInvoice,
            desk.release_hold, request=ReleaseHold, errors=(*CHANGE, *POST, "LIMIT_EXCEEDED"), refs=one,
        ),
    )  # fmt: skip


def _clearing(desk: ClearingDesk) -> tuple[Operation, ...]:
    company = QueryParam("company_code", "company code", True, {"type": "string", "minLength": 1, "maxLength": 8})
    vendor = QueryParam("vendor_id", "supplier; all when absent", False, {"type": "string", "minLength": 1, "maxLength": 20})

    return (
        Operation(
            "erp.gr_ir.list", "GET", WRITE_OFF.path, "list", READ, "Order lines with something on GR/IR, and since when", GrIrPage,
            desk.list_balances, errors=("INVALID_PARAMETER",), query=(company,),
        ),
        Operation(
            f"{WRITE_OFF.point}.write_off", "POST", f"{WRITE_OFF.path}/{{order_number}}/write-off", "actor", ACT,
            "Write off what an order line has on GR/IR", WrittenOff, desk.write_off, request=WriteOff, status=201,
            errors=WRITE_OFF_ERRORS, refs=lambda call: Refs(parents=((ORDERS.name, call.path["order_number"]),)),
        ),
        Operation(
            "erp.open_item.list", "GET", "/open-items", "list", READ, "What suppliers have to get, document by document", OpenItemPage,
            desk.list_open_items, errors=("INVALID_PARAMETER",), query=(company, vendor),
        ),
    )  # fmt: skip


def _sources(call: Call) -> Refs:
    """Whose a batch is: whatever its invoices were approved as."""
    found = (approval.source_document for item in call.body.items for approval in item.approvals)
    return Refs(source_ids=tuple(dict.fromkeys(found)))


def _centers(body: SupplierInvoiceCreate) -> Iterator[str]:
    return (line.cost_center for line in body.lines if isinstance(line, BilledCost))


def _orders(body: SupplierInvoiceCreate) -> Iterator[str]:
    return (line.order_number for line in body.lines if isinstance(line, BilledOrderLine))


def example(desk: Example) -> Body:
    """A valid one, without an order."""
    line = {
        "type": "account", "line_no": 1, "gl_account": "5400", "cost_center": desk.cost_center, "net_amount": desk.total,
        "tax_code": desk.untaxed, "tax_amount": desk.zero, "text": "Paper",
    }  # fmt: skip
    more = {"vendor_id": desk.vendor, "supplier_reference": "INV-1", "posting_date": DAY, "entered_by": desk.person}
    return {**desk.head(), **more, "lines": [line], "tax_total": desk.zero, "total": desk.total}


def bodies(desks: Sequence[Example]) -> dict[str, tuple[Body, ...]]:
    """What else is asked of this desk, for fuzzing."""
    many = [{"items": [example(desk), {**example(desk), "total": desk.zero}]} for desk in desks]
    reason = {"reason": "fuzz"}
    return {
        f"{KIND.point}.create_batch": tuple(many),
        f"{KIND.point}.enter": tuple({"reviewed_by": desk.approver, "items": [example(desk)]} for desk in desks),
        f"{KIND.point}.hold": (reason,),
        f"{KIND.point}.release_hold": tuple({"code": code, **reason} for code in ("DUP_SUSPECT", "MANUAL", "PRICE")),
        f"{KIND.point}.rematch": ({},),
        f"{WRITE_OFF.point}.write_off": ({"order_line": 10, "document_date": DAY, "posting_date": DAY, **reason},),
    }
