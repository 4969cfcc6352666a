"""What a connector states of how receipts and invoices are booked: the correct runs of both flows with it, and what can be wrong in it.

PLANTED is the list for invoices, PLANTED_OF_RECEIPTS that for receipts.
"""

from collections.abc import Callable, Iterator

from harness.judge.synthetic import PERIOD, Row, Scribe
from tests.unit.judge import invoices, receipts
from tests.unit.judge.history_builder import insert, one, rows

CREDIT_FACTS = {"credit_kind": "price", "credit_reason": "bonus of the year"}
RECOVERABLE_PERCENT = 50  # as the crosswalk of the tests says of the code that all lines have
RESERVATION, RECEIPT = "B000000000001", "5000000901"


def stated_invoices() -> Scribe:
    """Invoices to an ERP that books what it is told; 1 names the receipt of its first line, 3 what was reserved for it."""
    scribe = invoices.invoices_run()
    for number in range(1, invoices.COUNT + 1):
        begun, _ = one(scribe, txn_id=invoices.txn(number), kind="experiment")
        insert(scribe, begun + 1, *_before(number))
        last = max(index for index, row in rows(scribe, kind="commit", entity_type="supplier_number", parent_id=invoices.posted_as(number)))
        insert(scribe, last + 1, *_told(scribe, number))
    index, row = one(scribe, txn_id=invoices.txn(invoices.CREDIT), entity_type="source_number")
    source = {name: row[name] for name in ("company", "currency", "src_version", "effect", "parent_id")}
    said = [{**source, "entity_type": "source_fact", "category": name, "ext_ref": word} for name, word in CREDIT_FACTS.items()]
    insert(scribe, index + 1, *_rows(invoices.CREDIT, said))
    return scribe


def _before(number: int) -> list[Row]:
    """The lines of the order, what came of the first one, and what was reserved."""
    order, found = f"45{number:08d}", list[Row]()
    made: Row = {**invoices.BOOKS, "effect": "create", "account": "5400", "cost_center": "4711000"}
    for place, quantity in enumerate(invoices.BILLED.get(number, ()), start=1):
        worth: Row = {"quantity": 2 * quantity, "amount_minor": 2 * quantity * invoices.PRICE // 1000}
        found.append({**made, **worth, "entity_type": "order_line", "entity_id": f"{order}/L{place}", "parent_id": order})
    if number == 1:
        came: Row = {"quantity": 4_000, "amount_minor": 400, "src_line": f"{order}/L1"}
        paper: Row = {**invoices.BOOKS, **invoices.DATES, "effect": "create", "state": "posted", "version": 1, "amount_minor": 400}
        found.append({**paper, "entity_type": "goods_receipt", "entity_id": RECEIPT})
        found.append({**made, **came, "entity_type": "receipt_line", "entity_id": f"{RECEIPT}/L1", "parent_id": RECEIPT})
    if number == invoices.PLAIN:
        found.append({**invoices.BOOKS, "effect": "create", "entity_type": "budget_reservation", "entity_id": RESERVATION, "version": 1})
    return _rows(number, found)


def _told(scribe: Scribe, number: int) -> list[Row]:
    """Line by line."""
    posted = invoices.posted_as(number)
    words: dict[str | None, dict[str, str | int]] = {None: dict(CREDIT_FACTS) if number == invoices.CREDIT else {}}
    if number == invoices.PLAIN:
        words[None]["reservation"] = RESERVATION
    for place, (net, of) in enumerate(invoices.lines_of(number), start=1):
        tax = (
            invoices.total_of(number) - sum(minor for minor, _ in invoices.lines_of(number))
            if len(invoices.lines_of(number)) == 1
            else net // 10
        )
        words[f"{posted}/L{place}"] = {
            "tax_code": "S1",
            "relief_amount": net if of else 0,
            "recoverable_tax": tax * RECOVERABLE_PERCENT // 100,
            "self_assessed_tax": 0,
            "budget_bucket": "4711000/54/",
            "budget_on": f"{PERIOD}-28",
        }
    if number == 1:
        words[f"{posted}/L1"]["receipt"] = RECEIPT
    return _rows(number, [fact for line, told in words.items() for fact in _facts(posted, line, told)])


def stated_receipts() -> Scribe:
    """Receipts to an ERP that books what it is told."""
    scribe = receipts.receipts_run()
    for number, came in enumerate(receipts.CAME, start=1):
        posted = f"50{number:08d}"
        last = max(index for index, row in rows(scribe, kind="commit", entity_type="receipt_line", parent_id=posted))
        told = [
            fact
            for place, quantity in enumerate(came, start=1)
            for fact in _facts(
                posted,
                f"{posted}/L{place}",
                {
                    "accrual_amount": quantity * receipts.PRICE // 1000,
                    "budget_bucket": "4711000/54/P-0007",
                    "budget_on": f"{PERIOD}-28",
                },
            )
        ]
        insert(scribe, last + 1, *({"kind": "commit", "node": "erp", "txn_id": receipts.txn(number), **fact} for fact in told))
    return scribe


def _rows(number: int, found: list[Row]) -> list[Row]:
    return [{"kind": "commit", "node": "erp", "txn_id": invoices.txn(number), **row} for row in found]


def _facts(document: str, line: str | None, told: dict[str, str | int]) -> Iterator[Row]:
    for name, value in told.items():
        said = {"amount_minor": value} if isinstance(value, int) else {"ext_ref": value}
        about = {"src_line": line} if line else {}
        made: Row = {"entity_type": "posting_fact", "entity_id": f"{line or document}/{name}", "effect": "create", "parent_id": document}
        yield {**made, "category": name, "company": "1000", "currency": "USD", **about, **said}


def fact(scribe: Scribe, number: int, name: str, place: int = 1) -> Row:
    """What was stated of a line of an invoice."""
    line = {} if name in {*CREDIT_FACTS, "reservation"} else {"src_line": f"{invoices.posted_as(number)}/L{place}"}
    return one(scribe, entity_type="posting_fact", category=name, parent_id=invoices.posted_as(number), **line)[1]


# --- what can be wrong


def relieved_at_the_bills_price(scribe: Scribe) -> None:
    """Whoever relieves what was billed, where it is dearer than ordered, leaves the rest on GR/IR."""
    fact(scribe, 1, "relief_amount", 2)["amount_minor"] += 25


def credit_of_a_price_that_relieves(scribe: Scribe) -> None:
    """A bonus sends no goods back."""
    fact(scribe, invoices.CREDIT, "relief_amount")["amount_minor"] = -700


def all_of_the_tax_back(scribe: Scribe) -> None:
    """Half of it is cost."""
    fact(scribe, 1, "recoverable_tax")["amount_minor"] *= 2


def printed_tax_owed_again(scribe: Scribe) -> None:
    """Tax that the supplier printed is owed to nobody else."""
    fact(scribe, invoices.PLAIN, "self_assessed_tax")["amount_minor"] = 90


def of_another_bucket(scribe: Scribe) -> None:
    """The neighbour's budget pays."""
    fact(scribe, 2, "budget_bucket")["ext_ref"] = "4712000/54/"


def of_another_month(scribe: Scribe) -> None:
    """Last month's budget pays, because the supplier wrote that date."""
    fact(scribe, 2, "budget_on")["ext_ref"] = "2026-08-31"


def of_another_receipt(scribe: Scribe) -> None:
    """A receipt that brought something else."""
    one(scribe, entity_type="receipt_line", parent_id=RECEIPT)[1]["src_line"] = "4500000001/L2"


def with_anothers_reservation(scribe: Scribe) -> None:
    """What was kept for somebody else is spent."""
    one(scribe, entity_type="budget_reservation", entity_id=RESERVATION)[1]["txn_id"] = invoices.txn(1)


def credit_of_another_kind(scribe: Scribe) -> None:
    """The goods go back that are still there."""
    fact(scribe, invoices.CREDIT, "credit_kind")["ext_ref"] = "quantity"


def credit_without_its_reason(scribe: Scribe) -> None:
    """Nobody knows why."""
    fact(scribe, invoices.CREDIT, "credit_reason")["ext_ref"] = "credit"


def accrued_in_full(scribe: Scribe) -> None:
    """Of a part that came, all that was ordered is accrued."""
    posted = "5000000002"
    one(scribe, entity_type="posting_fact", category="accrual_amount", src_line=f"{posted}/L1")[1]["amount_minor"] = 400


def received_without_its_project(scribe: Scribe) -> None:
    """The project's budget is spared."""
    one(scribe, entity_type="posting_fact", category="budget_bucket", src_line="5000000001/L1")[1]["ext_ref"] = "4711000/54/"


def open_items(scribe: Scribe, open_minor: int) -> None:
    """What is open of the invoice that is taken back: all of it, then so much."""
    number = invoices.TAKEN_BACK
    posted, total = invoices.posted_as(number), invoices.total_of(number)
    index, _ = one(scribe, txn_id=invoices.txn(number), kind="request", call_point="erp.supplier_invoice.void")
    item: Row = {"entity_type": "open_item", "entity_id": posted, "parent_id": posted, "company": "1000", "currency": "USD"}
    steps = (("create", 1, total), ("update", 2, open_minor))
    told = [{**item, "effect": effect, "version": version, "amount_minor": minor} for effect, version, minor in steps]
    insert(scribe, index, *_rows(number, told))


def taken_back_when_paid(scribe: Scribe) -> None:
    """A lenient ERP voids what is paid in part."""
    open_items(scribe, 100)


PLANTED: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("M05", invoices.txn(1), all_of_the_tax_back),
    ("M05", invoices.txn(invoices.PLAIN), printed_tax_owed_again),
    ("M06", invoices.txn(invoices.CREDIT), credit_of_another_kind),
    ("M06", invoices.txn(invoices.CREDIT), credit_without_its_reason),
    ("M07", invoices.txn(1), relieved_at_the_bills_price),
    ("M07", invoices.txn(invoices.CREDIT), credit_of_a_price_that_relieves),
    ("M08", invoices.txn(2), of_another_bucket),
    ("M08", invoices.txn(2), of_another_month),
    ("M09", invoices.txn(1), of_another_receipt),
    ("M09", invoices.txn(invoices.PLAIN), with_anothers_reservation),
    ("M10", invoices.txn(invoices.TAKEN_BACK), taken_back_when_paid),
)
PLANTED_OF_RECEIPTS: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("G04", receipts.txn(2), accrued_in_full),
    ("G05", receipts.txn(1), received_without_its_project),
)
