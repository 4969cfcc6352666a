"""Receiving's commands: whoever takes goods records them, and takes a wrong receipt back."""

from dataclasses import replace

from msgspec import structs

from mocks.company.projections import House, ProcurementMaster
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.procurement.desks import SuiteDesk
from mocks.systems.procurement.receiving import models
from mocks.systems.procurement.receiving.orders import BuyerOrder, OrderBook, Part, quantity_text
from mocks.systems.procurement.receiving.receipts import FORM, Receipt
from mocks.systems.procurement.records import head, money, refusal_record
from mocks.workflow import rules

REPLACEMENT, FOR_GOOD = "replacement", "for_good"  # whether the supplier still owes what went back


class ReceiptDesk(SuiteDesk[Receipt]):
    """The receipts of one procurement system."""

    in_list = models.ReceiptSummary

    def __init__(self, master: ProcurementMaster, orders: OrderBook, namespace: str) -> None:
        super().__init__(FORM, Receipt, master.users, namespace)
        self._master = master
        self._orders = orders

    def record(self, document: Receipt) -> models.Receipt:
        """On the wire."""
        order, where = self._orders.get(document.order), self._master.houses[document.house]
        return models.Receipt(
            **head(document),
            receiver_id=document.author,
            supplier_id=order.supplier_id,
            purchase_order=document.order,
            received_on=document.received_on,
            note=document.title or None,
            lines=tuple(_line(number, part, order, where) for number, part in enumerate(document.lines, 1)),
            total=money(document.total_minor, where),
            reversal=document.reversal,
            erp_receipt=document.recorded,
            erp_refusal=refusal_record(document.refusal),
        )

    def source_lines(self, document: Receipt) -> tuple[Effect, ...]:
        """One for each line. How it is coded says the order, by the rules of the day on which it was ordered."""
        order = self._orders.get(document.order)
        return tuple(
            Effect(
                "source_line",
                f"{document.id}/{document.revision}.{number}",
                "create",
                src_version=document.revision,
                amount_minor=part.minor,
                quantity=part.quantity,
                currency=document.currency,
                company=document.house,
                cost_center=order.line(part.order_line).asked.cost_center,
                project=order.line(part.order_line).asked.project,
                document_date=order.ordered_on,
                parent_id=document.id,
                category=order.line(part.order_line).asked.category,
                src_line=f"{document.order}/L{part.order_line}",
            )
            for number, part in enumerate(document.lines, 1)
        )

    def check_content(self, document: Receipt) -> None:
        """Nobody hands it in, so nothing is looked at a second time."""

    def party(self, document: Receipt) -> str:
        """Who took the goods."""
        return document.author

    def centers(self, document: Receipt) -> set[str]:
        """Of the order lines that came."""
        order = self._orders.get(document.order)
        return {order.line(part.order_line).asked.cost_center for part in document.lines}

    def dates(self, document: Receipt) -> tuple[str | None, str | None]:
        """The day on which the goods came, for both."""
        return document.received_on, document.received_on

    def create(self, call: Call) -> Reply:
        """procurement.receipt.create"""
        body: models.ReceiptCreate = call.body
        receiver = self._person(call.actor)
        order = self._orders.get(body.purchase_order)
        if receiver.house != order.house:
            raise Refusal("EMPLOYEE_UNKNOWN", f"user {receiver.id} works for {receiver.house}, order {order.number} is {order.house}'s")
        where = self._master.houses[order.house]
        after, parts = self._orders.taken(order, body.lines, where)
        self._orders.put(after)
        reply = self._open(
            call,
            receiver,
            where,
            status="recorded",
            title=body.note or "",
            lines=parts,
            total_minor=sum(part.minor for part in parts),
            order=order.number,
            received_on=where.day(call.now).isoformat(),
        )
        return self._with_event(reply, reply.body.id, FORM.approved)

    def reverse(self, call: Call) -> Reply:
        """procurement.receipt.reverse"""
        body: models.ReceiptReverse = call.body
        receipt, actor = self._acted(call)
        status = self._after(receipt, "reverse")
        rules.check_author(FORM.noun, receipt, actor, "reverse")
        order, is_owed = self._orders.get(receipt.order), body.replacement_expected
        for part in receipt.lines:
            order = order.moved(Part(part.order_line, -part.quantity, -part.minor), for_good=not is_owed)
        self._orders.put(order)
        why = models.ReceiptReversal(reason=body.reason, replacement_expected=is_owed, reversed_by_id=actor.id, reversed_at=call.now)
        reply = self._change(call, receipt, status=status, reversal=why)
        reply = replace(reply, effects=(structs.replace(reply.effects[0], category=REPLACEMENT if is_owed else FOR_GOOD),))
        return self._with_event(reply, receipt.id, "goods_receipt.reversed", reason=body.reason)

    def record_posting(self, call: Call) -> Reply:
        """procurement.receipt.record_posting"""
        body: models.RecordReceipt = call.body
        posted = models.ErpReceipt(number=body.erp_receipt_number, id=body.erp_receipt_id, recorded_at=call.now)
        return self._written_back(call, "record_posting", posted)


def _line(number: int, part: Part, order: BuyerOrder, where: House) -> models.ReceiptLine:
    return models.ReceiptLine(
        line_no=number,
        order_line=part.order_line,
        description=order.line(part.order_line).asked.description,
        quantity=quantity_text(part.quantity),
        amount=money(part.minor, where),
    )
