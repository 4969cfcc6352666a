"""Consumption back to planning in the engine: signs, fiscal months and groups; and a run that may die, repeat and come late anywhere."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contracts.catalog import load_errors
from engine.flows.consumption_to_planning import ConsumptionHooks
from engine.flows.outcomes import Parked, Settled, StepEnd
from engine.flows.replicating import ReplicatingRun
from engine.mapping.consumption import consumption_draft
from engine.mapping.fiscal import fiscal_month, months_of
from engine.mapping.rules import Unmapped, Unpostable
from engine.model.consumption import BudgetStatement, ConsumptionDraft, ConsumptionHeld, KnownCost, StatedCost, checksum_of
from engine.model.failures import CallFailed, from_problem, unknown_outcome
from engine.model.progress import Progress
from tests.unit.engine.papers import write_rules

pytestmark = pytest.mark.requirement("R05.21")

UNITS = {"USD": 2, "JPY": 0}
LINES = (("53", "7.50", "5.00", "-0.01"), ("51", "0.00", "2.00", "10.00"))


def statement(*lines: tuple[str, str, str, str], sequence: int = 1, **members: Any) -> BudgetStatement:
    """As the ERP issues it."""
    costs = tuple(StatedCost(group, *(Decimal(figure) for figure in figures)) for group, *figures in lines)
    usual: dict[str, Any] = {
        "source_id": "BS-1", "sequence": sequence, "version": 1 + sequence, "status": "issued", "company_code": "1000",
        "cost_center": "4711000", "month": "2026-10", "currency": "USD", "as_of": datetime(2026, 10, 28, 9, sequence, tzinfo=UTC),
        "budget_version": "1000/4711000/2026/1", "lines": costs, "committed": sum((each.committed for each in costs), Decimal(0)),
        "actual": sum((each.actual for each in costs), Decimal(0)), "correlation_id": None,
    }  # fmt: skip
    return BudgetStatement(**{**usual, **members})


def test_costs_turn_negative_and_groups_become_accounts(tmp_path: Path) -> None:
    """The US year ends in January: October 2026 is FY27-P09. What is left keeps its sign, and nothing is no minus nothing."""
    draft = consumption_draft(statement(*LINES), write_rules(tmp_path), UNITS)
    assert (draft.node, draft.period, draft.fiscal_year, draft.total) == ("LE-US.MKT.CC00", "FY27-P09", "FY27", "-14.50")
    assert draft.lines == (KnownCost("SERVICES", "-5.00", "-7.50", "-0.01"), KnownCost("TRAVEL", "-2.00", "0.00", "10.00"))
    assert (draft.external_ref, draft.statement, draft.sequence) == ("BS-1-r1", "BS-1", 1)


def test_a_credit_is_no_cost_and_yen_have_no_decimals(tmp_path: Path) -> None:
    """More came back than was spent: positive in planning."""
    yen = statement(("51", "0", "-980", "1000"), company_code="3000", cost_center="4713000", currency="JPY")
    draft = consumption_draft(yen, write_rules(tmp_path), UNITS)
    assert (draft.lines, draft.total, draft.period) == ((KnownCost("TRAVEL", "980", "0", "1000"),), "980", "FY27-P07")


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"committed": Decimal("7.51")}, Unpostable),
        ({"currency": "ZZZ"}, Unpostable),
        ({"month": "2026-13"}, Unpostable),
        ({"company_code": "9000"}, Unmapped),
        ({"cost_center": "4712000"}, Unmapped),
        ({"lines": (StatedCost("59", Decimal("7.50"), Decimal("7.00"), Decimal(0)),)}, Unmapped),
        ({"lines": (StatedCost("53", Decimal("7.501"), Decimal("7.00"), Decimal(0)),), "committed": Decimal("7.501")}, Unpostable),
    ],
)
def test_what_does_not_agree_or_has_no_rule_is_never_told(tmp_path: Path, members: dict[str, Any], kind: type[Exception]) -> None:
    """Neither guessed nor repaired."""
    with pytest.raises(kind):
        consumption_draft(replace(statement(*LINES), **members), write_rules(tmp_path), UNITS)


def test_every_month_has_its_fiscal_period() -> None:
    """The other way round it is the same month again."""
    for starts in range(1, 13):
        for month in (f"2026-{number:02d}" for number in range(1, 13)):
            assert months_of(fiscal_month(month, starts), starts) == (month,)


@dataclass
class Desk:
    """The ERP and planning in one, with something that goes wrong once at a named call."""

    now: BudgetStatement
    trouble: dict[str, CallFailed] = field(default_factory=dict)
    lose_answer: bool = False
    held: ConsumptionHeld | None = None
    written: list[int] = field(default_factory=list)

    def _meet(self, call: str) -> None:
        if call in self.trouble:
            raise self.trouble.pop(call)

    async def read(self, _source_id: str) -> BudgetStatement:
        self._meet("read")
        return self.now

    async def known(self, _draft: ConsumptionDraft) -> ConsumptionHeld | None:
        self._meet("known")
        return self.held

    async def record(self, draft: ConsumptionDraft) -> ConsumptionHeld:
        if not self.lose_answer:
            self._meet("record")
        if self.held is not None and draft.sequence < self.held.sequence:
            problem = {"code": "VERSION_CONFLICT", "detail": "no"}
            raise from_problem("planning.consumption.record", 409, problem, load_errors(), retry_after_s=None)
        self.held = ConsumptionHeld(draft.sequence, draft.checksum)
        self.written.append(draft.sequence)
        self._meet("record")
        return self.held


def run(desk: Desk, tmp_path: Path, progress: Progress | None = None) -> StepEnd:
    """One run."""
    hooks = ConsumptionHooks(desk, desk, write_rules(tmp_path), UNITS)
    return asyncio.run(ReplicatingRun("BS-1", hooks, progress if progress is not None else Progress(), 0.0).advance())


def test_the_latest_statement_is_told_once(tmp_path: Path) -> None:
    """Again, nothing is left to do; a newer one takes its place."""
    desk = Desk(statement(*LINES))
    assert [run(desk, tmp_path) for _ in range(2)] == [Settled("current")] * 2
    desk.now = statement(*LINES[:1], sequence=2)
    assert run(desk, tmp_path) == Settled("current")
    assert desk.written == [1, 2]


@pytest.mark.parametrize("lose_answer", [False, True])
@pytest.mark.parametrize("call", ["read", "known", "record"])
def test_one_call_without_an_answer_ends_with_one_version(tmp_path: Path, call: str, lose_answer: bool) -> None:
    """The run fails and the next one sees what is there: written before or not."""
    desk, progress = Desk(statement(*LINES), {call: unknown_outcome(call, "TIMEOUT", "no answer")}, lose_answer=lose_answer), Progress()
    with pytest.raises(CallFailed):
        run(desk, tmp_path, progress)
    assert run(desk, tmp_path, progress) == Settled("current")
    assert desk.written == [1]


def test_what_somebody_else_said_of_the_same_statement_is_not_overwritten(tmp_path: Path) -> None:
    """A person looks."""
    desk = Desk(statement(*LINES), held=ConsumptionHeld(1, checksum_of(())))
    ended = run(desk, tmp_path)
    assert isinstance(ended, Parked)
    assert (ended.parking.code, desk.written) == ("CONTENT_DIFFERS", [])
