"""What happened to an order after it was placed, beside its document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Effect
from mocks.systems.erp import rules
from mocks.systems.erp.documents.order.models import DeliveryStatus, OrderedLine, OrderLine, PurchaseOrderChange
from mocks.systems.erp.documents.positions import Position
from mocks.systems.erp.documents.store import Document


@dataclass(frozen=True, slots=True)
class OrderLife:
    """revision: of the order; approved_minor: the highest value that was approved; cancelled: thousandths of a unit by line; last: the
    change that came last."""

    approved_minor: int
    revision: int = 1
    cancelled: Mapping[int, int] = field(default_factory=dict)
    last: PurchaseOrderChange | None = None

    def is_gone(self, line: OrderLine) -> bool:
        """Whether the line was cancelled as a whole."""
        return line.line_no in self.cancelled and rules.scaled(line.quantity, rules.QUANTITY_SCALE) == 0

    def cancel(self, quantities: Mapping[int, int]) -> "OrderLife":
        """After so much of these lines was cancelled."""
        return replace(self, cancelled={**self.cancelled, **{no: self.cancelled.get(no, 0) + each for no, each in quantities.items()}})


class Lives:
    """Of all orders of one ERP; an order to which nothing happened has none yet."""

    def __init__(self) -> None:
        self._of: dict[str, OrderLife] = {}

    def of(self, order: Document) -> OrderLife | None:
        """What happened to this order; None: nothing. A reversal is told as what it reverses."""
        return self._of.get(order.reverses or order.number)

    def begun(self, order: Document) -> OrderLife:
        """The same of an order to which something is about to happen."""
        return self.of(order) or OrderLife(order.amount_minor)

    def put(self, order: Document, life: OrderLife) -> None:
        """Something happened to it."""
        self._of[order.number] = life


def ordered_line(line: OrderLine, position: Position | None, life: OrderLife | None) -> OrderedLine:
    """The line on the wire."""
    return OrderedLine(
        line_no=line.line_no,
        text=line.text,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        amount=line.amount,
        gl_account=line.gl_account,
        cost_center=line.cost_center,
        project=line.project,
        received_quantity=rules.quantity_text(position.received) if position else "0",
        cancelled_quantity=rules.quantity_text(life.cancelled.get(line.line_no, 0)) if life else "0",
    )


def delivery_status(lines: Iterable[OrderLine], positions: Mapping[int, Position]) -> DeliveryStatus:
    """How much of an order is here. positions: of the lines of which something was ever received."""
    if not any(position.received for position in positions.values()):
        return "open"
    for line in lines:
        position = positions.get(line.line_no)
        if position.open if position else rules.scaled(line.quantity, rules.QUANTITY_SCALE):
            return "partially_received"
    return "received"


def line_id(order: str, place: int) -> str:
    """How the history calls a line: by its place in the order, from 1, whatever number it was given."""
    return f"{order}/L{place}"


def order_lines(
    document: Document, lines: Iterable[tuple[int, OrderLine, int]], company: ErpCompany, *, is_new: bool = True
) -> Iterator[Effect]:
    """How each line is coded: the memo entry knows no expense account, and the judge compares it with what the requisition maps to. lines:
    place in the order from 1, line, minor units. Its category says what ends its commitment: receipts, or invoices."""
    for number, line, amount in lines:
        yield Effect(
            "order_line",
            line_id(document.number, number),
            "create" if is_new else "update",
            amount_minor=amount,
            quantity=rules.scaled(line.quantity, rules.QUANTITY_SCALE),
            currency=document.currency,
            company=document.company_code,
            period=document.period,
            account=line.gl_account,
            cost_center=line.cost_center,
            project=line.project,
            parent_id=document.number,
            src_line=f"{document.number}/{line.line_no}",
            category=f"relieved_by_{company.matching.relief}",
        )


def revised_effect(order: Document, base_version: int | None) -> Effect:
    """The order has another content from now on."""
    request = order.request
    return Effect(
        order.kind,
        order.number,
        "update",
        version=order.version,
        base_version=base_version,
        src_version=order.src_version,
        amount_minor=order.amount_minor,
        currency=order.currency,
        company=order.company_code,
        period=order.period,
        document_date=rules.to_day(request.document_date).isoformat(),
        posting_date=order.posting_date.isoformat(),
        party=order.party,
        approvers=" ".join(dict.fromkeys(approval.approver for approval in request.approvals)) or None,
        state=order.status,
    )
