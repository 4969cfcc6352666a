"""The flow of receipts, over fake systems."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from engine.flows.outcomes import Parked, Settled
from engine.mapping.receipt import receipt_draft
from engine.mapping.rules import Unmapped, Unpostable
from engine.model.erp_documents import TakeBack
from engine.model.sources import SourceStage
from tests.unit.engine.fakes import Desk, desk, script
from tests.unit.engine.papers import ordered_lines, receipt, write_rules

pytestmark = pytest.mark.requirement("R01.20")


def settle(one: Desk) -> Settled:
    """Drive it to rest, which must not be parking."""
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Settled), outcome
    return outcome


def test_a_receipt_is_posted_once_and_told_back(tmp_path: Path) -> None:
    """Read, look the order's lines up, create, write back."""
    one = desk(tmp_path, receipt())
    assert settle(one).how == "posted"
    assert one.erp.books.live() == ["GRN-T-1-r1"]
    assert one.fate.calls == ["source.read", "erp.po.read", "erp.gr.create", "source.record"]


@pytest.mark.parametrize("how", ["before", "after", "late", "throttled", "crash_before", "crash_after"])
@pytest.mark.parametrize("operation", ["source.read", "erp.po.read", "erp.gr.create", "source.record"])
def test_one_bad_call_anywhere_still_ends_with_one_posting(tmp_path: Path, operation: str, how: str) -> None:
    """Lost answers, timeouts, late commits, throttling and crashes at every call."""
    one = desk(tmp_path, receipt(), script((operation, how)))
    assert settle(one).how == "posted"
    one.fate.pass_time(10)
    assert one.erp.books.live() == ["GRN-T-1-r1"]
    assert len(one.erp.books.documents) == 1


def test_the_order_is_looked_up_only_for_what_is_created(tmp_path: Path) -> None:
    """Whoever writes back once more, compares or takes back needs no order, and is not kept from it by one that cannot be read."""
    one = desk(tmp_path, receipt(), script(("source.record", "before"), ("erp.po.read", "ok"), ("erp.po.read", "throttled")))
    assert settle(one).how == "posted"
    one.news = True
    assert settle(one).how == "posted"
    one.source.change(status="returned", stage=SourceStage.NOT_APPROVED)
    one.news = True
    assert settle(one).how == "undone"
    assert one.fate.calls.count("erp.po.read") == 1


@pytest.mark.parametrize("replacement", [True, False])
def test_what_went_back_is_taken_back_as_it_went(tmp_path: Path, replacement: bool) -> None:
    """After it was posted it is reversed, with the receiver's own word about a replacement."""
    one = desk(tmp_path, receipt())
    settle(one)
    one.source.change(status="reversed", stage=SourceStage.NOT_APPROVED, replacement=replacement)
    one.news = True
    assert settle(one).how == "undone"
    assert one.erp.books.live() == []
    assert one.erp.taken_back == [TakeBack("GRN-T-1 was taken back", replacement)]


def test_what_went_back_before_it_was_posted_is_never_posted(tmp_path: Path) -> None:
    """Nothing is made, so nothing is undone."""
    one = desk(tmp_path, receipt(status="reversed", stage=SourceStage.NOT_APPROVED, replacement=True))
    assert settle(one).how == "nothing"
    assert one.erp.books.documents == {}


def test_a_rule_of_the_erp_is_told_to_the_receiver(tmp_path: Path) -> None:
    """An order that is not open is no fault of the connector's."""
    one = desk(tmp_path, receipt())
    one.erp.books.refuse = "SEGREGATION_OF_DUTIES"
    assert settle(one).how == "refused"
    assert one.source.refusal is not None
    assert (one.source.refusal.code, one.erp.books.live()) == ("SEGREGATION_OF_DUTIES", [])


def test_an_amount_that_differs_is_for_a_person(tmp_path: Path) -> None:
    """The ERP values it at the price of its own order: another one than procurement knows is nobody's to guess."""
    one = desk(tmp_path, receipt())
    one.erp.books.create("goods_receipt", "GRN-T-1-r1", "another key", Decimal("1.00"), "posted")
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert (outcome.parking.code, outcome.parking.outcome) == ("AMOUNT_DIFFERS", "posted")


def test_lines_are_those_of_the_order_in_its_own_numbers(tmp_path: Path) -> None:
    """The second line of the order has the number 30; quantities keep their decimals, people their personnel numbers."""
    draft = receipt_draft(receipt(order_lines=ordered_lines(10, 30)), write_rules(tmp_path))
    assert [(line.line_no, line.order_line, line.quantity) for line in draft.lines] == [(1, 10, Decimal(10)), (2, 30, Decimal("1.125"))]
    assert [line.booking.accrual for line in draft.lines if line.booking] == [Decimal("980.00"), Decimal("110.25")]
    assert (draft.received_by, draft.order, draft.external_ref) == ("900001", "4500000009", "GRN-T-1-r1")


def test_nothing_that_is_not_there_gets_a_default(tmp_path: Path) -> None:
    """A line that the order does not have, a receiver whom nobody knows."""
    rules = write_rules(tmp_path)
    with pytest.raises(Unpostable, match="has 1 lines in the ERP, and no line 2"):
        receipt_draft(receipt(order_lines=ordered_lines(10)), rules)
    with pytest.raises(Unmapped):
        receipt_draft(receipt(order_lines=ordered_lines(10, 30), receiver="?"), rules)
