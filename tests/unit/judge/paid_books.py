"""The books of closing_books.py, and what was paid of them: a transfer of budget, bank details that changed, a hold, and a payment.

1 is invoiced and paid; its payee changed its bank details before, with three people. PLANTED is what can be wrong.
"""

from collections.abc import Callable

from harness.judge.synthetic import DATES, Row, Scribe
from tests.unit.judge.closing_books import BILL, INVOICED, closing_run, moved
from tests.unit.judge.history_builder import drop, insert, one, rows
from tests.unit.judge.receipts import BOOKS, CAME, PRICE, txn

PAYEE, ACCOUNT = "V100017", "021000021-0000000099"
PAYMENT, TRANSFER, CHANGE = "PH00000001", "T000000000001", "BC0000000001"
TOTAL = sum(CAME[INVOICED - 1]) * PRICE // 1000 + 70


def paid_run() -> Scribe:
    """The whole run, final reads included; nothing is wrong in it."""
    scribe = closing_run()
    later(scribe, *transfer(500), *changed_account(), *held("held"), *held("released"), *paid(PAYMENT))
    return scribe


def later(scribe: Scribe, *more: Row) -> None:
    """More changes of people in the ERP, behind everything that happened."""
    index, end = one(scribe, kind="phase", phase="final")
    moment = {name: end[name] for name in ("run_id", "t_mono_ns", "t_wall", "t_biz")}
    head: Row = {**moment, "phase": "baseline-1", "kind": "commit", "node": "erp", "txn_id": txn(INVOICED)}
    insert(scribe, index, *({**head, **BOOKS, "effect": "create", **row} for row in more))


def transfer(given: int, taken: int | None = None) -> list[Row]:
    """Budget of one cost centre becomes that of another one (PST-A09)."""
    giving, receiving = moved(TRANSFER, "1", "budget", -given), moved(TRANSFER, "1", "budget", given if taken is None else taken)
    return [{**giving, "entity_id": "901"}, {**receiving, "entity_id": "902", "cost_center": "4712000"}]


def changed_account(
    account: str = ACCOUNT, since: str = "2026-10-20", states: tuple[str, ...] = ("requested", "verified", "cooling_off")
) -> list[Row]:
    """Somebody asks, somebody calls back, somebody agrees."""
    said: Row = {"entity_type": "bank_change", "entity_id": CHANGE, "party": PAYEE, "account": account}
    people = ("10081360", "10081361", "10081399")
    return [
        {**said, "effect": "create" if number == 1 else "update", "version": number, "state": state, "approvers": " ".join(people[:number])}
        | ({"posting_date": since} if state == "cooling_off" else {})
        for number, state in enumerate(states, start=1)
    ]


def held(state: str) -> list[Row]:
    """The invoice of 1 had no receipt for a while."""
    said: Row = {"entity_type": "invoice_hold", "entity_id": f"{BILL}/H1", "parent_id": BILL, "category": "NO_RECEIPT", "state": state}
    return [{**said, "effect": "create", "version": 1} if state == "held" else {**said, "effect": "update", "version": 2}]


def paid(payment: str, minor: int = TOTAL, *, left: int = 0, version: int = 2) -> list[Row]:
    """Proposed, issued and cleared (PST-Y01, PST-Y02). left: what is open of the invoice afterwards."""
    said: Row = {"entity_type": "payment", "entity_id": payment, "amount_minor": minor, "party": PAYEE, "account": ACCOUNT, "covers": BILL}
    states = [
        {**said, **DATES, "version": number, "state": state} for number, state in enumerate(("proposed", "issued", "cleared"), start=1)
    ]
    item: Row = {
        "entity_type": "open_item",
        "entity_id": BILL,
        "parent_id": BILL,
        "account": "2000",
        "version": version,
        "amount_minor": left,
    }
    return [
        states[0],
        {**states[1], "effect": "update"},
        *entry(f"{payment}/issue", ("2000", minor, BILL), ("1010", -minor, None)),
        {**item, "effect": "update"},
        {**states[2], "effect": "update"},
        *entry(f"{payment}/cleared", ("1010", minor, None), ("1000", -minor, None)),
    ]


def entry(parent: str, *lines: tuple[str, int, str | None]) -> list[Row]:
    """A journal: account, signed amount, item."""
    made: Row = {"entity_type": "journal_line", "parent_id": parent}
    return [
        {**made, "entity_id": f"{parent}/{number}", "account": account, "amount_minor": minor}
        | ({"src_line": item, "category": "owed"} if item else {})
        for number, (account, minor, item) in enumerate(lines, start=1)
    ]


# --- what can be wrong


def from_nowhere(scribe: Scribe) -> None:
    """More arrived than was given."""
    one(scribe, entity_type="budget_movement", parent_id=TRANSFER, cost_center="4712000")[1]["amount_minor"] += 1


def released_elsewhere(scribe: Scribe) -> None:
    """The receipt of 2 relieved another cost centre than the one that had been encumbered."""
    for _, row in rows(scribe, txn_id=txn(2), category="encumbrance"):
        if row["amount_minor"] < 0:
            row["cost_center"] = "4712000"


def kept_after_its_end(scribe: Scribe) -> None:
    """A reservation was consumed, and goes on keeping its funds."""
    kept = {**moved("B00000000001", "1", "reserved", 300), "entity_id": "903"}
    said: Row = {"entity_type": "budget_reservation", "entity_id": "B00000000001", "amount_minor": 300}
    later(scribe, kept, {**said, "version": 1, "state": "reserved"}, {**said, "effect": "update", "version": 2, "state": "consumed"})


def received_at_another_price(scribe: Scribe) -> None:
    """The receipt of 2 put less on GR/IR than the order's price; its expense is less too, so the journal balances."""
    for name, sign in (("1", -1), ("2", 1)):
        one(scribe, entity_type="journal_line", entity_id=f"5000000002/{name}")[1]["amount_minor"] += 20 * sign


def wrong_for_a_while(scribe: Scribe) -> None:
    """The invoice of 1 cleared too little of its first line and too much of the second; a correction came behind the payment."""
    one(scribe, entity_type="journal_line", entity_id=f"{BILL}/1")[1]["amount_minor"] -= 50
    one(scribe, entity_type="journal_line", entity_id=f"{BILL}/2")[1]["amount_minor"] += 50


def paid_without_goods(scribe: Scribe) -> None:
    """Half of the first line of 1 never came; it was billed, and paid, all the same."""
    one(scribe, entity_type="receipt_line", entity_id=f"50{INVOICED:08d}/L1")[1]["quantity"] -= 2_000


def paid_far_above_the_price(scribe: Scribe) -> None:
    """The supplier billed the first line of 1 a tenth above the order's price, and nobody held it."""
    one(scribe, entity_type="invoice_line", entity_id=f"{BILL}/L1")[1]["amount_minor"] += 40


def paid_again(scribe: Scribe) -> None:
    """Somebody paid it by hand once more."""
    later(scribe, *paid("PH00000002", left=-TOTAL, version=3))


def paid_too_much(scribe: Scribe) -> None:
    """More was taken from the account of suppliers than the invoice had put there."""
    for name, sign in (("1", 1), ("2", -1)):
        one(scribe, entity_type="journal_line", entity_id=f"{PAYMENT}/issue/{name}")[1]["amount_minor"] += 5 * sign


def paid_to_the_old_account(scribe: Scribe) -> None:
    """The payee had changed its details, which were in force."""
    for _, row in rows(scribe, entity_type="payment"):
        row["account"] = "021000021-0000000017"


def paid_before_anybody_agreed(scribe: Scribe) -> None:
    """Two people had a hand in the change, and it was paid on."""
    drop(scribe, lambda row: not (row.get("entity_type") == "bank_change" and row.get("state") == "cooling_off"))


def paid_before_it_took_effect(scribe: Scribe) -> None:
    """The days of cooling off were not over."""
    one(scribe, entity_type="bank_change", state="cooling_off")[1]["posting_date"] = "2026-11-02"


PLANTED: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("B06", txn(INVOICED), from_nowhere),
    ("B12", txn(2), released_elsewhere),
    ("B12", txn(INVOICED), kept_after_its_end),
    ("C27", txn(2), received_at_another_price),
    ("C27", txn(INVOICED), wrong_for_a_while),
    ("P03", txn(INVOICED), paid_without_goods),
    ("P03", txn(INVOICED), paid_far_above_the_price),
    ("P05", txn(INVOICED), paid_again),
    ("P05", txn(INVOICED), paid_too_much),
    ("Y05", txn(INVOICED), paid_to_the_old_account),
    ("Y05", txn(INVOICED), paid_before_anybody_agreed),
    ("Y05", txn(INVOICED), paid_before_it_took_effect),
)
