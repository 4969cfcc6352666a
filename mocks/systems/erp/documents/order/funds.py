"""What an order holds of its buckets, and the memo entries that say the same: PST-P03 to PST-P07 in the memo ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mocks.kit.operation import Effect
from mocks.systems.erp import rules
from mocks.systems.erp.budget.funds import RESERVE
from mocks.systems.erp.budget.ledger import Spending
from mocks.systems.erp.budget.versions import bucket_of
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.order.kind import CLOSED, KIND
from mocks.systems.erp.documents.order.models import OrderLine, PurchaseOrderCreate
from mocks.systems.erp.documents.positions import Position
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry, Journal, moving

ENCUMBRANCE = "9200"


def position_of(erp: Erp, order: Document, line: OrderLine) -> Position:
    """How much of the line was received and billed so far."""
    known = erp.positions.get(order.number, line.line_no)
    if known is not None:
        return known
    company = erp.master.companies[order.company_code]
    ordered, price = rules.scaled(line.quantity, rules.QUANTITY_SCALE), rules.scaled(line.unit_price, rules.PRICE_SCALE)
    by_bill = company.matching.relief == "invoice"
    return Position(order.number, line.line_no, ordered, price, company.decimals, by_bill=by_bill)


def encumbered(body: PurchaseOrderCreate, amounts: Sequence[int]) -> Iterator[Entry]:
    """One memo line for each cost centre, so that the books tell who ordered."""
    by_center: dict[str, int] = {}
    for line, amount in zip(body.lines, amounts, strict=True):
        by_center[line.cost_center] = by_center.get(line.cost_center, 0) + amount
    return (Entry(ENCUMBRANCE, amount, center) for center, amount in by_center.items())


def spendings(body: PurchaseOrderCreate, amounts: Sequence[int], period: str) -> tuple[Spending, ...]:
    """What an order asks of its buckets (PST-P03)."""
    return tuple(
        Spending(str(line.line_no), bucket_of(body.company_code, line.gl_account, line.cost_center, line.project), period, amount)
        for line, amount in zip(body.lines, amounts, strict=True)
    )


def held(erp: Erp, order: str) -> Mapping[str, Spending]:
    """What the lines of an order encumber, by line."""
    return {each.line: each for each in erp.budget.held(order, "encumbrance")}


def follow(erp: Erp, order: str, moves: Iterable[tuple[Position, Position]]) -> tuple[Spending, ...]:
    """The encumbrance follows what is still to be received, of each line before and after something happened to it; the signed
    differences. A line that was released, or lapsed, is not encumbered again, nor is one of an order that is closed (PST-P21); and nobody
    is asked: the order was approved."""
    holds, is_closed = held(erp, order), erp.documents.get(KIND.name, order).status in CLOSED
    wanted = []
    for before, after in moves:
        if is_closed and after.open_minor > before.open_minor:
            continue
        line = str(before.line_no)
        place = erp.budget.place(order, line)
        if place is not None:
            amount = holds[line].amount_minor if line in holds else 0
            wanted.append(Spending(line, *place, max(0, amount + after.open_minor - before.open_minor)))
    return erp.budget.amend(order, wanted, despite=True)


def memo_lines(moved: Sequence[Spending]) -> tuple[Entry, ...]:
    """The same movement in the memo ledger: debit of 9200 by cost centre, credit of 9900, or both the other way round."""
    by_center: dict[str, int] = {}
    for each in moved:
        by_center[each.bucket.cost_center] = by_center.get(each.bucket.cost_center, 0) + each.amount_minor
    entries = (*(Entry(ENCUMBRANCE, amount, center) for center, amount in by_center.items()), Entry(RESERVE, -sum(by_center.values())))
    return moving(entries)


def post_memo(erp: Erp, name: str, document: Document, period: str, moved: Sequence[Spending]) -> tuple[Effect, ...]:
    """Post it, as the journal `name`. Nothing is posted where nothing moved."""
    entries = memo_lines(moved)
    return erp.ledger.post(Journal(name, "memo", document.company_code, document.currency, period, entries)) if entries else ()
