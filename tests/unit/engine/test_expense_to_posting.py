"""The flow of expense reports, over fake systems."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from engine.flows.outcomes import Parked, Retry, Settled, Waiting
from engine.model.sources import SourceStage
from tests.unit.engine.fakes import Desk, desk, script
from tests.unit.engine.papers import report


def settle(one: Desk) -> Settled:
    """Drive it to rest, which must not be parking."""
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Settled), outcome
    return outcome


def test_accepted_is_not_posted(tmp_path: Path) -> None:
    """After the 202 the run ends; the report is written back only when the job says posted."""
    one = desk(tmp_path, report())
    assert isinstance(asyncio.run(one.run()), Waiting)
    assert one.source.document.recorded is None
    assert settle(one).how == "posted"
    assert one.source.document.recorded is not None
    assert one.fate.calls.count("source.read") == 1, "a confirmation needs no second reading of the report"


@pytest.mark.parametrize("how", ["before", "after", "late", "throttled", "crash_before", "crash_after"])
@pytest.mark.parametrize("operation", ["source.read", "erp.coding.check", "erp.posting.create", "erp.job.read", "source.record"])
@pytest.mark.parametrize("entity", ["10", "20"])
def test_one_bad_call_anywhere_still_ends_with_one_posting(tmp_path: Path, entity: str, operation: str, how: str) -> None:
    """Both routes, every call, every ending."""
    document = report() if entity == "10" else german()
    one = desk(tmp_path, document, script((operation, how)))
    assert settle(one).how == "posted"
    one.fate.pass_time(10)
    assert one.erp.books.live() == ["ER-T-1-r1"]
    assert {entry[0] for entry in one.erp.books.documents.values()} == {"ap_invoice" if entity == "10" else "journal_entry"}


def german() -> object:
    """The same report in an entity that posts journals."""
    plain = report()
    lines = tuple(
        type(line)(line.line_no, line.category, line.spent_on, line.text, line.gross, line.tax, "CC.20.1", line.payment_type)
        for line in plain.lines
    )
    return report(entity="20", currency="EUR", employee="eva", lines=lines)


@pytest.mark.parametrize("moment", ["erp.coding.check", "erp.posting.create", "erp.job.read", "source.record"])
@pytest.mark.parametrize("how", ["ok", "before", "after", "late", "crash_before", "crash_after"])
def test_a_report_that_goes_back_leaves_nothing_live(tmp_path: Path, moment: str, how: str) -> None:
    """Accepted documents are withdrawn, posted ones voided, unknown ones found first."""
    one = desk(tmp_path, report())
    done: list[str] = []

    def choose(operation: str) -> str:
        if operation == moment and not done:
            done.append(operation)
            if one.source.document.stage is SourceStage.APPROVED:
                one.source.change(status="sent_back", stage=SourceStage.NOT_APPROVED)
                one.news = True
            return how
        return "ok"

    one.fate.choose = choose
    assert settle(one).how in {"undone", "nothing"}
    one.fate.pass_time(10)
    assert one.erp.books.live() == []


def test_a_withdrawal_of_our_own_with_a_lost_answer_is_no_reason_to_park(tmp_path: Path) -> None:
    """Amended while the posting was only accepted; the answer to its withdrawal is lost, and a later look finds it withdrawn."""
    one = desk(tmp_path, report())
    assert isinstance(asyncio.run(one.run()), Waiting)
    one.source.change(revision=2)
    one.news = True
    one.fate.choose = script(("erp.undo", "after"))
    assert isinstance(asyncio.run(one.run()), Retry)
    assert settle(one).how == "posted"
    assert one.erp.books.live() == ["ER-T-1-r2"]


def test_a_rejected_posting_is_told_to_the_employee(tmp_path: Path) -> None:
    """The job's code and reason reach the report."""
    one = desk(tmp_path, report())
    one.erp.books.reject = "COST_CENTER_INACTIVE"
    assert settle(one).how == "refused"
    assert one.source.refusal is not None
    assert one.source.refusal.code == "COST_CENTER_INACTIVE"


def test_a_posting_rejected_for_a_closed_period_parks_and_a_redrive_submits_it_anew(tmp_path: Path) -> None:
    """The old key would replay the old answer, so the new submission has a new one."""
    one = desk(tmp_path, report())
    one.erp.books.reject = "PERIOD_CLOSED"
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert (outcome.parking.code, outcome.parking.outcome, outcome.parking.owner) == ("PERIOD_CLOSED", "not_posted", "finance")
    one.erp.books.reject = None
    asyncio.run(one.run(redriven=True))
    assert settle(one).how == "posted"
    assert one.erp.books.live() == ["ER-T-1-r1"]


def test_a_redrive_that_is_put_off_still_submits_anew_and_once(tmp_path: Path) -> None:
    """The first run of it met a timeout; the second one has not forgotten what was asked for, the third does not do it again."""
    one = desk(tmp_path, report())
    one.erp.books.reject = "PERIOD_CLOSED"
    asyncio.run(one.rest())
    one.erp.books.reject = None
    one.fate.choose = script(("source.read", "before"), ("erp.posting.create", "after"))
    assert isinstance(asyncio.run(one.run(redriven=True)), Retry)
    assert settle(one).how == "posted"
    assert one.erp.books.live() == ["ER-T-1-r1"]
    assert len(one.erp.books.documents) == 2  # the one that was rejected, and one more


@pytest.mark.requirement("R06.05")
def test_a_confirmation_that_never_comes_is_parked_as_unknown(tmp_path: Path) -> None:
    """After a bounded number of looks, each later than the one before."""
    one = desk(tmp_path, report())
    job = one.erp.job

    async def stuck(job_id: str) -> object:
        answer = await job(job_id)
        one.erp.books.documents[job_id[1:]][2] = "accepted"
        return type(answer)("accepted", answer.number, None, None)

    one.erp.job = stuck  # type: ignore[assignment]
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert (outcome.parking.code, outcome.parking.outcome) == ("CONFIRMATION_MISSING", "unknown")
    delays = [each.delay_s for each in one.outcomes if isinstance(each, Waiting)]
    assert delays == sorted(delays)


def test_looks_are_counted_for_each_job(tmp_path: Path) -> None:
    """How long revision 1 kept us waiting says nothing about revision 2."""
    one = desk(tmp_path, report())
    job = one.erp.job

    async def stuck(job_id: str) -> object:
        answer = await job(job_id)
        one.erp.books.documents[job_id[1:]][2] = "accepted"
        return type(answer)("accepted", answer.number, None, None)

    one.erp.job = stuck  # type: ignore[assignment]
    first = [asyncio.run(one.run()) for _ in range(5)]
    one.source.change(revision=2)
    one.news = True
    second = [asyncio.run(one.run()) for _ in range(2)]
    assert [each.delay_s for each in first[:2] + second if isinstance(each, Waiting)] == [0.5, 1.0, 0.5, 1.0]


def test_an_adopted_invoice_over_another_amount_is_for_a_person(tmp_path: Path) -> None:
    """Somebody else used our reference."""
    one = desk(tmp_path, report())
    one.erp.books.create("ap_invoice", "ER-T-1-r1", "another key", Decimal("1.00"), "posted")
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert outcome.parking.code == "AMOUNT_DIFFERS"


def test_a_posted_invoice_under_our_reference_is_adopted(tmp_path: Path) -> None:
    """An earlier life posted it."""
    one = desk(tmp_path, report())
    one.erp.books.create("ap_invoice", "ER-T-1-r1", "another key", Decimal("160.50"), "posted")
    assert settle(one).how == "posted"
    assert len(one.erp.books.documents) == 1
