"""Budget publication in the engine: signs, fiscal months and remainders; and a run that may die, repeat and come late anywhere."""

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contracts.catalog import load_errors
from engine.flows.budget_publication import BudgetHooks
from engine.flows.outcomes import Parked, Settled, StepEnd
from engine.flows.replicating import ReplicatingRun
from engine.mapping.budget import budget_draft
from engine.mapping.fiscal import months_of, spread, year_begins
from engine.mapping.rules import Unmapped, Unpostable
from engine.model.budgets import BudgetDraft, BudgetInForce, BudgetPlan, PlannedCost
from engine.model.failures import CallFailed, from_problem, other_shape, unknown_outcome
from engine.model.progress import Progress
from engine.model.sources import Refusal, SourceStage
from tests.unit.engine.papers import write_rules

pytestmark = pytest.mark.requirement("R05.12")

UNITS = {"USD": 2, "JPY": 0}
LINES = (("TRAVEL", "FY27-Q3", "-100.00"), ("SERVICES", "FY27-Q3", "-0.05"), ("TRAINING", "FY27-Q3", "-0.02"))


def plan(*lines: tuple[str, str, str], sequence: int = 1, decimals: int = 2, **members: Any) -> BudgetPlan:
    """As planning publishes it, with the checksum of its lines."""
    costs = [(account, period, int(Decimal(amount).scaleb(decimals))) for account, period, amount in lines]
    told = "\n".join(sorted(f"{account} {period} {cost}" for account, period, cost in costs))
    usual: dict[str, Any] = {
        "source_id": "BP-T-1", "sequence": sequence, "version": 4 + sequence, "status": "published", "stage": SourceStage.APPROVED,
        "entity": "LE-US", "node": "LE-US.MKT.CC00", "fiscal_year": "FY27", "currency": "USD",
        "lines": tuple(PlannedCost(account, period, Decimal(amount)) for account, period, amount in lines),
        "total": sum((Decimal(amount) for _, _, amount in lines), Decimal(0)),
        "checksum": hashlib.sha256(told.encode()).hexdigest(), "recorded": None, "correlation_id": None,
    }  # fmt: skip
    return BudgetPlan(**{**usual, **members})


def test_costs_turn_positive_and_quarters_become_months_without_losing_a_unit(tmp_path: Path) -> None:
    """The US year ends in January: FY27-Q3 is August to October 2026. Services and training are one group."""
    draft = budget_draft(plan(*LINES), write_rules(tmp_path), UNITS)
    found = [(line.account_group, line.month, line.amount_minor) for line in draft.lines]
    assert found == [
        ("51", "2026-08", 3_334), ("51", "2026-09", 3_333), ("51", "2026-10", 3_333),
        ("53", "2026-08", 3), ("53", "2026-09", 3), ("53", "2026-10", 1),
    ]  # fmt: skip
    assert (draft.company_code, draft.cost_center, draft.fiscal_year, draft.total_minor) == ("1000", "4711000", 2026, 10_007)
    assert draft.external_ref == "BP-T-1-r1"


def test_a_currency_without_decimals_and_a_year_that_begins_in_april(tmp_path: Path) -> None:
    """Yen by year: twelve months from April, the remainder in the first ones."""
    yen = plan(("TRAVEL", "FY27", "-100"), decimals=0, entity="LE-JP", node="LE-JP.MKT.CC00", currency="JPY")
    draft = budget_draft(yen, write_rules(tmp_path), UNITS)
    assert [line.month for line in draft.lines][::11] == ["2026-04", "2027-03"]
    assert [line.amount_minor for line in draft.lines] == [9] * 4 + [8] * 8
    assert draft.fiscal_year == 2026


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"total": Decimal("-100.06")}, "do not add up"),
        ({"checksum": "0" * 64}, "checksum of sequence 1"),
        ({"currency": "ZZZ"}, "currencies.yaml"),
        ({"entity": "LE-XX"}, "planning_entities"),
        ({"node": "LE-US.SAL.CC01"}, "planning_nodes"),
        ({"fiscal_year": "2027"}, "expected a fiscal year"),
    ],
)
def test_what_does_not_agree_or_has_no_rule_is_never_published(tmp_path: Path, members: dict[str, Any], message: str) -> None:
    """Neither guessed nor repaired."""
    with pytest.raises(Unpostable, match=message):
        budget_draft(replace(plan(*LINES), **members), write_rules(tmp_path), UNITS)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (("TRAVEL", "FY27-Q3", "10.00"), Unpostable),
        (("GIFTS", "FY27-Q3", "-1.00"), Unmapped),
        (("TRAVEL", "FY27-Q5", "-1.00"), Unpostable),
    ],
)
def test_a_line_that_is_no_cost_of_ours_is_never_published(tmp_path: Path, line: tuple[str, str, str], kind: type[Exception]) -> None:
    """A positive amount, an account without a rule, a period that does not exist."""
    with pytest.raises(kind):
        budget_draft(plan(line), write_rules(tmp_path), UNITS)


def test_fiscal_periods() -> None:
    """Every month of a year once, whatever the grain; spreading keeps the sum."""
    for starts in range(1, 13):
        year = months_of("FY27", starts)
        assert [month for number in range(1, 5) for month in months_of(f"FY27-Q{number}", starts)] == list(year)
        assert [month for number in range(1, 13) for month in months_of(f"FY27-P{number:02d}", starts)] == list(year)
        assert year_begins("FY27", starts) == (2027 if starts == 1 else 2026)
    assert [spread(total, 3) for total in (0, 2, 100)] == [[0, 0, 0], [1, 1, 0], [34, 33, 33]]


@dataclass
class Desk:
    """Planning and the ERP in one, with something that goes wrong once at a named call."""

    now: BudgetPlan
    trouble: dict[str, CallFailed] = field(default_factory=dict)
    lose_answer: bool = False
    held: BudgetInForce | None = None
    written: list[int] = field(default_factory=list)
    told: list[tuple[int, str]] = field(default_factory=list)

    def _meet(self, call: str) -> None:
        if call in self.trouble:
            raise self.trouble.pop(call)

    async def read(self, _source_id: str) -> BudgetPlan:
        self._meet("read")
        return self.now

    async def in_force(self, _draft: BudgetDraft) -> BudgetInForce | None:
        self._meet("in_force")
        return self.held

    async def publish(self, draft: BudgetDraft, _key: str) -> BudgetInForce:
        if not self.lose_answer:
            self._meet("publish")
        if self.held is not None and draft.sequence <= self.held.sequence:
            raise conflict()
        self.held = BudgetInForce(f"1000/4711000/2026/{draft.sequence}", draft.sequence, draft.checksum, ())
        self.written.append(draft.sequence)
        self._meet("publish")
        return self.held

    async def record_in_force(self, plan: BudgetPlan, held: BudgetInForce) -> None:
        self._meet("record")
        self.told.append((held.sequence, "in-force"))
        self.now = replace(self.now, recorded=(held.sequence, "in-force"), version=plan.version + 1)

    async def record_refusal(self, plan: BudgetPlan, refusal: Refusal) -> None:
        self._meet("record")
        self.told.append((plan.sequence, refusal.code))


def conflict(code: str = "VERSION_CONFLICT") -> CallFailed:
    """What the ERP says to something that is not newer."""
    return from_problem("erp.budget_version.create", 409, {"code": code, "detail": "no"}, load_errors(), retry_after_s=None)


def run(desk: Desk, tmp_path: Path, progress: Progress | None = None) -> StepEnd:
    """One run."""
    hooks = BudgetHooks(desk, desk, write_rules(tmp_path), UNITS)
    return asyncio.run(ReplicatingRun("BP-T-1", hooks, progress if progress is not None else Progress(), 0.0).advance())


def test_the_latest_version_is_written_once_and_told_once(tmp_path: Path) -> None:
    """Again, nothing is left to do; a newer one replaces it."""
    desk = Desk(plan(*LINES))
    assert [run(desk, tmp_path) for _ in range(2)] == [Settled("current")] * 2
    desk.now = plan(*LINES[:1], sequence=2)
    assert run(desk, tmp_path) == Settled("current")
    assert (desk.written, desk.told) == ([1, 2], [(1, "in-force"), (2, "in-force")])


@pytest.mark.parametrize("lose_answer", [False, True])
@pytest.mark.parametrize("call", ["read", "in_force", "publish", "record"])
def test_one_call_without_an_answer_ends_with_one_version(tmp_path: Path, call: str, lose_answer: bool) -> None:
    """The run fails and the next one sees what is there: written before or not."""
    desk = Desk(plan(*LINES), {call: unknown_outcome(call, "TIMEOUT", "no answer")}, lose_answer=lose_answer)
    progress = Progress()
    with pytest.raises(CallFailed):
        run(desk, tmp_path, progress)
    assert run(desk, tmp_path, progress) == Settled("current")
    assert (desk.written, desk.told) == ([1], [(1, "in-force")])


@pytest.mark.parametrize("code", ["DUPLICATE_REFERENCE", "VERSION_CONFLICT"])
def test_that_it_is_there_already_is_a_success(tmp_path: Path, code: str) -> None:
    """It was written, and the answer says so by a refusal."""
    desk = Desk(plan(*LINES), {"publish": conflict(code)}, lose_answer=True)
    assert run(desk, tmp_path) == Settled("current")
    assert (desk.written, desk.told) == ([1], [(1, "in-force")])


def test_an_answer_that_cannot_be_read_is_looked_up(tmp_path: Path) -> None:
    """It was written; what the answer does not say, a look does."""
    desk = Desk(plan(*LINES), {"publish": other_shape("erp.budget_version.create", "sequence is missing")}, lose_answer=True)
    assert run(desk, tmp_path) == Settled("current")
    assert desk.written == [1]


def test_a_newer_version_that_comes_between_is_the_one_that_counts(tmp_path: Path) -> None:
    """Somebody publishes between our read and our write: the ERP refuses the older one, and we read again."""
    desk = Desk(plan(*LINES))
    newer = plan(*LINES[:1], sequence=2)
    draft = budget_draft(newer, write_rules(tmp_path), UNITS)

    class Raced(Desk):
        async def publish(self, draft_of_ours: BudgetDraft, key: str) -> BudgetInForce:
            if draft_of_ours.sequence == 1:
                self.now = newer
                self.held = BudgetInForce("1000/4711000/2026/2", 2, draft.checksum, ())
            return await super().publish(draft_of_ours, key)

    raced = Raced(desk.now)
    assert run(raced, tmp_path) == Settled("current")
    assert (raced.written, raced.told) == ([], [(2, "in-force")])


def test_a_rule_that_says_no_is_told_and_waits_for_a_person(tmp_path: Path) -> None:
    """Planning learns why; a redrive tries again."""
    desk = Desk(plan(*LINES), {"publish": conflict("COST_CENTER_INACTIVE")})
    progress = Progress()
    ended = run(desk, tmp_path, progress)
    assert isinstance(ended, Parked)
    assert (ended.parking.code, ended.parking.outcome, desk.told) == ("COST_CENTER_INACTIVE", "not_posted", [(1, "COST_CENTER_INACTIVE")])
    progress.parking = ended.parking
    assert isinstance(run(desk, tmp_path, progress), Parked)
    progress.taken_up = True
    assert run(desk, tmp_path, progress) == Settled("current")


def test_another_content_under_the_same_sequence_is_for_a_person(tmp_path: Path) -> None:
    """Nothing is written over it."""
    desk = Desk(plan(*LINES), held=BudgetInForce("1000/4711000/2026/1", 1, "0" * 64, ()))
    ended = run(desk, tmp_path)
    assert isinstance(ended, Parked)
    assert (ended.parking.code, desk.written, desk.told) == ("CONTENT_DIFFERS", [], [])


def test_a_target_that_is_newer_than_its_source_is_not_overwritten(tmp_path: Path) -> None:
    """A source that was restored, perhaps: the run asks for another look, and nothing is written."""
    desk = Desk(plan(*LINES), held=BudgetInForce("1000/4711000/2026/5", 5, "0" * 64, ()))
    with pytest.raises(CallFailed, match="TARGET_IS_NEWER"):
        run(desk, tmp_path)
    assert desk.written == []
