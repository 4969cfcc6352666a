"""What people type: realistic bodies of their requests, around an amount that identifies the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle, islice
from typing import Any, Literal

from mocks.company import receipts, texts
from mocks.company.model import CostCenter, Employee, Entity, Supplier
from mocks.company.money import share_half_up, split, to_text
from mocks.company.new_suppliers import NewSupplier
from mocks.company.shapes import CREDIT_EVERY, FEW_LINES, PLAIN, Shape
from mocks.company.streams import Stream

PAIR_AND_REST = 3  # lines at least of a document with two that are alike


@dataclass(frozen=True, slots=True)
class Preparation:
    """What somebody does before a document is written, because the document grows out of it. point: the operation's call point.

    tells: members of its answer that every later body needs, and what they are called there; path: members of its
    path, and which of these they are; then its body needs none.
    """

    point: str
    actor: str
    body: dict[str, Any]
    tells: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A request body of a person's create operation, and who plays it."""

    system: str
    document: str  # an id of contracts/documents.yaml
    entity: str
    actor: str  # id of the requester in that system (X-Acting-User)
    body: dict[str, Any]
    approvers: tuple[str, ...]  # ids in that system, in the order in which they must approve
    amount_minor: int  # total of the document (expense: gross)
    currency: str
    keys: tuple[tuple[str, str], ...]  # the ERP's ids of the supplier and cost centre that the caller gave
    before: tuple[Preparation, ...] = ()  # what has to be there first
    skips: tuple[str, ...] = ()  # call points of its flow at which nobody has a reason to call for it


def requisition_body(
    entity: Entity,
    stream: Stream,
    amount_minor: int,
    *,
    supplier: Supplier,
    cost_centers: Sequence[CostCenter],
    projects: Sequence[str | None],
    on: date,
    shape: Shape = PLAIN,
) -> dict[str, Any]:
    """Body of POST /api/v1/requisitions whose lines add up to the amount; they take cost centres and projects in turn."""
    parts = line_amounts(stream, amount_minor, shape)
    title, lines = asked_lines(entity, stream, parts, cost_centers=cost_centers, projects=projects, shape=shape)
    return {
        "legalEntity": entity.procurement_id,
        "supplierId": supplier.procurement_id,
        "title": title,
        "currency": entity.currency,
        "neededBy": (on + timedelta(days=7 + stream.below(45))).isoformat(),
        "lines": lines,
    }


def line_amounts(stream: Stream, amount_minor: int, shape: Shape) -> list[int]:
    """What each line of a document of this shape comes to; together they are the amount."""
    return _paired(_parts(stream, amount_minor, _count(stream, shape)), shape)


def asked_lines(
    entity: Entity,
    stream: Stream,
    parts: Sequence[int],
    *,
    cost_centers: Sequence[CostCenter],
    projects: Sequence[str | None],
    shape: Shape = PLAIN,
) -> tuple[str, list[dict[str, Any]]]:
    """A title, and lines of these amounts as somebody asks for them."""
    coding = list(zip(parts, cycle(cost_centers), cycle(projects), strict=False))
    items = [stream.pick(_purchases_for(center, entity.locale)) for _, center, _ in coding]
    lines = [
        _purchase_line(entity, stream, part, item, cost_center=center, project=project)
        for (part, center, project), item in zip(coding, items, strict=True)
    ]
    title, *descriptions = _wording(shape, stream, [f"{items[0][1]} ({cost_centers[0].name})"[:120], *(text for _, text in items)])
    for line, description in zip(lines, descriptions, strict=True):
        line["description"] = description
    _make_alike(lines, parts, shape)
    return title, lines


def expense_body(
    entity: Entity,
    stream: Stream,
    amount_minor: int,
    *,
    cost_centers: Sequence[CostCenter],
    payment_type: str | None,
    on: date,
    shape: Shape = PLAIN,
) -> dict[str, Any]:
    """Body of POST /v2/reports whose lines' gross amounts add up to the amount; they take the cost centres in turn."""
    claims = _paired(_claims(stream, amount_minor, shape), shape)
    coding = list(zip(claims, cycle(cost_centers), strict=False))
    lines = [_expense_line(entity, stream, part, center, payment_type=payment_type, on=on) for part, center in coding]
    for line in lines[::2] if shape.foreign else ():
        line["receipt"] = receipts.abroad(entity, stream, line["amount_minor"])
    title = f"{stream.pick(texts.TRIPS[entity.locale])} {on:%d/%m}"
    title, *descriptions = _wording(shape, stream, [title, *(line["description"] for line in lines)])
    for line, description in zip(lines, descriptions, strict=True):
        line["description"] = description
    _make_alike(lines, claims, shape)
    return {
        "entity_code": entity.expense_id,
        "currency": entity.currency,
        "title": title,
        "lines": lines,
    }


def supplier_request_body(entity: Entity, stream: Stream, amount_minor: int, *, new: NewSupplier, shape: Shape = PLAIN) -> dict[str, Any]:
    """Body of POST /api/v1/supplier-requests; the amount is what is going to be spent in a year."""
    (justification,) = _wording(shape, stream, [stream.pick(texts.WHY_NEW[entity.locale])])
    return {
        "legalEntity": entity.procurement_id,
        "name": new.name,
        "address": {"street": new.street, "postcode": new.postcode, "city": new.city, "country": new.country},
        "taxId": new.tax_id,
        "bank": new.bank.details,
        "paymentTerms": new.payment_terms,
        "currency": entity.currency,
        "expectedSpend": {"amount": to_text(amount_minor, entity.decimals), "currency": entity.currency},
        "justification": justification,
    }


def _wording(shape: Shape, stream: Stream, plain: Sequence[str]) -> list[str]:
    """The title and the lines' texts as they are typed: wild ones take turns, so that a document of some length has all of them."""
    if not shape.wild:
        return list(plain)
    first = stream.below(len(texts.WILD))
    return list(islice(cycle(texts.WILD), first, first + len(plain)))


def _count(stream: Stream, shape: Shape) -> int:
    count = shape.lines or 1 + stream.below(FEW_LINES)
    return max(count, PAIR_AND_REST + shape.credit) if shape.alike else count


def _pair(parts: Sequence[int]) -> list[int]:
    """Where the first three amounts that are no credits stand: two to be made alike, and one for what is left of halving them."""
    places = [place for place, part in enumerate(parts) if part > 0][:PAIR_AND_REST]
    return places if len(places) == PAIR_AND_REST else []


def _paired(parts: list[int], shape: Shape) -> list[int]:
    """The same total with two equal amounts, where there are lines enough for it."""
    if shape.alike and (places := _pair(parts)):
        first, second, third = places
        both = parts[first] + parts[second]
        parts[first] = parts[second] = both // 2
        parts[third] += both % 2
    return parts


def _make_alike(lines: list[dict[str, Any]], parts: Sequence[int], shape: Shape) -> None:
    """Two lines with nothing to tell them apart but their number, as somebody types what was bought twice."""
    if shape.alike and (places := _pair(parts)):
        first, second, _ = places
        lines[second] = {**lines[first]}


def _claims(stream: Stream, amount_minor: int, shape: Shape) -> list[int]:
    """What is claimed, line by line, credits among it."""
    count = _count(stream, shape)
    given_back = [1 + stream.below(amount_minor) for _ in range(max(1, count // CREDIT_EVERY))] if shape.credit and amount_minor > 0 else []
    claims = _parts(stream, amount_minor + sum(given_back), max(1, count - len(given_back)))
    for amount in given_back:
        claims.insert(stream.below(len(claims) + 1), -amount)
    return claims


def _parts(stream: Stream, amount_minor: int, count: int) -> list[int]:
    if amount_minor < 1:
        raise ValueError(f"amount_minor={amount_minor}: expected at least 1")
    count = min(count, amount_minor)
    # One unit for each line first, so that no line is empty.
    shares = split(amount_minor - count, [1 + stream.below(9) for _ in range(count)])
    return [1 + share for share in shares]


def _purchases_for(cost_center: CostCenter, locale: str) -> Sequence[tuple[str, str]]:
    """(category, text) pairs that the cost centre's function may buy."""
    items = texts.PURCHASES[locale]
    return items if cost_center.function in {"MKT", "SAL", "GEN"} else [item for item in items if item[0] != "ADVERTISING"]


def _purchase_line(
    entity: Entity, stream: Stream, amount_minor: int, item: tuple[str, str], *, cost_center: CostCenter, project: str | None
) -> dict[str, Any]:
    divisors = [count for count in (1, 2, 3, 4, 5, 6, 8, 10, 12) if amount_minor % count == 0]
    quantity = stream.pick(divisors)
    category, text = item

    def money(minor: int) -> dict[str, str]:
        return {"amount": to_text(minor, entity.decimals), "currency": entity.currency}

    return {
        "description": text,
        "quantity": str(quantity),
        "unitPrice": money(amount_minor // quantity),
        "amount": money(amount_minor),
        "category": category,
        "costCenter": cost_center.procurement_id,
        "project": project,
    }


def _expense_line(
    entity: Entity, stream: Stream, gross_minor: int, cost_center: CostCenter, *, payment_type: str | None, on: date
) -> dict[str, Any]:
    category, text = stream.pick(texts.SPENDS[entity.locale])
    taxed = category not in {"MILEAGE", "AIRFARE"}
    tax = share_half_up(gross_minor, entity.tax_percent, 100 + entity.tax_percent) if taxed else 0
    cards = ("employee_paid",) if category == "MILEAGE" else ("employee_paid", "company_card")
    return {
        "category": category,
        "spent_on": (on - timedelta(days=_age_days(stream))).strftime("%d/%m/%Y"),
        "merchant": stream.pick(texts.MERCHANTS[entity.locale]),
        "description": text if gross_minor > 0 else texts.REFUNDS[entity.locale].format(text),
        "amount_minor": gross_minor,
        "tax_minor": tax,
        "cost_object": cost_center.expense_id,
        "payment_type": payment_type or stream.pick(cards),
    }


def _age_days(stream: Stream) -> int:
    """How long ago it was spent: days, and for one receipt in four the month before, which is not the period to post to."""
    return 1 + stream.below(14) + (31 if stream.below(4) == 0 else 0)


def chain_ids(chain: Sequence[Employee], system: Literal["procurement", "expense"]) -> tuple[str, ...]:
    """The approvers' ids in one system."""
    return tuple(person.procurement_id if system == "procurement" else person.expense_id for person in chain)
