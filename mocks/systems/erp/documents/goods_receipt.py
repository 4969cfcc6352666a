"""Goods receipts: what was delivered of an order, accrued on GR/IR at the order's price (PST-P06), and its reversal (PST-P07)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Operation, Refs, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.budget.ledger import Spending
from mocks.systems.erp.clearing import GR_IR
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.commitments import moved, relieve
from mocks.systems.erp.documents.desk import DocumentDesk, head
from mocks.systems.erp.documents.example import DAY, Body, Example
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.operations import WRITE, shared
from mocks.systems.erp.documents.positions import Position
from mocks.systems.erp.documents.purchase_order import KIND as ORDERS
from mocks.systems.erp.documents.purchase_order import OrderLine
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import Approvals, Code, Day, LineNo, Quantity, Reason, Record, Reference, Request, Revision, Text


class ReceiptLine(Request, frozen=True, kw_only=True):
    """How much of one order line was delivered."""

    line_no: LineNo
    order_line: LineNo
    quantity: Quantity


class GoodsReceiptCreate(Request, frozen=True, kw_only=True):
    """A delivery to post. received_by: the person who took it, who is nobody that approved the order."""

    document_date: Day
    posting_date: Day
    received_by: Code
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    text: Text = ""
    lines: Annotated[tuple[ReceiptLine, ...], Meta(min_length=1, max_length=200)]
    approvals: Approvals = ()


class GoodsReceipt(Record, frozen=True, kw_only=True):
    """A goods receipt. `reversal` is the document that takes another one back."""

    number: str
    status: Literal["posted", "reversed", "reversal"]
    company_code: str
    order_number: str
    document_date: str
    posting_date: str
    currency: str
    received_by: str
    external_ref: str | None
    source_revision: int | None
    text: str
    lines: tuple[ReceiptLine, ...]
    total: str
    approvals: Approvals
    reversed_by: str | None
    reverses: str | None
    reason: str | None


class GoodsReceiptPage(Struct, frozen=True, kw_only=True):
    """A page of goods receipts."""

    items: tuple[GoodsReceipt, ...]
    next_cursor: str | None


class ReverseReceipt(Request, frozen=True, kw_only=True):
    """Why a receipt is taken back. replacement_expected: the supplier still owes the goods, so their funds are encumbered again."""

    reason: Reason
    posting_date: Day | None = None
    replacement_expected: bool = True


@dataclass(frozen=True, slots=True)
class Delivery:
    """One line of a receipt: thousandths of a unit, and what they are worth at the order's price. item: its open item on GR/IR."""

    line: OrderLine
    item: str
    quantity: int
    minor: int

    def entries(self) -> tuple[Entry, Entry]:
        """PST-P06."""
        cost = Entry(self.line.gl_account, self.minor, self.line.cost_center, project=self.line.project)
        return cost, Entry(GR_IR, -self.minor, item=self.item)


@dataclass(frozen=True, slots=True)
class Received:
    """A posted receipt. order: its number; relieved: what it took from the order's encumbrance."""

    order: str
    deliveries: tuple[Delivery, ...]
    relieved: tuple[Spending, ...]


KIND = DocumentKind(
    name="goods_receipt",
    noun="goods receipt",
    point="erp.gr",
    path="/goods-receipts",
    undo="reverse",
    module="PO",
    ledger="actual",
    numbers=("50", "52"),
    transitions={("posted", "undo"): "reversed"},
    record=GoodsReceipt,
    page=GoodsReceiptPage,
    party=lambda _request: None,
    accrues=True,
)
CREATE_ERRORS = (
    "NOT_FOUND", "DUPLICATE_REFERENCE", "ORDER_NOT_OPEN", "QUANTITY_EXCEEDED", "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES", "PERIOD_CLOSED",
)  # fmt: skip


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the receiving desk of one ERP."""
    desk = GoodsReceipts(erp, KIND)

    def references(call: Call) -> Refs:
        body: GoodsReceiptCreate = call.body
        return Refs(ext_ref=body.external_ref, parents=((ORDERS.name, call.path["number"]),), src_version=body.source_revision)

    create = Operation(
        "erp.gr.create", "POST", f"{ORDERS.path}/{{number}}{KIND.path}", "create", WRITE, "Post a receipt of an order's goods",
        GoodsReceipt, desk.create,
        request=GoodsReceiptCreate, status=201, refs=references, errors=CREATE_ERRORS,
    )  # fmt: skip
    return (create, *shared(KIND, desk, plural="Goods receipts", undoing="Take a goods receipt back", request=ReverseReceipt))


class GoodsReceipts(DocumentDesk):
    """The goods receipts of one ERP."""

    def __init__(self, erp: Erp, of: DocumentKind) -> None:
        super().__init__(erp, of)
        self._delivered: dict[str, Received] = {}  # by number of the receipt

    def create(self, call: Call) -> Reply:
        """erp.gr.create"""
        body: GoodsReceiptCreate = call.body
        erp = self._erp
        erp.documents.refuse_repeat(KIND.name, body.external_ref)
        order = erp.documents.get(ORDERS.name, call.path["number"])
        if order.status != "created":
            raise Refusal("ORDER_NOT_OPEN", f"order {order.number} is {order.status}")
        company = erp.master.companies[order.company_code]
        rules.to_day(body.document_date)
        on = rules.to_day(body.posting_date)
        rules.check_person(erp.master, body.received_by, company)
        if body.received_by in {approval.approver for approval in order.request.approvals}:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{body.received_by} approved order {order.number} and cannot receive it")
        deliveries = self._deliveries(body, order)
        erp.periods.require_open(company.code, on, KIND.module, call.now.date())
        entries = tuple(entry for each in deliveries for entry in each.entries())
        total = sum(each.minor for each in deliveries)
        document = erp.start(call, KIND, body, company, amount_minor=total, posting_date=on, entries=entries, status="posted")
        for each in deliveries:
            erp.positions.put(self._position(order, each.line).receive(each.quantity, each.minor))
        posted = erp.post(document)
        relieved = self._relieve(order, deliveries)
        self._delivered[document.number] = Received(order.number, deliveries, relieved)
        return Reply(
            self.record(document, company),
            version=document.version,
            location=f"{KIND.path}/{document.number}",
            created={"existing_id": document.number, "existing_status": document.status},
            effects=(*posted, *moved(erp, document, relieved, sign=-1), *erp.tell_clearing(call, document)),
        )

    def _deliveries(self, body: GoodsReceiptCreate, order: Document) -> tuple[Delivery, ...]:
        lines = {line.line_no: line for line in order.request.lines}
        after: dict[int, Position] = {}
        found = []
        for asked in body.lines:
            if asked.order_line not in lines:
                raise Refusal("QUANTITY_EXCEEDED", f"order {order.number} has no line {asked.order_line}")
            position = after.get(asked.order_line) or self._position(order, lines[asked.order_line])
            quantity = rules.scaled(asked.quantity, rules.QUANTITY_SCALE)
            if not 0 < quantity <= position.open:
                left = position.open / rules.QUANTITY_SCALE
                said = f"line {asked.order_line} of order {order.number}: {asked.quantity} is received, {left:g} is open"
                raise Refusal("QUANTITY_EXCEEDED", said)
            found.append(Delivery(lines[asked.order_line], position.item, quantity, position.receipt_worth(quantity)))
            after[asked.order_line] = position.receive(quantity, found[-1].minor)
        return tuple(found)

    def _position(self, order: Document, line: OrderLine) -> Position:
        """How much of the line was received so far."""
        decimals = self._erp.master.companies[order.company_code].decimals
        return self._erp.positions.of_line(order.number, line, decimals)

    def undo(self, call: Call) -> Reply:
        """erp.gr.reverse"""
        number = call.path["number"]
        before = self._erp.documents.get(KIND.name, number)
        self._check_there(before)
        reply = super().undo(call)
        after = self._erp.documents.get(KIND.name, number)
        if after.status == before.status:
            return reply
        received = self._delivered[number]
        order = self._erp.documents.get(ORDERS.name, received.order)
        is_owed = call.body.replacement_expected
        reversal = self._erp.documents.get(KIND.name, after.reversed_by or number)
        for each in received.deliveries:
            position = self._position(order, each.line).receive(-each.quantity, -each.minor)
            self._erp.positions.put(position if is_owed else replace(position, returned=position.returned + each.quantity))
        told = self._erp.tell_clearing(call, reversal)
        if not is_owed:
            return replace(reply, effects=(*reply.effects, *told))
        self._erp.budget.commit(order.number, received.relieved, "encumbrance", despite=True)
        return replace(reply, effects=(*reply.effects, *moved(self._erp, reversal, received.relieved, sign=1), *told))

    def _check_there(self, receipt: Document) -> None:
        """What was written off is no longer on GR/IR, so it cannot be taken from there. Raises INVALID_TRANSITION."""
        if receipt.status != "posted":
            return
        left: dict[str, int] = {}
        order = self._erp.documents.get(ORDERS.name, self._delivered[receipt.number].order)
        for each in self._delivered[receipt.number].deliveries:
            left.setdefault(each.item, self._position(order, each.line).received)
            left[each.item] -= each.quantity
        if any(quantity < 0 for quantity in left.values()):
            raise Refusal("INVALID_TRANSITION", f"what {receipt.number} brought was written off", current_status=receipt.status)

    def _relieve(self, order: Document, deliveries: Sequence[Delivery]) -> tuple[Spending, ...]:
        """What the receipt takes from the encumbrance of its order: its worth, and with the last of a line all that is left."""
        if self._erp.master.companies[order.company_code].matching.relief == "invoice":
            return ()
        wanted = [(each.line.line_no, None if self._position(order, each.line).open == 0 else each.minor) for each in deliveries]
        return relieve(self._erp, order.number, wanted)

    def record(self, document: Document, company: ErpCompany) -> GoodsReceipt:
        """The receipt on the wire."""
        request: GoodsReceiptCreate = document.request
        more = {
            "posting_date": rules.to_yyyymmdd(document.posting_date),
            "text": request.text,
            "order_number": self._delivered[document.reverses or document.number].order,
            "received_by": request.received_by,
        }
        return GoodsReceipt(**head(document, company) | more)


def example(desk: Example) -> Body:
    """Of the example of an order."""
    return {
        "document_date": DAY,
        "posting_date": DAY,
        "received_by": desk.person,
        "lines": [{"line_no": 1, "order_line": 10, "quantity": "1"}],
    }
