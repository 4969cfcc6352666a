"""What a clerk types when a supplier bills: of an order that others made and received, of nothing that was ordered, or a credit.

`amount_minor` of an invoice is gross; prices and lines are net, and the tax of each line is printed beside it. What was ordered and
received is prepared by the buyer and the warehouse, some of it after the bill, at a price that is a little off, or in another quantity.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from mocks.company.drafts import Preparation
from mocks.company.invoicing import MATCH_CONTROLS, TAX_CODES, TAX_WORDS
from mocks.company.model import Employee, Entity, Supplier
from mocks.company.money import share_half_up, to_text
from mocks.company.receiving import Delivered, Purchase, number_text, price_text
from mocks.company.shapes import Shape
from mocks.company.streams import Stream

WITHOUT_ORDER_ONE_IN = 5
FIRST_ONE_IN = 5  # bills of goods that come later, where the entity books such bills
DEARER_ONE_IN = 4  # bills at a price above that of the order, inside the tolerance
MIXED_ONE_IN = 3  # bills with several tax codes
DEARER_SHARE, DEARER_MOST = 125, 4_000  # one in so many, and so many minor units
UNTAXED, STANDARD, SELF_ASSESSED = "T0", "T1", "TR"
STYLES = ("{}", "INV-{}", "RE {}", "2026/{}", "no. {}", "F{}-a", "00{}")  # how suppliers write their numbers
NUMBERS = 10**9
DAYS_MOST = 30  # until a bill is keyed
DAYS_APART, DATES = 4, 61  # a supplier that bills one total twice within three days seems to bill it twice
RATE_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class Way:
    """What stands behind a bill. ordered: an order; received: its goods are there; dearer: the order was cheaper."""

    ordered: bool
    received: bool
    dearer: bool


@dataclass(frozen=True, slots=True)
class Taxed:
    """One line: what of its gross amount is net."""

    net: int
    tax: int
    code: str


@dataclass(frozen=True, slots=True)
class Bill:
    """What the supplier sent. serial: tells it from a bill that is like it; None: there is no other one."""

    entity: Entity
    supplier: Supplier
    number: str
    dated: date
    amount_minor: int
    note: str
    is_credit: bool


def way_of(stream: Stream, entity: Entity, shape: Shape) -> Way:
    """Credits are for nothing that was ordered. Where bills are parked until the goods come, the goods come first."""
    control = MATCH_CONTROLS[entity.key]
    without, first, dearer = (stream.below(many) == 0 for many in (WITHOUT_ORDER_ONE_IN, FIRST_ONE_IN, DEARER_ONE_IN))
    return Way(
        ordered=not (without or shape.credit),
        received=not (first and control.before_receipt == "post_and_block"),
        dearer=dearer and control.price.upper_percent != 0,
    )


def taxed(stream: Stream, entity: Entity, parts: Sequence[int], on: date, shape: Shape) -> tuple[Taxed, ...]:
    """Of the gross amounts of the lines. From abroad nobody prints tax; lines that are alike have one code."""
    words = TAX_WORDS[entity.key]
    printed = [word for word in words if word != SELF_ASSESSED]
    one = SELF_ASSESSED if shape.foreign else stream.pick((STANDARD, STANDARD, UNTAXED))
    is_mixed = stream.below(MIXED_ONE_IN) == 0 and not (shape.foreign or shape.alike)
    return tuple(_taxed(entity, part, stream.pick(printed) if is_mixed else one, on) for part in parts)


def _taxed(entity: Entity, gross: int, word: str, on: date) -> Taxed:
    code = TAX_WORDS[entity.key][word]
    rule = next(each for each in TAX_CODES if (each.entity, each.code) == (entity.key, code) and each.holds_on(on))
    rate = 0 if rule.owed_on else rule.rate
    net = share_half_up(gross, RATE_SCALE, RATE_SCALE + rate)
    return Taxed(net, gross - net, word)


def supplier_number(stream: Stream, serial: int | None) -> str:
    """As suppliers write it: digits with something around them."""
    digits = stream.below(NUMBERS) if serial is None else 1_000_000 + serial
    return stream.pick(STYLES).format(digits)


def dated_on(stream: Stream, on: date, serial: int | None) -> date:
    """Some days before it is keyed; those that are like another one are older, some days apart."""
    days = stream.below(DAYS_MOST) if serial is None else DAYS_MOST + DAYS_APART * (1 + serial % DATES)
    return on - timedelta(days=days)


def cheaper(lines: Sequence[Delivered], entity: Entity) -> tuple[Delivered, ...]:
    """The order lines behind what was billed at a higher price: off by whole minor units of a unit, and less than the tolerance."""

    def one(line: Delivered) -> Delivered:
        if line.came is None:
            return line
        times = int(line.ordered / line.came)
        net = line.minor // times
        pieces = int(line.came) if line.came == int(line.came) else 1
        less = min(net // DEARER_SHARE, DEARER_MOST) // pieces * pieces
        return replace(line, price=Decimal(net - less).scaleb(-entity.decimals) / line.came, minor=(net - less) * times)

    return tuple(one(line) for line in lines)


def ordered_body(bill: Bill, billed: Sequence[Delivered], tax: Sequence[Taxed]) -> dict[str, Any]:
    """Of goods that were ordered, but for the number of the order. billed: the lines of the order at the supplier's prices."""
    came = [(place, line) for place, line in enumerate(billed, 1) if line.came is not None]
    lines = [
        {
            "description": line.text,
            "quantity": number_text(line.came or Decimal(0)),
            "unitPrice": _price(bill.entity, line.price),
            "orderLine": place,
            **_amounts(bill.entity, each),
        }
        for (place, line), each in zip(came, tax, strict=True)
    ]
    return _body(bill, lines)


def unordered_body(bill: Bill, asked: Sequence[dict[str, Any]], tax: Sequence[Taxed]) -> dict[str, Any]:
    """Of what nobody ordered. asked: as somebody would have asked for it (`requisition_body`), net."""
    kept = ("description", "quantity", "unitPrice", "category", "costCenter", "project")
    lines = [{**{name: line[name] for name in kept}, **_amounts(bill.entity, each)} for line, each in zip(asked, tax, strict=True)]
    return _body(bill, lines) | {"purchaseOrder": None}


def _body(bill: Bill, lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    entity = bill.entity
    credit = {"kind": "price", "reason": "bonus of the year"} if bill.is_credit else None
    return {
        "legalEntity": entity.procurement_id,
        "supplierId": bill.supplier.procurement_id,
        "supplierInvoiceNumber": bill.number,
        "invoiceDate": bill.dated.isoformat(),
        "currency": entity.currency,
        "credit": credit,
        "note": bill.note,
        "lines": list(lines),
        "total": _money(entity, bill.amount_minor),
    }


def _amounts(entity: Entity, each: Taxed) -> dict[str, Any]:
    return {"net": _money(entity, each.net), "taxCode": each.code, "tax": _money(entity, each.tax)}


def _money(entity: Entity, minor: int) -> dict[str, str]:
    return {"amount": to_text(minor, entity.decimals), "currency": entity.currency}


def _price(entity: Entity, price: Decimal) -> dict[str, str]:
    return {"amount": price_text(price, entity.decimals), "currency": entity.currency}


def goods_receipt(stream: Stream, purchase: Purchase, receiver: Employee, on: date) -> Preparation:
    """The warehouse books what came: what is billed, or more of it. The order's number is known by then."""
    day = f"{on - timedelta(days=stream.below((on - purchase.on).days + 1)):%Y%m%d}"
    lines = []
    for number, line in zip(purchase.numbers, purchase.lines, strict=True):
        if line.came is not None:
            came = line.came * (1 + stream.below(int(line.ordered / line.came)))
            lines.append({"line_no": number, "order_line": number, "quantity": number_text(came)})
    body = {"document_date": day, "posting_date": day, "received_by": receiver.erp_id, "lines": lines}
    return Preparation("erp.gr.enter", receiver.erp_id, body, path={"number": "purchaseOrder"})
