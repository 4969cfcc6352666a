"""What later documents of an order take from its encumbrance, and give back to it: in the budget and in the memo ledger alike."""

from collections.abc import Sequence
from dataclasses import replace

from mocks.kit.operation import Effect
from mocks.systems.erp.budget.funds import RESERVE
from mocks.systems.erp.budget.ledger import Spending
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.purchase_order import ENCUMBRANCE
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry, Journal, moving


def relieve(erp: Erp, order: str, wanted: Sequence[tuple[int, int | None]]) -> tuple[Spending, ...]:
    """Take so many minor units from the encumbrance of these lines, never more than is left; None: all that is left."""
    held = {spending.line: spending for spending in erp.budget.held(order, "encumbrance")}
    lines = [(held[str(line_no)], minor) for line_no, minor in wanted if str(line_no) in held]
    asked = [left if minor is None else replace(left, amount_minor=minor) for left, minor in lines]
    return erp.budget.relieve(order, asked, "encumbrance")


def moved(erp: Erp, document: Document, spendings: Sequence[Spending], *, sign: int) -> tuple[Effect, ...]:
    """The same in the memo ledger: what a document took from the encumbrance (sign -1), or gave back to it."""
    by_center: dict[str, int] = {}
    for each in spendings:
        by_center[each.bucket.cost_center] = by_center.get(each.bucket.cost_center, 0) + sign * each.amount_minor
    entries = (*(Entry(ENCUMBRANCE, amount, center) for center, amount in by_center.items()), Entry(RESERVE, -sum(by_center.values())))
    name = f"{document.number}/encumbrance"
    return erp.ledger.post(Journal(name, "memo", document.company_code, document.currency, document.period, moving(entries)))
