"""The orders that procurement's people receive: registered by a buyer under the ERP's number, with how much of each line came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mocks.company.projections import House, ProcurementMaster
from mocks.kit.ids import draw_uuid
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.procurement import rules
from mocks.systems.procurement.receiving import models
from mocks.workflow.rules import known_person

KIND, FIRST = "registered_order", 1
VERSION = 1  # nobody changes an order that is registered
UNIT = rules.QUANTITY_SCALE * rules.PRICE_SCALE


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one order line: thousandths of its unit, and minor units at the order's price. Negative: it went back."""

    order_line: int
    quantity: int
    minor: int


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One line of an order. received, returned: thousandths of its unit; what went back for good is owed no more."""

    asked: models.OrderLineRegister
    ordered: int
    price: int  # millionths
    received: int = 0
    received_minor: int = 0
    returned: int = 0

    @property
    def open(self) -> int:
        """What the supplier still owes."""
        return self.ordered - self.received - self.returned

    def worth(self, quantity: int, decimals: int) -> int:
        """What so much more of it is worth, half up on all that came, so that parts add up to the line."""
        total = (2 * (self.received + quantity) * self.price * 10**decimals + UNIT) // (2 * UNIT)
        return int(total) - self.received_minor


@dataclass(frozen=True, slots=True)
class BuyerOrder:
    """One order. buyer: who registered it. What came of it is no change of what was ordered."""

    number: str
    uuid: str
    house: str
    supplier_id: str
    buyer: str
    currency: str
    ordered_on: str
    lines: tuple[OpenLine, ...]
    created_at: datetime

    def line(self, place: int) -> OpenLine:
        """By its place in the order, from 1. Raises QUANTITY_EXCEEDED for one that it does not have."""
        if not FIRST <= place <= len(self.lines):
            raise Refusal("QUANTITY_EXCEEDED", f"order {self.number} has {len(self.lines)} lines, and no line {place}")
        return self.lines[place - FIRST]

    def moved(self, part: Part, *, for_good: bool = False) -> "BuyerOrder":
        """After a part of it came, or went back (for_good: nobody owes it any more)."""
        line = self.line(part.order_line)
        after = replace(
            line,
            received=line.received + part.quantity,
            received_minor=line.received_minor + part.minor,
            returned=line.returned - part.quantity if for_good else line.returned,
        )
        place = part.order_line - FIRST
        return replace(self, lines=(*self.lines[:place], after, *self.lines[place + 1 :]))


class OrderBook:
    """All orders of one procurement system."""

    def __init__(self, master: ProcurementMaster) -> None:
        self._master = master
        self._orders: dict[str, BuyerOrder] = {}

    def get(self, number: str) -> BuyerOrder:
        """Raises ORDER_NOT_OPEN for one that nobody registered."""
        found = self._orders.get(number)
        if found is None:
            raise Refusal("ORDER_NOT_OPEN", f"no order {number!r} is registered")
        return found

    def put(self, order: BuyerOrder) -> None:
        """Something of it came or went back."""
        self._orders[order.number] = order

    def taken(self, order: BuyerOrder, lines: Sequence[models.ReceiptLineCreate], where: House) -> tuple[BuyerOrder, tuple[Part, ...]]:
        """The order when these lines came, and what they are worth. Raises QUANTITY_EXCEEDED."""
        parts = []
        for asked in lines:
            line, quantity = order.line(asked.order_line), rules.scaled(asked.quantity, rules.QUANTITY_SCALE)
            if not 0 < quantity <= line.open:
                left = quantity_text(line.open)
                said = f"line {asked.order_line} of order {order.number}: {asked.quantity} is received, {left} is open"
                raise Refusal("QUANTITY_EXCEEDED", said)
            parts.append(Part(asked.order_line, quantity, line.worth(quantity, where.decimals)))
            order = order.moved(parts[-1])
        return order, tuple(parts)

    def register(self, call: Call) -> Reply:
        """procurement.order.register"""
        body: models.OrderRegister = call.body
        buyer = known_person(self._master.users, call.actor, "user id")
        where = rules.house(self._master, body.legal_entity, body.currency, buyer)
        rules.check_supplier(self._master, body.supplier_id, where.id)
        if body.purchase_order in self._orders:
            known = f"order {body.purchase_order} is registered already"
            raise Refusal("DUPLICATE_REFERENCE", known, existing_id=body.purchase_order, existing_status="open")
        order = BuyerOrder(
            number=body.purchase_order,
            uuid=draw_uuid(call, "order"),
            house=where.id,
            supplier_id=body.supplier_id,
            buyer=buyer.id,
            currency=where.currency,
            ordered_on=body.ordered_on,
            lines=tuple(self._line(line, where) for line in body.lines),
            created_at=call.now,
        )
        self.put(order)
        effect = Effect(KIND, order.number, "create", version=VERSION, currency=order.currency, company=order.house, state="open")
        home = f"/api/v1/orders/{order.number}"
        return Reply(order_record(order), version=VERSION, location=home, created={"existing_id": order.number}, effects=(effect,))

    def read(self, call: Call) -> Reply:
        """procurement.order.read"""
        number = call.path["purchaseOrder"]
        if number not in self._orders:
            raise Refusal("NOT_FOUND", f"no order with number {number!r} is registered")
        return Reply(order_record(self._orders[number]), version=VERSION)

    def _line(self, line: models.OrderLineRegister, where: House) -> OpenLine:
        rules.check_coding(self._master, line, where.id)
        rules.check_currency(line.unit_price.currency, where)
        ordered, price = rules.scaled(line.quantity, rules.QUANTITY_SCALE), rules.scaled(line.unit_price.amount, rules.PRICE_SCALE)
        return OpenLine(line, ordered, price)


def order_record(order: BuyerOrder) -> models.RegisteredOrder:
    """An order on the wire."""
    return models.RegisteredOrder(
        purchase_order=order.number,
        uuid=order.uuid,
        version=VERSION,
        legal_entity=order.house,
        supplier_id=order.supplier_id,
        buyer_id=order.buyer,
        currency=order.currency,
        ordered_on=order.ordered_on,
        lines=tuple(_line_record(place, line) for place, line in enumerate(order.lines, FIRST)),
        exported=False,
        external_id=None,
        created_at=order.created_at,
        updated_at=order.created_at,
    )


def _line_record(place: int, line: OpenLine) -> models.OrderLineState:
    return models.OrderLineState(
        line_no=place,
        description=line.asked.description,
        quantity=line.asked.quantity,
        unit_price=line.asked.unit_price,
        category=line.asked.category,
        cost_center=line.asked.cost_center,
        project=line.asked.project,
    )


def quantity_text(thousandths: int) -> str:
    """As people write it: without zeros that say nothing."""
    whole, rest = divmod(thousandths, rules.QUANTITY_SCALE)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
