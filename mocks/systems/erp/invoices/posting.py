"""What a matched bill books: PST-P08 to P19, with the budget effects of the entity's relief policy, and the exact way back (PST-P21)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mocks.kit.operation import Effect, Refusal
from mocks.systems.erp import rules
from mocks.systems.erp.booking import Place
from mocks.systems.erp.budget.ledger import Spending
from mocks.systems.erp.budget.versions import bucket_of
from mocks.systems.erp.clearing import GR_IR
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.order.funds import follow, post_memo
from mocks.systems.erp.documents.positions import Position
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.bill import Bill
from mocks.systems.erp.invoices.book import Billing, Part
from mocks.systems.erp.invoices.matching import Match, unbooked
from mocks.systems.erp.invoices.stated import consume_reservation, spend_as_told
from mocks.systems.erp.invoices.tax import INPUT_TAX, WITHHELD
from mocks.systems.erp.ledger import Entry, moving, reversed_entries
from mocks.systems.erp.payables import AP_TRADE, item_of, terms_of

SMALL_DIFFERENCES = "6010"


def entries_of(match: Match, number: str) -> tuple[Entry, ...]:
    """Of the document with this number; a credit on the other sides (PST-P14, P15)."""
    bill = match.bill
    owed: defaultdict[str, int] = defaultdict(int)
    for part in match.parts:
        if part.tax.owed_on is not None:
            owed[part.tax.owed_on] -= part.tax.owed
    entries = (
        *(entry for part in match.parts for entry in _costs(part)),
        Entry(INPUT_TAX, sum(part.tax.recoverable for part in match.parts)),
        *(Entry(account, minor) for account, minor in owed.items()),
        Entry(SMALL_DIFFERENCES, bill.rounding),
        Entry(AP_TRADE, -bill.total, item=number),
        Entry(AP_TRADE, bill.withheld, item=number),
        Entry(WITHHELD, -bill.withheld),
    )
    return moving(entries if bill.sign > 0 else reversed_entries(entries))


def _costs(part: Part) -> Iterator[Entry]:
    """GR/IR at the order's price, and to whom the line is charged the rest: the difference in price, and tax that does not come back."""
    charge = part.charge
    yield Entry(GR_IR, part.cleared, item=part.item)
    for minor in (part.net - part.cleared, part.tax.cost):
        yield Entry(charge.account, minor, charge.cost_center, text=part.asked.text, project=charge.project)


def check_postable(erp: Erp, bill: Bill, match: Match) -> None:
    """What must hold when it is booked: the supplier may be posted to, and who is charged anything exists. Raises SUPPLIER_BLOCKED,
    COST_CENTER_INACTIVE and CODING_INVALID."""
    vendor, state = erp.vendor(bill.body.vendor_id)
    if state.posting_block or not vendor.active:
        raise Refusal("SUPPLIER_BLOCKED", f"supplier {vendor.vendor_id} is {'blocked for posting' if vendor.active else 'inactive'}")
    for part in match.parts:
        charge = part.charge
        if part.order is None:
            rules.check_cost_account(erp.master, charge.account)
        if part.net != part.cleared or part.tax.cost:
            rules.check_coding(erp.master, bill.company, charge.account, charge.cost_center, project=charge.project, on=bill.on)


def book(erp: Erp, document: Document, match: Match) -> tuple[Effect, ...]:
    """Everything but the document's own row: its lines, open item, order lines, and what it moves in the budget."""
    bill = match.bill
    for position in match.positions.values():
        erp.positions.put(position)
    spend_as_told(erp, document, bill.sign, match.parts)
    lines = (*consume_reservation(erp, document), *erp.enter(document))
    vendor, _ = erp.vendor(bill.body.vendor_id)
    item = item_of(
        document.number,
        company_code=document.company_code,
        vendor_id=vendor.vendor_id,
        reference=bill.body.supplier_reference,
        currency=bill.foreign.currency if bill.foreign else document.currency,
        amount_minor=bill.sign * (bill.foreign.owed if bill.foreign else bill.owed),
        functional_minor=bill.sign * bill.owed,
        document_date=bill.dated,
        terms=terms_of(vendor.payment_terms),
    )
    erp.payables.add(item)
    spent = tuple(_spent(match, document.period)) if bill.company.matching.relief == "invoice" else ()
    erp.budget.book(document.number, spent)
    erp.invoices.post(Billing(document.number, bill.sign, tuple(match.parts), spent))
    moves = ((match.before[item], after) for item, after in match.positions.items())
    return (*lines, *encumber(erp, document, moves))


def encumber(erp: Erp, document: Document, moves: Iterable[tuple[Position, Position]]) -> tuple[Effect, ...]:
    """The encumbrance of its orders follows their lines. What needs no receipt takes the lesser of net and what is left, and with the last
    of a line all that is left (PST-P11); goods are relieved by their receipt, or with the bill, as the entity says."""
    moved = [each for before, after in moves for each in follow(erp, before.order, [(before, after)])]
    return post_memo(erp, f"{document.number}/encumbrance", document, document.period, moved)


def _spent(match: Match, period: str) -> Iterator[Spending]:
    """Goods become spending with their bill, where commitments are relieved by it: their expense was booked by the receipt."""
    for part in match.parts:
        if part.cleared:
            charge = part.charge
            derived = Place(bucket_of(match.bill.company.code, charge.account, charge.cost_center, charge.project), period)
            yield Spending(f"{part.asked.line_no}/received", *(part.place or derived), match.bill.sign * part.cleared)


def check_voidable(erp: Erp, document: Document) -> None:
    """Nothing that came later builds on it. Raises INVALID_TRANSITION."""
    billing = erp.invoices.live[document.number]
    item = erp.payables.get(document.number)
    if item is None or not (item.is_whole or erp.is_lenient):
        raise Refusal("INVALID_TRANSITION", f"{document.number} is paid, at least in part", current_status=document.status)
    positions: dict[tuple[str, int], Position] = {}
    for part in (each for each in billing.parts if each.item):
        key = (part.order or "", part.order_line)
        before = positions.get(key) or erp.positions.get(*key)
        if before is not None:
            positions[key] = unbooked(before, part, billing.sign)
    if any(min(each.invoiced, each.direct, each.billed_minor, each.returned) < 0 for each in positions.values()):
        said = f"what {document.number} billed was credited or written off meanwhile"
        raise Refusal("INVALID_TRANSITION", said, current_status=document.status)


def unbook(erp: Erp, document: Document, reversal: Document) -> tuple[Effect, ...]:
    """PST-P21, beside the reversed entries: open item, order lines, and the budget, which encumbers again what the order still is for."""
    billing = erp.invoices.void(document.number)
    item = erp.payables.get(document.number)
    if item is not None and item.open_minor:  # a lenient one takes back what is paid, at least in part: what was paid stays paid
        erp.payables.reduce(document.number, item.open_minor)
    moves: dict[str, tuple[Position, Position]] = {}
    for part in (each for each in billing.parts if each.item):
        position = erp.positions.get(part.order or "", part.order_line)
        if position is not None:
            before, _ = moves.get(position.item, (position, position))
            moves[position.item] = before, unbooked(position, part, billing.sign)
            erp.positions.put(moves[position.item][1])
    back = [replace(each, period=reversal.period, amount_minor=-each.amount_minor) for each in billing.spent]
    erp.budget.book(reversal.number, back)
    return encumber(erp, reversal, moves.values())
