"""The flow of supplier invoices, over fake systems."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine.flows.outcomes import Parked, Settled
from engine.mapping.booking import billed_as, place
from engine.mapping.rules import TaxRule, Unmapped, Unpostable
from engine.mapping.supplier_bill import invoice_draft
from engine.model.erp_documents import ChargedItem, OrderedItem
from engine.model.sources import Credit, SourceStage
from engine.peers.erp_kinds import KINDS
from tests.unit.engine.fakes import Desk, desk, script
from tests.unit.engine.papers import UNITS, ordered_lines, supplier_bill, write_rules

DAY = date(2026, 10, 28)

pytestmark = pytest.mark.requirement("R05.05")

REF = "INV-T-1-r1"


def settle(one: Desk) -> Settled:
    """Drive it to rest, which must not be parking."""
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Settled), outcome
    return outcome


def test_an_invoice_is_posted_once_and_told_back(tmp_path: Path) -> None:
    """Read, look the order's lines up, create, write back; of nothing that was ordered no order is looked up."""
    one = desk(tmp_path, supplier_bill())
    assert settle(one).how == "posted"
    assert one.erp.books.live() == [REF]
    assert one.fate.calls == ["source.read", "erp.po.read", "erp.supplier_invoice.create", "source.record"]
    plain = supplier_bill()
    lines = tuple(replace(line, order_line=None, category="IT", cost_center="US-MKT-01") for line in plain.lines)
    other = desk(tmp_path / "other", supplier_bill(order=None, lines=lines))
    assert settle(other).how == "posted"
    assert "erp.po.read" not in other.fate.calls


def test_the_order_is_looked_up_only_for_what_is_created(tmp_path: Path) -> None:
    """Whoever writes back once more, compares or takes back needs no order, and is not kept from it by one that cannot be read."""
    one = desk(tmp_path, supplier_bill(), script(("source.record", "before"), ("erp.po.read", "ok"), ("erp.po.read", "throttled")))
    assert settle(one).how == "posted"
    one.news = True
    assert settle(one).how == "posted"
    one.source.change(status="returned", stage=SourceStage.NOT_APPROVED)
    one.news = True
    assert settle(one).how == "undone"
    assert one.fate.calls.count("erp.po.read") == 1


@pytest.mark.parametrize("how", ["before", "after", "late", "throttled", "crash_before", "crash_after"])
@pytest.mark.parametrize("operation", ["source.read", "erp.po.read", "erp.supplier_invoice.create", "source.record"])
def test_one_bad_call_anywhere_still_ends_with_one_posting(tmp_path: Path, operation: str, how: str) -> None:
    """Lost answers, timeouts, late commits, throttling and crashes at every call."""
    one = desk(tmp_path, supplier_bill(), script((operation, how)))
    assert settle(one).how == "posted"
    one.fate.pass_time(10)
    assert one.erp.books.live() == [REF]
    assert len(one.erp.books.documents) == 1


def test_an_approval_that_is_taken_back_voids_what_was_posted(tmp_path: Path) -> None:
    """After it was posted it is voided."""
    one = desk(tmp_path, supplier_bill())
    settle(one)
    one.source.change(status="returned", stage=SourceStage.NOT_APPROVED)
    one.news = True
    assert settle(one).how == "undone"
    assert one.erp.books.live() == []


def test_a_blocked_supplier_is_told_to_the_clerk(tmp_path: Path) -> None:
    """The ERP's word ends it, and is not asked for again."""
    one = desk(tmp_path, supplier_bill())
    one.erp.books.refuse = "SUPPLIER_BLOCKED"
    assert settle(one).how == "refused"
    assert one.source.refusal is not None
    assert (one.source.refusal.code, one.erp.books.live()) == ("SUPPLIER_BLOCKED", [])
    assert one.fate.calls.count("erp.supplier_invoice.create") == 1


def test_a_refusal_behind_a_lost_answer_is_told_when_nothing_can_come_any_more(tmp_path: Path) -> None:
    """The first attempt left a doubt; the refusal of the second ends in a refusal all the same, and no third one is made."""
    one = desk(tmp_path, supplier_bill(), script(("erp.supplier_invoice.create", "before")))
    asyncio.run(one.run())
    one.erp.books.refuse = "SUPPLIER_BLOCKED"
    assert settle(one).how == "refused"
    assert one.fate.calls.count("erp.supplier_invoice.create") == 2


@pytest.mark.parametrize(("status", "ends"), [("on_hold", "posted"), ("parked", None), ("rejected", "refused")])
def test_what_the_erp_says_of_an_invoice_decides(tmp_path: Path, status: str, ends: str | None) -> None:
    """On hold is booked; parked waits, and is for a person at last; what people rejected there is told to the clerk."""
    one = desk(tmp_path, supplier_bill())
    one.erp.books.create("supplier_invoice", REF, "another key", Decimal("980.00"), "parked" if status == "rejected" else status)
    if status == "rejected":
        asyncio.run(one.run())
        next(iter(one.erp.books.documents.values()))[2] = status
    outcome = asyncio.run(one.rest(runs_max=60))
    if ends is None:
        assert isinstance(outcome, Parked)
        assert outcome.parking.code == "CONFIRMATION_MISSING"
    else:
        assert outcome == Settled(ends)


def test_a_bill_of_an_order_names_its_lines_in_the_erps_numbers(tmp_path: Path) -> None:
    """The second line of the order has the number 30; the supplier's number stays as it was keyed, the tax code is the company's."""
    draft = invoice_draft(supplier_bill(order_lines=ordered_lines(10, 30)), write_rules(tmp_path), UNITS)
    assert [line.item for line in draft.lines] == [
        OrderedItem("4500000009", 10, Decimal(8), Decimal("98.00")),
        OrderedItem("4500000009", 30, Decimal("0.5"), Decimal("210.00")),
    ]
    assert ({line.tax_code for line in draft.lines}, draft.supplier_number, draft.vendor_id) == ({"S1"}, "RE 0047/a", "V1")
    body = KINDS["supplier_invoice"].body(draft)
    assert (body["document_date"], body["posting_date"], body["total"], body["tax_total"]) == ("20261012", "20261030", "980.00", "91.00")
    assert body["lines"][1] | {"type": "order", "quantity": "0.5", "net_amount": "105.00", "tax_amount": "12.60"} == body["lines"][1]
    assert "credit_memo" not in body


def test_a_credit_of_nothing_that_was_ordered_is_coded_by_its_day(tmp_path: Path) -> None:
    """The account is that of the rule on the day of posting; kind and reason of the credit go with it."""
    line = replace(supplier_bill().lines[0], order_line=None, category="IT", cost_center="US-MKT-01", project="PRJ-1")
    bill = supplier_bill(order=None, lines=(line,), credit=Credit("price", "bonus"), tax_total=Decimal("78.40"), total=Decimal("862.40"))
    draft = invoice_draft(bill, write_rules(tmp_path), UNITS)
    assert draft.lines[0].item == ChargedItem("5410", "4711000", "P-1")
    body = KINDS["supplier_invoice"].body(draft)
    assert (body["credit_memo"], body["credit_reason"], body["lines"][0]["type"]) == ("price", "bonus", "account")


def test_how_a_line_is_booked_is_stated_from_the_order_and_the_code(tmp_path: Path) -> None:
    """Relief at the order's price, whatever was billed; of a credit of a price none; tax that comes back; whose budget pays."""
    draft = invoice_draft(supplier_bill(order_lines=ordered_lines(10, 30)), write_rules(tmp_path), UNITS)
    body = KINDS["supplier_invoice"].body(draft)
    bucket = {"cost_center": "4711000", "account_group": "54"}
    assert [line["booking"] for line in body["lines"]] == [
        {"relief_amount": relief, "recoverable_tax": "0.00", "self_assessed_tax": "0.00", "budget_on": "20261030", "budget_bucket": bucket}
        for relief in ("784.00", "49.00")
    ]
    cheaper = supplier_bill(order_lines=ordered_lines(10, 30), credit=Credit("price", "bonus"))
    stated = [line.booking for line in invoice_draft(cheaper, write_rules(tmp_path), UNITS).lines]
    assert [each.relief for each in stated if each is not None] == [0, 0]


@pytest.mark.parametrize(
    ("rule", "printed", "recoverable", "owed"),
    [
        (TaxRule("V1", Decimal(19), Decimal(100), self_assessed=False), "19.01", "19.01", "0"),
        (TaxRule("VH", Decimal(19), Decimal(50), self_assessed=False), "19.01", "9.51", "0"),
        (TaxRule("U1", Decimal("8.25"), Decimal(0), self_assessed=True), "0.00", "0", "8.26"),
        (TaxRule("R1", Decimal(19), Decimal(100), self_assessed=True), "0.00", "19.02", "19.02"),
    ],
)
def test_tax_comes_back_and_is_owed_as_its_code_says(rule: TaxRule, printed: str, recoverable: str, owed: str) -> None:
    """Half up; what the entity owes itself is of the whole rate (PST-P16 to P18)."""
    line = replace(supplier_bill().lines[0], net=Decimal("100.10"), tax=Decimal(printed))
    told = billed_as(line, Decimal(0), place("5400", "4711000", None, DAY), rule, 2)
    assert (told.recoverable_tax, told.self_assessed_tax) == (Decimal(recoverable), Decimal(owed))


def test_nothing_that_is_not_there_gets_a_default(tmp_path: Path) -> None:
    """A line that the order does not have, a tax code of another company, a line that is for nothing."""
    rules = write_rules(tmp_path)
    with pytest.raises(Unpostable, match="has 1 lines in the ERP, and no line 2"):
        invoice_draft(supplier_bill(order_lines=ordered_lines(10)), rules, UNITS)
    taxed = tuple(replace(line, tax_code="T2") for line in supplier_bill().lines)
    with pytest.raises(Unmapped):
        invoice_draft(supplier_bill(order_lines=ordered_lines(10, 30), lines=taxed), rules, UNITS)
    with pytest.raises(Unpostable, match="neither an order nor what it is for"):
        invoice_draft(supplier_bill(order=None), rules, UNITS)
