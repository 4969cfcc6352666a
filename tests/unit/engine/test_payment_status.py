"""News in the engine: what is true now is told, once, to each who waits; and a run that may die, repeat and come late anywhere."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from contracts.catalog import load_errors
from engine.flows.outcomes import Parked, Settled, StepEnd
from engine.flows.payment_status import PaymentStatusHooks, Requesters, Suppliers
from engine.flows.telling import TellingRun
from engine.mapping.payment_status import TO_REQUESTER, TO_SUPPLIER, status_draft
from engine.mapping.rules import Rules, Unpostable
from engine.model.failures import CallFailed, from_problem, unknown_outcome
from engine.model.news import Known, PaymentNews, StatusDraft
from engine.model.progress import Progress
from engine.model.sources import SourceStage
from tests.unit.engine.papers import write_rules

pytestmark = pytest.mark.requirement("R05.11")

NUMBER, COMPANY, VENDOR, BILLED = "5100047110", "1000", "V1", "26-0481516"


def news(status: str, sequence: int) -> PaymentNews:
    """As the ERP has it."""
    stage = SourceStage.APPROVED if status in {"cleared", "rejected", "returned"} else SourceStage.NOT_APPROVED
    return PaymentNews(NUMBER, sequence, status, stage, COMPANY, VENDOR, BILLED, "PH00000001", "20261028", None)


def conflict(code: str = "VERSION_CONFLICT", status: int = 409) -> CallFailed:
    """Something newer is there."""
    return from_problem("procurement.invoice.record_payment", status, {"code": code}, load_errors(), retry_after_s=None)


@dataclass
class Desk:
    """The ERP and procurement in one. trouble: what goes wrong once, at a named call; after: what the ERP says after the first read."""

    now: PaymentNews
    known: Known | None = field(default_factory=lambda: Known("INV-1", 1, 0, None))
    trouble: dict[str, CallFailed] = field(default_factory=dict)
    after: PaymentNews | None = None
    lose_answer: bool = False
    told: list[tuple[str, int]] = field(default_factory=list)

    def _meet(self, call: str) -> None:
        if call in self.trouble:
            raise self.trouble.pop(call)

    async def read(self, _source_id: str) -> PaymentNews:
        self._meet("read")
        read, self.now = self.now, self.after or self.now
        return read

    async def naming(self, _number: str) -> Known | None:
        self._meet("naming")
        return self.known

    async def record_payment(self, known: Known, draft: StatusDraft) -> None:
        if not self.lose_answer:
            self._meet("record")
        assert self.known is not None
        if known.version != self.known.version:
            raise conflict("PRECONDITION_FAILED", 412)
        if draft.sequence <= self.known.sequence:
            raise conflict()
        self.known = Known("INV-1", known.version + 1, draft.sequence, draft.status)
        self.told.append((draft.status, draft.sequence))
        self._meet("record")


def run(desk: Desk, progress: Progress | None = None) -> StepEnd:
    """One run."""
    hooks = PaymentStatusHooks(desk, (Requesters(desk),))
    return asyncio.run(TellingRun(source_id=NUMBER, hooks=hooks, progress=progress or Progress(), at=1.0).advance())


@pytest.mark.parametrize(
    ("words", "expected"),
    [(TO_REQUESTER, ("paid", "rejected", "returned")), (TO_SUPPLIER, ("paid", "payment_failed", "payment_returned"))],
)
def test_each_word_in_the_words_of_who_waits(words: Mapping[str, str], expected: tuple[str, ...]) -> None:
    """With its day in ISO; what nobody waits for is no word."""
    told = {status: status_draft(news(status, 3), words).status for status in ("cleared", "rejected", "returned")}
    assert told == dict(zip(("cleared", "rejected", "returned"), expected, strict=True))
    assert status_draft(news("cleared", 3), words).value_date == "2026-10-28"
    with pytest.raises(Unpostable):
        status_draft(news("paid", 2), words)


@pytest.mark.parametrize("status", ["open", "scheduled", "paid"])
def test_before_the_bank_has_spoken_nobody_is_told(status: str) -> None:
    """A forged or early event leads to nothing; what was told before stands."""
    desk = Desk(news(status, 2), known=Known("INV-1", 4, 1, "returned"))
    assert (run(desk), desk.told) == (Settled("nothing"), [])


def test_of_an_invoice_that_procurement_does_not_have_nobody_waits() -> None:
    """It is settled, not parked."""
    assert run(Desk(news("cleared", 3), known=None)) == Settled("nothing")


def test_told_once_however_often_it_runs() -> None:
    """And the next word over it."""
    desk, progress = Desk(news("cleared", 3)), Progress()
    assert [run(desk, progress) for _ in range(3)] == [Settled("current")] * 3
    desk.now = news("returned", 4)
    assert (run(desk, progress), desk.told) == (Settled("current"), [("paid", 3), ("returned", 4)])


@pytest.mark.parametrize("lost", [False, True])
def test_a_run_without_an_answer_tells_once(lost: bool) -> None:
    """Whether it got through is seen by looking."""
    desk, progress = Desk(news("cleared", 3), lose_answer=lost), Progress()
    desk.trouble["record"] = unknown_outcome("procurement.invoice.record_payment", "TIMEOUT", "no answer")
    with pytest.raises(CallFailed):
        run(desk, progress)
    assert progress.outcome() == "unknown"
    assert (run(desk, progress), desk.told, progress.outcome()) == (Settled("current"), [("paid", 3)], "posted")


def test_what_was_overtaken_is_read_again_and_never_told_over_the_newer_word() -> None:
    """Another run told the newer one in between: by sequence, or by the version of the invoice."""
    desk = Desk(news("cleared", 3), known=Known("INV-1", 2, 4, "returned"), after=news("returned", 4))
    assert (run(desk), desk.told) == (Settled("current"), [])
    desk = Desk(news("cleared", 3), after=news("returned", 4), trouble={"record": conflict("PRECONDITION_FAILED", 412)})
    assert (run(desk), desk.told) == (Settled("current"), [("returned", 4)])


def test_an_erp_that_falls_behind_is_no_reason_to_tell_the_old_word() -> None:
    """It is read a few times, then left for later."""
    desk = Desk(news("cleared", 3), known=Known("INV-1", 2, 4, "returned"))
    with pytest.raises(CallFailed) as caught:
        run(desk)
    assert (caught.value.code, caught.value.retry, desk.told) == ("TARGET_IS_NEWER", "reread", [])


def test_a_word_that_is_not_the_one_of_its_sequence_waits_for_a_person() -> None:
    """Somebody else told it; until the news changes nothing is done about it."""
    desk, progress = Desk(news("cleared", 3), known=Known("INV-1", 2, 3, "rejected")), Progress()
    end = run(desk, progress)
    assert isinstance(end, Parked)
    assert end.parking.code == "CONTENT_DIFFERS"
    progress.parking = end.parking
    assert isinstance(run(desk, progress), Parked)
    desk.now = replace(desk.now, sequence=4, status="returned")
    assert (run(desk, progress), desk.told) == (Settled("current"), [("returned", 4)])


# --- two who wait


@dataclass
class Portal:
    """Where one supplier sent the invoice. trouble: what the next search meets."""

    known: Known | None = field(default_factory=lambda: Known("PI-1", 1, 0, None))
    trouble: CallFailed | None = None
    told: list[str] = field(default_factory=list)

    async def sent(self, account: str, number: str) -> Known | None:
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble
        return self.known if (account, number) == ("AN1", BILLED) else None

    async def record_payment(self, known: Known, draft: StatusDraft) -> None:
        self.known = Known(known.listener_id, known.version + 1, draft.sequence, draft.status)
        self.told.append(draft.status)


def run_both(desk: Desk, portal: Portal, rules: Rules, progress: Progress | None = None) -> StepEnd:
    """One run that tells procurement and the supplier."""
    hooks = PaymentStatusHooks(desk, (Requesters(desk), Suppliers(portal, rules)))
    return asyncio.run(TellingRun(source_id=NUMBER, hooks=hooks, progress=progress or Progress(), at=1.0).advance())


def test_each_hears_it_in_its_own_word(tmp_path: Path) -> None:
    """And of what its supplier never sent, or an employee is paid, only procurement does."""
    rules = write_rules(tmp_path)
    desk, portal = Desk(news("rejected", 3)), Portal()
    assert (run_both(desk, portal, rules), desk.told, portal.told) == (Settled("current"), [("rejected", 3)], ["payment_failed"])
    for other in ({"supplier_reference": "26-0000404"}, {"vendor_id": "V404"}, {"vendor_id": None, "supplier_reference": None}):
        desk, portal = Desk(replace(news("cleared", 3), **other)), Portal()
        assert (run_both(desk, portal, rules), desk.told, portal.told) == (Settled("current"), [("paid", 3)], [])


def test_one_who_cannot_be_reached_keeps_nobody_waiting(tmp_path: Path) -> None:
    """The other hears it at once; the next run tells only who has not heard it."""
    rules, down = write_rules(tmp_path), unknown_outcome("portal.invoice.find", "TIMEOUT", "no answer")
    desk, portal, progress = Desk(news("cleared", 3)), Portal(trouble=down), Progress()
    with pytest.raises(CallFailed):
        run_both(desk, portal, rules, progress)
    assert (desk.told, portal.told, progress.outcome()) == ([("paid", 3)], [], "unknown")
    assert run_both(desk, portal, rules, progress) == Settled("current")
    assert (desk.told, portal.told, progress.outcome()) == ([("paid", 3)], ["paid"], "posted")


def test_what_one_was_told_wrong_waits_for_a_person_and_the_other_is_told(tmp_path: Path) -> None:
    """Somebody else told the supplier another word of the same sequence."""
    desk, portal = Desk(news("cleared", 3)), Portal(known=Known("PI-1", 2, 3, "payment_failed"))
    end = run_both(desk, portal, write_rules(tmp_path))
    assert isinstance(end, Parked)
    assert (end.parking.code, desk.told, portal.told) == ("CONTENT_DIFFERS", [("paid", 3)], [])
