"""Each kind of flow, as tests/own_world declares it: right histories pass, each planted corruption is found by the rule that is for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.catalog import Catalog
from harness.judge import Verdict, judge
from harness.judge.synthetic import Row, Scribe, final_views, order, post_order
from tests.own_world.catalogue import own_catalog
from tests.own_world.histories import (
    budget,
    charges,
    delivery,
    join,
    parent_order,
    payment,
    post,
    posting,
    receipt,
    receipt_with_freight,
    refused,
    supplier,
    write_copy,
)
from tests.unit.judge.history_builder import drop, insert, one, quiet, written
from tests.unit.judge.one_question import answer, rule

Story = Callable[[Scribe], object]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return own_catalog(tmp_path_factory.mktemp("contracts"))


def told(story: Story) -> Scribe:
    """A run that consists of this story."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    story(scribe)
    scribe.enter("quiesce-at-last")
    quiet(scribe)
    scribe.enter("final")
    for view in final_views(scribe.rows):
        scribe.row("read_view", **{"txn_id": "", "state": "unknown", **view})
    scribe.end()
    return scribe


def judged(catalog: Catalog, folder: Path, story: Story, *, require: tuple[str, ...] = ()) -> Verdict:
    """The same, judged with the tests' own catalogue."""
    manifest: Row = {"scenario": {"name": "own", "require": list(require)}}
    return judge(written(told(story), folder, manifest), catalog)


def found(verdict: Verdict) -> dict[str, list[str]]:
    """Violations and warnings by invariant: the transactions."""
    entries = [entry for entry in verdict.invariants if entry["status"] in ("violated", "warned", "error")]
    return {entry["id"]: sorted({str(row["txn_id"]) for row in entry["rows"]}) for entry in entries}


def of(verdict: Verdict, invariant_id: str, flow: str) -> Row:
    """An invariant's evidence of one flow."""
    return next(entry for entry in verdict.invariants if entry["id"] == invariant_id)["by_flow"][flow]


def three_orders(scribe: Scribe) -> None:
    for number in (1, 2, 3):
        order(scribe, number, wave="baseline-1", role="baseline")


# --- the histories that the old house judged wrongly


def test_a_source_order_that_is_set_up_inside_the_transaction_is_no_posting(catalog: Catalog, tmp_path: Path) -> None:
    verdict = judged(catalog, tmp_path / "run", lambda scribe: [receipt(scribe, n, order=True) for n in (1, 2, 3)])
    assert (verdict.verdict, found(verdict)) == ("pass", {})
    assert of(verdict, "C01", "arrival-to-grir")["candidates"] == 3


def test_one_receipt_two_postings_where_the_flow_says_so(catalog: Catalog, tmp_path: Path) -> None:
    verdict = judged(catalog, tmp_path / "run", lambda scribe: [receipt_with_freight(scribe, n) for n in (1, 2)])
    assert (verdict.verdict, found(verdict)) == ("pass", {})


def test_two_sources_one_posting_where_the_flow_says_so(catalog: Catalog, tmp_path: Path) -> None:
    verdict = judged(catalog, tmp_path / "run", lambda scribe: charges(scribe, 1, 3))
    assert (verdict.verdict, found(verdict)) == ("pass", {})
    assert of(verdict, "C06", "cards-to-journal")["candidates"] == 3
    assert {entry["outcome"] for entry in verdict.by_experiment} == {"posted"}


@pytest.mark.parametrize(("module", "violated"), [("GL", True), ("AP", False)])
def test_a_closed_module_is_that_of_the_documents_kind(catalog: Catalog, tmp_path: Path, module: str, violated: bool) -> None:
    def story(scribe: Scribe) -> None:
        closed: Row = {
            "entity_type": "period",
            "entity_id": f"1000/{module}/2026-10",
            "company": "1000",
            "period": "2026-10",
            "state": "closed",
        }
        scribe.row("source_action", "erp", call_point="erp.period.close", **closed)
        scribe.row("commit", "erp", effect="update", **closed)
        receipt(scribe, 1)

    verdict = judged(catalog, tmp_path / "run", story)
    assert ("C13" in found(verdict)) == violated


def test_an_order_is_posted_although_only_the_ledger_is_closed(catalog: Catalog, tmp_path: Path) -> None:
    def story(scribe: Scribe) -> None:
        closed: Row = {"entity_type": "period", "entity_id": "1000/GL/2026-10", "company": "1000", "period": "2026-10", "state": "closed"}
        scribe.row("source_action", "erp", call_point="erp.period.close", **closed)
        order(scribe, 1, wave="baseline-1", role="baseline")

    assert found(judged(catalog, tmp_path / "run", story)) == {}


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside three right orders"])
def test_a_wrong_account_is_found_whatever_else_was_right(catalog: Catalog, tmp_path: Path, beside: bool) -> None:
    def story(scribe: Scribe) -> None:
        if beside:
            three_orders(scribe)
        receipt(scribe, 9, account="6010")

    verdict = judged(catalog, tmp_path / "run", story, require=("C14",))
    assert (verdict.verdict, found(verdict)) == ("fail", {"C14": ["arr-000009"]})


def test_evidence_of_one_flow_is_none_of_another(catalog: Catalog, tmp_path: Path) -> None:
    """Nothing of the receipt can be held against accounts: three right orders do not make up for it."""

    def story(scribe: Scribe) -> None:
        three_orders(scribe)
        receipt(scribe, 9)
        drop(scribe, lambda row: not (row.get("entity_type") == "source_line" and row.get("txn_id") == "arr-000009"))

    wanted = ("C14@requisition-to-po", "C14@arrival-to-grir")
    verdict = judged(catalog, tmp_path / "run", story, require=wanted)
    assert (verdict.verdict, found(verdict)) == ("inconclusive", {})
    assert (of(verdict, "C14", "requisition-to-po")["status"], of(verdict, "C14", "arrival-to-grir")["status"]) == ("ok", "vacuous")
    assert any("C14 is required" in reason and "arrival-to-grir" in reason for reason in verdict.reasons)


# --- right histories of every kind


RIGHT: list[Story] = [
    lambda scribe: [receipt(scribe, n) for n in (1, 2, 3)],
    lambda scribe: [delivery(scribe, n) for n in (1, 2)],
    lambda scribe: [delivery(scribe, n, name_lines=True) for n in (1, 2)],
    lambda scribe: [refused(scribe, n) for n in (1, 2)],
    lambda scribe: [supplier(scribe, n) for n in (1, 2)],
    lambda scribe: [payment(scribe, n) for n in (1, 2)],
    lambda scribe: ([budget(scribe, 1), budget(scribe, 2, "exhausted", state="exhausted"), budget(scribe, 3, "unknown", looks="fail")]),
]


@pytest.mark.parametrize("story", RIGHT, ids=["document", "one per line", "lines named", "none", "state", "status", "query"])
def test_right_histories_pass(catalog: Catalog, tmp_path: Path, story: Story) -> None:
    def with_orders(scribe: Scribe) -> None:
        three_orders(scribe)
        story(scribe)

    verdict = judged(catalog, tmp_path / "run", with_orders)
    assert (verdict.verdict, verdict.reasons, found(verdict)) == ("pass", (), {})
    assert verdict.experiments["pass"] == verdict.experiments["total"]


# --- and with one thing wrong


def plant_second_posting(scribe: Scribe) -> None:
    txn_id = receipt(scribe, 1)
    post(scribe, txn_id, "erp.grir.create", posting("grir_posting", "5099999999", 10_001, party="V100017"))


def plant_foreign_kind(scribe: Scribe) -> None:
    """The connector orders something for a receipt whose flow makes no stock posting."""
    txn_id = receipt(scribe, 1)
    post(scribe, txn_id, "erp.stock.create", posting("stock_posting", "5399999999", 10_001))


def plant_missing_due(scribe: Scribe) -> None:
    receipt_with_freight(scribe, 1)
    drop(scribe, lambda row: row.get("entity_type") != "freight_accrual")


def plant_line_twice(scribe: Scribe) -> None:
    txn_id = delivery(scribe, 1)
    post(scribe, txn_id, "erp.stock.create", posting("stock_posting", "5399999999", 501, party="V100017"))


def plant_line_wrong_amount(scribe: Scribe) -> None:
    delivery(scribe, 1)
    for _, row in [one(scribe, entity_type="stock_posting", amount_minor=501)]:
        row["amount_minor"] = 511


def plant_line_missing(scribe: Scribe) -> None:
    delivery(scribe, 1)
    number = one(scribe, entity_type="stock_posting", amount_minor=501)[1]["entity_id"]
    drop(scribe, lambda row: row.get("entity_id") != number and row.get("parent_id") != number)


def plant_charge_twice(scribe: Scribe) -> None:
    charges(scribe, 1, 3)
    post(scribe, None, "erp.summary.create", posting("summary_journal", "5499999999", 1_002, covers="CC-000002"))


def plant_charge_left_out(scribe: Scribe) -> None:
    charges(scribe, 1, 3)
    one(scribe, entity_type="summary_journal")[1].update(covers="CC-000001 CC-000003", amount_minor=2_004)


def plant_sum_wrong(scribe: Scribe) -> None:
    charges(scribe, 1, 3)
    one(scribe, entity_type="summary_journal")[1]["amount_minor"] += 5


def plant_unknown_charge(scribe: Scribe) -> None:
    charges(scribe, 1, 3)
    one(scribe, entity_type="summary_journal")[1]["covers"] += " CC-777777"


def plant_posted_although_refused(scribe: Scribe) -> None:
    txn_id = refused(scribe, 1)
    post(scribe, txn_id, "erp.stock.create", posting("stock_posting", "5399999998", 500))


def plant_never_refused(scribe: Scribe) -> None:
    refused(scribe, 1)
    drop(scribe, lambda row: row.get("state") != "refused")


def plant_stale_copy(scribe: Scribe) -> None:
    supplier(scribe, 1)
    drop(scribe, lambda row: not (row.get("entity_type") == "card_holder" and row.get("src_version") == 2))


def plant_copy_goes_back(scribe: Scribe) -> None:
    txn_id = supplier(scribe, 1)
    write_copy(scribe, txn_id, "expense.holder.write", "card_holder", version=1, state="active")


def plant_copy_goes_back_unnamed(scribe: Scribe) -> None:
    txn_id = supplier(scribe, 1)
    write_copy(scribe, txn_id, "expense.holder.write", "card_holder", version=None, state="active")


def plant_copy_invented(scribe: Scribe) -> None:
    supplier(scribe, 1)
    one(scribe, entity_type="supplier_copy", src_version=2)[1]["company"] = "2000"


def plant_news_missing(scribe: Scribe) -> None:
    payment(scribe, 1)
    drop(scribe, lambda row: row.get("state") != "paid")


def plant_news_out_of_order(scribe: Scribe) -> None:
    txn_id = payment(scribe, 1)
    write_copy(scribe, txn_id, "procurement.payment_news.write", "payment_news", version=None, state="underway")


def plant_news_too_early(scribe: Scribe) -> None:
    txn_id = payment(scribe, 1)
    index, _ = one(scribe, entity_type="payment", state="sent")
    other = Scribe("t1", ops=900, t_ms=scribe.t_ms)
    write_copy(other, txn_id, "procurement.payment_news.write", "payment_news", version=None, state="paid")
    insert(scribe, index, *other.rows)


def plant_news_untrue(scribe: Scribe) -> None:
    txn_id = payment(scribe, 1)
    index, _ = one(scribe, entity_type="payment_news", state="paid")
    other = Scribe("t1", ops=900, t_ms=scribe.t_ms)
    write_copy(other, txn_id, "procurement.payment_news.write", "payment_news", version=None, state="failed")
    insert(scribe, index - 1, *other.rows)


def plant_slow_answer(scribe: Scribe) -> None:
    budget(scribe, 1, took_ms=2_500)


def plant_no_answer(scribe: Scribe) -> None:
    budget(scribe, 1)
    drop(scribe, lambda row: row["kind"] != "query_answer")


def plant_untrue_answer(scribe: Scribe) -> None:
    budget(scribe, 1, "available", state="exhausted")


def plant_degraded_without_cause(scribe: Scribe) -> None:
    budget(scribe, 1, "unknown")


def plant_fails_open(scribe: Scribe) -> None:
    budget(scribe, 1, "available", looks="fail")


def plant_untrue_as_of(scribe: Scribe) -> None:
    budget(scribe, 1, "available")
    one(scribe, kind="query_answer")[1]["as_of"] = "2026-10-27T00:00:00+00:00"


def plant_reservation_left(scribe: Scribe) -> None:
    budget(scribe, 1)
    drop(scribe, lambda row: row.get("state") != "released")


def plant_child_first(scribe: Scribe) -> None:
    parent = parent_order(scribe, 1)
    receipt(scribe, 1, parent=parent)
    post_order(scribe, parent, "REQ-T1-000001", 1)


def plant_orphan(scribe: Scribe) -> None:
    parent = order(scribe, 1, wave="baseline-1", role="baseline")
    receipt(scribe, 1, parent=parent)
    gone: Row = {**one(scribe, entity_type="purchase_order")[1], "effect": "reverse", "state": "cancelled"}
    scribe.row(
        "commit", "erp", **{k: v for k, v in gone.items() if k in ("txn_id", "entity_type", "entity_id", "effect", "state", "company")}
    )


PLANTED: list[tuple[str, str, Story]] = [
    ("C01", "arr-000001", plant_second_posting),
    ("C02", "arr-000001", plant_second_posting),
    ("C05", "arr-000001", plant_foreign_kind),
    ("C03", "arf-000001", plant_missing_due),
    ("C01", "dlv-000001", plant_line_twice),
    ("C06", "dlv-000001", plant_line_wrong_amount),
    ("C03", "dlv-000001", plant_line_missing),
    ("C01", "crd-000002", plant_charge_twice),
    ("P08", "crd-000002", plant_charge_left_out),
    ("C06", "crd-000001", plant_sum_wrong),
    ("C05", "None", plant_unknown_charge),
    ("C21", "unp-000001", plant_posted_although_refused),
    ("C21", "unp-000001", plant_never_refused),
    ("R01", "sup-000001", plant_stale_copy),
    ("R01", "sup-000001", plant_copy_goes_back),
    ("R02", "sup-000001", plant_copy_goes_back),
    ("R02", "sup-000001", plant_copy_goes_back_unnamed),
    ("R03", "sup-000001", plant_copy_invented),
    ("N01", "pay-000001", plant_news_missing),
    ("N01", "pay-000001", plant_news_out_of_order),
    ("N02", "pay-000001", plant_news_out_of_order),
    ("N03", "pay-000001", plant_news_too_early),
    ("N03", "pay-000001", plant_news_untrue),
    ("Q01", "bud-000001", plant_slow_answer),
    ("Q01", "bud-000001", plant_no_answer),
    ("Q02", "bud-000001", plant_untrue_answer),
    ("Q02", "bud-000001", plant_degraded_without_cause),
    ("Q02", "bud-000001", plant_untrue_as_of),
    ("Q03", "bud-000001", plant_fails_open),
    ("Q04", "bud-000001", plant_reservation_left),
    ("P07", "arr-000001", plant_child_first),
    ("C19", "arr-000001", plant_orphan),
]


@pytest.mark.parametrize(("invariant_id", "txn_id", "plant"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_a_planted_corruption_is_found(catalog: Catalog, tmp_path: Path, invariant_id: str, txn_id: str, plant: Story) -> None:
    """The rule, which fails a run, says something of the transaction."""
    rows = answer(invariant_id, told(plant), tmp_path, catalog=catalog).failing
    assert txn_id in {str(row["txn_id"]) for row in rows}, rows


WHOLE = tuple({rule(planted[0]).kinds: planted for planted in PLANTED}.values())  # one of each kind of flow


@pytest.mark.parametrize("planted", WHOLE, ids=lambda planted: planted[2].__name__)
def test_what_is_found_fails_the_run(catalog: Catalog, tmp_path: Path, planted: tuple[str, str, Story]) -> None:
    """Of each kind of flow, the whole verdict."""
    invariant_id, txn_id, plant = planted
    verdict = judged(catalog, tmp_path / "run", plant)
    assert verdict.verdict == "fail"
    assert txn_id in found(verdict).get(invariant_id, []), found(verdict)


def test_a_case_is_one_chain(catalog: Catalog, tmp_path: Path) -> None:
    """A receipt's transaction names the order's; both belong to the case that the order began."""

    def story(scribe: Scribe) -> None:
        parent = order(scribe, 1, wave="baseline-1", role="baseline")
        receipt(scribe, 1, parent=parent)
        receipt(scribe, 2, parent=parent)

    verdict = judged(catalog, tmp_path / "run", story)
    assert (verdict.verdict, found(verdict)) == ("pass", {})
    assert {entry["txn_id"]: (entry["parent"], entry["case"]) for entry in verdict.by_experiment} == {
        "p2p-000001": (None, "p2p-000001"),
        "arr-000001": ("p2p-000001", "p2p-000001"),
        "arr-000002": ("p2p-000001", "p2p-000001"),
    }
    assert of(verdict, "P07", "arrival-to-grir")["candidates"] == 2


def test_a_flow_that_nobody_declares_is_not_judged_as_right(catalog: Catalog, tmp_path: Path) -> None:
    def story(scribe: Scribe) -> None:
        three_orders(scribe)
        join(scribe, "odd-000001", "no-such-flow")

    verdict = judged(catalog, tmp_path / "run", story)
    assert verdict.verdict == "inconclusive"
    assert any("no-such-flow" in reason for reason in verdict.reasons)


def test_a_state_without_a_meaning_takes_the_pass_away(catalog: Catalog, tmp_path: Path) -> None:
    def story(scribe: Scribe) -> None:
        receipt(scribe, 1)
        changed: dict[str, Any] = {"entity_type": "grir_posting", "entity_id": "5000000001", "effect": "update", "state": "on_ice"}
        scribe.row("commit", "erp", txn_id="arr-000001", **changed)

    verdict = judged(catalog, tmp_path / "run", story)
    assert verdict.verdict == "inconclusive"
    assert any("grir_posting 'on_ice'" in reason for reason in verdict.reasons)
