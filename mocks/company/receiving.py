"""What people type when goods come: a buyer's order in the ERP, the same order in procurement, and the receipt of some of it.

The order is older than its receipt, and often larger. The ERP numbers its lines in tens, and leaves out a number now and then, where a
line was deleted before the order went out; procurement counts its lines from 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from mocks.company import chart
from mocks.company.drafts import Preparation
from mocks.company.model import CostCenter, Employee, Entity, Project, PurchaseCategory, Supplier
from mocks.company.money import to_text
from mocks.company.streams import Stream

LINE_STEP = 10
DAYS_MAX = 20  # between an order and its receipt; both in one month
UNWANTED_ONE_IN = 3  # orders with a line of which nothing came
GAP_ONE_IN = 3  # orders in which a line number of the ERP is missing
TIMES = (1, 2, 3, 2)  # how much was ordered of what came; every receipt but the first kind is a partial one
WEIGHED = (Decimal("0.125"), Decimal("0.5"), Decimal("1.25"), Decimal("2.5"))  # what is sold by weight or hours: finer than a piece
WEIGHED_ONE_IN = 3


@dataclass(frozen=True, slots=True)
class Delivered:
    """One order line. came: of it, in units; None: nothing."""

    text: str
    ordered: Decimal
    came: Decimal | None
    price: Decimal
    minor: int  # of all that was ordered
    category: str
    cost_center: CostCenter
    project: Project | None


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order and who is behind it. on: its day; chain: who approved it."""

    entity: Entity
    supplier: Supplier
    buyer: Employee
    chain: tuple[Employee, ...]
    on: date
    lines: tuple[Delivered, ...]
    numbers: tuple[int, ...]  # of its lines, in the ERP

    @property
    def total_minor(self) -> int:
        """Of all that was ordered."""
        return sum(line.minor for line in self.lines)


def ordered_on(stream: Stream, on: date) -> date:
    """Some days before, in the same month."""
    return max(on - timedelta(days=1 + stream.below(DAYS_MAX)), on.replace(day=1))


def delivered(
    stream: Stream, entity: Entity, lines: Sequence[dict[str, Any]], centers: Sequence[CostCenter], projects: Sequence[Project]
) -> tuple[Delivered, ...]:
    """The order lines behind what came. lines: as somebody would have asked for just that (`requisition_body`)."""
    by_center = {center.procurement_id: center for center in centers}
    by_project = {project.procurement_id: project for project in projects}

    def one(line: dict[str, Any], times: int) -> Delivered:
        minor = int(Decimal(line["amount"]["amount"]).scaleb(entity.decimals))
        came = stream.pick(WEIGHED) if stream.below(WEIGHED_ONE_IN) == 0 else Decimal(line["quantity"])
        ordered = came * max(times, 1)
        return Delivered(
            text=line["description"],
            ordered=ordered,
            came=came if times else None,
            price=Decimal(minor).scaleb(-entity.decimals) / came,
            minor=minor * max(times, 1),
            category=line["category"],
            cost_center=by_center[line["costCenter"]],
            project=by_project.get(line["project"] or ""),
        )

    found = [one(line, stream.pick(TIMES)) for line in lines]
    if stream.below(UNWANTED_ONE_IN) == 0:
        found.insert(stream.below(len(found) + 1), one(lines[0], 0))
    return tuple(found)


def line_numbers(stream: Stream, count: int) -> tuple[int, ...]:
    """Of an order's lines in the ERP."""
    gap = 1 + stream.below(count) if stream.below(GAP_ONE_IN) == 0 else count
    return tuple(LINE_STEP * (place + (place > gap)) for place in range(1, count + 1))


def receipt_body(purchase: Purchase, note: str) -> dict[str, Any]:
    """Body of POST /api/v1/receipts, but for the number of the order."""
    came = [(place, line.came) for place, line in enumerate(purchase.lines, 1) if line.came is not None]
    return {"note": note, "lines": [{"orderLine": place, "quantity": number_text(quantity)} for place, quantity in came]}


def entered(purchase: Purchase) -> Preparation:
    """The buyer types the order into the ERP, and nobody needs its number."""
    return Preparation("erp.po.enter", purchase.buyer.erp_id, _order_body(purchase))


def preparations(purchase: Purchase) -> tuple[Preparation, ...]:
    """The buyer types the order into the ERP, and registers it in procurement under the number that the ERP gave it."""
    return (
        replace(entered(purchase), tells={"number": "purchaseOrder"}),
        Preparation("procurement.order.register", purchase.buyer.procurement_id, _registered_body(purchase)),
    )


def _order_body(purchase: Purchase) -> dict[str, Any]:
    entity, decimals = purchase.entity, purchase.entity.decimals
    decided = f"{purchase.on.isoformat()}T09:00:00+00:00"
    return {
        "company_code": entity.erp_company,
        "vendor_id": purchase.supplier.erp_id,
        "document_date": f"{purchase.on:%Y%m%d}",
        "currency": entity.currency,
        "requested_by": purchase.buyer.erp_id,
        "lines": [
            {
                "line_no": number,
                "text": line.text,
                "quantity": number_text(line.ordered),
                "unit_price": price_text(line.price, decimals),
                "amount": to_text(line.minor, decimals),
                "gl_account": account_of(line.category, purchase.on),
                "cost_center": line.cost_center.erp_id,
                "project": line.project.erp_id if line.project else None,
            }
            for number, line in zip(purchase.numbers, purchase.lines, strict=True)
        ],
        "total": to_text(purchase.total_minor, decimals),
        "approvals": [
            {"step": step, "approver": person.erp_id, "decided_at": decided, "source_document": "bought by hand"}
            for step, person in enumerate(purchase.chain, 1)
        ],
    }


def _registered_body(purchase: Purchase) -> dict[str, Any]:
    entity = purchase.entity
    return {
        "legalEntity": entity.procurement_id,
        "supplierId": purchase.supplier.procurement_id,
        "currency": entity.currency,
        "orderedOn": purchase.on.isoformat(),
        "lines": [
            {
                "description": line.text,
                "quantity": number_text(line.ordered),
                "unitPrice": {"amount": price_text(line.price, entity.decimals), "currency": entity.currency},
                "category": line.category,
                "costCenter": line.cost_center.procurement_id,
                "project": line.project.procurement_id if line.project else None,
            }
            for line in purchase.lines
        ],
    }


def account_of(category: str, on: date) -> str:
    """Where purchases of a category are booked on a day."""
    return next(rule.gl_account for rule in chart.PURCHASE_CATEGORIES if rule.procurement_id == category and _holds(rule, on))


def _holds(rule: PurchaseCategory, on: date) -> bool:
    return (rule.valid_from is None or rule.valid_from <= on) and (rule.valid_to is None or on <= rule.valid_to)


def number_text(value: Decimal) -> str:
    """A quantity as people write it."""
    return f"{value.normalize():f}"


def price_text(value: Decimal, decimals: int) -> str:
    """A price for one unit, which may be finer than the currency."""
    finer = -int(value.normalize().as_tuple().exponent)
    return f"{value:.{max(decimals, finer)}f}"
