"""Receipts to goods receipts, row by row: a correct run of that flow alone, and what can be wrong in it. PLANTED is the list.

1, 2 come whole and in part; 3 goes back for good after it was posted, 4 with a replacement to come; each has an order of two lines.
"""

from collections.abc import Callable

from harness.judge.synthetic import DATES, PERIOD, Row, Scribe, final_views
from tests.unit.judge.history_builder import drop, insert, one, refresh_views, rows

FLOW = "receipt-to-grir"
ORDERED = (4_000, 6_000)  # thousandths of each line
CAME = ((4_000, 6_000), (1_500, 6_000), (4_000, 3_000), (4_000, 3_000))
PRICE = 100  # minor units of one
BACK = {3: "for_good", 4: "replacement"}
BOOKS: Row = {"company": "1000", "currency": "USD", "period": PERIOD}


def receipts_run() -> Scribe:
    """The whole run, final reads included; nothing is wrong in it."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    for number, came in enumerate(CAME, start=1):
        receipt(scribe, number, came)
        if number in BACK:
            goes_back(scribe, number, BACK[number])
    scribe.enter("final")
    for view in final_views(scribe.rows):
        posted = {"parent_id": f"5000{view['entity_id'][-6:]}"} if view["entity_type"] == "receipt" else {}
        scribe.row("read_view", **view, **posted)
    scribe.end()
    return scribe


def txn(number: int) -> str:
    """The transaction of a receipt."""
    return f"grn-{number:06d}"


def receipt(scribe: Scribe, number: int, came: tuple[int, ...]) -> None:
    """An order, what came of it, and what was posted."""
    txn_id, source, posted, order = txn(number), f"GRN-T1-{number:06d}", f"50{number:08d}", f"45{number:08d}"
    scribe.experiment(txn_id, FLOW, wave="baseline-1", role="baseline", template=f"{FLOW}/US01")
    scribe.person("erp.po.create", txn_id, "purchase_order", order, "created", version=1, amount_minor=1_000, **BOOKS)
    for place, ordered in enumerate(ORDERED, start=1):
        line: Row = {
            "entity_type": "order_line",
            "entity_id": f"{order}/L{place}",
            "effect": "create",
            "parent_id": order,
            "account": "5400",
        }
        scribe.row("commit", "erp", txn_id=txn_id, quantity=ordered, amount_minor=ordered // 1000 * PRICE, **BOOKS, **line)
    minor = sum(came) * PRICE // 1000
    told: Row = {"src_version": 1, "amount_minor": minor, "currency": "USD", "company": "ACME-US", "party": "U1", **DATES}
    scribe.person("procurement.receipt.create", txn_id, "receipt", source, "recorded", version=1, **told)
    for place, quantity in enumerate(came, start=1):
        scribe.row("commit", "procurement", txn_id=txn_id, **came_of(source, order, place, quantity))
    scribe.event("wh.goods_receipt.recorded", txn_id)
    scribe.call("procurement.receipt.read", txn_id)
    scribe.call("erp.po.read", txn_id)
    call: Row = {
        "method": "POST",
        "status": 201,
        "outcome": "committed",
        "idem_key": f"k{number}",
        "body_hash": f"b{number}",
        "ext_ref": source,
    }
    scribe.call("erp.gr.create", txn_id, effects=[paper(posted, source, minor), *lines(posted, order, came)], **call)
    effect: Row = {
        "entity_type": "receipt",
        "entity_id": source,
        "effect": "update",
        "state": "posted",
        "src_version": 1,
        "version": 2,
        "base_version": 1,
    }
    scribe.call("procurement.receipt.record_posting", txn_id, method="PUT", outcome="committed", effects=[effect], body_hash=f"p{number}")


def came_of(source: str, order: str, place: int, quantity: int) -> Row:
    """A line of a receipt, as procurement has it."""
    said: Row = {"entity_type": "source_line", "entity_id": f"{source}/1.{place}", "effect": "create", "parent_id": source}
    coded: Row = {"category": "IT_HARDWARE", "cost_center": "US-MKT-01", "project": "PRJ-7", "company": "ACME-US", "currency": "USD"}
    worth: Row = {"quantity": quantity, "amount_minor": quantity * PRICE // 1000, "src_line": f"{order}/L{place}", "src_version": 1}
    return {**said, **coded, **worth, "document_date": f"{PERIOD}-20"}


def paper(number: str, source: str, minor: int) -> Row:
    """A goods receipt."""
    made: Row = {"entity_type": "goods_receipt", "entity_id": number, "effect": "create", "state": "posted", "version": 1, "src_version": 1}
    return {**BOOKS, **made, **DATES, "amount_minor": minor, "ext_ref": source, "party": "10081360"}


def lines(number: str, order: str, came: tuple[int, ...]) -> list[Row]:
    """Its ledger entry, and what it took of which order line."""
    found: list[Row] = []
    for place, quantity in enumerate(came, start=1):
        minor = quantity * PRICE // 1000
        entry: Row = {**BOOKS, "entity_type": "journal_line", "effect": "create", "parent_id": number, "src_version": 1}
        coded: Row = {"account": "5400", "cost_center": "4711000", "amount_minor": minor}
        taken: Row = {"quantity": quantity, "project": "P-0007", "src_line": f"{order}/L{place}"}
        found += [
            {**entry, **coded, "entity_id": f"{number}/{2 * place - 1}"},
            {**entry, "account": "2100", "amount_minor": -minor, "category": "owed", "entity_id": f"{number}/{2 * place}"},
            {**entry, **coded, **taken, "entity_type": "receipt_line", "entity_id": f"{number}/L{place}"},
        ]
    return found


def goes_back(scribe: Scribe, number: int, how: str) -> None:
    """The receiver takes it back; the connector reverses what was posted."""
    txn_id, source, posted = txn(number), f"GRN-T1-{number:06d}", f"50{number:08d}"
    scribe.person("procurement.receipt.reverse", txn_id, "receipt", source, "reversed", version=3, src_version=1)
    scribe.rows[-1]["category"] = how
    scribe.event("wh.goods_receipt.reversed", txn_id)
    scribe.call("procurement.receipt.read", txn_id)
    _, made = one(scribe, entity_type="goods_receipt", entity_id=posted, effect="create")
    minor, back = made["amount_minor"], f"52{number:08d}"
    undo: Row = {**BOOKS, "entity_type": "goods_receipt", "entity_id": back, "parent_id": posted, "effect": "reverse", "state": "reversal"}
    gone: Row = {**BOOKS, "entity_type": "goods_receipt", "entity_id": posted, "effect": "update", "state": "reversed", "version": 2}
    line: Row = {**BOOKS, "entity_type": "journal_line", "effect": "create", "parent_id": back}
    effects = [
        {**undo, "category": how, "amount_minor": minor, "version": 1},
        gone,
        {**line, "entity_id": f"{back}/1", "account": "5400", "cost_center": "4711000", "amount_minor": -minor},
        {**line, "entity_id": f"{back}/2", "account": "2100", "amount_minor": minor},
    ]
    scribe.call("erp.gr.reverse", txn_id, method="POST", outcome="committed", effects=effects, body_hash=f"r{number}")


# --- what can be wrong


def never_posted(scribe: Scribe) -> None:
    """Nothing was ever posted for 1."""
    drop(scribe, lambda row: not (row.get("txn_id") == txn(1) and row["kind"] == "commit" and "op_id" in row))
    refresh_views(scribe)


def of_other_lines(scribe: Scribe) -> None:
    """Whoever takes procurement's line numbers for others posts 2 with its two lines swapped: the sums are right."""
    first, second = (row for _, row in rows(scribe, txn_id=txn(2), entity_type="receipt_line"))
    first["src_line"], second["src_line"] = second["src_line"], first["src_line"]


def of_another_order(scribe: Scribe) -> None:
    """2 was posted against the order of 1."""
    for _, row in rows(scribe, txn_id=txn(2), entity_type="receipt_line"):
        row["src_line"] = row["src_line"].replace("4500000002", "4500000001")


def without_its_decimals(scribe: Scribe) -> None:
    """One and a half came in 2, and one was posted: nobody sees that in the amount of the header, which was left as it was."""
    one(scribe, txn_id=txn(2), entity_type="receipt_line", quantity=1_500)[1]["quantity"] = 1_000


def with_another_word(scribe: Scribe) -> None:
    """3 went back for good, and the ERP encumbers a replacement."""
    one(scribe, txn_id=txn(3), entity_type="goods_receipt", effect="reverse")[1]["category"] = "replacement"


def posted_over(scribe: Scribe) -> None:
    """A lenient ERP took the receipt of 1 twice."""
    index, _ = one(scribe, txn_id=txn(1), kind="decision", call_point="erp.gr.create")
    posted_again(scribe, 1, index)


def posted_again(scribe: Scribe, number: int, index: int) -> None:
    """The same goods receipt once more, under another number."""
    before, after = f"50{number:08d}", "5099999999"
    made = one(scribe, entity_type="goods_receipt", entity_id=before, effect="create")[1]
    more = [row for _, row in rows(scribe, kind="commit", parent_id=before) if row["effect"] == "create"]
    again = [{**row, "parent_id": after, "entity_id": row["entity_id"].replace(before, after)} for row in more]
    insert(scribe, index, {**made, "entity_id": after, "ext_ref": None}, *again)


def changed_order(scribe: Scribe, number: int, place: int, quantity: int, **where: object) -> None:
    """A buyer changes how much of a line is ordered, before the row that is described."""
    index, _ = one(scribe, txn_id=txn(number), **where)
    line = one(scribe, entity_type="order_line", entity_id=f"45{number:08d}/L{place}", effect="create")[1]
    moment = {name: scribe.rows[index][name] for name in ("t_biz", "phase", "t_mono_ns")}
    insert(scribe, index, {**line, **moment, "effect": "update", "quantity": quantity, "amount_minor": quantity * PRICE // 1000})


def against_a_cut_order(scribe: Scribe) -> None:
    """One of the four that 1 had ordered was cancelled before they were posted; a lenient ERP took all."""
    changed_order(scribe, 1, 1, 3_000, kind="request", call_point="erp.gr.create")


PLANTED: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("G01", txn(1), never_posted),
    ("G01", txn(1), posted_over),
    ("G02", txn(2), of_other_lines),
    ("G02", txn(2), of_another_order),
    ("G02", txn(2), without_its_decimals),
    ("G03", txn(3), with_another_word),
    ("P02", txn(1), posted_over),
    ("P02", txn(1), against_a_cut_order),
    ("C01", txn(1), posted_over),
)
