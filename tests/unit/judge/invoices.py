"""Supplier invoices to the ERP, row by row: a correct run of that flow alone, and what can be wrong in it. PLANTED is the list.

1, 2 bill an order, in full and in part; 3 is of nothing that was ordered; 4 is a credit; 5 is taken back after it was posted; 6 is on hold.
"""

from collections.abc import Callable

from harness.judge.synthetic import PERIOD, Row, Scribe, final_views
from tests.unit.judge.history_builder import drop, insert, one, refresh_views, rows

FLOW = "invoice-to-posting"
BOOKS: Row = {"company": "1000", "currency": "USD", "period": PERIOD}
HERE: Row = {"company": "ACME-US", "currency": "USD", "src_version": 1}
DATES: Row = {"document_date": f"{PERIOD}-20", "posting_date": f"{PERIOD}-28"}
BILLED = {1: (4_000, 6_000), 2: (1_500, 6_000), 5: (2_000, 2_000), 6: (1_000, 1_000)}  # of each order line, thousandths
PRICE, TAX_PERCENT = 100, 10  # minor units of one; the rate that the tests take
PLAIN, CREDIT, TAKEN_BACK, ON_HOLD = 3, 4, 5, 6
COUNT = 6


def invoices_run() -> Scribe:
    """The whole run, final reads included; nothing is wrong in it."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    for number in range(1, COUNT + 1):
        invoice(scribe, number)
    taken_back(scribe, TAKEN_BACK)
    scribe.enter("final")
    for view in final_views(scribe.rows):
        posted = {"parent_id": f"5100{view['entity_id'][-6:]}"} if view["entity_type"] == "invoice" else {}
        scribe.row("read_view", **view, **posted)
    scribe.end()
    return scribe


def txn(number: int) -> str:
    """The transaction of an invoice."""
    return f"inv-{number:06d}"


def source_of(number: int) -> str:
    """Its id in procurement."""
    return f"INV-T1-{number:06d}"


def posted_as(number: int) -> str:
    """Its number in the ERP."""
    return f"51{number:08d}"


def lines_of(number: int) -> list[tuple[int, Row]]:
    """Net amounts in minor units, and of what they are."""
    if number not in BILLED:
        return [(-700 if number == CREDIT else 900, {})]
    order = f"45{number:08d}"
    return [
        (quantity * PRICE // 1000, {"quantity": quantity, "src_line": f"{order}/L{place}"})
        for place, quantity in enumerate(BILLED[number], start=1)
    ]


def total_of(number: int) -> int:
    """Gross."""
    net = sum(minor for minor, _ in lines_of(number))
    return net + net * TAX_PERCENT // 100


def invoice(scribe: Scribe, number: int) -> None:
    """Keyed, approved, posted, written back."""
    txn_id, source, total = txn(number), source_of(number), total_of(number)
    scribe.experiment(txn_id, FLOW, wave="baseline-1", role="baseline", template=f"{FLOW}/US01")
    told: Row = {**HERE, **DATES, "amount_minor": total, "party": "SUP000017"}
    scribe.person("procurement.invoice.create", txn_id, "invoice", source, "captured", version=1, **told)
    for row in keyed(number):
        scribe.row("commit", "procurement", txn_id=txn_id, **row)
    scribe.person("procurement.invoice.submit", txn_id, "invoice", source, "pending_approval", version=2, **told)
    scribe.person("procurement.invoice.approve", txn_id, "invoice", source, "approved", version=3, approvers="U9", **told)
    scribe.event("wh.invoice.approved", txn_id)
    scribe.call("procurement.invoice.read", txn_id)
    if number in BILLED:
        scribe.call("erp.po.read", txn_id)
    call: Row = {"method": "POST", "status": 201, "outcome": "committed", "ext_ref": source}
    effects = [paper(number), *lines(number)]
    scribe.call("erp.supplier_invoice.create", txn_id, effects=effects, idem_key=f"k{number}", body_hash=f"b{number}", **call)
    effect: Row = {"entity_type": "invoice", "entity_id": source, "effect": "update", "state": "posted"}
    told = {"src_version": 1, "version": 4, "base_version": 3}
    scribe.call(
        "procurement.invoice.record_posting",
        txn_id,
        method="PUT",
        outcome="committed",
        effects=[{**effect, **told}],
        body_hash=f"p{number}",
    )


def keyed(number: int) -> list[Row]:
    """The lines of an invoice, as procurement has them."""
    source = source_of(number)
    coded: Row = {**HERE, "effect": "create", "parent_id": source}
    costs: Row = {"category": "IT_HARDWARE", "cost_center": "US-MKT-01", "document_date": f"{PERIOD}-20"}
    found: list[Row] = [
        {**coded, **costs, **of, "entity_type": "source_line", "entity_id": f"{source}/1.{place}", "amount_minor": minor}
        for place, (minor, of) in enumerate(lines_of(number), start=1)
    ]
    total = total_of(number)
    tax = total - sum(minor for minor, _ in lines_of(number))
    for side, minor in (("input_tax", tax), ("payable", -total)):
        found.append({**coded, "entity_type": "source_line", "entity_id": f"{source}/1.{side}", "category": side, "amount_minor": minor})
    found.append({**coded, "entity_type": "source_tax", "entity_id": f"{source}/1.T1", "category": "T1", "amount_minor": tax})
    found.append({**coded, "entity_type": "source_number", "entity_id": f"{source}/1.reference", "ext_ref": f"RE 00{number}"})
    return found


def paper(number: int) -> Row:
    """A supplier invoice."""
    state = "on_hold" if number == ON_HOLD else "posted"
    made: Row = {"entity_type": "supplier_invoice", "entity_id": posted_as(number), "effect": "create", "state": state, "version": 1}
    named: Row = {"ext_ref": source_of(number), "party": "V100017", "approvers": "10081399", "src_version": 1}
    return {**BOOKS, **made, **named, **DATES, "amount_minor": total_of(number)}


def lines(number: int) -> list[Row]:
    """What it bills, its taxes, the supplier's number, and its ledger entry: of an order it ends what the receipt accrued."""
    posted, total = posted_as(number), total_of(number)
    made: Row = {**BOOKS, "effect": "create", "parent_id": posted}
    coded: Row = {"account": "5400", "cost_center": "4711000"}
    found: list[Row] = [
        {**made, **coded, **of, "entity_type": "invoice_line", "entity_id": f"{posted}/L{place}", "amount_minor": minor}
        for place, (minor, of) in enumerate(lines_of(number), start=1)
    ]
    net = sum(minor for minor, _ in lines_of(number))
    entry: Row = {**made, "entity_type": "journal_line", "src_version": 1}
    cost: Row = {"account": "2100"} if number in BILLED else coded
    return [
        *found,
        {**made, "entity_type": "invoice_line", "entity_id": f"{posted}/tax", "account": "1100", "amount_minor": total - net},
        {**made, "entity_type": "tax_line", "entity_id": f"{posted}/S1", "category": "S1", "amount_minor": total - net},
        {**made, "entity_type": "supplier_number", "entity_id": f"{posted}/reference", "ext_ref": f"RE 00{number}"},
        {**entry, **cost, "entity_id": f"{posted}/1", "amount_minor": net},
        {**entry, "account": "1100", "entity_id": f"{posted}/2", "amount_minor": total - net},
        {**entry, "account": "2000", "entity_id": f"{posted}/3", "amount_minor": -total, "category": "owed"},
    ]


def taken_back(scribe: Scribe, number: int) -> None:
    """An approver takes the approval back; the connector voids what was posted."""
    txn_id, posted, back = txn(number), posted_as(number), f"53{number:08d}"
    scribe.person("procurement.invoice.reverse_approval", txn_id, "invoice", source_of(number), "returned", version=5, src_version=1)
    scribe.event("wh.invoice.approval_reversed", txn_id)
    scribe.call("procurement.invoice.read", txn_id)
    undo: Row = {
        **BOOKS,
        "entity_type": "supplier_invoice",
        "entity_id": back,
        "parent_id": posted,
        "effect": "reverse",
        "state": "reversal",
    }
    gone: Row = {**BOOKS, "entity_type": "supplier_invoice", "entity_id": posted, "effect": "update", "state": "voided", "version": 2}
    entries = [
        {**row, "parent_id": back, "entity_id": row["entity_id"].replace(posted, back), "amount_minor": -row["amount_minor"]}
        for row in lines(number)
        if row["entity_type"] == "journal_line"
    ]
    effects = [{**undo, "amount_minor": total_of(number), "version": 1}, gone, *entries]
    scribe.call("erp.supplier_invoice.void", txn_id, method="POST", outcome="committed", effects=effects, body_hash=f"v{number}")


# --- what can be wrong


def never_posted(scribe: Scribe) -> None:
    """Nothing was ever posted for 1."""
    drop(scribe, lambda row: not (row.get("txn_id") == txn(1) and row["kind"] == "commit" and "op_id" in row))
    refresh_views(scribe)


def posted_over(scribe: Scribe) -> None:
    """A lenient ERP took the invoice of 1 twice."""
    index, _ = one(scribe, txn_id=txn(1), kind="decision", call_point="erp.supplier_invoice.create")
    before, after = posted_as(1), "5199999999"
    made = one(scribe, entity_type="supplier_invoice", entity_id=before, effect="create")[1]
    more = [row for _, row in rows(scribe, kind="commit", parent_id=before) if row["effect"] == "create"]
    again = [{**row, "parent_id": after, "entity_id": row["entity_id"].replace(before, after)} for row in more]
    insert(scribe, index, {**made, "entity_id": after, "ext_ref": None}, *again)


def of_other_lines(scribe: Scribe) -> None:
    """Whoever takes procurement's line numbers for others bills 2 with its two lines swapped: the sums are right."""
    first, second = (row for _, row in rows(scribe, txn_id=txn(2), entity_type="invoice_line") if "src_line" in row)
    first["src_line"], second["src_line"] = second["src_line"], first["src_line"]


def at_another_price(scribe: Scribe) -> None:
    """The lines of 2 took over from each other: the quantities are right, and the total."""
    first, second = (row for _, row in rows(scribe, txn_id=txn(2), entity_type="invoice_line") if "src_line" in row)
    first["amount_minor"] += 10
    second["amount_minor"] -= 10


def with_the_code_of_another_company(scribe: Scribe) -> None:
    """Whoever reads the crosswalk without the company takes the code of another one."""
    one(scribe, txn_id=txn(PLAIN), entity_type="tax_line")[1]["category"] = "V1"


def without_its_tax(scribe: Scribe) -> None:
    """The credit 4 went out gross for net: its tax stands under no code."""
    one(scribe, txn_id=txn(CREDIT), entity_type="tax_line")[1]["amount_minor"] = 0


def with_a_tidied_number(scribe: Scribe) -> None:
    """Somebody took the supplier's number for a number."""
    one(scribe, txn_id=txn(ON_HOLD), entity_type="supplier_number")[1]["ext_ref"] = "RE 6"


def taxed_by_the_supplier(scribe: Scribe) -> None:
    """The supplier of 3 gets the tax that the company owes to somebody else."""
    for name, sign in (("1", 1), ("3", -1)):
        one(scribe, txn_id=txn(PLAIN), entity_type="journal_line", entity_id=f"{posted_as(PLAIN)}/{name}")[1]["amount_minor"] += 90 * sign


PLANTED: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("M01", txn(1), never_posted),
    ("M01", txn(1), posted_over),
    ("M02", txn(2), of_other_lines),
    ("M02", txn(2), at_another_price),
    ("M03", txn(PLAIN), with_the_code_of_another_company),
    ("M03", txn(CREDIT), without_its_tax),
    ("M04", txn(ON_HOLD), with_a_tidied_number),
    ("M11", txn(PLAIN), taxed_by_the_supplier),
    ("P04", txn(1), posted_over),
    ("C01", txn(1), posted_over),
)
