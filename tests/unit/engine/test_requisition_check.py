"""Requisition checks of the engine: what is said, and that something is said in time whatever the ERP does."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from engine.clock import WallClock
from engine.flows.requisition_check import SHARE, RequisitionCheck
from engine.model.calls import Trace
from engine.model.checks import UNKNOWN, BudgetQuestion, CheckedLine, Funds, Place, Said, judged
from engine.model.failures import AGAIN, NEVER, CallFailed, SystemDown
from tests.unit.engine.papers import write_rules

ON = date(2026, 10, 28)
AS_OF, LATER = "2026-10-28T09:00:00Z", "2026-10-28T09:00:01Z"
LINE = CheckedLine("IT", "US-MKT-01", None, 600)
QUESTION = BudgetQuestion("CHK-1", "ACME-US", "USD", ON, (LINE, LINE), 0.5)
TRACE = Trace("dc-1", "4bf92f3577b34da6a3ce929d0e0e4736")
pytestmark = pytest.mark.requirement("R06.11")


def failed(retry: str, **more: float) -> CallFailed:
    """A look that came to nothing."""
    return CallFailed("erp.budget.read", "transient", "UNAVAILABLE", "why", definite=True, retry=retry, **more)


@dataclass
class Service:
    """What the ERP does at each look, one after the other; the last for ever. None: it never answers."""

    doings: list[Funds | Exception | None]
    looks: Counter[Place] = field(default_factory=Counter)

    async def available(self, place: Place, _on: date, _trace: Trace) -> Funds:
        self.looks[place] += 1
        doing = self.doings.pop(0) if len(self.doings) > 1 else self.doings[0]
        if doing is None:
            await asyncio.Event().wait()
        if isinstance(doing, Exception):
            raise doing
        assert doing is not None
        return replace(doing, bucket=(place.cost_center, place.account[:2], place.project))


def funds(available: int, currency: str = "USD", as_of: str = AS_OF) -> Funds:
    """Of whatever place."""
    return Funds(("", "", None), currency, available, as_of)


def answered(tmp_path: Path, service: Service, question: BudgetQuestion = QUESTION) -> Said:
    """What the person is told."""
    rules = write_rules(tmp_path)
    check = RequisitionCheck(service, lambda: rules, WallClock(), lambda _failed: 0.001)
    return asyncio.run(check.answer(question, TRACE))


@pytest.mark.parametrize(
    ("available", "word"), [(1200, "within_budget"), (1199, "over_budget"), (-5, "over_budget"), (10**9, "within_budget")]
)
def test_all_lines_of_a_place_count_together(tmp_path: Path, available: int, word: str) -> None:
    """Two lines that fit one by one do not fit together; exactly what is left is within. The answer names its time."""
    service = Service([funds(available)])
    assert answered(tmp_path, service) == Said(word, AS_OF)  # type: ignore[arg-type]
    assert list(service.looks.values()) == [1]


def test_accounts_of_one_group_share_its_budget() -> None:
    """The ERP keeps the budget of a group: what its accounts want is added up; the earliest look is what the answer speaks of."""
    one, two = Place("1000", "4711", "5400", None), Place("1000", "4711", "5410", None)
    bucket = ("4711", "54", None)
    found = {one: Funds(bucket, "USD", 100, LATER), two: Funds(bucket, "USD", 100, AS_OF)}
    assert judged({one: 60, two: 40}, found) == Said("within_budget", AS_OF)
    assert judged({one: 60, two: 41}, found) == Said("over_budget", AS_OF)


@pytest.mark.parametrize("trouble", [failed(AGAIN), SystemDown("erp.budget.read", "erp", 0.01), None])
def test_a_look_that_fails_is_tried_again(tmp_path: Path, trouble: Exception | None) -> None:
    """Also one that hangs: half of the time is left for another."""
    service = Service([trouble, funds(1200)])
    assert answered(tmp_path, service).word == "within_budget"
    assert list(service.looks.values()) == [2]


@pytest.mark.requirement("R08.04")
@pytest.mark.parametrize("trouble", [None, failed(AGAIN), failed(NEVER), failed(AGAIN, retry_after_s=60.0)])
def test_whatever_the_erp_does_somebody_is_told_in_time(tmp_path: Path, trouble: Exception | None) -> None:
    """Down, silent, of another shape, or asking for patience: nobody knows. A wait that is longer than the person's is not begun."""
    assert SHARE < 1
    service = Service([trouble])
    assert answered(tmp_path, service) == UNKNOWN
    if isinstance(trouble, CallFailed) and (trouble.retry == NEVER or trouble.retry_after_s):
        assert list(service.looks.values()) == [1]


@pytest.mark.parametrize(
    "question",
    [
        replace(QUESTION, legal_entity="ACME-XX"),
        replace(QUESTION, lines=(replace(LINE, cost_center="US-XX-01"),)),
        replace(QUESTION, lines=(replace(LINE, category="UNHEARD_OF"),)),
    ],
)
def test_what_has_no_rule_is_not_known(tmp_path: Path, question: BudgetQuestion) -> None:
    """And nobody is asked about a place that is guessed."""
    service = Service([funds(10**9)])
    assert answered(tmp_path, service, question) == UNKNOWN
    assert not service.looks


def test_a_budget_in_another_currency_is_not_compared(tmp_path: Path) -> None:
    """Minor units of yen are no cents."""
    assert answered(tmp_path, Service([funds(10**9, "JPY")])) == UNKNOWN
