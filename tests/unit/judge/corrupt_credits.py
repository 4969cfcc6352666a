"""A report with a credit among its lines, or a receipt from abroad, booked right and in wrong ways. PLANTED is the list."""

from collections.abc import Callable

from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.history_builder import insert, one

TXN = "exp-000008"
GIVEN_BACK = 1_000


def with_credit(scribe: Scribe) -> None:
    """8 claims a taxi less than nothing, and as much more hotel; it is booked so."""
    index, hotel = one(scribe, txn_id=TXN, entity_type="source_line", category="HOTEL")
    hotel["amount_minor"] += GIVEN_BACK
    insert(scribe, index + 1, {**hotel, "entity_id": hotel["entity_id"] + "b", "category": "TAXI", "amount_minor": -GIVEN_BACK})
    index, cost = one(scribe, txn_id=TXN, entity_type="journal_line", account="5100")
    cost["amount_minor"] += GIVEN_BACK
    insert(scribe, index + 1, {**cost, "entity_id": cost["entity_id"] + "b", "account": "5110", "amount_minor": -GIVEN_BACK})


def line(scribe: Scribe, account: str) -> Row:
    """What the ledger says of it on an account."""
    return one(scribe, txn_id=TXN, entity_type="journal_line", account=account)[1]


def credit_as_claim(scribe: Scribe) -> None:
    """Its sign was lost: the taxi is a cost, and the employee gets both."""
    with_credit(scribe)
    line(scribe, "5110")["amount_minor"] = GIVEN_BACK
    line(scribe, "2010")["amount_minor"] -= 2 * GIVEN_BACK
    one(scribe, txn_id=TXN, entity_type="ap_invoice", effect="create")[1]["amount_minor"] += 2 * GIVEN_BACK


def credit_against_the_other_line(scribe: Scribe) -> None:
    """The total is right: the credit was taken off the hotel instead of the taxi."""
    with_credit(scribe)
    line(scribe, "5100")["amount_minor"] -= GIVEN_BACK
    line(scribe, "5110")["amount_minor"] = 0


def signs_exchanged(scribe: Scribe) -> None:
    """The total is right: the taxi is a cost, and the hotel pays for it."""
    with_credit(scribe)
    line(scribe, "5110")["amount_minor"] = GIVEN_BACK
    line(scribe, "5100")["amount_minor"] -= 2 * GIVEN_BACK


def credit_of_another_center(scribe: Scribe) -> None:
    """The credit relieves a cost centre that never paid."""
    with_credit(scribe)
    line(scribe, "5110")["cost_center"] = "4712000"


def receipt_instead_of_claim(scribe: Scribe) -> None:
    """What the receipt says was posted, 19,000 of another currency, as if it were the report's."""
    made = one(scribe, txn_id=TXN, entity_type="ap_invoice", effect="create")[1]
    less, made["amount_minor"] = made["amount_minor"] - 19_000, 19_000
    line(scribe, "5100")["amount_minor"] -= less
    line(scribe, "2010")["amount_minor"] += less


def currency_of_the_receipt(scribe: Scribe) -> None:
    """The amount is that of the report, the currency that of the receipt."""
    one(scribe, txn_id=TXN, entity_type="ap_invoice", effect="create")[1]["currency"] = "CHF"


PLANTED: tuple[tuple[str, str | None, Callable[[Scribe], None]], ...] = (
    ("C06", TXN, credit_as_claim),
    ("C07", TXN, credit_as_claim),
    ("C14", TXN, credit_as_claim),
    ("C14", TXN, credit_against_the_other_line),
    ("C14", TXN, signs_exchanged),
    ("C07", TXN, credit_of_another_center),
    ("C06", TXN, receipt_instead_of_claim),
    ("C14", TXN, receipt_instead_of_claim),
    ("C06", TXN, currency_of_the_receipt),
)
