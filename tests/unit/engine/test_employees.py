"""Employees in the engine: what each copy is called and says, and that the latest revision is written once to each system."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from engine.flows.employee_replication import EmployeeHooks
from engine.flows.outcomes import Settled, StepEnd
from engine.flows.replicating import ReplicatingRun
from engine.mapping.employees import KEEPERS, employee_draft
from engine.mapping.rules import Unmapped
from engine.model.failures import CallFailed, unknown_outcome
from engine.model.master_data import EmployeeContent, EmployeeRecord
from engine.model.progress import Progress
from tests.unit.engine.papers import write_rules

pytestmark = pytest.mark.requirement("R01.10")

RECORD = EmployeeRecord(
    source_id="20000017", sequence=1, version=2, status="active", name="Ann Lee", company_code="1000", cost_center="4711000",
    manager="900001", valid_from=date(2026, 9, 1), valid_to=date(2099, 12, 31), correlation_id=None,
)  # fmt: skip


def test_each_copy_is_in_its_systems_own_words(tmp_path: Path) -> None:
    """Entity, cost centre and manager by the crosswalks; whoever is new is called there what HR calls them."""
    rules = write_rules(tmp_path)
    copies = employee_draft(RECORD, rules).copies
    assert {system: (each.user, each.house, each.cost_center, each.manager) for system, each in copies.items()} == {
        "procurement": ("20000017", "ACME-US", "US-MKT-01", "U1"),
        "expense": ("20000017", "10", "CC.10.1", "ann"),
    }
    known = employee_draft(replace(RECORD, source_id="900001", manager=None), rules).copies
    assert {system: (each.user, each.manager) for system, each in known.items()} == {"procurement": ("U1", None), "expense": ("ann", None)}
    below = employee_draft(replace(RECORD, manager="20000018"), rules).copies
    assert {each.manager for each in below.values()} == {"20000018"}


def test_a_company_without_a_row_stops_it(tmp_path: Path) -> None:
    """Nobody works for a company that nobody knows."""
    with pytest.raises(Unmapped, match="entities"):
        employee_draft(replace(RECORD, company_code="9000"), write_rules(tmp_path))


@dataclass
class Suite:
    """HR and the two keepers in one, with an answer that is lost once."""

    now: EmployeeRecord = RECORD
    lost: str = ""
    copies: dict[str, EmployeeContent] = field(default_factory=dict)
    written: list[tuple[str, int]] = field(default_factory=list)

    async def read(self, _source_id: str) -> EmployeeRecord:
        return self.now

    async def put(self, system: str, content: EmployeeContent) -> None:
        if self.copies.get(system) != content:
            self.copies[system] = content
            self.written.append((system, content.sequence))
        if self.lost == system:
            self.lost = ""
            raise unknown_outcome(system, "TIMEOUT", "no answer")


def run(suite: Suite, tmp_path: Path, progress: Progress) -> StepEnd:
    """One run."""
    hooks = EmployeeHooks(suite, suite, write_rules(tmp_path), progress.copies)
    return asyncio.run(ReplicatingRun("20000017", hooks, progress, 0.0).advance())


@pytest.mark.parametrize("lost", ["", *KEEPERS])
def test_the_latest_revision_is_written_once_to_each(tmp_path: Path, lost: str) -> None:
    """Also when an answer is lost; a newer one replaces it, and one that nobody saw is left out."""
    suite, progress = Suite(lost=lost), Progress()
    if lost:
        with pytest.raises(CallFailed):
            run(suite, tmp_path, progress)
    assert [run(suite, tmp_path, progress) for _ in range(2)] == [Settled("current")] * 2
    suite.now = replace(RECORD, sequence=3, status="left", valid_to=date(2026, 11, 30))
    assert run(suite, tmp_path, progress) == Settled("current")
    assert sorted(suite.written) == sorted((system, sequence) for system in KEEPERS for sequence in (1, 3))
    assert {each.status for each in suite.copies.values()} == {"left"}
