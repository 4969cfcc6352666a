"""What a close looks at: reconciliations, GR/IR by age, accruals at any instant, and cases that lead to the ledger and back."""

from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from harness.errors import InternalError, UsageError
from harness.judge import closing_as_of, write_closing
from harness.judge.reconciling import FOLDER, load_reconciliations
from harness.judge.synthetic import Scribe
from tests.shipped import CATALOG
from tests.unit.judge import invoices, receipts
from tests.unit.judge import test_consumption_rules as consumption
from tests.unit.judge.closing_books import INVOICED, closing_run, counted_twice, order_of, spent_twice, without_an_item
from tests.unit.judge.history_builder import drop, one, rows, written

SCHEMA = Path(__file__).parents[3] / "contracts" / "schemas" / "reconciliation.schema.json"


def closed(scribe: Scribe, folder: Path, at: str | None = None) -> dict[str, Any]:
    """What reconciliation.json holds of a run."""
    return closing_as_of(written(scribe, folder), CATALOG, at)


def reconciliation(document: dict[str, Any], name: str) -> dict[str, Any]:
    """One of them."""
    return next(one for one in document["reconciliations"] if one["id"] == name)


def test_every_file_is_a_declaration() -> None:
    """The four that a close asks for, and amounts of records; each with two sides that have names."""
    found = load_reconciliations()
    assert [one.id for one in found] == ["budget-lines", "commitments", "invoice-states", "posted-actuals", "record-amounts"]
    assert len({one.title for one in found}) == len(found) == len(list(FOLDER.glob("*.sql")))


def test_a_malformed_file_is_refused(tmp_path: Path) -> None:
    """Naming the file and what is missing."""
    (tmp_path / "x.sql").write_text("-- id: x\n-- title: t\n-- left: a\n-- section: rows\nselect 1\n")
    with pytest.raises(InternalError, match=r"x\.sql: .* missing: right"):
        load_reconciliations(tmp_path)


@pytest.mark.requirement("R07.17")
def test_correct_books_agree_where_there_is_something_to_compare(tmp_path: Path) -> None:
    """Commitments and actuals agree row by row; of what the run does not have, nothing is claimed."""
    document = closed(closing_run(), tmp_path)
    said = {one["id"]: (one["status"], one["compared"]) for one in document["reconciliations"]}
    assert said == {
        "budget-lines": ("nothing to compare", 0),
        "commitments": ("agrees", 8),
        "invoice-states": ("nothing to compare", 0),
        "posted-actuals": ("agrees", 1),
        "record-amounts": ("nothing to compare", 0),
    }
    path = write_closing(tmp_path, document)
    jsonschema.validate(msgspec.json.decode(path.read_bytes()), msgspec.json.decode(SCHEMA.read_bytes()), jsonschema.Draft202012Validator)


@pytest.mark.requirement("R07.11")
def test_a_break_has_key_values_difference_age_and_owner(tmp_path: Path) -> None:
    """What came of the first line of 2 is still committed; the budget ledger counts it twice as spent."""
    scribe = closing_run()
    counted_twice(scribe)
    spent_twice(scribe)
    document = closed(scribe, tmp_path)
    commitments, actuals = reconciliation(document, "commitments"), reconciliation(document, "posted-actuals")
    assert (commitments["status"], commitments["breaks"], commitments["difference"]) == ("breaks", 1, {"USD": "1.50"})
    told = {name: commitments["rows"][0][name] for name in ("key", "txn_id", "left", "right", "difference", "owner", "age_days")}
    assert told == {
        "key": f"{order_of(2)}/L1",
        "txn_id": receipts.txn(2),
        "left": "2.50",
        "right": "4.00",
        "difference": "-1.50",
        "owner": "Receiving",
        "age_days": 0,
    }
    assert [(row["key"], row["left"], row["right"]) for row in actuals["rows"]] == [("1000 · 4711000 · 54 · 2026-10", "19.00", "17.50")]


@pytest.mark.requirement("R05.21")
def test_spending_that_planning_was_not_told_of_is_a_break(tmp_path: Path) -> None:
    """The latest statement and what is known of it agree; of one that stayed in the ledger the older figures are known."""
    right = reconciliation(closed(consumption.told(), tmp_path / "right"), "record-amounts")
    assert (right["status"], right["compared"]) == ("agrees", 1)
    behind = reconciliation(closed(consumption.told(consumption.never_told), tmp_path / "behind"), "record-amounts")
    (row,) = behind["rows"]
    assert (row["left"], row["right"], row["difference"]) == ("27.00", "13.50", "13.50")


@pytest.mark.requirement("R05.19")
def test_an_invoice_that_never_came_behind_its_receipt_is_seen(tmp_path: Path) -> None:
    """The receipt is in the books, the invoice is approved and not posted: open at its source, and an accrual."""
    scribe = invoices.invoices_run()
    invoices.never_posted(scribe)
    document = closed(scribe, tmp_path)
    states = reconciliation(document, "invoice-states")
    missing = next(row for row in states["rows"] if row["key"] == invoices.source_of(1))
    assert (missing["left_word"], missing["right_word"]) == ("to be booked", "not booked")
    assert (missing["right"], missing["owner"]) == (None, "Accounts payable")
    waiting = document["accruals"]["approved_not_posted"]
    assert [(row["key"], row["amount"]) for row in waiting["documents"]] == [(invoices.source_of(1), "10.00")]
    assert waiting["total"] == {"USD": "10.00"}


def test_invoices_of_a_correct_run_agree(tmp_path: Path) -> None:
    """Posted, on hold, a credit, and one that was taken back again: whatever the two systems call it."""
    states = reconciliation(closed(invoices.invoices_run(), tmp_path), "invoice-states")
    assert (states["status"], states["compared"]) == ("agrees", invoices.COUNT)


def test_an_invoice_that_is_booked_twice_is_a_break(tmp_path: Path) -> None:
    """With both amounts."""
    scribe = invoices.invoices_run()
    invoices.posted_over(scribe)
    row = reconciliation(closed(scribe, tmp_path), "invoice-states")["rows"][0]
    assert (row["left"], row["right"], row["right_word"]) == ("11.00", "22.00", "booked 2 times")


@pytest.mark.requirement("R07.14")
def test_gr_ir_is_aged_by_what_came_last(tmp_path: Path) -> None:
    """Received in parts on three days and invoiced for the first of them: what is left is of the later two."""
    scribe = closing_run()
    drop(scribe, lambda row: row.get("parent_id") != "5190000001" and row.get("entity_id") != "5190000001")
    for number, day in ((1, "2026-07-01"), (2, "2026-09-10")):
        one(scribe, entity_type="goods_receipt", entity_id=f"50{number:08d}", effect="create")[1]["posting_date"] = day
    document = closed(scribe, tmp_path)
    ageing = document["gr_ir"]
    assert (ageing["lines"], ageing["open"], ageing["status"]) == (8, 4, "open")
    assert ageing["total"] == {
        "balance_minor": {"USD": "17.50"},
        "days_0_30": {"USD": "0.00"},
        "days_31_60": {"USD": "7.50"},
        "days_61_90": {"USD": "0.00"},
        "days_over_90": {"USD": "10.00"},
    }
    oldest = ageing["rows"][0]
    assert (oldest["oldest_on"], oldest["age_days"], oldest["owner"]) == ("2026-07-01", 119, "Receiving")
    assert document["accruals"]["received_not_invoiced"] == {"rows": 4, "total": {"USD": "17.50"}}


def test_what_was_invoiced_first_comes_off_the_oldest_receipt(tmp_path: Path) -> None:
    """Two receipts of one order line, and an invoice for the first: the age is that of the second."""
    scribe = closing_run()
    later = one(scribe, entity_type="journal_line", entity_id="5000000002/2")[1]
    later["src_line"] = f"{order_of(INVOICED)}/10"
    one(scribe, entity_type="goods_receipt", entity_id=f"50{INVOICED:08d}", effect="create")[1]["posting_date"] = "2026-06-01"
    row = next(row for row in closed(scribe, tmp_path)["gr_ir"]["rows"] if row["key"] == f"{order_of(INVOICED)}/L1")
    assert (row["balance"], row["oldest_on"], row["days_0_30"], row["days_over_90"]) == ("1.50", "2026-10-28", "1.50", "0.00")


def test_books_can_be_reconciled_at_any_instant(tmp_path: Path) -> None:
    """Before the invoice came, all of 1 was received and not invoiced; an instant before the run is refused."""
    scribe = closing_run()
    run_dir = written(scribe, tmp_path)
    posted = one(scribe, entity_type="supplier_invoice")[1]
    before = next(row["t_biz"] for row in reversed(scribe.rows) if row["t_biz"] < posted["t_biz"])
    first = [row for _, row in rows(scribe, kind="commit") if row["t_biz"] <= before]
    assert first
    document = closing_as_of(run_dir, CATALOG, before)
    assert document["as_of"] == before
    assert closing_as_of(run_dir, CATALOG)["gr_ir"]["lines"] > document["gr_ir"]["lines"]
    with pytest.raises(UsageError, match="began later"):
        closing_as_of(run_dir, CATALOG, "2020-01-01")
    with pytest.raises(UsageError, match="no instant"):
        closing_as_of(run_dir, CATALOG, "yesterday")


def test_a_case_leads_from_the_first_request_to_the_ledger_and_back(tmp_path: Path) -> None:
    """Receipt, order and goods receipt name each other, and the ledger lines hang on the document that posted them."""
    document = closed(closing_run(), tmp_path)
    case = next(case for case in document["cases"]["shown"] if case["id"] == receipts.txn(INVOICED))
    (transaction,) = case["transactions"]
    found = {each["id"]: each for each in transaction["documents"]}
    source, posted, order = "GRN-T1-000001", "5000000001", order_of(INVOICED)
    assert found[source]["led_to"] == [posted]
    assert found[posted]["came_of"] == sorted([source, order])
    assert found[order]["led_to"] == sorted([posted, "5190000001"])
    assert [entry["account"] for entry in found[posted]["entries"]] == ["5400", "2100", "5400", "2100"]
    assert [step["by_connector"] for step in found[posted]["steps"]] == [True]
    assert found[source]["steps"][0]["state"] == "recorded"


def test_every_row_of_a_damaged_history_is_told_or_refused(tmp_path: Path) -> None:
    """Days that are none take nothing away but their age."""
    scribe = closing_run()
    without_an_item(scribe)
    for _, row in rows(scribe, entity_type="goods_receipt"):
        row["posting_date"] = "soon"
    document = closed(scribe, tmp_path)
    assert document["error"] is None
    assert {row["age_days"] for row in document["gr_ir"]["rows"]} == {None}
