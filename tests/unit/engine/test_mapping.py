"""Crosswalks as versioned rules, and the drafts made with them."""

from decimal import Decimal
from pathlib import Path

import pytest

from engine.mapping.expense import posting_draft
from engine.mapping.purchase import order_draft
from engine.mapping.references import external_ref, idempotency_key, source_of
from engine.mapping.rules import RulesError, Unmapped, Unpostable
from engine.model.sources import RequisitionLine
from tests.unit.engine.papers import DAY, MAPPINGS, UNITS, report, requisition, write_rules


@pytest.mark.requirement("R06.15", "R07.07")
def test_a_rule_counts_on_its_days_only(tmp_path: Path) -> None:
    """Both bounds belong to the rule."""
    rules = write_rules(tmp_path)
    assert rules.purchase_account("IT", DAY.replace(year=2025, month=12, day=31)) == "5400"
    assert rules.purchase_account("IT", DAY.replace(month=1, day=1)) == "5410"


@pytest.mark.requirement("R06.15")
def test_a_value_without_a_rule_is_named(tmp_path: Path) -> None:
    """The message says which table, which value, and what to do."""
    with pytest.raises(Unmapped, match=r"suppliers\.csv has no row for 1000 / PS-404; add it and redrive"):
        order_draft(requisition(supplier="PS-404"), write_rules(tmp_path), UNITS)


@pytest.mark.requirement("R03.23")
@pytest.mark.parametrize("member", ["supplier", "requester", "legal_entity"])
def test_nothing_unmapped_gets_a_default(tmp_path: Path, member: str) -> None:
    """Every id must be known."""
    with pytest.raises(Unmapped):
        order_draft(requisition(**{member: "?"}), write_rules(tmp_path), UNITS)


@pytest.mark.requirement("R05.09")
@pytest.mark.parametrize("member", ["category", "cost_center", "project"])
def test_nothing_unmapped_in_a_line_gets_a_default(tmp_path: Path, member: str) -> None:
    """Every id must be known."""
    values = {"category": "IT", "cost_center": "US-MKT-01", "project": None, member: "?"}
    line = RequisitionLine(1, "x", Decimal(1), Decimal(1), Decimal(1), **values)
    with pytest.raises(Unmapped):
        order_draft(requisition(lines=(line,)), write_rules(tmp_path), UNITS)


@pytest.mark.requirement("R03.14", "R09.14")
def test_an_order_carries_the_approval_evidence_and_the_source(tmp_path: Path) -> None:
    """People under their personnel numbers, lines in tens, the reference from source id and revision."""
    draft = order_draft(requisition(), write_rules(tmp_path), UNITS)
    assert [(step.approver, step.source_document) for step in draft.approvals] == [("900002", "REQ-T-1")]
    assert (draft.external_ref, draft.vendor_id, draft.requested_by) == ("REQ-T-1-r1", "V1", "900001")
    assert [(line.line_no, line.gl_account, line.cost_center) for line in draft.lines] == [(10, "5410", "4711000")]


def test_an_amount_that_is_not_exact_in_its_currency_is_not_rounded(tmp_path: Path) -> None:
    """Rounding would post another amount than was approved."""
    with pytest.raises(Unpostable, match=r"10\.005 USD: expected at most 2 decimals"):
        order_draft(requisition(total=Decimal("10.005")), write_rules(tmp_path), UNITS)


def test_an_unknown_currency_is_not_guessed(tmp_path: Path) -> None:
    """Its decimals cannot be inferred from the number."""
    with pytest.raises(Unpostable, match="currency ZZZ"):
        order_draft(requisition(currency="ZZZ"), write_rules(tmp_path), UNITS)


@pytest.mark.requirement("R05.08")
def test_the_invoice_route_splits_net_and_tax(tmp_path: Path) -> None:
    """Gross is what the report says."""
    draft = posting_draft(report(), write_rules(tmp_path), UNITS)
    assert draft.kind == "ap_invoice"
    assert [(line.net, line.tax, line.payment_type) for line in draft.invoice_lines] == [
        (Decimal("100.00"), Decimal("7.00"), "employee_paid"),
        (Decimal("50.00"), Decimal("3.50"), "company_card"),
    ]
    assert sum(line.net + line.tax for line in draft.invoice_lines) == draft.total


@pytest.mark.requirement("R05.08")
def test_the_journal_route_balances(tmp_path: Path) -> None:
    """PST-X04: expense and tax against card clearing and payroll clearing."""
    plain = report()
    lines = tuple(
        type(line)(line.line_no, line.category, line.spent_on, line.text, line.gross, line.tax, "CC.20.1", line.payment_type)
        for line in plain.lines
    )
    draft = posting_draft(report(entity="20", currency="EUR", lines=lines), write_rules(tmp_path), UNITS)
    assert draft.kind == "journal_entry"
    assert [(line.gl_account, line.debit, line.credit) for line in draft.journal_lines] == [
        ("5300", Decimal("100.00"), 0),
        ("5300", Decimal("50.00"), 0),
        ("1100", Decimal("10.50"), 0),
        ("1145", 0, Decimal("53.50")),
        ("2030", 0, Decimal("107.00")),
    ]
    assert sum(line.debit for line in draft.journal_lines) == sum(line.credit for line in draft.journal_lines) == draft.total
    assert [line.line_no for line in draft.journal_lines] == [1, 2, 3, 4, 5]


def test_an_unknown_payment_type_is_not_booked_anywhere(tmp_path: Path) -> None:
    """No default credit account."""
    line = report().lines[0]
    odd = type(line)(1, line.category, line.spent_on, line.text, line.gross, line.tax, line.cost_object, "barter")
    with pytest.raises(Unpostable, match="barter"):
        posting_draft(report(lines=(odd,)), write_rules(tmp_path), UNITS)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"suppliers": "a,b\n1,2\n"}, r"suppliers\.csv: no column erp_company_code"),
        (
            {"purchase_categories": "procurement_category,erp_gl_account,valid_from,valid_to\nIT,5400,1.1.2026,\n"},
            r"purchase_categories\.csv:2: '1\.1\.2026' is not an ISO date",
        ),
        ({"entities": MAPPINGS["entities"].replace("journal", "barter")}, "expense_route 'barter'"),
    ],
)
def test_a_malformed_crosswalk_is_named(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """File, line, and what was expected."""
    with pytest.raises(RulesError, match=message):
        write_rules(tmp_path, **files)


def test_a_missing_crosswalk_is_named(tmp_path: Path) -> None:
    """An empty MAPPINGS_DIR is not an empty company."""
    write_rules(tmp_path)
    (tmp_path / "suppliers.csv").unlink()
    from engine.mapping.rules import Rules

    with pytest.raises(RulesError, match=r"suppliers\.csv: No such file"):
        Rules(tmp_path)


def test_references_and_keys_come_from_the_source_alone() -> None:
    """The same after any restart, and readable back."""
    assert external_ref("REQ-A-000123", 2) == "REQ-A-000123-r2"
    assert source_of("REQ-A-000123-r2") == ("REQ-A-000123", 2)
    assert idempotency_key("REQ-A-000123-r2", "create") == "REQ-A-000123-r2.create"
    assert idempotency_key("REQ-A-000123-r2", "create", 3) == "REQ-A-000123-r2.create.3"


@pytest.mark.parametrize("foreign", ["", "4711", "-r1", "REQ-1-rX", "REQ-1"])
def test_somebody_elses_reference_is_not_ours(foreign: str) -> None:
    """Events about foreign postings are none of our business."""
    assert source_of(foreign) is None
