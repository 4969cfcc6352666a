"""What a supplier invoice says, for the history: its ledger entry knows neither quantities nor projects, and adds taxes up."""

from collections import defaultdict
from collections.abc import Iterator

from mocks.kit.operation import Effect
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.order.kind import KIND as ORDERS
from mocks.systems.erp.documents.order.life import line_id
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.book import Part
from mocks.systems.erp.invoices.matching import Match
from mocks.systems.erp.invoices.posting import SMALL_DIFFERENCES
from mocks.systems.erp.invoices.stated import stated_facts
from mocks.systems.erp.invoices.tax import INPUT_TAX


def bill_lines(erp: Erp, document: Document, match: Match) -> Iterator[Effect]:
    """What is billed, line by line, net, as it is coded, and all its tax as it was printed, whatever of it comes back; the tax of each
    code; the supplier's own number as it came; and what was stated. Of a credit all amounts are negative."""
    sign, taxes = match.bill.sign, defaultdict[str, int](int)
    for part in match.parts:
        taxes[part.asked.tax_code] += sign * part.tax.printed
        yield _line(erp, document, part, sign)
    if printed := sum(taxes.values()):
        yield _of(document, "invoice_line", "tax", amount_minor=printed, account=INPUT_TAX)
    if match.bill.rounding:
        yield _of(document, "invoice_line", "rounding", amount_minor=sign * match.bill.rounding, account=SMALL_DIFFERENCES)
    for code, minor in taxes.items():
        yield _of(document, "tax_line", code, amount_minor=minor, category=code)
    yield _of(document, "supplier_number", "reference", ext_ref=match.bill.body.supplier_reference)
    yield from stated_facts(erp, document, sign, match.parts)


def _line(erp: Erp, document: Document, part: Part, sign: int) -> Effect:
    charge = part.charge
    ordered = {"quantity": sign * part.quantity, "src_line": _place(erp, part.order, part.order_line)} if part.order else {}
    return _of(
        document,
        "invoice_line",
        f"L{part.asked.line_no}",
        amount_minor=sign * part.net,
        account=charge.account,
        cost_center=charge.cost_center,
        project=charge.project,
        **ordered,
    )


def _place(erp: Erp, order: str, order_line: int) -> str:
    """An order line by its place, from 1, as the history calls it."""
    lines = erp.documents.get(ORDERS.name, order).request.lines
    return line_id(order, next(place for place, line in enumerate(lines, 1) if line.line_no == order_line))


def _of(document: Document, entity_type: str, name: str, **members: object) -> Effect:
    return Effect(
        entity_type,
        f"{document.number}/{name}",
        "create",
        currency=document.currency,
        company=document.company_code,
        period=document.period,
        parent_id=document.number,
        **members,  # type: ignore[arg-type]
    )
