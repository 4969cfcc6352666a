"""What people type when a purchase goes on: goods of an order that the connector made, the bill for them, the payment of the bill.

Each reads what the systems show of the documents before it, and types nothing that cannot be seen there.
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from mocks.company import billing, drafts
from mocks.company.company import Company
from mocks.company.drafts import Draft, Preparation
from mocks.company.invoicing import TAX_CODES, TAX_WORDS
from mocks.company.model import Employee, Entity
from mocks.company.money import share_half_up, to_text
from mocks.company.paying import NEXT_RUN
from mocks.company.receiving import number_text
from mocks.company.streams import Stream

IN_PARTS_ONE_IN = 2  # order lines of which only a part comes
RATE_SCALE = 10_000

Seen = Mapping[str, Any]  # a record as its system shows it


def seen(record: Any) -> Seen:
    """A record, by the names that it has on the wire."""
    return dict(msgspec.to_builtins(record))


def draft_receipt_of(company: Company, entity: str, key: str, requisition: Seen) -> Draft:
    """The goods of the order that was made of an approved requisition, some of them in parts. Whoever asked for them registers the order;
    a colleague takes the goods."""
    house, stream = company.entity(entity), Stream(company.seed, "continued receipt", entity, key)
    receiver = _somebody_else(company, stream, entity, {requisition["requesterId"]})
    came = [(place, line, _part_of(stream, Decimal(line["quantity"]))) for place, line in enumerate(requisition["lines"], 1)]
    worth = sum(_minor(house, line["unitPrice"]) * quantity for _, line, quantity in came)
    kept = ("description", "quantity", "unitPrice", "category", "costCenter", "project")
    order = {
        "purchaseOrder": requisition["erpOrder"]["number"],
        "legalEntity": requisition["legalEntity"],
        "supplierId": requisition["supplierId"],
        "currency": house.currency,
        "orderedOn": requisition["requestedOn"],
        "lines": [{name: line[name] for name in kept} for line in requisition["lines"]],
    }
    return Draft(
        system="procurement",
        document="receipt",
        entity=entity,
        actor=receiver.procurement_id,
        body={
            "purchaseOrder": requisition["erpOrder"]["number"],
            "note": requisition["title"],
            "lines": [{"orderLine": place, "quantity": number_text(quantity)} for place, _, quantity in came],
        },
        approvers=(),
        amount_minor=int(worth),
        currency=house.currency,
        keys=(),
        before=(Preparation("procurement.order.register", requisition["requesterId"], order, fills={}),),
    )


def draft_invoice_of(company: Company, entity: str, key: str, requisition: Seen, receipt: Seen, *, on: date, serial: int | None) -> Draft:
    """The bill for what came, at the prices of the order. Who keyed it neither asked for the goods nor took them."""
    house, stream = company.entity(entity), Stream(company.seed, "continued invoice", entity, key)
    clerk = _somebody_else(company, stream, entity, {requisition["requesterId"], receipt["receiverId"]})
    dated = billing.dated_on(stream, on, None)
    word = stream.pick((billing.STANDARD, billing.STANDARD, billing.UNTAXED))
    asked = dict(enumerate(requisition["lines"], 1))
    lines, total = [], 0
    for line in receipt["lines"]:
        net = _minor_amount(house, line["amount"])
        tax = share_half_up(net, _rate(house, word, dated), RATE_SCALE)
        total += net + tax
        lines.append(
            {
                "description": line["description"],
                "quantity": line["quantity"],
                "unitPrice": asked[line["orderLine"]]["unitPrice"],
                "orderLine": line["orderLine"],
                "net": line["amount"],
                "taxCode": word,
                "tax": _money(house, tax),
            }
        )
    body = {
        "legalEntity": requisition["legalEntity"],
        "supplierId": requisition["supplierId"],
        "supplierInvoiceNumber": billing.supplier_number(stream, serial),
        "invoiceDate": dated.isoformat(),
        "currency": house.currency,
        "purchaseOrder": receipt["purchaseOrder"],
        "credit": None,
        "note": receipt["note"],
        "lines": lines,
        "total": _money(house, total),
    }
    approvers = drafts.chain_ids(company.approval_chain(clerk, total), "procurement")
    return Draft("procurement", "invoice", entity, clerk.procurement_id, body, approvers, total, house.currency, ())


def draft_payment_run_of(company: Company, entity: str, key: str, invoice: Seen, *, on: date) -> Draft:
    """The payment of one posted bill, whenever it is due. The treasurer did not key it."""
    house, stream = company.entity(entity), Stream(company.seed, "continued payment", entity, key)
    treasurer, total = _somebody_else(company, stream, entity, {invoice["clerkId"]}), _minor_amount(house, invoice["total"])
    body = {
        "company_code": house.erp_company,
        "pay_on": f"{on:%Y%m%d}",
        "next_run_on": f"{on + NEXT_RUN:%Y%m%d}",
        "documents": [invoice["erpInvoice"]["number"]],
    }
    approvers = (company.approval_chain(treasurer, total)[-1].erp_id,) * 2  # who approves it issues it
    return Draft("erp", "payment_run", entity, treasurer.erp_id, body, approvers, total, house.currency, ())


def _somebody_else(company: Company, stream: Stream, entity: str, not_these: Collection[str]) -> Employee:
    return stream.pick([person for person in company.staff(entity) if person.procurement_id not in not_these])


def _part_of(stream: Stream, ordered: Decimal) -> Decimal:
    """All of it, or about half where whole pieces are left."""
    in_parts = stream.below(IN_PARTS_ONE_IN) == 0 and ordered >= 2 and ordered == int(ordered)
    return Decimal(int(ordered) // 2) if in_parts else ordered


def _rate(house: Entity, word: str, on: date) -> int:
    code = TAX_WORDS[house.key][word]
    return next(rule.rate for rule in TAX_CODES if (rule.entity, rule.code) == (house.key, code) and rule.holds_on(on))


def _minor(house: Entity, price: Seen) -> Decimal:
    return Decimal(price["amount"]).scaleb(house.decimals)


def _minor_amount(house: Entity, money: Seen) -> int:
    return int(Decimal(money["amount"]).scaleb(house.decimals))


def _money(house: Entity, minor: int) -> dict[str, str]:
    return {"amount": to_text(minor, house.decimals), "currency": house.currency}
