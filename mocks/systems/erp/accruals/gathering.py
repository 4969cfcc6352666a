"""What a period owes and no books say: parked invoices, and what people know of (PST-A03, PST-X10). What was received stands on GR/IR
already, and is not accrued a second time (PST-A01)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.accruals.models import AccrualLine, AccruedCost, Basis
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.order.funds import position_of
from mocks.systems.erp.documents.order.kind import KIND as ORDERS
from mocks.systems.erp.documents.order.models import OrderLine
from mocks.systems.erp.documents.positions import Position
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.bill import BillLine, read_bill
from mocks.systems.erp.invoices.book import DOCUMENT as INVOICES
from mocks.systems.erp.invoices.book import Charge
from mocks.systems.erp.invoices.models import BilledOrderLine


@dataclass(frozen=True, slots=True)
class Found:
    """One cost: minor units, net; a credit negative."""

    basis: Basis
    charge: Charge
    minor: int
    source: str | None
    text: str

    def line(self, number: int, decimals: int) -> AccrualLine:
        """As it stands in a proposal."""
        return AccrualLine(
            line_no=number,
            basis=self.basis,
            gl_account=self.charge.account,
            cost_center=self.charge.cost_center,
            project=self.charge.project,
            amount=to_text(self.minor, decimals),
            source_document=self.source,
            text=self.text,
        )


def parked(erp: Erp, company: ErpCompany, on: date, is_known: Callable[[str], bool]) -> Iterator[Found]:
    """Invoices that wait for something before they are posted, dated no later than that day. is_known: whether a document is accrued
    already. Of what was ordered, only what GR/IR does not hold: receipts serve the oldest invoice first."""
    held: dict[str, int] = {}
    for number in erp.invoices.parked:
        document = erp.documents.get(INVOICES, number)
        if document.company_code != company.code or document.posting_date > on or is_known(number):
            continue
        bill = read_bill(erp.master, erp.rates, document.request)
        for line in bill.lines:
            charge, minor = _owed(erp, line, held)
            if minor:
                yield Found("parked_invoice", charge, bill.sign * minor, number, line.asked.text)


def _owed(erp: Erp, line: BillLine, held: dict[str, int]) -> tuple[Charge, int]:
    """Whom a parked line charges, and for how much beside GR/IR."""
    asked = line.asked
    if not isinstance(asked, BilledOrderLine):
        return Charge(asked.gl_account, asked.cost_center, asked.project), line.net
    ordered, position = _ordered(erp, asked.order_number, asked.order_line)
    there = held.setdefault(position.item, max(position.received_minor - position.invoiced_minor, 0))
    taken = min(there, line.net)
    held[position.item] -= taken
    return Charge(ordered.gl_account, ordered.cost_center, ordered.project), line.net - taken


def _ordered(erp: Erp, number: str, line_no: int) -> tuple[OrderLine, Position]:
    """Raises ORDER_NOT_OPEN, QUANTITY_EXCEEDED."""
    if not erp.documents.has(ORDERS.name, number):
        raise Refusal("ORDER_NOT_OPEN", f"no order {number}")
    order: Document = erp.documents.get(ORDERS.name, number)
    for line in order.request.lines:
        if line.line_no == line_no:
            return line, position_of(erp, order, line)
    raise Refusal("QUANTITY_EXCEEDED", f"order {number} has no line {line_no}")


def told(erp: Erp, company: ErpCompany, on: date, cost: AccruedCost) -> Found:
    """What somebody knows of. Raises CURRENCY_INVALID, CODING_INVALID, COST_CENTER_INACTIVE, ORDER_NOT_OPEN, QUANTITY_EXCEEDED, and
    AMOUNT_MISMATCH for nothing, or for more of an order line than is neither received nor billed."""
    minor = rules.minor(cost.amount, company)
    rules.check_expense_account(erp.master, cost.gl_account)
    rules.check_coding(erp.master, company, cost.gl_account, cost.cost_center, project=cost.project, on=on)
    if minor == 0:
        raise Refusal("AMOUNT_MISMATCH", "a cost of nothing is none")
    if (cost.order_number is None) != (cost.order_line is None):
        raise Refusal("CODING_INVALID", "order_number and order_line go together")
    if cost.order_number is not None and cost.order_line is not None:
        _, position = _ordered(erp, cost.order_number, cost.order_line)
        rest = position.worth(position.ordered) - max(position.received_minor, position.billed_minor)
        if minor > rest:
            said = f"{minor} minor units of line {cost.order_line} of order {cost.order_number}"
            raise Refusal("AMOUNT_MISMATCH", f"{said}: {max(rest, 0)} are neither received nor billed")
    basis: Basis = "estimate" if cost.source_document is None else "approved_not_posted"
    return Found(basis, Charge(cost.gl_account, cost.cost_center, cost.project), minor, cost.source_document, cost.text)
