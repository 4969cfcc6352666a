"""Budgets that are controlled absolutely: what a connector's orders take of them, row by row."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.judge.synthetic import Row, Scribe, order
from tests.unit.judge.history_builder import insert, one, refresh_views, rows
from tests.unit.judge.one_question import answer, uncounted

BUCKET: Row = {"company": "1000", "cost_center": "4711000", "account": "54", "project": "P-0007", "currency": "USD", "effect": "create"}
BUDGET = 3 * 21_000  # of the quarter
NAME = "1000/4711000/54/P-0007/2026-10/2026-12"


def run() -> Scribe:
    """Three orders that take most of a quarter's budget, one after the other."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    for number in (1, 2, 3):
        order(scribe, number, wave="baseline-1", role="baseline")
        index, made = one(scribe, txn_id=f"p2p-{number:06d}", kind="commit", entity_type="order_line")
        at = {name: value for name, value in made.items() if name not in {"src_version", "project"}}
        kept: Row = {
            **at,
            **BUCKET,
            "entity_type": "budget_movement",
            "entity_id": str(number),
            "category": "encumbrance",
            "src_line": "10",
        }
        insert(scribe, index + 1, *([{**at, **window()}] if number == 1 else []), kept)
    scribe.enter("final")
    refresh_views(scribe)
    return scribe


def window(**members: object) -> Row:
    """What the ERP says of the budget of these months."""
    said: Row = {"entity_type": "budget_window", "entity_id": NAME, "category": "absolute", "quantity": 0, "amount_minor": BUDGET}
    days: Row = {"document_date": "2026-10-01", "posting_date": "2026-12-01", "parent_id": None, "period": None}
    return {**BUCKET, **said, **days, **members}


def last(scribe: Scribe) -> Row:
    """What the third order encumbers."""
    return one(scribe, entity_type="budget_movement", entity_id="3")[1]


def overdrawn(scribe: Scribe) -> None:
    """A lenient ERP took an order for which too little was left."""
    last(scribe)["amount_minor"] += 5_000


def overdrawn_by_a_later_month(scribe: Scribe) -> None:
    """December counts with October."""
    overdrawn(scribe)
    last(scribe)["period"] = "2026-12"


def given_away_before(scribe: Scribe) -> None:
    """What the order takes had been transferred to another cost centre."""
    index, row = one(scribe, entity_type="budget_movement", entity_id="2")
    insert(scribe, index + 1, {**row, "op_id": None, "entity_id": "9", "category": "budget", "parent_id": "T1", "amount_minor": -10_000})


PLANTED: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("B01", "p2p-000003", overdrawn),
    ("B01", "p2p-000003", overdrawn_by_a_later_month),
    ("B01", "p2p-000003", given_away_before),
)


@pytest.mark.parametrize(("rule", "txn_id", "corrupt"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_finds_its_corruption(rule: str, txn_id: str, corrupt: Callable[[Scribe], None], tmp_path: Path) -> None:
    """The rule names the order that took too much, alone; on the history as it was it is silent."""
    right = answer(rule, run(), tmp_path / "right")
    assert (right.rows, right.examined) == ((), {"requisition-to-po": 3})
    scribe = run()
    corrupt(scribe)
    found = answer(rule, scribe, tmp_path / "wrong")
    assert {row["txn_id"] for row in found.rows} == {txn_id}
    assert all(row["story"] for row in found.rows)
    assert uncounted(found) == []


def advisory(scribe: Scribe) -> None:
    """One is warned, and goes on below zero."""
    overdrawn(scribe)
    one(scribe, entity_type="budget_window")[1]["category"] = "advisory"


def inside_the_tolerance(scribe: Scribe) -> None:
    """A tenth of the budget may be overdrawn."""
    overdrawn(scribe)
    one(scribe, entity_type="budget_window")[1]["quantity"] = 10_000


def with_more_budget(scribe: Scribe) -> None:
    """A new version came into force before."""
    overdrawn(scribe)
    index, row = one(scribe, entity_type="budget_movement", entity_id="3")
    insert(scribe, index, {**row, **window(effect="update", amount_minor=2 * BUDGET)})


def with_less_budget_afterwards(scribe: Scribe) -> None:
    """A later version leaves the bucket overdrawn, and a receipt moves what is committed to what is spent: nothing is taken by it."""
    index, row = one(scribe, entity_type="budget_movement", entity_id="3")
    at: Row = {
        **row,
        "op_id": one(scribe, txn_id="p2p-000003", kind="request", call_point="procurement.requisition.record_order")[1]["op_id"],
    }
    moved = [{**at, "entity_id": "8", "amount_minor": -row["amount_minor"]}, {**at, "entity_id": "9", "category": "actual"}]
    insert(scribe, index + 1, {**at, **window(effect="update", amount_minor=10)}, *moved)


def its_owners_agreed(scribe: Scribe) -> None:
    """The exception was approved before the order left."""
    overdrawn(scribe)
    index, row = one(scribe, txn_id="p2p-000003", kind="source_action", state="approved")
    said: Row = {"entity_type": "budget_check", "entity_id": "CHK-3", "effect": "update", "state": "exception_approved", "version": None}
    insert(scribe, index, {**row, "kind": "commit", **said})


def its_owners_agreed_in_the_case(scribe: Scribe) -> None:
    """The same, in the transaction that the order's grows out of."""
    its_owners_agreed(scribe)
    one(scribe, kind="commit", state="exception_approved")[1]["txn_id"] = "p2p-000002"
    one(scribe, kind="experiment", txn_id="p2p-000003")[1]["parent_txn"] = "p2p-000002"


RIGHT = (advisory, inside_the_tolerance, with_more_budget, with_less_budget_afterwards, its_owners_agreed, its_owners_agreed_in_the_case)


@pytest.mark.parametrize("right", RIGHT, ids=lambda one: one.__name__)
def test_what_is_allowed_is_nobodys_fault(right: Callable[[Scribe], None], tmp_path: Path) -> None:
    """Advisory control below zero, tolerances, newer budgets and approved exceptions."""
    scribe = run()
    right(scribe)
    assert rows(scribe, entity_type="budget_window")
    assert answer("B01", scribe, tmp_path).rows == ()
