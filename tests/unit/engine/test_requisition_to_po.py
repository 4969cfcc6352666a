"""The flow of requisitions, over fake systems."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from engine.flows.outcomes import Parked, Settled
from engine.model.sources import Refusal, SourceStage
from tests.unit.engine.fakes import Desk, desk, script
from tests.unit.engine.papers import requisition


def settle(one: Desk) -> Settled:
    """Drive it to rest, which must not be parking."""
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Settled), outcome
    return outcome


def test_an_approved_requisition_is_ordered_once_and_told_back(tmp_path: Path) -> None:
    """Read, check, create, write back."""
    one = desk(tmp_path)
    assert settle(one).how == "ordered"
    assert one.erp.books.live() == ["REQ-T-1-r1"]
    assert one.source.document.recorded is not None
    assert one.fate.calls == ["source.read", "erp.supplier.read", "erp.coding.check", "erp.po.create", "source.record"]


@pytest.mark.parametrize("how", ["before", "after", "late", "throttled", "crash_before", "crash_after"])
@pytest.mark.parametrize("operation", ["source.read", "erp.supplier.read", "erp.coding.check", "erp.po.create", "source.record"])
def test_one_bad_call_anywhere_still_ends_with_one_order(tmp_path: Path, operation: str, how: str) -> None:
    """Lost answers, timeouts, late commits, throttling and crashes at every call."""
    one = desk(tmp_path, choose=script((operation, how)))
    assert settle(one).how == "ordered"
    one.fate.pass_time(10)
    assert one.erp.books.live() == ["REQ-T-1-r1"]
    assert len(one.erp.books.documents) == 1


def test_an_existing_document_under_our_reference_is_adopted(tmp_path: Path) -> None:
    """DUPLICATE_REFERENCE means that an earlier attempt got through."""
    one = desk(tmp_path)
    one.erp.books.create("purchase_order", "REQ-T-1-r1", "another key", Decimal("980.00"), "created")
    assert settle(one).how == "ordered"
    assert len(one.erp.books.documents) == 1


def test_an_existing_document_over_another_amount_is_for_a_person(tmp_path: Path) -> None:
    """Adopting it would record an order over the wrong amount."""
    one = desk(tmp_path)
    one.erp.books.create("purchase_order", "REQ-T-1-r1", "another key", Decimal("1.00"), "created")
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert (outcome.parking.code, outcome.parking.outcome) == ("AMOUNT_DIFFERS", "posted")


@pytest.mark.requirement("R05.18", "R08.11")
@pytest.mark.parametrize("moment", ["erp.supplier.read", "erp.po.create", "source.record"])
@pytest.mark.parametrize("how", ["ok", "before", "after", "late", "crash_before", "crash_after"])
def test_a_reversed_approval_leaves_nothing_live(tmp_path: Path, moment: str, how: str) -> None:
    """Whenever the approval is taken back, and however the call of that moment ends."""
    one = desk(tmp_path)
    done: list[str] = []

    def choose(operation: str) -> str:
        if operation == moment and not done:
            done.append(operation)
            if one.source.document.stage is SourceStage.APPROVED:
                one.source.change(status="returned", stage=SourceStage.NOT_APPROVED)
            return how
        return "ok"

    one.fate.choose = choose
    assert settle(one).how in {"undone", "nothing"}
    one.fate.pass_time(10)
    assert one.erp.books.live() == []
    assert one.fate.calls.count("erp.undo") <= 1 or how.startswith("crash")


@pytest.mark.requirement("R06.04", "R08.11")
def test_a_late_commit_after_a_reversal_is_still_found_and_cancelled(tmp_path: Path) -> None:
    """One look that finds nothing proves nothing: the obligation stays until a late commit is out of the question."""
    one = desk(tmp_path, choose=script(("erp.po.create", "late")))
    asyncio.run(one.run())
    one.source.change(status="returned", stage=SourceStage.NOT_APPROVED)
    assert settle(one).how == "undone"
    assert one.erp.books.live() == []
    assert [entry[2] for entry in one.erp.books.documents.values()] == ["cancelled"]


def test_the_next_revision_is_ordered_and_the_one_before_undone(tmp_path: Path) -> None:
    """Reversed, amended, approved again: revision 2 is posted once, revision 1 is not live."""
    one = desk(tmp_path, choose=script(("source.record", "before")))
    asyncio.run(one.run())
    assert one.erp.books.live() == ["REQ-T-1-r1"]
    one.source.change(revision=2)
    assert settle(one).how == "ordered"
    assert one.erp.books.live() == ["REQ-T-1-r2"]


@pytest.mark.requirement("R07.04")
def test_a_blocked_supplier_is_told_to_the_author(tmp_path: Path) -> None:
    """A refusal carries code, reason and owner; nothing is ordered."""
    one = desk(tmp_path)
    one.erp.blocked = True
    assert settle(one).how == "refused"
    assert one.source.refusal is not None
    assert (one.source.refusal.code, one.source.refusal.owner) == ("SUPPLIER_BLOCKED", "finance")
    assert one.erp.books.documents == {}


@pytest.mark.requirement("R05.09", "R07.08")
def test_an_invalid_coding_is_told_to_the_author(tmp_path: Path) -> None:
    """The check's code and reason reach the requisition."""
    one = desk(tmp_path)
    one.erp.coding = Refusal("COST_CENTER_INACTIVE", "4711000 ended", "finance")
    assert settle(one).how == "refused"
    assert one.source.refusal == one.erp.coding


@pytest.mark.requirement("R08.17")
def test_a_business_refusal_of_the_create_is_told_to_the_author(tmp_path: Path) -> None:
    """The ERP may change its mind between check and create."""
    one = desk(tmp_path)
    one.erp.books.refuse = "SUPPLIER_BLOCKED"
    assert settle(one).how == "refused"
    assert one.fate.calls.count("erp.po.create") == 1


def test_a_refusal_after_a_lost_answer_does_not_hide_the_order(tmp_path: Path) -> None:
    """The first attempt got through; the refusal of the second says nothing about it."""
    one = desk(tmp_path, choose=script(("erp.po.create", "after")))
    asyncio.run(one.run())
    one.erp.books.keys.clear()
    one.erp.books.refuse = "SUPPLIER_BLOCKED"
    assert settle(one).how == "ordered"


@pytest.mark.parametrize("status", ["closed", "finally_closed"])
def test_an_order_that_was_closed_meanwhile_was_ordered(tmp_path: Path, status: str) -> None:
    """Its answer was lost, and all of it came before anybody looked: no reason to order again, and none to ask a person."""
    one = desk(tmp_path, choose=script(("erp.po.create", "after")))
    asyncio.run(one.run())
    one.crashed = True  # so that it is looked up, whatever was remembered
    one.erp.books.documents["4500000001"][2] = status
    one.erp.books.keys.clear()
    assert settle(one).how == "ordered"
    assert [posting.state for posting in one.progress.postings] == ["live"]
    assert len(one.erp.books.documents) == 1


@pytest.mark.requirement("R08.12")
def test_a_closed_period_parks_and_a_redrive_posts(tmp_path: Path) -> None:
    """The author cannot repair a closed period: the document waits for finance."""
    one = desk(tmp_path)
    one.erp.books.refuse = "PERIOD_CLOSED"
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert (outcome.parking.code, outcome.parking.owner, outcome.parking.outcome) == ("PERIOD_CLOSED", "finance", "not_posted")
    one.erp.books.refuse = None
    assert isinstance(asyncio.run(one.run()), Parked), "nothing changed, so nothing is tried"
    asyncio.run(one.run(redriven=True))
    assert one.erp.books.live() == ["REQ-T-1-r1"]


def test_somebody_elses_order_number_beside_ours_is_for_a_person(tmp_path: Path) -> None:
    """Two live orders for one requisition: cancelling the wrong one would be worse than asking."""
    one = desk(tmp_path, choose=script(("source.record", "before")))
    asyncio.run(one.run())
    one.source._record(None, "4599999999")
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert (outcome.parking.code, outcome.parking.outcome) == ("ORDERED_TWICE", "posted")


def test_a_requisition_that_was_never_approved_needs_nothing(tmp_path: Path) -> None:
    """An event about it may come first; nothing is looked up or posted."""
    one = desk(tmp_path, requisition(status="returned", stage=SourceStage.NOT_APPROVED))
    assert settle(one).how == "nothing"
    assert one.fate.calls == ["source.read"]
