"""The close on the page and on a terminal: breaks, ages, accruals, exceptions, and cases whose links lead to the ledger and back."""

import json
from pathlib import Path
from typing import Any

from reports import closing_text, write_report
from tests.shipped import CATALOG
from tests.unit.reports.sample import passing, write_run
from tests.unit.reports.test_page import Page

SCRIPT = "<script>alert(1)</script>"


def break_row(**members: Any) -> dict[str, Any]:
    """A key of which both sides say something else."""
    said = {"key": "4500000001/L1", "flow": "receipt-to-grir", "txn_id": "grn-000001", "owner": "Receiving", "currency": "USD"}
    money = {"left": "2.50", "right": "4.00", "difference": "-1.50", "left_word": None, "right_word": None}
    return {**said, **money, "since": "2026-10-20T09:00:00+00:00", "age_days": 8, **members}


def document(**members: Any) -> dict[str, Any]:
    """One stop of a walk."""
    empty: dict[str, Any] = {"came_of": [], "led_to": [], "steps": [], "steps_left_out": 0, "entries": [], "entries_left_out": 0}
    return {"kind": "receipt", "system": "procurement", "state": "posted", "amount": "4.00", "currency": "USD", **empty, **members}


def closing(**members: Any) -> dict[str, Any]:
    """reconciliation.json of a run with one break, one line on GR/IR, and one case."""
    named = {"id": "commitments", "title": "Open order value and open encumbrance", "left": "open order value", "right": "encumbrance"}
    counted = {"status": "breaks", "compared": 8, "breaks": 1, "difference": {"USD": "1.50"}, "rows": [break_row()]}
    nothing = {
        "id": "budget-lines",
        "title": "Budgets",
        "left": "published budget",
        "right": "budget in force",
        "difference": {},
        "rows": [],
    }
    ages = {"days_0_30": "0.00", "days_31_60": "7.50", "days_61_90": "0.00", "days_over_90": "10.00"}
    line = {"key": "4500000001/L1", "txn_id": "grn-000001", "party": "V1", "company": "1000", "currency": "USD", "balance": "17.50", **ages}
    aged = {**line, "oldest_on": "2026-07-01", "age_days": 119, "flow": "receipt-to-grir", "owner": "Receiving"}
    waiting = {
        "key": "INV-1",
        "flow": "invoice-to-posting",
        "txn_id": "inv-000001",
        "company": "1000",
        "state": "approved",
        "currency": "USD",
    }
    late = {**waiting, "since": "2026-10-01T09:00:00+00:00", "age_days": 27, "owner": "Accounts payable", "amount": "10.00"}
    entry = {
        "journal": "50",
        "account": "2100",
        "cost_center": None,
        "period": "2026-10",
        "item": "45/10",
        "amount": "-4.00",
        "currency": "USD",
    }
    step = {
        "at": "2026-10-28T09:00:00",
        "call_point": "erp.gr.create",
        "effect": "create",
        "state": "posted",
        "by_connector": True,
        "approvers": None,
    }
    documents = [
        document(id="GRN-1", led_to=["50"]),
        document(id="50", kind="goods receipt", came_of=["GRN-1"], steps=[step], entries=[entry]),
    ]
    return {
        "schema": 1,
        "run_id": "r1",
        "as_of": "2026-10-28T09:00:42+00:00",
        "error": None,
        "reconciliations": [{**named, **counted}, {**nothing, "status": "nothing to compare", "compared": 0, "breaks": 0}],
        "gr_ir": {"lines": 3, "open": 1, "status": "open", "total": {"balance_minor": {"USD": "17.50"}, **_totals(ages)}, "rows": [aged]},
        "accruals": {
            "status": "open",
            "received_not_invoiced": {"rows": 1, "total": {"USD": "17.50"}},
            "approved_not_posted": {"rows": 1, "total": {"USD": "10.00"}, "documents": [late]},
        },
        "cases": {"total": 9, "shown": [{"id": "grn-000001", "transactions": [_case(documents)]}]},
        **members,
    }


def _totals(ages: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"USD": amount} for name, amount in ages.items()}


def _case(documents: list[dict[str, Any]]) -> dict[str, Any]:
    return {"txn_id": "grn-000001", "flow": "receipt-to-grir", "documents": documents, "left_out": 0}


def page_of(folder: Path, content: dict[str, Any]) -> Page:
    """The page of a run that passed and left these books."""
    run_dir = write_run(folder, passing())
    (run_dir / "reconciliation.json").write_text(json.dumps(content))
    return Page(write_report(run_dir).read_text("utf-8"))


def test_a_break_is_shown_with_both_values_age_and_owner(tmp_path: Path) -> None:
    """And what was never compared does not agree."""
    said = page_of(tmp_path, closing()).text
    assert "4500000001/L1 USD 2.50 USD 4.00 USD -1.50 8 days Receiving Receipt to GR/IR" in said
    assert "8 rows compared, open order value with encumbrance · 1 break · USD 1.50" in said
    assert "Budgets nothing to compare This run has neither published budget nor budget in force." in said
    assert "agrees" not in said


def test_ages_accruals_and_exceptions_are_shown(tmp_path: Path) -> None:
    """By age, by document, and by business process with its owner and the way that it goes."""
    said = page_of(tmp_path, closing()).text
    assert "1 of 3 order lines that were received or invoiced have something on GR/IR." in said
    assert "USD USD 17.50 USD 0.00 USD 7.50 USD 0.00 USD 10.00" in said
    assert "approved, not posted 1 USD 10.00" in said
    assert "Supplier invoice to ERP posting Accounts payable 0 0 1 27 days USD 10.00" in said
    assert "Receipt to GR/IR Receiving 0 1 0 8 days USD 1.50" in said


def test_a_walk_leads_to_the_ledger_and_back(tmp_path: Path) -> None:
    """Every link of the section has its target on the page, in both directions."""
    page = page_of(tmp_path, closing())
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    links = {str(attributes["href"])[1:] for tag, attributes in page.tags if tag == "a"}
    assert {"case-0", "case-0-0", "case-0-1"} <= ids & links
    assert links <= ids
    assert "2100 USD 4.00 45/10 2026-10 50" in page.text
    assert "8 more resemble these and are not shown." in page.text


def test_nothing_of_it_reaches_the_page_unescaped(tmp_path: Path) -> None:
    """Whatever a history says of itself."""
    hostile = closing()
    hostile["reconciliations"][0]["rows"] = [break_row(key=SCRIPT, owner=SCRIPT, left_word=SCRIPT)]
    hostile["cases"]["shown"][0]["transactions"][0]["documents"][1] |= {"id": SCRIPT, "kind": SCRIPT, "came_of": [SCRIPT]}
    page = page_of(tmp_path, hostile)
    assert page.count("script") == 1
    assert SCRIPT not in page.source


def test_a_run_that_could_not_be_reconciled_says_so(tmp_path: Path) -> None:
    """In place of an empty table, which would look like agreement."""
    torn = closing(error="a date is none", reconciliations=[], gr_ir=None, accruals=None, cases=None)
    assert "Nothing could be reconciled: a date is none" in page_of(tmp_path, torn).text
    assert closing_text(torn, CATALOG) == "nothing could be reconciled: a date is none"


def test_a_terminal_says_the_same() -> None:
    """One line for each reconciliation, its breaks below it."""
    said = closing_text(closing(), CATALOG)
    assert "breaks              Open order value and open encumbrance (8 compared, 1 break: USD 1.50)" in said
    assert "  4500000001/L1: open order value USD 2.50, encumbrance USD 4.00; 8 days, Receiving" in said
    assert "nothing to compare  Budgets" in said
    assert "approved, not posted: 1, USD 10.00" in said
