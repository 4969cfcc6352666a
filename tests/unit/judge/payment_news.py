"""News of payments, row by row: a correct run of that flow alone, and what can be wrong in it. PLANTED is the list.

Of each invoice the bank says two things. 1 and 2: it is paid, and comes back; 3: it is rejected, and paid the second time. Of 2 the first
word is overtaken before anybody was told, so that only the second one is. Procurement and the supplier hear each, in words of their own.
"""

from collections.abc import Callable

from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.history_builder import drop, insert, one, quiet, refresh_views, rows

FLOW = "payment-status"
TELLS = {"cleared": "paid", "rejected": "rejected", "returned": "returned"}
ADVISES = {"cleared": "paid", "rejected": "payment_failed", "returned": "payment_returned"}
WORDS = {1: ("cleared", "returned"), 2: ("cleared", "returned"), 3: ("rejected", "cleared")}
SKIPPED = {2: (0,)}  # words by place, of invoices by number
MONEY: Row = {"amount_minor": 98_000, "currency": "USD", "company": "1000"}
RECORD, ADVISE = "procurement.invoice.record_payment", "portal.invoice.record_payment"


def news_run() -> Scribe:
    """The whole run, final reads included; nothing is wrong in it."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    for number in WORDS:
        heard(scribe, number)
    scribe.enter("quiesce-at-last")
    quiet(scribe)
    scribe.enter("final")
    refresh_views(scribe)
    return scribe


def txn(number: int) -> str:
    """The transaction of an invoice."""
    return f"pst-{number:06d}"


def heard(scribe: Scribe, number: int) -> None:
    """From the payment to the last word."""
    txn_id = txn(number)
    scribe.experiment(txn_id, FLOW, wave="baseline-1", role="baseline", template=f"{FLOW}/US01")
    changed(scribe, number, "paid", 2)
    for place, word in enumerate(WORDS[number]):
        changed(scribe, number, word, 3 + place)
        if place not in SKIPPED.get(number, ()):
            scribe.event("wh.payment.status_changed", txn_id, event_id=f"msg_{number}_{place}")
            scribe.call("erp.invoice_payment.read", txn_id)
            scribe.call("procurement.invoice.find", txn_id)
            told(scribe, number, TELLS[word], 3 + place)
            scribe.call("portal.invoice.find", txn_id)
            advised(scribe, number, ADVISES[word], 3 + place)


def changed(scribe: Scribe, number: int, state: str, version: int) -> None:
    """Somebody in the ERP changes how far it is paid."""
    document = f"51{number:08d}"
    scribe.person("erp.invoice_payment.enter_statement", txn(number), "invoice_payment", document, state, version=version, **MONEY)


def told(scribe: Scribe, number: int, word: str, sequence: int) -> None:
    """The connector tells procurement."""
    head: Row = {"entity_type": "invoice_payment_status", "entity_id": f"INV-T1-{number:08d}", "effect": "update", "state": word}
    effect: Row = {**head, "src_version": sequence, "version": sequence, "base_version": sequence - 1, "company": "ACME-US"}
    call: Row = {"method": "PUT", "outcome": "committed", "body_hash": f"{number}.{sequence}.{word}"}
    scribe.call(RECORD, txn(number), effects=[effect], **call)


def advised(scribe: Scribe, number: int, word: str, sequence: int) -> None:
    """And the supplier, in the portal."""
    head: Row = {"entity_type": "payment_advice", "entity_id": f"PI-T1-{number:08d}", "effect": "update", "state": word}
    effect: Row = {**head, "src_version": sequence, "version": sequence, "base_version": sequence - 1, "company": "BUY-US01"}
    call: Row = {"method": "PUT", "outcome": "committed", "body_hash": f"{number}.{sequence}.{word}.advice"}
    scribe.call(ADVISE, txn(number), effects=[effect], **call)


# --- what can be wrong


def never_told(scribe: Scribe) -> None:
    """Nobody hears of 3."""
    drop(scribe, lambda row: row.get("txn_id") != txn(3) or row.get("call_point") != RECORD)


def first_word_only(scribe: Scribe) -> None:
    """It is paid, says procurement of 1; that it came back nobody was told."""
    last = [row["op_id"] for _, row in rows(scribe, txn_id=txn(1), call_point=RECORD, kind="request")][-1]
    drop(scribe, lambda row: row.get("op_id") != last)


def old_word_last(scribe: Scribe) -> None:
    """Of 1, that it was paid is told once more behind the news that it came back."""
    _behind(scribe, 1, "paid", 3)


def paid_when_it_came_back(scribe: Scribe) -> None:
    """Of 2 nothing is known but that it is paid, and it came back before anybody was told."""
    for _, row in rows(scribe, txn_id=txn(2), entity_type="invoice_payment_status"):
        row["state"] = "paid"
    refresh_views(scribe)


def paid_when_it_was_only_issued(scribe: Scribe) -> None:
    """The ERP's `paid` of 3 is told as procurement's: it never is paid before the second payment clears."""
    index, _ = one(scribe, txn_id=txn(3), entity_type="invoice_payment", state="rejected")
    insert(scribe, index, *_told_elsewhere(scribe, 3, "paid", 2))


def another_word(scribe: Scribe) -> None:
    """Of 1 procurement hears that the bank rejected it, which it never did."""
    _, row = one(scribe, txn_id=txn(1), entity_type="invoice_payment_status", state="paid")
    row["state"] = "rejected"


def supplier_never_told(scribe: Scribe) -> None:
    """Procurement knows of 3, its supplier nothing."""
    drop(scribe, lambda row: row.get("txn_id") != txn(3) or row.get("call_point") != ADVISE)


def supplier_hears_procurements_word(scribe: Scribe) -> None:
    """That 3 was rejected, says the portal in procurement's word, which is none of its own: the invoice was rejected by nobody."""
    for _, row in rows(scribe, txn_id=txn(3), entity_type="payment_advice", state="payment_failed"):
        row["state"] = "rejected"


def supplier_hears_the_old_word_last(scribe: Scribe) -> None:
    """Of 1 the portal says paid once more, behind the news that it came back; procurement has it right."""
    index = max(index for index, _ in rows(scribe, txn_id=txn(1), call_point=ADVISE))
    other = Scribe("t1", ops=900, t_ms=scribe.t_ms)
    advised(other, 1, "paid", 3)
    insert(scribe, index + 1, *other.rows)


def _behind(scribe: Scribe, number: int, word: str, sequence: int) -> None:
    index = max(index for index, _ in rows(scribe, txn_id=txn(number), call_point=RECORD))
    insert(scribe, index + 1, *_told_elsewhere(scribe, number, word, sequence))


def _told_elsewhere(scribe: Scribe, number: int, word: str, sequence: int) -> list[Row]:
    other = Scribe("t1", ops=900, t_ms=scribe.t_ms)
    told(other, number, word, sequence)
    return other.rows


PLANTED: list[tuple[str, str, Callable[[Scribe], None]]] = [
    ("N01", txn(3), never_told),
    ("N01", txn(1), first_word_only),
    ("N01", txn(1), old_word_last),
    ("N01", txn(2), paid_when_it_came_back),
    ("N02", txn(1), old_word_last),
    ("N03", txn(3), paid_when_it_was_only_issued),
    ("N03", txn(1), another_word),
    ("N01", txn(3), supplier_never_told),
    ("N01", txn(1), supplier_hears_the_old_word_last),
    ("N02", txn(1), supplier_hears_the_old_word_last),
    ("N03", txn(3), supplier_hears_procurements_word),
]
