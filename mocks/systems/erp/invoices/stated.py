"""A supplier invoice as an ERP books it that is told how: relief, tax, budget, receipt and reservation are the connector's word."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.booking import facts, place_facts, place_of, require_stated
from mocks.systems.erp.budget.funds import memo, step_effect
from mocks.systems.erp.budget.ledger import TRANSITIONS, Reservation, Spending
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.book import Part
from mocks.systems.erp.invoices.models import SupplierInvoiceCreate
from mocks.systems.erp.invoices.tax import LineTax

AMOUNTS = ("relief_amount", "recoverable_tax", "self_assessed_tax")


def told_part(part: Part, company: ErpCompany) -> Part:
    """The line with what was stated of it instead of what would be derived; one that states nothing (a clerk typed it) as it is."""
    stated = part.asked.booking
    if stated is None:
        return part
    relief = rules.minor(stated.relief_amount, company) if part.order else 0
    is_cleared = part.way in {"three_way", "price_credit"}
    tax = _told_tax(part, rules.minor(stated.recoverable_tax, company), rules.minor(stated.self_assessed_tax, company))
    return replace(part, worth=relief, cleared=relief if is_cleared else 0, tax=tax, place=place_of(stated, company))


def _told_tax(part: Part, recoverable: int, self_assessed: int) -> LineTax:
    """Raises JOURNAL_UNBALANCED and CODING_INVALID: more cannot come back than there is, and what one owes oneself needs an account."""
    known = part.tax
    whole = known.printed + self_assessed
    if recoverable > whole:
        said = f"line {part.asked.line_no}: {recoverable} minor units of tax come back, and there are {whole}"
        raise Refusal("JOURNAL_UNBALANCED", said)
    if self_assessed and known.owed_on is None:
        raise Refusal("CODING_INVALID", f"line {part.asked.line_no}: nobody owes tax of code {part.asked.tax_code} to the office itself")
    return replace(known, recoverable=recoverable, cost=whole - recoverable, owed=self_assessed)


def check_stated(erp: Erp, call: Call, body: SupplierInvoiceCreate) -> None:
    """A connector says how each line is booked; who types at the ERP's own screen does not. Raises BOOKING_NOT_STATED and
    RESERVATION_ENDED."""
    if not erp.books_as_told or call.actor is not None:
        return
    require_stated((line.line_no, line.booking) for line in body.lines)
    erp.budget.expire(call.now)
    if body.reservation_id is not None and reserved(erp, body) is None:
        said = f"no reservation {body.reservation_id!r} in company {body.company_code}, or it has ended"
        raise Refusal("RESERVATION_ENDED", said)


def reserved(erp: Erp, body: SupplierInvoiceCreate) -> Reservation | None:
    """What is kept for an invoice, where it names it and it has not ended."""
    kept = erp.budget.reservations.get(body.reservation_id or "") if erp.books_as_told else None
    if kept is None or kept.asked.body.company_code != body.company_code or (kept.status, "consume") not in TRANSITIONS:
        return None
    return kept


def spend_as_told(erp: Erp, document: Document, sign: int, parts: Iterable[Part]) -> None:
    """What its lines cost is actual spending where they say, as soon as it is booked."""
    told = [part for part in parts if part.place is not None]
    if told:
        erp.told_spending[document.number] = tuple(each for part in told for each in _costs(part, sign))


def _costs(part: Part, sign: int) -> Iterator[Spending]:
    assert part.place is not None
    minor = part.net - part.cleared + part.tax.cost
    if minor:
        yield Spending(f"{part.asked.line_no}/stated", part.place.bucket, part.place.period, sign * minor)


def consume_reservation(erp: Erp, document: Document) -> tuple[Effect, ...]:
    """What was kept for it is given back as it is spent; nothing, where that has ended while it was parked."""
    kept = reserved(erp, document.request)
    if kept is None:
        return ()
    after = erp.budget.step(kept.id, "consume", document.updated_at)
    return (step_effect(after), *(erp.ledger.post(memo(after, ends=True)) if kept.status == "approved" else ()))


def stated_facts(erp: Erp, document: Document, sign: int, parts: Iterable[Part]) -> Iterator[Effect]:
    """Kind and reason of a credit, and, where it is booked as told, what was stated line by line; of a credit amounts are negative."""
    request: SupplierInvoiceCreate = document.request
    company = erp.master.companies[document.company_code]
    on = {"currency": document.currency, "company": document.company_code}
    yield from facts(document.number, None, {"credit_kind": request.credit_memo, "credit_reason": request.credit_reason}, **on)
    if not erp.books_as_told:
        return
    yield from facts(document.number, None, {"reservation": request.reservation_id}, **on)
    for part in parts:
        stated = part.asked.booking
        if stated is not None:
            amounts = {name: sign * rules.minor(getattr(stated, name), company) for name in AMOUNTS}
            told: dict[str, str | int | None] = {"tax_code": part.asked.tax_code, **amounts, **place_facts(stated), "receipt": part.receipt}
            yield from facts(document.number, f"{document.number}/L{part.asked.line_no}", told, **on)
