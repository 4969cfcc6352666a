"""What must hold for an invoice: known objects, codes of its entity, lines that are of its order, amounts that add up."""

from collections.abc import Sequence
from dataclasses import dataclass

from mocks.company.projections import House, ProcurementMaster
from mocks.kit.operation import Refusal
from mocks.systems.procurement import rules
from mocks.systems.procurement.invoicing.invoices import Item
from mocks.systems.procurement.invoicing.models import Credit, InvoiceAmend, InvoiceCreate, KeyedLine
from mocks.systems.procurement.receiving.orders import BuyerOrder, OrderBook


@dataclass(frozen=True, slots=True)
class Content:
    """All that a supplier billed, checked. total_minor: gross."""

    supplier_id: str
    order: str | None
    credit: Credit | None
    lines: tuple[Item, ...]
    total_minor: int


def checked(master: ProcurementMaster, orders: OrderBook, body: InvoiceCreate | InvoiceAmend, where: House, on: str) -> Content:
    """on: the day on which it is keyed. Raises SUPPLIER_UNKNOWN, SUPPLIER_BLOCKED, ORDER_NOT_OPEN, QUANTITY_EXCEEDED, CODING_INVALID,
    COST_CENTER_INACTIVE, CURRENCY_INVALID and AMOUNT_MISMATCH."""
    rules.check_supplier(master, body.supplier_id, where.id)
    order = _order(orders, body, where)
    lines = tuple(_item(master, line, order, where, on) for line in body.lines)
    total = rules.minor(body.total, where)
    _check_total(lines, total)
    return Content(body.supplier_id, body.purchase_order, body.credit, lines, total)


def _order(orders: OrderBook, body: InvoiceCreate | InvoiceAmend, where: House) -> BuyerOrder | None:
    if body.purchase_order is None:
        return None
    order = orders.get(body.purchase_order)
    if (order.house, order.supplier_id) != (where.id, body.supplier_id):
        raise Refusal("ORDER_NOT_OPEN", f"order {order.number} is none of supplier {body.supplier_id} for {where.id}")
    return order


def _item(master: ProcurementMaster, line: KeyedLine, order: BuyerOrder | None, where: House, on: str) -> Item:
    rules.check_currency(line.unit_price.currency, where)
    if line.tax_code not in master.tax_codes[where.id]:
        raise Refusal(
            "CODING_INVALID", f"no tax code {line.tax_code!r} in {where.id}; there are {', '.join(sorted(master.tax_codes[where.id]))}"
        )
    net, tax = rules.minor(line.net, where), rules.minor(line.tax, where)
    if net == 0:
        raise Refusal("AMOUNT_MISMATCH", "a line bills nothing")
    rules.check_extension(line.quantity, line.unit_price.amount, net, where)
    quantity = rules.scaled(line.quantity, rules.QUANTITY_SCALE)
    if order is not None:
        return _of_order(line, order, (net, tax, quantity))
    if line.order_line is not None or line.category is None or line.cost_center is None:
        raise Refusal("CODING_INVALID", "a line of an invoice without an order has a category and a cost centre, and no order line")
    rules.check_coding(master, rules.Coding(line.category, line.cost_center, line.project), where.id)
    return Item(line, net, tax, None, quantity, line.category, line.cost_center, line.project, on)


def _of_order(line: KeyedLine, order: BuyerOrder, amounts: tuple[int, int, int]) -> Item:
    if line.order_line is None or (line.category, line.cost_center, line.project) != (None, None, None):
        raise Refusal("CODING_INVALID", f"a line of an invoice of order {order.number} names the order line, which says how it is coded")
    net, tax, quantity = amounts
    asked = order.line(line.order_line).asked
    return Item(line, net, tax, line.order_line, quantity, asked.category, asked.cost_center, asked.project, order.ordered_on)


def _check_total(lines: Sequence[Item], total: int) -> None:
    added = sum(line.net + line.tax for line in lines)
    if added != total:
        raise Refusal("AMOUNT_MISMATCH", f"net and tax of the lines add up to {added} minor units, the total says {total}")
