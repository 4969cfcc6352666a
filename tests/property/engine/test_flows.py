"""The flows against random histories of failures, crashes and changes of mind."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.flows.outcomes import Parked, Retry, Settled, Waiting
from engine.model.sources import SourceStage
from tests.unit.engine.fakes import Desk, desk
from tests.unit.engine.papers import payment_run, receipt, report, requisition, supplier_bill

pytestmark = pytest.mark.requirement("R06.04", "R09.01")

ENDINGS = ["ok", "ok", "ok", "before", "after", "late", "throttled", "crash_before", "crash_after"]
NO_AMENDMENT = ["nothing", "nothing", "nothing", "touch", "reverse"]
CHANGES = ["nothing", "nothing", "nothing", "touch", "reverse", "approve_next_revision"]
WORK = settings(max_examples=150, suppress_health_check=list(HealthCheck))


def change(one: Desk, what: str) -> None:
    """A person changes the source document, as far as its state allows."""
    document = one.source.document
    if what == "nothing" or document.stage is SourceStage.RECORDED:
        return
    one.news = True
    if what == "touch":
        one.source.change()
    elif what == "reverse" and document.stage is SourceStage.APPROVED:
        one.source.change(status="returned", stage=SourceStage.NOT_APPROVED)
    elif what == "approve_next_revision" and document.stage is SourceStage.NOT_APPROVED:
        one.source.change(status="approved", stage=SourceStage.APPROVED, revision=document.revision + 1)


def live_through(one: Desk, endings: list[str], changes: list[str]) -> None:
    """Each call takes the next ending and, before it, the next change; when they are used up, everything goes well."""
    # The generated lists may differ in length: where one ends, the rest of the other is not lived through.
    ahead = list(zip(endings, changes, strict=False))

    def choose(_operation: str) -> str:
        if not ahead:
            return "ok"
        ending, what = ahead.pop()
        change(one, what)
        return ending

    one.fate.choose = choose
    for _ in range(300):
        outcome = asyncio.run(one.run())
        at_rest = isinstance(outcome, Settled | Parked)
        if at_rest and not ahead and not one.news and not one.fate.later:
            break
        if at_rest and not one.news:
            one.fate.pass_time(10)
            if not ahead and not one.fate.later:
                break
            one.news = True  # the change that is still to come wakes it
        one.fate.pass_time(outcome.delay_s if isinstance(outcome, Retry | Waiting) else 0.1)
    one.fate.pass_time(60)
    one.news = True
    asyncio.run(one.rest())


def judge(one: Desk) -> None:
    """Exactly one live document for an approved or recorded source, none for any other; never two of one revision."""
    document = one.source.document
    live = one.erp.books.live()
    if document.stage is SourceStage.NOT_APPROVED:
        assert live == []
    else:
        assert live == [f"{document.source_id}-r{document.revision}"]
    references = [entry[1] for entry in one.erp.books.documents.values()]
    assert len(references) == len(set(references))


@WORK
@given(st.lists(st.sampled_from(ENDINGS), max_size=14), st.lists(st.sampled_from(CHANGES), max_size=14))
def test_a_requisition_ends_with_exactly_what_its_state_says(endings: list[str], changes: list[str]) -> None:
    """Whatever happens on the way."""
    with tempfile.TemporaryDirectory() as folder:
        one = desk(Path(folder), requisition())
        live_through(one, endings, changes)
        judge(one)


@WORK
@given(st.lists(st.sampled_from(ENDINGS), max_size=14), st.lists(st.sampled_from(CHANGES), max_size=14))
def test_a_report_ends_with_exactly_what_its_state_says(endings: list[str], changes: list[str]) -> None:
    """Whatever happens on the way."""
    with tempfile.TemporaryDirectory() as folder:
        one = desk(Path(folder), report())
        live_through(one, endings, changes)
        judge(one)


@WORK
@given(st.lists(st.sampled_from(ENDINGS), max_size=14), st.lists(st.sampled_from(NO_AMENDMENT), max_size=14))
def test_a_receipt_ends_with_exactly_what_its_state_says(endings: list[str], changes: list[str]) -> None:
    """Whatever happens on the way; what went back does not come again."""
    with tempfile.TemporaryDirectory() as folder:
        one = desk(Path(folder), receipt())
        live_through(one, endings, changes)
        judge(one)


@WORK
@given(st.lists(st.sampled_from(ENDINGS), max_size=14), st.lists(st.sampled_from(CHANGES), max_size=14))
def test_an_invoice_ends_with_exactly_what_its_state_says(endings: list[str], changes: list[str]) -> None:
    """Whatever happens on the way."""
    with tempfile.TemporaryDirectory() as folder:
        one = desk(Path(folder), supplier_bill())
        live_through(one, endings, changes)
        judge(one)


@given(st.lists(st.sampled_from(ENDINGS), max_size=14), st.lists(st.sampled_from(["nothing", "nothing", "touch"]), max_size=14))
def test_a_payment_run_is_at_the_bank_exactly_once(endings: list[str], changes: list[str]) -> None:
    """Whatever happens on the way; once it is issued, nobody takes it back."""
    with tempfile.TemporaryDirectory() as folder:
        one = desk(Path(folder), payment_run())
        live_through(one, endings, changes)
        assert (one.erp.books.live(), len(one.erp.books.documents)) == (["PR-T-1"], 1)
        assert one.source.document.stage is SourceStage.RECORDED
