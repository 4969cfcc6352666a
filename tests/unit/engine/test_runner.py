"""One document in the runner's hands: what each end of a run makes of it. The store is a claim that is handed out once."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from engine.clock import Entropy, WallClock
from engine.flows.outcomes import Parked, Retry, Settled, StepEnd, Waiting, park
from engine.model.failures import AGAIN, NEVER, CallFailed, SystemDown
from engine.model.progress import Parking, Progress
from engine.peers.breaker import OPENS_AFTER, Breaker
from engine.store.documents import Claim, Key, LeaseLost
from engine.work.runner import CRASHES_MAX, THROTTLE_FACTOR, Persistence, Process, Runner

KEY = Key("requisition-to-po", "REQ-1")
GIVES_UP_AFTER = 3


def claim(**members: object) -> Claim:
    """A first claim; `members` replaces what is special about this one."""
    plain: dict[str, object] = {
        "key": KEY, "lease": uuid.uuid4(), "wakes": 1, "source_wakes": 1, "news": True, "crashed": False, "crashes": 0, "redriven": False,
        "progress": Progress(), "correlation_id": "c-1", "trace_id": None,
    }  # fmt: skip
    return Claim(**{**plain, **members})  # type: ignore[arg-type]


@dataclass
class Store:
    """Hands out claims in order and keeps what was saved."""

    claims: list[Claim]
    more: bool = False
    lost: bool = False
    saved: list[StepEnd] = field(default_factory=list)

    async def claim(self, key: Key) -> Claim | None:
        assert key == KEY
        return self.claims.pop(0) if self.claims else None

    async def save(self, _claim: Claim, outcome: StepEnd, _correlation_id: str | None, _trace_id: str | None) -> bool:
        if self.lost:
            raise LeaseLost("another run holds it")
        self.saved.append(outcome)
        return self.more


def run(store: Store, ends: Callable[[Claim], StepEnd], *breakers: Breaker) -> Store:
    """One call of the runner; `ends` is the flow: it answers how the run ends, or raises."""

    def make(held: Claim, _trace: object) -> SimpleNamespace:
        async def advance() -> StepEnd:
            return ends(held)

        return SimpleNamespace(advance=advance)

    flows = {KEY.flow: Process(make, breakers)}
    asyncio.run(Runner(store, flows, Persistence(0.1, GIVES_UP_AFTER), WallClock(), Entropy(1)).run(KEY))  # type: ignore[arg-type]
    return store


def failing(code: str = "TIMEOUT", **members: object) -> Callable[[Claim], StepEnd]:
    """A flow whose call fails."""
    kind: dict[str, object] = {"definite": False, "retry": AGAIN, **members}

    def ends(_claim: Claim) -> StepEnd:
        raise CallFailed("erp.po.find", str(kind.pop("failure_class", "ambiguous")), code, "no answer", **kind)  # type: ignore[arg-type]

    return ends


def parked_before() -> Parking:
    """Parked in an earlier run, when nothing was posted yet."""
    progress = Progress()
    return park(progress, failure_class="ambiguous", code="TIMEOUT", reason="r", owner="IT", attempts=3, at=0.0).parking


def opened() -> Breaker:
    """The breaker of a system that was found to be down."""
    breaker = Breaker("erp", 1.0, 5.0, lambda: 0.0, Entropy(1))
    for _ in range(OPENS_AFTER):
        breaker.outage(None)
    return breaker


def test_a_document_at_rest_is_saved_once() -> None:
    """Settled or waiting: the attempts are forgotten, and nothing is parked."""
    for end in (Settled("ordered"), Waiting(1.0, "confirmation")):
        held = claim(progress=Progress(failures={"erp.po.create": 2}, parking=parked_before()))
        assert run(Store([held]), lambda _claim, end=end: end).saved == [end]
        assert (held.progress.failures, held.progress.parking) == ({}, None)


def test_it_goes_on_while_facts_arrive() -> None:
    """More arrived meanwhile: the next claim is asked for at once."""
    assert len(run(Store([claim(), claim()], more=True), lambda _claim: Settled("ordered")).saved) == 2


def test_another_run_took_over() -> None:
    """What this one knows is not saved, and nothing is raised."""
    assert run(Store([claim()], lost=True), lambda _claim: Settled("ordered")).saved == []


def test_a_failed_call_is_tried_again_until_it_is_given_up() -> None:
    """Attempts count by operation over the runs; the last one parks with what is known about the books."""
    progress = Progress()
    ends = [run(Store([claim(progress=progress)]), failing()).saved[0] for _ in range(GIVES_UP_AFTER)]
    assert [type(end) for end in ends] == [Retry, Retry, Parked]
    assert isinstance(ends[-1], Parked)
    assert (ends[-1].parking.attempts, ends[-1].parking.code, ends[-1].parking.outcome) == (GIVES_UP_AFTER, "TIMEOUT", "not_posted")


def test_what_was_asked_for_is_unknown_when_it_is_given_up() -> None:
    """A create without an answer: the item must not claim that nothing was posted."""
    progress = Progress()
    progress.begin(1, "purchase_order", "REQ-1/1").doubtful = True
    (end,) = run(Store([claim(progress=progress)]), failing(retry=NEVER)).saved
    assert isinstance(end, Parked)
    assert end.parking.outcome == "unknown"


def test_a_throttle_is_no_reason_to_give_up_soon() -> None:
    """A system that says "later" works."""
    progress = Progress(failures={"erp.po.find": GIVES_UP_AFTER})
    throttled = failing("RATE_LIMITED", failure_class="throttled", definite=True, retry_after_s=2.0)
    (end,) = run(Store([claim(progress=progress)]), throttled).saved
    assert isinstance(end, Retry)
    assert end.delay_s >= 2.0
    progress.failures["erp.po.find"] = GIVES_UP_AFTER * THROTTLE_FACTOR
    assert isinstance(run(Store([claim(progress=progress)]), throttled).saved[0], Parked)


def test_a_system_that_is_down_costs_no_attempt() -> None:
    """The document waits for the system, whatever the call was."""
    progress = Progress()

    def down(_claim: Claim) -> StepEnd:
        raise SystemDown("erp.po.find", "erp", 0.5)

    (end,) = run(Store([claim(progress=progress)]), down).saved
    assert isinstance(end, Retry)
    assert (end.waits_for, progress.failures) == ("erp", {})


def test_an_open_breaker_is_not_asked_through() -> None:
    """The flow does not even begin, so the other systems are left in peace."""
    (end,) = run(Store([claim()]), lambda _claim: pytest.fail("it began"), opened()).saved
    assert isinstance(end, Retry)
    assert end.waits_for == "erp"


def test_a_defect_takes_nobody_down() -> None:
    """An exception that nobody expects is a failed attempt of this document alone."""

    def broken(_claim: Claim) -> StepEnd:
        raise ZeroDivisionError("one document in a thousand")

    (end,) = run(Store([claim()]), broken).saved
    assert isinstance(end, Retry)
    assert "ZeroDivisionError" in end.why


def test_a_document_that_ends_its_process_is_stopped() -> None:
    """It is parked before the flow sees it once more."""
    (end,) = run(Store([claim(crashes=CRASHES_MAX + 1)]), lambda _claim: pytest.fail("it began")).saved
    assert isinstance(end, Parked)
    assert end.parking.code == "KILLS_ITS_WORKER"


def test_a_redriven_document_stays_taken_up_until_a_run_comes_to_an_end() -> None:
    """The order was made, the look-up that follows failed: were it parked again as before, it would claim that nothing was posted. It keeps
    the time when it was first parked, and its attempts are counted anew once, not at each of them."""
    parking = parked_before()
    progress = Progress(parking=parking, failures={"erp.po.find": GIVES_UP_AFTER})
    assert isinstance(run(Store([claim(progress=progress, redriven=True)]), failing()).saved[0], Retry)
    assert (progress.taken_up, progress.parking, progress.failures) == (True, parking, {"erp.po.find": 1})
    for _ in range(GIVES_UP_AFTER - 1):
        (end,) = run(Store([claim(progress=progress)]), failing()).saved
    assert isinstance(end, Parked)
    assert (progress.taken_up, end.parking.since) == (False, parking.since)


def test_a_redrive_outlives_a_system_that_is_down() -> None:
    """The breaker is open, so the run does not even begin: the document is not put back where it was."""
    progress = Progress(parking=parked_before())
    run(Store([claim(progress=progress, redriven=True)]), lambda _claim: pytest.fail("it began"), opened())
    assert progress.taken_up
    assert run(Store([claim(progress=progress)]), lambda _claim: Settled("ordered")).saved == [Settled("ordered")]
    assert (progress.taken_up, progress.parking) == (False, None)


def test_a_parked_document_stays_parked_when_a_call_fails() -> None:
    """Nobody asked for it to be taken up: news that could not be read change nothing."""
    parking = parked_before()
    progress = Progress(parking=parking)
    (end,) = run(Store([claim(progress=progress)]), failing()).saved
    assert isinstance(end, Retry)
    assert progress.parking == parking
