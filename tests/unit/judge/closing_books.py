"""Books with all that a close looks at, row by row: receipts, and what their orders commit, spend and owe. PLANTED is what can be wrong.

The receipts are those of receipts.py. 1 is invoiced by its supplier in full; 3 went back for good, 4 with a replacement to come, and the
order of 4 is closed for good behind that.
"""

from collections.abc import Callable

from harness.judge.synthetic import DATES, Row, Scribe
from tests.unit.judge.history_builder import drop, insert, one, rows
from tests.unit.judge.receipts import BACK, BOOKS, CAME, ORDERED, PRICE, receipts_run, txn

INVOICED, CLOSED = 1, 4
BILL = "5190000001"
TAX_MINOR = 70
BUCKET: Row = {"account": "54", "cost_center": "4711000"}


def closing_run() -> Scribe:
    """The whole run, final reads included; every side of the books agrees with every other."""
    scribe = receipts_run()
    for number, came in enumerate(CAME, start=1):
        _order(scribe, number)
        _receipt(scribe, number, came)
        if number in BACK:
            _went_back(scribe, number, came)
    _bill(scribe)
    _closed_for_good(scribe)
    for number, (_, row) in enumerate(rows(scribe, entity_type="budget_movement"), start=1):
        row["entity_id"] = str(number)
    one(scribe, kind="read_view", entity_id=order_of(CLOSED))[1].update(state="finally_closed", version=2)
    return scribe


def order_of(number: int) -> str:
    """The order of a receipt."""
    return f"45{number:08d}"


def item_of(number: int, place: int) -> str:
    """The key of one of its lines on GR/IR."""
    return f"{order_of(number)}/{10 * place}"


def behind(scribe: Scribe, index: int, *more: Row) -> None:
    """More rows of the moment of a row, behind it."""
    at = {
        name: value
        for name, value in scribe.rows[index].items()
        if name in {"kind", "node", "txn_id", "t_biz", "t_mono_ns", "phase", "op_id"}
    }
    at |= {name: value for name, value in scribe.rows[index].items() if name in {"run_id", "t_wall", "call_point", "sut_gen"}}
    insert(scribe, index + 1, *({**at, **BOOKS, "effect": "create", **row} for row in more))


def moved(owner: str, line: str, stage: str, minor: int) -> Row:
    """An entry of the budget ledger."""
    said: Row = {"entity_type": "budget_movement", "parent_id": owner, "src_line": line, "category": stage}
    return {**BUCKET, **said, "amount_minor": minor}


def _order(scribe: Scribe, number: int) -> None:
    order = order_of(number)
    for place, quantity in enumerate(ORDERED, start=1):
        index, row = one(scribe, entity_type="order_line", entity_id=f"{order}/L{place}")
        row |= {"src_line": item_of(number, place), "category": "relieved_by_receipt", "cost_center": "4711000"}
        behind(scribe, index, moved(order, str(10 * place), "encumbrance", quantity * PRICE // 1000))


def _receipt(scribe: Scribe, number: int, came: tuple[int, ...]) -> None:
    posted = f"50{number:08d}"
    for place, quantity in enumerate(came, start=1):
        minor = quantity * PRICE // 1000
        one(scribe, entity_type="journal_line", entity_id=f"{posted}/{2 * place - 1}")[1]["category"] = "spent"
        one(scribe, entity_type="journal_line", entity_id=f"{posted}/{2 * place}")[1]["src_line"] = item_of(number, place)
        index, _ = one(scribe, entity_type="receipt_line", entity_id=f"{posted}/L{place}")
        taken, spent = (order_of(number), str(10 * place), "encumbrance", -minor), (posted, str(place), "actual", minor)
        behind(scribe, index, moved(*taken), moved(*spent))


def _went_back(scribe: Scribe, number: int, came: tuple[int, ...]) -> None:
    back = f"52{number:08d}"
    one(scribe, entity_type="journal_line", entity_id=f"{back}/1")[1]["category"] = "spent"
    index, row = one(scribe, entity_type="journal_line", entity_id=f"{back}/2")
    worth = [quantity * PRICE // 1000 for quantity in came]
    row |= {"amount_minor": worth[0], "src_line": item_of(number, 1)}
    second: Row = {**row, "entity_id": f"{back}/3", "amount_minor": worth[1], "src_line": item_of(number, 2)}
    again = [moved(order_of(number), str(10 * place), "encumbrance", minor) for place, minor in enumerate(worth, start=1)]
    spent = [moved(back, str(place), "actual", -minor) for place, minor in enumerate(worth, start=1)]
    behind(scribe, index, second, *(again if BACK[number] == "replacement" else []), *spent)


def _bill(scribe: Scribe) -> None:
    """The supplier's invoice for all that came in 1, posted by somebody in accounts payable."""
    index, _ = one(scribe, entity_type="goods_receipt", entity_id=f"50{INVOICED:08d}", effect="create")
    behind(scribe, _last_of(scribe, index), *bill())
    for _, row in rows(scribe, parent_id=BILL):
        row.pop("op_id", None)
    for kind in ("supplier_invoice", "open_item"):
        one(scribe, entity_type=kind)[1].pop("op_id", None)


def bill() -> list[Row]:
    """Its document, lines, ledger entry and open item."""
    came = CAME[INVOICED - 1]
    worth = [quantity * PRICE // 1000 for quantity in came]
    total = sum(worth) + TAX_MINOR
    paper: Row = {"entity_type": "supplier_invoice", "entity_id": BILL, "state": "posted", "version": 1, "amount_minor": total, **DATES}
    entry: Row = {"entity_type": "journal_line", "parent_id": BILL}
    line: Row = {"entity_type": "invoice_line", "parent_id": BILL, "account": "5400", "cost_center": "4711000"}
    found: list[Row] = [paper]
    for place, (quantity, minor) in enumerate(zip(came, worth, strict=True), start=1):
        taken: Row = {"quantity": quantity, "src_line": f"{order_of(INVOICED)}/L{place}", "amount_minor": minor}
        cleared: Row = {"account": "2100", "category": "owed", "src_line": item_of(INVOICED, place), "amount_minor": minor}
        found += [{**line, **taken, "entity_id": f"{BILL}/L{place}"}, {**entry, **cleared, "entity_id": f"{BILL}/{place}"}]
    owed: Row = {"account": "2000", "category": "owed", "src_line": BILL, "amount_minor": -total}
    return [
        *found,
        {**entry, "account": "1100", "entity_id": f"{BILL}/8", "amount_minor": TAX_MINOR},
        {**entry, **owed, "entity_id": f"{BILL}/9"},
        {"entity_type": "open_item", "entity_id": BILL, "parent_id": BILL, "account": "2000", "version": 1, "amount_minor": total},
    ]


def _closed_for_good(scribe: Scribe) -> None:
    """The buyer closes the order of 4: whatever it still committed is released (PST-P05)."""
    index, _ = one(scribe, entity_type="goods_receipt", entity_id=f"50{CLOSED:08d}", effect="update")
    order = order_of(CLOSED)
    over: Row = {"entity_type": "purchase_order", "entity_id": order, "effect": "update", "state": "finally_closed", "version": 2}
    freed = [moved(order, str(10 * place), "encumbrance", -quantity * PRICE // 1000) for place, quantity in enumerate(ORDERED, start=1)]
    last = _last_of(scribe, index)
    behind(scribe, last, over, *freed)
    for row in scribe.rows[last + 1 : last + 4]:
        row.pop("op_id", None)


def _last_of(scribe: Scribe, index: int) -> int:
    """The last of the rows that came of the call of a row."""
    op_id = scribe.rows[index]["op_id"]
    return max(at for at, _ in rows(scribe, kind="commit", op_id=op_id))


# --- what can be wrong


def in_two_periods(scribe: Scribe) -> None:
    """One side of the goods receipt of 2 fell into the next month: its journal balances."""
    one(scribe, entity_type="journal_line", entity_id="5000000002/2")[1]["period"] = "2026-11"


def paid_beside_the_ledger(scribe: Scribe) -> None:
    """The invoice of 1 is open for less than the account of suppliers says."""
    one(scribe, entity_type="open_item")[1]["amount_minor"] -= 100


def without_an_item(scribe: Scribe) -> None:
    """Somebody posted to the account of suppliers by hand."""
    one(scribe, entity_type="journal_line", entity_id=f"{BILL}/9")[1].pop("src_line")


def cleared_at_another_price(scribe: Scribe) -> None:
    """The invoice of 1 took less from GR/IR than the receipt had put there; the expense makes up for it."""
    one(scribe, entity_type="journal_line", entity_id=f"{BILL}/1")[1]["amount_minor"] -= 50
    one(scribe, entity_type="journal_line", entity_id=f"{BILL}/8")[1]["amount_minor"] += 50


def spent_twice(scribe: Scribe) -> None:
    """The budget ledger counts the first line of 2 twice."""
    index, row = one(scribe, entity_type="budget_movement", txn_id=txn(2), category="actual")
    insert(scribe, index + 1, {**row, "entity_id": "99"})


def never_spent(scribe: Scribe) -> None:
    """The budget ledger knows nothing of the receipt of 2."""
    drop(scribe, lambda row: not (row.get("category") == "actual" and row.get("txn_id") == txn(2)))


def never_released(scribe: Scribe) -> None:
    """The order of 4 is closed for good and keeps a line of its commitment."""
    index = max(at for at, _ in rows(scribe, entity_type="budget_movement", txn_id=txn(CLOSED)))
    del scribe.rows[index]


def released_twice(scribe: Scribe) -> None:
    """The order of 4 gave back more than it held."""
    index = max(at for at, _ in rows(scribe, entity_type="budget_movement", txn_id=txn(CLOSED)))
    insert(scribe, index + 1, {**scribe.rows[index], "entity_id": "99"})


def counted_twice(scribe: Scribe) -> None:
    """What came in 2 is spent, and still committed."""
    relieved = [row for _, row in rows(scribe, txn_id=txn(2), category="encumbrance") if row["amount_minor"] < 0]
    drop(scribe, lambda row: row is not relieved[0])


def given_back_too_early(scribe: Scribe) -> None:
    """The rest of the first line of 2 is no longer committed, and still to come."""
    index, row = one(scribe, txn_id=txn(2), category="encumbrance")
    insert(scribe, index + 1, {**row, "entity_id": "99", "amount_minor": -100})


PLANTED: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("C09", txn(2), in_two_periods),
    ("C10", txn(INVOICED), paid_beside_the_ledger),
    ("C10", txn(INVOICED), without_an_item),
    ("C11", txn(INVOICED), cleared_at_another_price),
    ("B02", txn(2), spent_twice),
    ("B02", txn(2), never_spent),
    ("B03", txn(CLOSED), never_released),
    ("B03", txn(CLOSED), released_twice),
    ("B04", txn(2), counted_twice),
    ("B05", txn(2), counted_twice),
    ("B05", txn(2), given_back_too_early),
)
