"""Goods receipts: what was delivered of an order, accrued on GR/IR at the order's price (PST-P06), and its reversal (PST-P07)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from msgspec import Meta, Struct, structs

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Operation, Refs, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.booking import ReceivedAs, facts, place_facts, place_of, require_stated
from mocks.systems.erp.budget.ledger import Spending
from mocks.systems.erp.clearing import GR_IR
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.desk import DocumentDesk, head
from mocks.systems.erp.documents.example import DAY, Body, Example
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.operations import ACT, WRITE, shared
from mocks.systems.erp.documents.order.funds import follow, position_of, post_memo
from mocks.systems.erp.documents.order.kind import KIND as ORDERS
from mocks.systems.erp.documents.order.life import line_id
from mocks.systems.erp.documents.order.models import OrderLine
from mocks.systems.erp.documents.positions import Position
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import Approvals, Code, Day, LineNo, Quantity, Reason, Record, Reference, Request, Revision, Text

REPLACEMENT, FOR_GOOD = "replacement", "for_good"  # whether the supplier still owes what went back


class ReceiptLine(Request, frozen=True, kw_only=True):
    """How much of one order line was delivered."""

    line_no: LineNo
    order_line: LineNo
    quantity: Quantity
    booking: ReceivedAs | None = None


class GoodsReceiptCreate(Request, frozen=True, kw_only=True):
    """A delivery to post. received_by: the person who took it, who is nobody that approved the order. `booking` of a line is taken by an
    ERP that books what it is told, and by no other."""

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
    """One line of a receipt: thousandths of a unit, and what they are worth at the order's price, in minor units and before they were
    rounded. item: its open item on GR/IR."""

    line: OrderLine
    place: int  # of the line in the order, from 1
    item: str
    quantity: int
    minor: int
    value: int

    def entries(self) -> tuple[Entry, Entry]:
        """PST-P06."""
        cost = Entry(self.line.gl_account, self.minor, self.line.cost_center, project=self.line.project)
        return cost, Entry(GR_IR, -self.minor, item=self.item)


Moves = Sequence[tuple[Position, Position]]
"""Of each line, its position before and after."""


@dataclass(frozen=True, slots=True)
class Received:
    """A posted receipt. order: its number."""

    order: str
    deliveries: tuple[Delivery, ...]


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
    party=lambda request: request.received_by,
    accrues=True,
)
CREATE_ERRORS = (
    "NOT_FOUND", "DUPLICATE_REFERENCE", "ORDER_NOT_OPEN", "QUANTITY_EXCEEDED", "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES", "PERIOD_CLOSED",
    "BOOKING_NOT_STATED", "CURRENCY_INVALID",
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
    enter = Operation(
        "erp.gr.enter", "POST", f"{ORDERS.path}/{{number}}{KIND.path}/entry", "actor", ACT, "The warehouse types a delivery",
        GoodsReceipt, desk.enter, request=GoodsReceiptCreate, status=201, errors=CREATE_ERRORS,
        refs=references,
    )  # fmt: skip
    return (create, enter, *shared(KIND, desk, plural="Goods receipts", undoing="Take a goods receipt back", request=ReverseReceipt))


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
        is_told = erp.books_as_told and call.actor is None
        if is_told:
            require_stated((line.line_no, line.booking) for line in body.lines)
        deliveries, moves = self._deliveries(body, order, is_told=is_told)
        erp.periods.require_open(company.code, on, KIND.module, call.now.date())
        entries = tuple(entry for each in deliveries for entry in each.entries())
        total = sum(each.minor for each in deliveries)
        document = erp.start(call, KIND, body, company, amount_minor=total, posting_date=on, entries=entries, status="posted")
        if is_told:
            erp.told_spending[document.number] = tuple(_spent(body, company, deliveries))
        posted = erp.post(document)
        relieved = self._move(order, moves)
        memo = post_memo(erp, f"{document.number}/encumbrance", document, document.period, relieved)
        self._delivered[document.number] = Received(order.number, deliveries)
        return Reply(
            self.record(document, company),
            version=document.version,
            location=f"{KIND.path}/{document.number}",
            created={"existing_id": document.number, "existing_status": document.status},
            effects=(
                *posted,
                *_receipt_lines(document, order, deliveries),
                *(_stated(document, deliveries) if is_told else ()),
                *memo,
                *erp.tell_clearing(call, document),
            ),
        )

    def enter(self, call: Call) -> Reply:
        """erp.gr.enter"""
        body: GoodsReceiptCreate = call.body
        if call.actor != body.received_by:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{call.actor!r} enters what {body.received_by} received; who takes goods enters them")
        return self.create(call)

    def _deliveries(self, body: GoodsReceiptCreate, order: Document, *, is_told: bool) -> tuple[tuple[Delivery, ...], Moves]:
        company = self._erp.master.companies[order.company_code]
        lines = {line.line_no: line for line in order.request.lines}
        places = {line.line_no: place for place, line in enumerate(order.request.lines, 1)}
        after: dict[int, Position] = {}
        found = []
        for asked in body.lines:
            if asked.order_line not in lines:
                raise Refusal("QUANTITY_EXCEEDED", f"order {order.number} has no line {asked.order_line}")
            position = after.get(asked.order_line) or position_of(self._erp, order, lines[asked.order_line])
            quantity = rules.scaled(asked.quantity, rules.QUANTITY_SCALE)
            if quantity <= 0 or (quantity > position.open and not self._erp.is_lenient):
                left = position.open / rules.QUANTITY_SCALE
                said = f"line {asked.order_line} of order {order.number}: {asked.quantity} is received, {left:g} is open"
                raise Refusal("QUANTITY_EXCEEDED", said)
            minor = rules.minor(asked.booking.accrual_amount, company) if is_told and asked.booking else position.receipt_worth(quantity)
            value = position.value_of(quantity, minor)
            found.append(Delivery(lines[asked.order_line], places[asked.order_line], position.item, quantity, minor, value))
            after[asked.order_line] = position.receive(quantity, minor, value)
        return tuple(found), [(position_of(self._erp, order, lines[number]), position) for number, position in after.items()]

    def undo(self, call: Call) -> Reply:
        """erp.gr.reverse"""
        number = call.path["number"]
        before = self._erp.documents.get(KIND.name, number)
        self._check_there(before)
        reply = super().undo(call)
        after = self._erp.documents.get(KIND.name, number)
        if after.status == before.status:
            return reply
        received, is_owed = self._delivered[number], call.body.replacement_expected
        reply = replace(
            reply, effects=(structs.replace(reply.effects[0], category=REPLACEMENT if is_owed else FOR_GOOD), *reply.effects[1:])
        )
        order = self._erp.documents.get(ORDERS.name, received.order)
        reversal = self._erp.documents.get(KIND.name, after.reversed_by or number)
        moved = self._move(order, self._taken_back(order, received.deliveries, is_owed=is_owed))
        memo = post_memo(self._erp, f"{reversal.number}/encumbrance", reversal, reversal.period, moved)
        return replace(reply, effects=(*reply.effects, *memo, *self._erp.tell_clearing(call, reversal)))

    def _check_there(self, receipt: Document) -> None:
        """What was written off is no longer on GR/IR, so it cannot be taken from there. Raises INVALID_TRANSITION."""
        if receipt.status != "posted":
            return
        received = self._delivered[receipt.number]
        order = self._erp.documents.get(ORDERS.name, received.order)
        moves = self._taken_back(order, received.deliveries, is_owed=True)
        if any(after.received < 0 for _, after in moves):
            raise Refusal("INVALID_TRANSITION", f"what {receipt.number} brought was written off", current_status=receipt.status)

    def _taken_back(self, order: Document, deliveries: Sequence[Delivery], *, is_owed: bool) -> Moves:
        """Of each line once, at the price and value of its receipts."""
        moves: dict[int, tuple[Position, Position]] = {}
        for each in deliveries:
            before = position_of(self._erp, order, each.line)
            _, position = moves.get(each.line.line_no, (before, before))
            position = position.receive(-each.quantity, -each.minor, -each.value)
            moves[each.line.line_no] = before, position if is_owed else replace(position, returned=position.returned + each.quantity)
        return list(moves.values())

    def _move(self, order: Document, moves: Moves) -> tuple[Spending, ...]:
        """The order's positions, and what it encumbers for what is still to come (PST-P06, PST-P07)."""
        for _, after in moves:
            self._erp.positions.put(after)
        return follow(self._erp, order.number, moves)

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


def _receipt_lines(document: Document, order: Document, deliveries: Sequence[Delivery]) -> Iterator[Effect]:
    """What was received of each order line, and how that is coded: the ledger entry knows neither quantity nor project."""
    for number, each in enumerate(deliveries, 1):
        yield Effect(
            "receipt_line",
            f"{document.number}/L{number}",
            "create",
            amount_minor=each.minor,
            quantity=each.quantity,
            currency=document.currency,
            company=document.company_code,
            period=document.period,
            account=each.line.gl_account,
            cost_center=each.line.cost_center,
            project=each.line.project,
            parent_id=document.number,
            src_line=line_id(order.number, each.place),
        )


def _spent(body: GoodsReceiptCreate, company: ErpCompany, deliveries: Sequence[Delivery]) -> Iterator[Spending]:
    """What was stated of whose budget pays."""
    for number, (asked, each) in enumerate(zip(body.lines, deliveries, strict=True), 1):
        if asked.booking is not None and each.minor:
            yield Spending(f"{number}/stated", *place_of(asked.booking, company), each.minor)


def _stated(document: Document, deliveries: Sequence[Delivery]) -> Iterator[Effect]:
    """What was stated line by line, for the judge."""
    on = {"currency": document.currency, "company": document.company_code}
    for number, (asked, each) in enumerate(zip(document.request.lines, deliveries, strict=True), 1):
        told: dict[str, str | int | None] = {"accrual_amount": each.minor, **place_facts(asked.booking)}
        yield from facts(document.number, f"{document.number}/L{number}", told, **on)


def example(desk: Example) -> Body:
    """Of the example of an order."""
    return {
        "document_date": DAY,
        "posting_date": DAY,
        "received_by": desk.person,
        "lines": [{"line_no": 1, "order_line": 10, "quantity": "1"}],
    }
