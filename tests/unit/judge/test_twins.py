"""What a transaction is compared with: enough fault-free twins, those of them that end otherwise, and what is left out."""

from pathlib import Path

from harness.judge.synthetic import RESPONSE_LOST, Scribe, expense, order
from tests.unit.judge.corrupt_books import other_account
from tests.unit.judge.history_builder import both, clean_run, insert, invariant, judged, one, quiet, refresh_views, rows
from tests.unit.judge.one_question import answer


def run(baselines: tuple[int, ...]) -> Scribe:
    """So many fault-free twins of each template, and one transaction each whose answer was lost."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    both(scribe, baselines, wave="baseline-1", role="baseline")
    scribe.enter("wave")
    order(scribe, 20, wave="wave", role="faulted", step=("erp.po.create", RESPONSE_LOST))
    expense(scribe, 20, wave="wave", role="faulted", step=("erp.ap_invoice.create", RESPONSE_LOST))
    scribe.enter("quiesce-at-last")
    quiet(scribe)
    scribe.enter("final")
    refresh_views(scribe)
    return scribe


def test_too_few_twins_are_no_evidence(tmp_path: Path) -> None:
    """Two twins are too few: nothing is examined, and the result says of which template."""
    few = judged(run((1, 2)), tmp_path / "two")
    assert [invariant(few, name)["candidates"] for name in ("D01", "D02")] == [0, 0]
    assert [line for line in few.told if "compared with none" in line] == [
        f"1 transactions of the template {name} were compared with none: 2 fault-free twins ended as they should, 3 are needed (D01, D02)"
        for name in ("expense-to-posting/US01", "requisition-to-po/US01")
    ]
    enough = judged(run((1, 2, 3)), tmp_path / "three")
    assert [invariant(enough, name)["candidates"] for name in ("D01", "D02")] == [2, 2]
    assert not [line for line in enough.told if "compared" in line]


def test_a_template_without_twins_does_not_count_with_the_others(tmp_path: Path) -> None:
    """Only the orders have enough of them."""
    scribe = run((1, 2, 3))
    for _, row in rows(scribe, kind="experiment", txn_id="exp-000003"):
        row["role"] = "faulted"
    assert answer("D01", scribe, tmp_path).examined == {"requisition-to-po": 1}


def test_a_violation_names_a_twin_the_deviating_ones_and_what_was_left_out(tmp_path: Path) -> None:
    """Nine of ten orders were told once; companies differ among them, so that company says nothing."""
    scribe = run(tuple(range(1, 11)))
    for number, state in ((10, "noted"), (20, "closed")):
        index, told = one(scribe, txn_id=f"p2p-{number:06d}", kind="commit", state="ordered")
        insert(scribe, index, {**told, "state": state})
    for number in (1, 2):
        one(scribe, txn_id=f"p2p-{number:06d}", entity_type="purchase_order", effect="create")[1]["company"] = "2000"
    row = next(row for row in answer("D01", scribe, tmp_path).rows if row["component"] == "updates")
    assert (row["txn_id"], row["found"]) == ("p2p-000020", "requisition closed, then requisition ordered")
    assert (row["expected_value"], row["control_txn"], row["twins"]) == ("requisition ordered", "p2p-000001", 10)
    assert row["deviating"] == "p2p-000010 with: requisition noted, then requisition ordered"
    assert row["left_out"] == "company"
    assert "but p2p-000010" in row["story"]
    assert "too few: company" in row["story"]


def test_nothing_is_left_out_of_the_clean_run(tmp_path: Path) -> None:
    """Its twins agree in everything."""
    scribe = clean_run()
    other_account(scribe)
    assert {row["left_out"] for row in answer("D01", scribe, tmp_path).rows} == {None}
