"""The rules about what is paid, moved and cleared: silent on correct books, also unusual ones, and each finds what it exists for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import DATES, Row, Scribe
from tests.unit.judge import paid_books
from tests.unit.judge.closing_books import BILL, INVOICED, bill, item_of, moved, order_of
from tests.unit.judge.history_builder import insert, judged, one, rows
from tests.unit.judge.one_question import answer, gaps, uncounted
from tests.unit.judge.paid_books import PLANTED, TOTAL, entry, later, paid_run
from tests.unit.judge.receipts import PRICE, txn

RULES = ("B06", "B12", "C27", "P03", "P05", "Y05")


def test_correct_books_are_silent_and_have_no_gaps(tmp_path: Path) -> None:
    """Examined by each rule, nothing found, and the record is one record."""
    verdict = judged(paid_run(), tmp_path / "whole")
    assert [(row["id"], row["rows"]) for row in verdict.invariants if row["rows"]] == []
    assert {row["id"]: row["candidates"] > 0 for row in verdict.invariants if row["id"] in RULES} == dict.fromkeys(RULES, True)
    assert list(gaps(paid_run(), tmp_path / "gaps")) == []


@pytest.mark.parametrize(("rule", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(rule: str, txn_id: str, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The declared rule names the corrupted transaction, with a story, and has looked at what it found."""
    scribe = paid_run()
    corrupt(scribe)
    found = answer(rule, scribe, tmp_path)
    assert {row["txn_id"] for row in found.rows} == {txn_id}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []


def a_further_receipt(scribe: Scribe) -> None:
    """The rest of the first line of 2 comes with another receipt."""
    receipt, minor = "5088888888", 2_500 * PRICE // 1000
    taken: Row = {"entity_type": "receipt_line", "entity_id": f"{receipt}/L1", "parent_id": receipt, "quantity": 2_500}
    paper: Row = {"entity_type": "goods_receipt", "entity_id": receipt, "state": "posted", "version": 1, "amount_minor": minor, **DATES}
    posted = entry(receipt, ("5400", minor, None), ("2100", -minor, item_of(2, 1)))
    later(scribe, paper, {**taken, "src_line": f"{order_of(2)}/L1", "amount_minor": minor}, *posted)


def invoice_before_the_goods(scribe: Scribe) -> None:
    """The invoice of 1 is posted before anything came: GR/IR is in debit until it does."""
    billed = [
        row
        for _, row in rows(scribe, kind="commit")
        if BILL in {row.get("entity_id"), row.get("parent_id")} and row.get("version") in {None, 1}
    ]
    billed = [row for row in billed if row["entity_type"] != "invoice_hold"]
    scribe.rows[:] = [row for row in scribe.rows if not any(row is one for one in billed)]
    index, _ = one(scribe, txn_id=txn(INVOICED), kind="request", call_point="erp.gr.create")
    insert(scribe, index, *billed)
    assert len(billed) >= len(bill())


def a_person_answers_for_it(scribe: Scribe) -> None:
    """The buyer released the hold of an invoice far above the order's price."""
    paid_books.paid_far_above_the_price(scribe)
    one(scribe, entity_type="invoice_hold", state="released")[1]["approvers"] = "10081399"


def came_back_and_was_paid_again(scribe: Scribe) -> None:
    """The bank returned the money, and the next payment was good."""
    back: Row = {"entity_type": "payment", "entity_id": paid_books.PAYMENT, "effect": "update", "version": 4, "state": "returned"}
    item: Row = {"entity_type": "open_item", "entity_id": BILL, "parent_id": BILL, "account": "2000", "effect": "update"}
    undone = entry(f"{paid_books.PAYMENT}/returned", ("2000", -TOTAL, BILL), ("1000", TOTAL, None))
    later(scribe, back, *undone, {**item, "version": 3, "amount_minor": TOTAL}, *paid_books.paid("PH00000002", version=4))


def paid_in_two_parts(scribe: Scribe) -> None:
    """Half by one payment, half by another."""
    scribe.rows[:] = [
        row for row in scribe.rows if paid_books.PAYMENT not in {row.get("entity_id"), str(row.get("parent_id")).partition("/")[0]}
    ]
    half = TOTAL // 2
    later(
        scribe, *paid_books.paid("PH00000003", half, left=TOTAL - half, version=2), *paid_books.paid("PH00000004", TOTAL - half, version=3)
    )


def a_hold_that_came_later(scribe: Scribe) -> None:
    """Somebody held the invoice when it was paid already."""
    said: Row = {
        "entity_type": "invoice_hold",
        "entity_id": f"{BILL}/H2",
        "parent_id": BILL,
        "category": "MANUAL",
        "state": "held",
        "version": 1,
    }
    later(scribe, said)


def a_commitment_that_stays_open(scribe: Scribe) -> None:
    """What 1 had ordered and not got stays committed behind a paid invoice that is not the last one."""
    more: Row = {**moved(order_of(INVOICED), "10", "encumbrance", 700), "entity_id": "904"}
    later(scribe, more)


def below_zero_under_advisory_control(scribe: Scribe) -> None:
    """A cost centre gave away budget that it had spent already, which its owners were warned of."""
    later(scribe, *({**row, "parent_id": "T000000000002", "entity_id": f"91{n}"} for n, row in enumerate(paid_books.transfer(9_999_999))))


def a_change_that_was_turned_down(scribe: Scribe) -> None:
    """Somebody asked for another account, and nobody called back: the one in force stays."""
    other = [
        {**row, "entity_id": "BC0000000002"} for row in paid_books.changed_account("021000021-0000000666", states=("requested", "rejected"))
    ]
    index, _ = one(scribe, entity_type="payment", state="proposed")
    later(scribe, *other)
    made = [row for _, row in rows(scribe, entity_id="BC0000000002")]
    scribe.rows[:] = [row for row in scribe.rows if row.get("entity_id") != "BC0000000002"]
    insert(scribe, index, *made)


UNUSUAL = (
    a_further_receipt,
    invoice_before_the_goods,
    a_person_answers_for_it,
    came_back_and_was_paid_again,
    paid_in_two_parts,
    a_hold_that_came_later,
    a_commitment_that_stays_open,
    below_zero_under_advisory_control,
    a_change_that_was_turned_down,
)


@pytest.mark.parametrize("unusual", UNUSUAL, ids=lambda one: one.__name__)
def test_what_is_right_but_unusual_is_nobodys_fault(unusual: Callable[[Scribe], None], tmp_path: Path) -> None:
    """None of these rules says anything of it."""
    scribe = paid_run()
    unusual(scribe)
    for rule in RULES:
        assert answer(rule, scribe, tmp_path / rule).rows == (), rule
