"""The flow of suppliers, over fake systems: screened, created once, told back; fails closed."""

import asyncio
from pathlib import Path

import pytest

from engine.flows.outcomes import Parked, Retry, Settled, Waiting
from engine.model.failures import AGAIN, NEVER, CallFailed
from engine.model.sources import Refusal, SourceStage
from tests.unit.engine.fakes import Desk, desk, script
from tests.unit.engine.papers import supplier_request

pytestmark = pytest.mark.requirement("R04.01", "R05.06")

LISTED = CallFailed("screening", "business", "SCREENING_NOT_CLEAR", "a match", definite=True, retry=NEVER, owner="compliance")
SILENT = CallFailed("screening", "transient", "SCREENING_UNAVAILABLE", "nobody looked", definite=True, retry=AGAIN, owner="compliance")
CALLS = ["source.read", "screening.party.check", "erp.vendor.create", "source.record"]


def settle(one: Desk) -> Settled:
    """Drive it to rest, which must not be parking."""
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Settled), outcome
    return outcome


def test_an_approved_request_is_screened_created_once_and_told_back(tmp_path: Path) -> None:
    """In this order, with the clearance as evidence."""
    one = desk(tmp_path, supplier_request())
    assert settle(one).how == "active"
    assert one.fate.calls == CALLS
    assert one.erp.books.live() == ["SR-T-1-r1"]
    assert [each.check_id for each in one.erp.books.evidence] == ["SC1"]


@pytest.mark.parametrize("how", ["before", "after", "late", "throttled", "crash_before", "crash_after"])
@pytest.mark.parametrize("operation", CALLS)
def test_one_bad_call_anywhere_still_ends_with_one_vendor(tmp_path: Path, operation: str, how: str) -> None:
    """Lost answers, timeouts, late commits, throttling and crashes at every call; what was sent with one key is one request."""
    one = desk(tmp_path, supplier_request(), choose=script((operation, how)))
    assert settle(one).how == "active"
    one.fate.pass_time(10)
    assert (one.erp.books.live(), len(one.erp.books.documents)) == (["SR-T-1-r1"], 1)
    if not how.startswith("crash"):  # after a crash the key of the check makes it the same one; this screening knows no keys
        assert len({each.check_id for each in one.erp.books.evidence}) == 1


def test_who_is_listed_is_refused_and_never_created(tmp_path: Path) -> None:
    """To its requester, by compliance."""
    one = desk(tmp_path, supplier_request())
    one.screening.says = LISTED
    assert settle(one).how == "refused"
    assert one.source.refusal is not None
    assert (one.source.refusal.code, one.source.refusal.owner) == ("SCREENING_NOT_CLEAR", "compliance")
    assert one.erp.books.documents == {}


def test_a_screening_that_does_not_answer_is_waited_for(tmp_path: Path) -> None:
    """It fails closed: nothing is created, nobody is refused, until somebody could look."""
    one = desk(tmp_path, supplier_request())
    one.screening.says = SILENT
    for _ in range(3):
        assert isinstance(asyncio.run(one.run()), Retry)
    assert (one.erp.books.documents, one.source.refusal) == ({}, None)
    one.screening.says = None
    assert settle(one).how == "active"


def test_a_duplicate_is_refused_with_the_vendor_that_is_there(tmp_path: Path) -> None:
    """So that the requester can use that one."""
    one = desk(tmp_path, supplier_request())
    one.erp.books.refuse, one.erp.books.extra = "DUPLICATE_SUPPLIER", {"duplicate_of": "V100017", "rule": "tax_id"}
    assert settle(one).how == "refused"
    assert one.source.refusal is not None
    assert (one.source.refusal.code, one.source.refusal.duplicate_of) == ("DUPLICATE_SUPPLIER", "V100017")


def test_a_duplicate_after_a_lost_answer_is_refused_with_all_that_was_said(tmp_path: Path) -> None:
    """Until the first attempt can no longer get through the refusal waits; it is the same one then, owner and vendor included."""
    one = desk(tmp_path, supplier_request(), choose=script(("erp.vendor.create", "before")))
    assert isinstance(asyncio.run(one.run()), Retry)
    one.erp.books.refuse, one.erp.books.owner = "DUPLICATE_SUPPLIER", "purchasing"
    one.erp.books.extra = {"duplicate_of": "V100017"}
    assert isinstance(asyncio.run(one.run()), Waiting)
    assert settle(one).how == "refused"
    assert one.source.refusal == Refusal("DUPLICATE_SUPPLIER", "a rule says no", "purchasing", "V100017")
    assert one.fate.calls.count("erp.vendor.create") == 2


@pytest.mark.parametrize("moment", ["screening.party.check", "erp.vendor.create", "source.record"])
@pytest.mark.parametrize("how", ["ok", "before", "after", "late", "crash_before", "crash_after"])
def test_a_reversed_approval_leaves_no_vendor_active(tmp_path: Path, moment: str, how: str) -> None:
    """Whenever the approval is taken back, and however the call of that moment ends."""
    one = desk(tmp_path, supplier_request())
    done: list[str] = []

    def choose(operation: str) -> str:
        if operation == moment and not done:
            done.append(operation)
            one.source.change(status="returned", stage=SourceStage.NOT_APPROVED)
            return how
        return "ok"

    one.fate.choose = choose
    assert settle(one).how in {"undone", "nothing"}
    one.fate.pass_time(10)
    assert one.erp.books.live() == []


def test_the_next_revision_is_screened_again_and_the_vendor_before_goes_first(tmp_path: Path) -> None:
    """Otherwise the new one would be its duplicate."""
    one = desk(tmp_path, supplier_request(), choose=script(("source.record", "before")))
    asyncio.run(one.run())
    assert one.erp.books.live() == ["SR-T-1-r1"]
    one.source.change(revision=2)
    assert settle(one).how == "active"
    assert one.erp.books.live() == ["SR-T-1-r2"]
    assert one.fate.calls.index("erp.undo") < len(one.fate.calls) - 1 - one.fate.calls[::-1].index("erp.vendor.create")
    assert [each.check_id for each in one.erp.books.evidence] == ["SC1", "SC2"]


def test_a_request_that_was_parked_before_it_was_screened_says_that_nothing_was_posted(tmp_path: Path) -> None:
    """The outcome is known, because no create was ever sent."""
    one = desk(tmp_path, supplier_request(), choose=script(("screening.party.check", "other_shape")))
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert outcome.parking.outcome == "not_posted"
