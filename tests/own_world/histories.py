"""Correct runs of the flows of this folder, row by row. Each function writes one transaction and returns its id.

txn = receipt(scribe, 1)                     # received, posted once
txn = receipt(scribe, 2, account="6010")     # booked on another account than the crosswalks say
"""

from typing import Any

from harness.judge.synthetic import Row, Scribe, approve, source_lines

PERIOD = "2026-10"
BASE: Row = {"company": "1000", "currency": "USD", "period": PERIOD, "src_version": 1}
SOURCE: Row = {"currency": "USD", "company": "ACME-US", "party": "SUP000017"}


def join(scribe: Scribe, txn_id: str, flow: str, *, parent: str | None = None) -> None:
    """A fault-free transaction joins the run, below its parent in the case."""
    scribe.experiment(txn_id, flow, wave="baseline-1", role="baseline", template=f"{flow}/US01")
    if parent is not None:
        scribe.rows[-1]["parent_txn"] = parent


def posting(kind: str, number: str, amount: int, *, account: str = "5400", **columns: Any) -> list[Row]:
    """A document with a cost line and its clearing line."""
    line: Row = {**BASE, "entity_type": "journal_line", "effect": "create", "parent_id": number}
    return [
        {**BASE, "entity_type": kind, "entity_id": number, "effect": "create", "state": "posted", "amount_minor": amount, **columns},
        {**line, "entity_id": f"{number}/1", "account": account, "amount_minor": amount, "cost_center": "4711000"},
        {**line, "entity_id": f"{number}/2", "account": "2110", "amount_minor": -amount},
    ]


def post(scribe: Scribe, txn_id: str | None, point: str, effects: list[Row]) -> None:
    """The connector makes documents."""
    scribe.call(point, txn_id, method="POST", status=201, outcome="committed", effects=effects, body_hash=f"{point}{txn_id}")


def set_up_order(scribe: Scribe, txn_id: str, number: str, source: str) -> None:
    """A person sets up the order that a receipt is for, inside the receipt's own transaction."""
    order: Row = {**BASE, "amount_minor": 99_900, "company": "2000", "ext_ref": source}
    scribe.person("erp.po.create", txn_id, "purchase_order", number, "created", **order)


def receipt(scribe: Scribe, number: int, *, account: str = "5400", order: bool = False, parent: str | None = None) -> str:
    """A goods receipt that becomes one GR/IR posting. order: its purchase order is set up in the same transaction."""
    txn_id, source, amount = f"arr-{number:06d}", f"GR-{number:06d}", 10_000 + number
    join(scribe, txn_id, "arrival-to-grir", parent=parent)
    if order:
        set_up_order(scribe, txn_id, f"45900{number:05d}", source)
    scribe.person("procurement.arrival.create", txn_id, "arrival", source, "received", src_version=1, amount_minor=amount, **SOURCE)
    source_lines(scribe, txn_id, source, ("IT_HARDWARE", amount, "US-MKT-01"))
    scribe.event("wh.arrival.recorded", txn_id)
    scribe.call("procurement.arrival.read", txn_id)
    post(
        scribe,
        txn_id,
        "erp.grir.create",
        posting("grir_posting", f"50{number:08d}", amount, account=account, ext_ref=source, party="V100017"),
    )
    return txn_id


def receipt_with_freight(scribe: Scribe, number: int) -> str:
    """One receipt, two postings: the goods and the freight."""
    txn_id, source, amount = f"arf-{number:06d}", f"GF-{number:06d}", 10_000 + number
    join(scribe, txn_id, "arrival-with-freight")
    scribe.person("procurement.arrival.create", txn_id, "arrival", source, "received", src_version=1, amount_minor=amount, **SOURCE)
    source_lines(scribe, txn_id, source, ("IT_HARDWARE", amount, "US-MKT-01"))
    post(scribe, txn_id, "erp.grir.create", posting("grir_posting", f"51{number:08d}", amount, party="V100017"))
    post(scribe, txn_id, "erp.freight.create", posting("freight_accrual", f"52{number:08d}", 700, account="6300"))
    return txn_id


def delivery(scribe: Scribe, number: int, *, name_lines: bool = False) -> str:
    """A delivery of three lines, two of one amount: a posting for each line."""
    txn_id, source = f"dlv-{number:06d}", f"DL-{number:06d}"
    amounts = (300 + number, 300 + number, 500 + number)
    join(scribe, txn_id, "delivery-by-line")
    scribe.person("procurement.delivery.create", txn_id, "delivery", source, "received", src_version=1, amount_minor=sum(amounts), **SOURCE)
    source_lines(scribe, txn_id, source, *(("IT_HARDWARE", amount, "US-MKT-01") for amount in amounts))
    for line in (3, 1, 2):  # in any order
        named: Row = {"src_line": str(line)} if name_lines else {}
        number_of_line = f"53{number:06d}{line:02d}"
        effects = posting("stock_posting", number_of_line, amounts[line - 1], party="V100017", **named)
        post(scribe, txn_id, "erp.stock.create", effects)
    return txn_id


def charges(scribe: Scribe, first: int, count: int) -> list[str]:
    """Card charges that one summary journal stands for."""
    txns, total = [], 0
    for number in range(first, first + count):
        txn_id, source = f"crd-{number:06d}", f"CC-{number:06d}"
        join(scribe, txn_id, "cards-to-journal")
        charge: Row = {"src_version": 1, "amount_minor": 1_000 + number, "currency": "USD"}
        scribe.person("expense.charge.account", txn_id, "card_charge", source, "accounted", **charge)
        txns.append(txn_id)
        total += 1_000 + number
    covered = " ".join(f"CC-{number:06d}" for number in range(first, first + count))
    post(scribe, None, "erp.summary.create", posting("summary_journal", f"54{first:08d}", total, covers=covered))
    for number, txn_id in enumerate(txns, start=first):
        cleared: Row = {
            "entity_type": "card_charge",
            "entity_id": f"CC-{number:06d}",
            "effect": "update",
            "state": "cleared",
            "src_version": 1,
        }
        scribe.call("expense.charge.clear", txn_id, method="PUT", outcome="committed", effects=[cleared], body_hash=f"c{number}")
    return txns


def refused(scribe: Scribe, number: int) -> str:
    """An order without a price: nothing is due but its refusal."""
    txn_id, source = f"unp-{number:06d}", f"UN-{number:06d}"
    join(scribe, txn_id, "unpriced-to-refusal")
    scribe.person(
        "procurement.unpriced.create", txn_id, "unpriced_order", source, "released", src_version=1, amount_minor=500, currency="USD"
    )
    told: Row = {"entity_type": "unpriced_order", "entity_id": source, "effect": "update", "state": "refused", "src_version": 1}
    scribe.call("procurement.unpriced.refuse", txn_id, method="PUT", outcome="committed", effects=[told], body_hash=f"u{number}")
    return txn_id


def supplier(scribe: Scribe, number: int) -> str:
    """A supplier record in two versions; the connector skips none, both targets hold the second at the end."""
    txn_id, record = f"sup-{number:06d}", f"V{number:06d}"
    join(scribe, txn_id, "supplier-copies")
    for version, state in ((1, "active"), (2, "blocked")):
        scribe.person("erp.vendor.change", txn_id, "supplier_master", record, state, src_version=version, company="ACME-US")
        scribe.call("erp.vendor.read", txn_id)
        write_copy(scribe, txn_id, "procurement.supplier_copy.write", "supplier_copy", version=version, state=state, company="1000")
        write_copy(scribe, txn_id, "expense.holder.write", "card_holder", version=version, state=state)
    return txn_id


def write_copy(scribe: Scribe, txn_id: str, point: str, kind: str, *, version: int | None, state: str, **columns: Any) -> None:
    """The connector writes a target's copy."""
    effect: Row = {
        "entity_type": kind,
        "entity_id": f"{kind}-{txn_id}",
        "effect": "update",
        "state": state,
        "src_version": version,
        **columns,
    }
    scribe.call(point, txn_id, method="PUT", outcome="committed", effects=[effect], body_hash=f"{point}{version}{state}")


def payment(scribe: Scribe, number: int) -> str:
    """A payment that is sent and cleared; whoever waits is told both."""
    txn_id, source = f"pay-{number:06d}", f"PM-{number:06d}"
    join(scribe, txn_id, "payment-news")
    for state, told in (("proposed", None), ("sent", "underway"), ("cleared", "paid")):
        scribe.person("erp.payment.change", txn_id, "payment", source, state, amount_minor=5_000, currency="USD")
        if told is not None:
            write_copy(scribe, txn_id, "procurement.payment_news.write", "payment_news", version=None, state=told)
    return txn_id


def budget(scribe: Scribe, number: int, answer: str = "available", *, state: str = "open", looks: str = "ok", took_ms: float = 100) -> str:
    """A question while a person waits: the connector looks, holds the amount, answers and lets go of it."""
    txn_id, line = f"bud-{number:06d}", f"BL-{number:06d}"
    join(scribe, txn_id, "budget-check")
    scribe.person("procurement.requisition.create", txn_id, "requisition", f"RQ-{number:06d}", "draft", src_version=1)
    scribe.person("erp.budget.change", txn_id, "budget_line", line, state)
    scribe.ops += 1
    op: Row = {"op_id": scribe.ops, "call_point": "ask.budget", "txn_id": txn_id}
    scribe.row("query_sent", "procurement", attempt=1, entity_type="budget_line", entity_id=line, **op)
    scribe.call("erp.budget.read", txn_id, status=200 if looks == "ok" else 503, view=looks)
    hold: Row = {"entity_type": "budget_hold", "entity_id": f"BH-{number:06d}", "amount_minor": 700, "currency": "USD"}
    if looks == "ok":
        post(scribe, txn_id, "erp.hold.create", [{**hold, "effect": "create", "state": "held"}])
    scribe.t_ms += took_ms
    scribe.row("query_answer", "procurement", status=200, state=answer, **op)
    if looks == "ok":
        scribe.call(
            "erp.hold.release", txn_id, method="PUT", outcome="committed", effects=[{**hold, "effect": "update", "state": "released"}]
        )
    return txn_id


def parent_order(scribe: Scribe, number: int) -> str:
    """The first transaction of a case: a requisition without its connector's side."""
    txn_id, source = f"p2p-{number:06d}", f"REQ-T1-{number:06d}"
    join(scribe, txn_id, "requisition-to-po")
    amount: Row = {"amount_minor": 20_000 + 37 * number, "currency": "USD", "company": "ACME-US", "party": "SUP000017", "approvers": "U9"}
    approve(scribe, txn_id, "procurement.requisition", "requisition", source, **amount)
    source_lines(scribe, txn_id, source, ("IT_HARDWARE", amount["amount_minor"], "US-MKT-01"), project="PRJ-7")
    return txn_id
