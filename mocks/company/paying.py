"""Bills of suppliers that somebody enters by hand and pays: what stands behind a payment run, the same for the same document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from mocks.company.drafts import Preparation
from mocks.company.invoicing import TAX_CODES
from mocks.company.model import CostCenter, Employee, Entity, Supplier
from mocks.company.money import share_half_up, to_text
from mocks.company.receiving import account_of
from mocks.company.streams import Stream

NEXT_RUN = timedelta(days=7)
REFERENCE_SPACE = 10**7
AGAIN_ONE_IN = 5  # a further bill of the supplier before, so that one payment has two documents
_DISCOUNT = re.compile(r"(?P<percent>[0-9]+)/")


@dataclass(frozen=True, slots=True)
class SupplierBill:
    """One bill, untaxed. gross_minor: what is billed, in minor units; of it the terms may leave out a discount."""

    supplier: Supplier
    reference: str
    text: str
    gross_minor: int
    gl_account: str
    cost_center: CostCenter


@dataclass(frozen=True, slots=True)
class Stack:
    """Bills and who is behind them. on: their day, which is also the day of the run; chain: who said that they are to be paid."""

    entity: Entity
    clerk: Employee
    chain: tuple[Employee, ...]
    on: date
    bills: tuple[SupplierBill, ...]


def billed(
    stream: Stream, entity: Entity, lines: Sequence[dict[str, Any]], sellers: Sequence[Supplier], *, centers: Sequence[CostCenter], on: date
) -> tuple[SupplierBill, ...]:
    """A bill for each line, as somebody would have asked for just that (`requisition_body`); what is paid of them is what the lines say."""
    by_center = {center.procurement_id: center for center in centers}
    found: list[SupplierBill] = []
    for line in lines:
        is_again = bool(found) and stream.below(AGAIN_ONE_IN) == 0
        seller = found[-1].supplier if is_again else stream.pick(sellers)
        minor = int(Decimal(line["amount"]["amount"]).scaleb(entity.decimals))
        found.append(
            SupplierBill(
                supplier=seller,
                reference=f"{on:%y}-{stream.below(REFERENCE_SPACE):07d}",
                text=line["description"],
                gross_minor=before_discount(minor, seller.payment_terms),
                gl_account=account_of(line["category"], on),
                cost_center=by_center[line["costCenter"]],
            )
        )
    return tuple(found)


def before_discount(minor: int, terms: str) -> int:
    """The least that has to be billed so that this is left when it is paid at once."""
    found = _DISCOUNT.match(terms)
    percent = int(found["percent"]) if found else 0
    least = max(minor, (2 * minor - 1) * 50 // (100 - percent))  # with less than that, less is left whichever way it is rounded
    return next(gross for gross in count(least) if gross - share_half_up(gross, percent, 100) == minor)


def entry(stack: Stack) -> Preparation:
    """The clerk types the bills; the last of those who signed has compared them with what was there before."""
    body = {"reviewed_by": stack.chain[-1].erp_id, "items": [_bill_body(stack, bill) for bill in stack.bills]}
    return Preparation("erp.supplier_invoice.enter", stack.clerk.erp_id, body, {"documents": "documents"})


def proposal(stack: Stack) -> dict[str, Any]:
    """Body of POST /payment-runs, but for the documents."""
    return {
        "company_code": stack.entity.erp_company,
        "pay_on": f"{stack.on:%Y%m%d}",
        "next_run_on": f"{stack.on + NEXT_RUN:%Y%m%d}",
    }


def _bill_body(stack: Stack, bill: SupplierBill) -> dict[str, Any]:
    entity, day = stack.entity, f"{stack.on:%Y%m%d}"
    amount, nothing = to_text(bill.gross_minor, entity.decimals), to_text(0, entity.decimals)
    line = {
        "type": "account",
        "line_no": 1,
        "gl_account": bill.gl_account,
        "cost_center": bill.cost_center.erp_id,
        "net_amount": amount,
        "tax_code": next(each.code for each in TAX_CODES if each.entity == entity.key and not each.rate),
        "tax_amount": nothing,
        "text": bill.text,
    }
    return {
        "company_code": entity.erp_company,
        "vendor_id": bill.supplier.erp_id,
        "supplier_reference": bill.reference,
        "document_date": day,
        "posting_date": day,
        "currency": entity.currency,
        "entered_by": stack.clerk.erp_id,
        "text": bill.text,
        "lines": [line],
        "tax_total": nothing,
        "total": amount,
        "approvals": [
            {
                "step": step,
                "approver": person.erp_id,
                "decided_at": f"{stack.on.isoformat()}T00:00:00+00:00",
                "source_document": "billed without an order",
            }
            for step, person in enumerate(stack.chain, 1)
        ],
    }
