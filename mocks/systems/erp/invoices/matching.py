"""The match of a bill with orders and receipts, line by line in the entity's policy (domain.md 5), and what it finds."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from mocks.company.model import MatchControl
from mocks.kit.operation import Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.booking import Place
from mocks.systems.erp.budget.ledger import Spending
from mocks.systems.erp.budget.versions import bucket_of
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.goods_receipt import KIND as RECEIPTS
from mocks.systems.erp.documents.order.funds import position_of
from mocks.systems.erp.documents.order.kind import KIND as ORDERS
from mocks.systems.erp.documents.order.kind import OVER_FOR_GOOD
from mocks.systems.erp.documents.order.models import OrderLine
from mocks.systems.erp.documents.positions import Position
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.bill import Bill, BillLine, variances
from mocks.systems.erp.invoices.book import DOCUMENT, Charge, Part, Way
from mocks.systems.erp.invoices.holds import Finding
from mocks.systems.erp.invoices.models import BilledFreight, BilledOrderLine
from mocks.systems.erp.invoices.stated import reserved, told_part
from mocks.systems.erp.periods import month
from mocks.systems.erp.rules import quantity_text as units
from mocks.systems.erp.vendors.files import identities_of


@dataclass(slots=True)
class Match:
    """What a bill comes to. before, positions: its order lines, as they are now and once it is booked, by their key on GR/IR; findings: the
    holds that it deserves."""

    bill: Bill
    parts: list[Part] = field(default_factory=list)
    before: dict[str, Position] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


class Matcher:
    """Of one ERP. Reads only, but that the time which went by has ended reservations."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def match(self, bill: Bill, document: str | None, now: datetime) -> Match:
        """A bill that is not booked yet. document: its number, where it has one. Raises ORDER_NOT_OPEN and QUANTITY_EXCEEDED."""
        match = Match(bill)
        for line in bill.lines:
            if isinstance(line.asked, BilledOrderLine):
                self._order_line(match, line, line.asked, document)
            else:
                asked = line.asked
                way: Way = "freight" if isinstance(asked, BilledFreight) else "account"
                charge = Charge(asked.gl_account, asked.cost_center, asked.project)
                match.parts.append(self._booked_as(Part(asked, way, line.net, line.tax, charge), bill))
        match.findings += [
            *variances(bill),
            *self._suspicion(bill, document),
            *self._funds(match, now),
            *self.supplier_block(bill.body.vendor_id),
        ]
        return match

    def _order_line(self, match: Match, line: BillLine, asked: BilledOrderLine, document: str | None) -> None:
        order, ordered = self._ordered(match.bill, asked)
        untouched = position_of(self._erp, order, ordered)
        before = match.positions.get(untouched.item, untouched)
        quantity = rules.scaled(asked.quantity, rules.QUANTITY_SCALE)
        way = self._way(match.bill, order, ordered, before)
        sign = match.bill.sign
        cleared = 0
        if way == "three_way":
            cleared = before.invoice_worth(quantity) if sign > 0 else before.credit_worth(quantity)
        charge = Charge(ordered.gl_account, ordered.cost_center, ordered.project)
        worth = before.worth(quantity)
        part = Part(asked, way, line.net, line.tax, charge, order.number, asked.order_line, quantity, worth, cleared)
        after = booked(before, part, sign)
        if sign < 0:
            _check_credit(part, before, after)
        else:
            match.findings += self._differences(match.bill.company.matching, part, after)
            match.findings += _receipts(part, self._missing_before(match, part, before, document))
            match.findings += _billed_before(part, untouched)
        told = self._booked_as(part, match.bill)
        match.parts.append(told)
        match.before.setdefault(after.item, untouched)
        match.positions[after.item] = booked(before, told, sign)

    def _booked_as(self, part: Part, bill: Bill) -> Part:
        """With what was stated of it, where this ERP books what it is told; what is matched does not change."""
        return told_part(part, bill.company) if self._erp.books_as_told else part

    def _ordered(self, bill: Bill, asked: BilledOrderLine) -> tuple[Document, OrderLine]:
        number, company, vendor = asked.order_number, bill.company.code, bill.body.vendor_id
        try:
            order = self._erp.documents.get(ORDERS.name, number)
        except Refusal as refusal:
            raise Refusal("ORDER_NOT_OPEN", refusal.detail) from None
        if (order.company_code, order.party) != (company, vendor):
            raise Refusal("ORDER_NOT_OPEN", f"order {number} is none of supplier {vendor} in company {company}")
        if bill.sign > 0 and order.status in OVER_FOR_GOOD:
            raise Refusal("ORDER_NOT_OPEN", f"order {number} is {order.status}")
        for line in order.request.lines:
            if line.line_no == asked.order_line:
                return order, line
        raise Refusal("QUANTITY_EXCEEDED", f"order {number} has no line {asked.order_line}")

    def _way(self, bill: Bill, order: Document, ordered: OrderLine, before: Position) -> Way:
        """Whatever went over GR/IR ends there; what did not begin there is matched as the entity says."""
        if bill.body.credit_memo == "price":
            return "price_credit"
        if bill.sign < 0:
            return "three_way" if before.invoiced else "two_way"
        control = bill.company.matching
        needs_none = ordered.gl_account[:2] in control.service_groups or order.amount_minor <= control.three_way_over_minor
        return "two_way" if needs_none and not (before.received or before.invoiced) else "three_way"

    def _missing_before(self, match: Match, part: Part, before: Position, document: str | None) -> int:
        """How much of a line that is not booked yet no receipt covers."""
        if part.way != "three_way":
            return 0
        beside = sum(each.quantity for each in match.parts if (each.item, each.receipt) == (part.item, part.receipt))
        missing = part.quantity - max(before.received - before.invoiced, 0)
        return max(missing, self._missing_of_receipt(part, document, beside), 0)

    def _missing_of_receipt(self, part: Part, document: str | None, beside: int = 0) -> int:
        """The same of the one receipt that it names. beside: what other lines of the document bill of it."""
        if part.receipt is None or self._erp.books_as_told:  # what was stated of receipts is the judge's to look at
            return 0
        billed = beside + self._erp.invoices.billed_with(part.receipt, part.item or "", apart_from=document)
        return min(part.quantity, part.quantity - self._received_with(part.receipt, part) + billed)

    def _received_with(self, receipt: str, part: Part) -> int:
        """How much of the order line this receipt brought. Raises QUANTITY_EXCEEDED when it is none of it."""
        try:
            document = self._erp.documents.get(RECEIPTS.name, receipt)
        except Refusal as refusal:
            raise Refusal("QUANTITY_EXCEEDED", refusal.detail) from None
        if part.item not in {entry.item for entry in document.entries}:
            raise Refusal("QUANTITY_EXCEEDED", f"receipt {receipt} brought nothing of line {part.order_line} of order {part.order}")
        if document.status != "posted":
            return 0
        lines = (line for line in document.request.lines if line.order_line == part.order_line)
        return sum(rules.scaled(line.quantity, rules.QUANTITY_SCALE) for line in lines)

    def _differences(self, control: MatchControl, part: Part, after: Position, credited: int = 0) -> Iterator[Finding]:
        """PRICE, AMT_ORD and QTY_ORD. after: the order line with this one in it; credited: what price credits took off it."""
        line_no, off = part.asked.line_no, part.net - credited - part.worth
        if part.charge.account[:2] in control.service_groups:
            whole = after.worth(after.ordered)
            if after.billed_minor > whole and not control.amount.allows(after.billed_minor - whole, whole):
                yield Finding("AMT_ORD", line_no, f"{after.billed_minor} minor units are billed of {whole} ordered")
        elif not control.price.allows(off, part.worth):
            yield Finding("PRICE", line_no, f"{part.net - credited} minor units are billed for what costs {part.worth} as ordered")
        billed = after.invoiced + after.direct
        if billed * 100 > after.ordered * (100 + control.over_ordered_percent):
            yield Finding("QTY_ORD", line_no, f"{units(billed)} are billed, {units(after.ordered)} were ordered")

    def recheck(self, document: Document) -> list[Finding]:
        """What still speaks against the payment of an invoice that is in the books."""
        erp = self._erp
        billing = erp.invoices.live[document.number]
        control = erp.master.companies[document.company_code].matching
        found = list(self.supplier_block(document.request.vendor_id))
        for part in billing.parts if billing.sign > 0 else ():
            position = erp.positions.get(part.order or "", part.order_line)
            if position is not None:
                repriced = replace(part, worth=position.worth(part.quantity))
                found += self._differences(control, repriced, position, erp.invoices.price_credit(document.number, part))
                missing = erp.invoices.missing(document.number, part, position.received) if part.way == "three_way" else 0
                found += _receipts(part, max(missing, self._missing_of_receipt(part, document.number)))
        return found

    def supplier_block(self, vendor_id: str) -> Iterator[Finding]:
        """SUPPLIER_BLOCK: booked all the same, and not paid."""
        vendor, state = self._erp.vendor(vendor_id)
        if state.payment_block or state.posting_block or not vendor.active:
            why = "blocked for payment" if state.payment_block else "blocked for posting" if state.posting_block else "inactive"
            yield Finding("SUPPLIER_BLOCK", None, f"supplier {vendor_id} is {why}")

    def _suspicion(self, bill: Bill, document: str | None) -> Iterator[Finding]:
        claimed = bill.claimed(document or "", identities_of(self._erp, bill.body.vendor_id))
        said = self._erp.invoices.known.suspicion(claimed, self._is_live)
        if said is not None:
            yield Finding("DUP_SUSPECT", None, said)

    def _is_live(self, number: str) -> bool:
        return self._erp.documents.get(DOCUMENT, number).status not in {"voided", "rejected"}

    def _funds(self, match: Match, now: datetime) -> Iterator[Finding]:
        """FUNDS: what nobody ordered is asked for now (PST-P12)."""
        bill, budget = match.bill, self._erp.budget
        if bill.sign < 0:
            return
        wanted = [
            Spending(str(part.asked.line_no), *_place(bill, part), part.net + part.tax.cost)
            for part in match.parts
            if part.way == "account"
        ]
        budget.expire(now)
        kept = reserved(self._erp, bill.body)
        for short in budget.shortfalls(wanted, kept.lines if kept else ()):
            if budget.policies[bill.company.code].level == "absolute":
                where = f"cost centre {short.bucket.cost_center}, accounts {short.bucket.account_group}"
                yield Finding("FUNDS", None, f"{where}: {short.wanted} minor units are wanted, {short.figures.available} are available")
                return


def booked(before: Position, part: Part, sign: int) -> Position:
    """An order line after one of its lines was billed; sign -1: credited."""
    quantity, net = sign * part.quantity, sign * part.net
    if part.way == "three_way":
        return before.invoice(quantity, sign * part.cleared, net)
    if part.way == "price_credit":
        return before.invoice(0, sign * part.cleared, net)
    after = before.spend(quantity, sign * part.worth, net)
    return after if sign > 0 else replace(after, returned=after.returned + part.quantity)


def unbooked(after: Position, part: Part, sign: int) -> Position:
    """The order line without it again: the exact opposite."""
    before = booked(after, part, -sign)
    if part.way != "two_way":
        return before
    return replace(before, returned=after.returned if sign > 0 else after.returned - part.quantity)


def _place(bill: Bill, part: Part) -> Place:
    charge = part.charge
    return part.place or Place(bucket_of(bill.company.code, charge.account, charge.cost_center, charge.project), month(bill.on))


def _billed_before(part: Part, untouched: Position) -> Iterator[Finding]:
    """DUP_SUSPECT of a line: all of it was billed, and here is more."""
    if untouched.billed_minor >= untouched.worth(untouched.ordered):
        said = f"line {part.order_line} of order {part.order} was billed in full already"
        yield Finding("DUP_SUSPECT", part.asked.line_no, said)


def _check_credit(part: Part, before: Position, after: Position) -> None:
    if min(after.invoiced, after.direct, after.billed_minor) < 0:
        said = f"{part.net} minor units for {units(part.quantity)} are credited, {before.billed_minor} for "
        billed = f"{said}{units(before.invoiced + before.direct)} are billed"
        raise Refusal("QUANTITY_EXCEEDED", f"line {part.order_line} of order {part.order}: {billed}")


def _receipts(part: Part, missing: int) -> Iterator[Finding]:
    """NO_RECEIPT when nothing of it came, QTY_REC when less came than is billed."""
    where = f"line {part.order_line} of order {part.order}"
    if missing > 0 and missing == part.quantity:
        yield Finding("NO_RECEIPT", part.asked.line_no, f"{where}: {units(missing)} are billed, and none of them was received")
    elif missing > 0:
        yield Finding(
            "QTY_REC",
            part.asked.line_no,
            f"{where}: {units(missing)} of {units(part.quantity)} were not received",
        )
