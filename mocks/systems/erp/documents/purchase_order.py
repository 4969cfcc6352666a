"""Purchase orders: rules of creation, the memo entry PST-P03, and its reversal PST-P05 by cancellation."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Operation, Refs, Refusal, Reply
from mocks.systems.erp import refs, rules
from mocks.systems.erp.budget.funds import RESERVE, exceeded, expired, memo, step_effect
from mocks.systems.erp.budget.ledger import Ended, Overdrawn, Reservation, Spending
from mocks.systems.erp.budget.versions import bucket_of
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.desk import DocumentDesk, head
from mocks.systems.erp.documents.example import Body, Example
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.operations import ACT, CREATE_RULES, WRITE, shared
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import (
    Amount,
    Approval,
    Approvals,
    Code,
    CompanyCode,
    Currency,
    Day,
    LineNo,
    Quantity,
    Reason,
    Record,
    Reference,
    Request,
    Revision,
    Text,
    UnitPrice,
)
from mocks.systems.erp.periods import month

ENCUMBRANCE = "9200"
ReservationId = Annotated[
    str, Meta(min_length=1, max_length=20, description="of funds that were reserved for it, and are given back for what it encumbers")
]


class OrderLine(Request, frozen=True, kw_only=True):
    """One line of a purchase order."""

    line_no: LineNo
    text: Text
    quantity: Quantity
    unit: Annotated[str, Meta(min_length=1, max_length=3)] = "EA"
    unit_price: UnitPrice
    amount: Amount
    gl_account: Code
    cost_center: Code
    project: Code | None = None


class PurchaseOrderCreate(Request, frozen=True, kw_only=True):
    """A purchase order to create, with the evidence of its approval."""

    company_code: CompanyCode
    vendor_id: Code
    document_date: Day
    currency: Currency
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    requested_by: Code | None = None
    reservation_id: ReservationId | None = None
    lines: Annotated[tuple[OrderLine, ...], Meta(min_length=1, max_length=200)]
    total: Amount
    approvals: Approvals = ()


class PurchaseOrder(Record, frozen=True, kw_only=True):
    """A purchase order. `reversal` is the document that cancels another one."""

    number: str
    status: Literal["created", "cancelled", "reversal"]
    company_code: str
    vendor_id: str
    document_date: str
    currency: str
    external_ref: str | None
    source_revision: int | None
    requested_by: str | None
    lines: tuple[OrderLine, ...]
    total: str
    approvals: tuple[Approval, ...]
    reversed_by: str | None
    reverses: str | None
    reason: str | None


class PurchaseOrderPage(Struct, frozen=True, kw_only=True):
    """A page of purchase orders."""

    items: tuple[PurchaseOrder, ...]
    next_cursor: str | None


class Cancel(Request, frozen=True, kw_only=True):
    """Why a purchase order is cancelled."""

    reason: Reason


KIND = DocumentKind(
    name="purchase_order",
    noun="purchase order",
    point="erp.po",
    path="/purchase-orders",
    undo="cancel",
    module="PO",
    ledger="memo",
    numbers=("45", "47"),
    transitions={("created", "undo"): "cancelled"},
    record=PurchaseOrder,
    page=PurchaseOrderPage,
    party=lambda request: request.vendor_id,
)


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the purchasing desk of one ERP."""
    desk = PurchaseOrders(erp, KIND)
    own = refs.CallRefs(erp.master)

    def references(call: Call) -> Refs:
        body: PurchaseOrderCreate = call.body
        keys = (("supplier", body.vendor_id), *refs.centers(line.cost_center for line in body.lines))
        return own.document(body, keys, own.minor(body.total, body.currency))

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
    return (create, enter, *shared(KIND, desk, plural="Purchase orders", undoing="Cancel a purchase order", request=Cancel))


class PurchaseOrders(DocumentDesk):
    """The purchase orders of one ERP."""

    def create(self, call: Call) -> Reply:
        """erp.po.create"""
        body: PurchaseOrderCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat(KIND.name, body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        on = rules.to_day(body.document_date)
        total = rules.minor(body.total, company)
        rules.check_evidence(erp.master, body.approvals, body.requested_by, total, company)
        erp.require_vendor_for_order(body.vendor_id, company)
        amounts = self._amounts(body, company, on)
        rules.check_sum(amounts, total, "purchase order")
        erp.periods.require_open(company.code, on, KIND.module, call.now.date())
        entries = (*_encumbered(body, amounts), Entry(RESERVE, -total))
        number = erp.documents.free_number(KIND, call)
        kept = self._encumber(call, number, company, _spendings(body, amounts, month(on)))
        document = erp.start(call, KIND, body, company, number=number, amount_minor=total, posting_date=on, entries=entries)
        return Reply(
            self.record(document, company),
            version=document.version,
            location=f"/purchase-orders/{document.number}",
            created={"existing_id": document.number, "existing_status": document.status},
            effects=(*erp.post(document), *_order_lines(document, body, amounts), *self._consumed(kept), *expired(erp.budget)),
        )

    def enter(self, call: Call) -> Reply:
        """erp.po.enter"""
        body: PurchaseOrderCreate = call.body
        buyer, master = call.actor or "", self._erp.master
        rules.check_person(master, buyer, rules.company_of(master, body.company_code, body.currency))
        if buyer in {approval.approver for approval in body.approvals}:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{buyer} approved an order of their own")
        return self.create(call)

    def _encumber(self, call: Call, number: str, company: ErpCompany, lines: Sequence[Spending]) -> Reservation | None:
        """PST-P03. Answers the reservation that the order names, as it was."""
        reservation_id = call.body.reservation_id
        budget = self._erp.budget
        kept = budget.reservations.get(reservation_id or "")
        if reservation_id is not None and (kept is None or kept.asked.body.company_code != company.code):
            raise Refusal("RESERVATION_ENDED", f"no reservation {reservation_id!r} in company {company.code}")
        try:
            return budget.encumber(number, lines, call.now, reservation_id)
        except Ended as ended:
            raise Refusal("RESERVATION_ENDED", str(ended)) from None
        except Overdrawn as over:
            raise exceeded(over, company) from None

    def undo(self, call: Call) -> Reply:
        """erp.po.cancel"""
        number = call.path["number"]
        if self._erp.positions.is_touched(number):
            raise Refusal("INVALID_TRANSITION", f"order {number} was delivered, at least in part, so it cannot be cancelled as a whole")
        return super().undo(call)

    def _consumed(self, before: Reservation | None) -> Iterator[Effect]:
        if before is not None:
            after = self._erp.budget.reservations[before.id]
            yield step_effect(after)
            if before.status == "approved":
                yield from self._erp.ledger.post(memo(after, ends=True))

    def _amounts(self, body: PurchaseOrderCreate, company: ErpCompany, on: date) -> list[int]:
        amounts = []
        for line in body.lines:
            amount = rules.minor(line.amount, company)
            rules.check_extension(line.quantity, line.unit_price, amount, company)
            rules.check_expense_account(self._erp.master, line.gl_account)
            rules.check_coding(self._erp.master, company, line.gl_account, line.cost_center, project=line.project, on=on)
            amounts.append(amount)
        return amounts

    def record(self, document: Document, company: ErpCompany) -> PurchaseOrder:
        """The order on the wire."""
        request: PurchaseOrderCreate = document.request
        return PurchaseOrder(**head(document, company), vendor_id=request.vendor_id, requested_by=request.requested_by)


def line_id(order: str, place: int) -> str:
    """How the history calls a line: by its place in the order, from 1, whatever number it was given."""
    return f"{order}/L{place}"


def _encumbered(body: PurchaseOrderCreate, amounts: Sequence[int]) -> Iterator[Entry]:
    """One memo line for each cost centre, so that the books tell who ordered."""
    by_center: dict[str, int] = {}
    for line, amount in zip(body.lines, amounts, strict=True):
        by_center[line.cost_center] = by_center.get(line.cost_center, 0) + amount
    return (Entry(ENCUMBRANCE, amount, center) for center, amount in by_center.items())


def _spendings(body: PurchaseOrderCreate, amounts: Sequence[int], period: str) -> tuple[Spending, ...]:
    return tuple(
        Spending(str(line.line_no), bucket_of(body.company_code, line.gl_account, line.cost_center, line.project), period, amount)
        for line, amount in zip(body.lines, amounts, strict=True)
    )


def _order_lines(document: Document, body: PurchaseOrderCreate, amounts: Sequence[int]) -> Iterator[Effect]:
    """How each line is coded: the memo entry knows no expense account, and the judge compares it with what the requisition maps to."""
    for number, (line, amount) in enumerate(zip(body.lines, amounts, strict=True), 1):
        yield Effect(
            "order_line",
            line_id(document.number, number),
            "create",
            amount_minor=amount,
            quantity=rules.scaled(line.quantity, rules.QUANTITY_SCALE),
            currency=document.currency,
            company=document.company_code,
            period=document.period,
            account=line.gl_account,
            cost_center=line.cost_center,
            project=line.project,
            parent_id=document.number,
        )


def example(desk: Example) -> Body:
    """A valid one."""
    line = {
        "line_no": 10, "text": "Paper", "quantity": "1", "unit": "EA", "unit_price": desk.total, "amount": desk.total,
        "gl_account": "5400", "cost_center": desk.cost_center,
    }  # fmt: skip
    return {**desk.head(), "vendor_id": desk.vendor, "requested_by": desk.person, "lines": [line], "total": desk.total}
