"""The flow of payment runs, over fake systems."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.flows.outcomes import Parked, Settled
from engine.mapping.payment import file_draft
from engine.mapping.rules import Unpostable
from engine.model.payments import BankFile, Rejected
from engine.model.sources import SourceStage
from tests.unit.engine.fakes import Desk, desk, script
from tests.unit.engine.papers import bank_file, payment_run


def settle(one: Desk) -> Settled:
    """Drive it to rest, which must not be parking."""
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Settled), outcome
    return outcome


def test_a_file_is_uploaded_once_and_the_word_told_back(tmp_path: Path) -> None:
    """Read run and file, upload, look what the bank says, write back."""
    one = desk(tmp_path, payment_run())
    assert settle(one).how == "acknowledged"
    assert one.erp.books.live() == ["PR-T-1"]
    assert one.source.told == {"file": "accepted"}
    assert one.fate.calls[:4] == ["source.read", "source.file", "erp.posting.create", "erp.job.read"]
    assert one.fate.calls[-1] == "source.record"


@pytest.mark.parametrize("how", ["before", "after", "late", "throttled", "crash_before", "crash_after"])
@pytest.mark.parametrize("operation", ["source.read", "source.file", "erp.posting.create", "erp.job.read", "bank.read", "source.record"])
def test_one_bad_call_anywhere_still_ends_with_one_file(tmp_path: Path, operation: str, how: str) -> None:
    """Lost answers, timeouts, late commits, throttling and crashes at every call."""
    one = desk(tmp_path, payment_run(), script((operation, how)))
    assert settle(one).how == "acknowledged"
    one.fate.pass_time(10)
    assert one.erp.books.live() == ["PR-T-1"]
    assert len(one.erp.books.documents) == 1


@pytest.mark.parametrize("how", ["ok", "after", "crash_before", "crash_after"])
def test_payments_that_the_bank_rejects_are_told_before_the_file(tmp_path: Path, how: str) -> None:
    """With the word on the file all others are accepted, so whoever dies in between has told nothing that is wrong."""
    one = desk(tmp_path, payment_run(), script(("source.reject", how)))
    one.erp.not_paid = (Rejected("PR-T-1-0002", "AC01", "no such account"),)
    assert settle(one).how == "acknowledged"
    assert one.source.told == {"PR-T-1-0002": "AC01 of 2", "file": "partially_accepted"}
    assert one.fate.calls.index("source.reject") < one.fate.calls.index("source.record")


def test_a_file_that_the_bank_rejects_is_a_refusal(tmp_path: Path) -> None:
    """Taken first and turned down later: every payment of it is owed again, with the bank's own reason."""
    one = desk(tmp_path, payment_run())
    one.erp.books.reject = "AM10"
    assert settle(one).how == "refused"
    assert one.source.refusal is not None
    assert (one.source.refusal.code, one.source.refusal.reason, one.erp.books.live()) == ("AM10", "a rule says no", [])


def test_a_file_that_the_bank_does_not_take_is_a_refusal(tmp_path: Path) -> None:
    """At once, for a business reason."""
    one = desk(tmp_path, payment_run())
    one.erp.books.refuse = "ACCOUNT_INVALID"
    assert settle(one).how == "refused"
    assert one.source.refusal is not None
    assert one.source.refusal.code == "ACCOUNT_INVALID"


def test_a_run_that_is_not_issued_goes_nowhere(tmp_path: Path) -> None:
    """Whatever a forged event said."""
    one = desk(tmp_path, payment_run(status="approved", stage=SourceStage.NOT_APPROVED))
    assert settle(one).how == "nothing"
    assert one.fate.calls == ["source.read"]


def test_the_file_is_fetched_only_to_be_uploaded(tmp_path: Path) -> None:
    """Not again to write back what became of it."""
    one = desk(tmp_path, payment_run(), script(("source.record", "before")))
    assert settle(one).how == "acknowledged"
    assert (one.fate.calls.count("source.record"), one.fate.calls.count("source.file")) == (2, 1)


def test_another_file_of_the_run_is_for_a_person(tmp_path: Path) -> None:
    """The bank has one with its message id over another amount."""
    one = desk(tmp_path, payment_run())
    one.erp.books.create("payment_file", "PR-T-1", "another key", Decimal("1.00"), "posted")
    outcome = asyncio.run(one.rest())
    assert isinstance(outcome, Parked)
    assert outcome.parking.code == "AMOUNT_DIFFERS"


@pytest.mark.parametrize(
    ("file", "what"),
    [
        (bank_file(message_id="PR-T-2"), "message id PR-T-2"),
        (bank_file(count=3), "says that it has 3 payments and has 2"),
        (bank_file(control_sum="981.00"), "says 981.00"),
        (bank_file(control_sum="much"), "has an amount that is none"),
        (bank_file(transfers=tuple(replace(each, currency="EUR") for each in bank_file().transfers)), "not in USD"),
        (bank_file(transfers=tuple(replace(each, end_to_end_id="PR-T-1-0001") for each in bank_file().transfers)), "twice"),
        (None, "has no file"),
    ],
)
def test_a_file_that_contradicts_its_run_is_not_carried(file: BankFile | None, what: str) -> None:
    """What somebody changed on the way is no file of the run."""
    with pytest.raises(Unpostable, match=what):
        file_draft(payment_run(file=file))


def test_a_right_file_is_carried_as_it_is() -> None:
    """Every member of it."""
    draft = file_draft(payment_run(file=bank_file()))
    assert (draft.file, draft.external_ref, draft.total, draft.codings()) == (bank_file(), "PR-T-1", Decimal("980.00"), ())


def test_after_a_crash_the_file_is_looked_for_by_its_message_id(tmp_path: Path) -> None:
    """The bank took it and the process died: another upload is refused, and the one that it has is found."""
    one = desk(tmp_path, payment_run(), script(("erp.posting.create", "crash_after")))
    asyncio.run(one.run())
    one.erp.books.keys.clear()  # it remembers keys no longer than it likes
    assert settle(one).how == "acknowledged"
    assert (one.erp.books.live(), "erp.find" in one.fate.calls) == (["PR-T-1"], True)
