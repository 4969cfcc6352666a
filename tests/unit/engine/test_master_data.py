"""Master data in the engine: what each copy is called and says; and a run that may die, repeat and come late anywhere."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contracts.catalog import load_errors
from engine.flows.master_data_replication import MasterDataHooks
from engine.flows.outcomes import Parked, Settled, StepEnd
from engine.flows.replicating import ReplicatingRun
from engine.mapping.master_data import KEEPERS, copies_draft
from engine.mapping.rules import Unmapped
from engine.model.failures import CallFailed, from_problem, unknown_outcome
from engine.model.master_data import CopyContent, MasterRecord
from engine.model.progress import Progress
from engine.peers.replicas import SPELLINGS
from tests.unit.engine.papers import write_rules

pytestmark = pytest.mark.requirement("R02.01")

RECORD = MasterRecord(
    source_id="MD1", sequence=1, version=2, status="active", kind="cost_center", company_code="1000", code="4711000",
    name="Field marketing", responsible="900001", valid_from=date(2026, 9, 1), valid_to=date(2099, 12, 31), active=True,
    correlation_id=None,
)  # fmt: skip


def test_each_copy_is_in_its_systems_own_words(tmp_path: Path) -> None:
    """Entity, cost centre and person by the crosswalks; planning keeps nobody."""
    copies = copies_draft(RECORD, write_rules(tmp_path)).copies
    assert {system: (each.house, each.code, each.responsible) for system, each in copies.items()} == {
        "procurement": ("ACME-US", "US-MKT-01", "U1"),
        "expense": ("10", "CC.10.1", "ann"),
        "planning": ("LE-US", "LE-US.MKT.CC00", None),
    }


def test_what_is_new_has_no_other_name(tmp_path: Path) -> None:
    """A cost centre without a row, one that has a row in another company only, a project outside procurement, and an account."""
    rules = write_rules(tmp_path)
    for record in (replace(RECORD, code="4999000"), replace(RECORD, code="4811000")):
        assert {each.code for each in copies_draft(record, rules).copies.values()} == {record.code}
    project = copies_draft(replace(RECORD, kind="project", code="P-1"), rules).copies
    assert [project[system].code for system in KEEPERS] == ["PRJ-1", "P-1", "P-1"]
    account = copies_draft(replace(RECORD, kind="gl_account", code="5400"), rules).copies
    assert {each.code for each in account.values()} == {"5400"}


@pytest.mark.parametrize(("members", "table"), [({"company_code": "9000"}, "entities"), ({"responsible": "900009"}, "employees")])
def test_a_company_or_a_person_without_a_row_stops_it(tmp_path: Path, members: dict[str, Any], table: str) -> None:
    """Nobody is responsible for something in the name of somebody else."""
    with pytest.raises(Unmapped, match=table):
        copies_draft(replace(RECORD, **members), write_rules(tmp_path))


def test_each_body_is_in_its_systems_own_spelling(tmp_path: Path) -> None:
    """Members, and days as the system writes them."""
    copies = copies_draft(RECORD, write_rules(tmp_path)).copies
    told = {system: SPELLINGS[system].body(content) for system, content in copies.items()}
    assert (told["procurement"]["responsibleId"], told["procurement"]["validFrom"]) == ("U1", "2026-09-01")
    assert (told["expense"]["responsible_login"], told["expense"]["valid_to"]) == ("ann", "31/12/2099")
    assert sorted(told["planning"]) == ["active", "code", "entity", "kind", "name", "source-revision", "valid-from", "valid-to"]
    assert SPELLINGS["planning"].path(copies["planning"]) == "/plans/v1/master-data/MD1"


@dataclass
class Suite:
    """The ERP and the three keepers in one, with something that goes wrong once at a named call."""

    now: MasterRecord = RECORD
    trouble: dict[str, CallFailed] = field(default_factory=dict)
    lose_answer: bool = False
    copies: dict[str, CopyContent] = field(default_factory=dict)
    written: list[tuple[str, int]] = field(default_factory=list)

    def _meet(self, call: str) -> None:
        if call in self.trouble:
            raise self.trouble.pop(call)

    async def read(self, _source_id: str) -> MasterRecord:
        self._meet("read")
        return self.now

    async def put(self, system: str, content: CopyContent) -> None:
        if not self.lose_answer:
            self._meet(system)
        held = self.copies.get(system)
        if held is not None and content.sequence < held.sequence:
            raise refusal(system, "VERSION_CONFLICT")
        if held != content:
            self.copies[system] = content
            self.written.append((system, content.sequence))
        self._meet(system)


def refusal(system: str, code: str) -> CallFailed:
    """What a system says."""
    return from_problem(f"{system}.master_record.put", 409, {"code": code, "detail": "no"}, load_errors(), retry_after_s=None)


def run(suite: Suite, tmp_path: Path, progress: Progress | None = None) -> StepEnd:
    """One run."""
    state = progress if progress is not None else Progress()
    hooks = MasterDataHooks(suite, suite, write_rules(tmp_path), state.copies)
    return asyncio.run(ReplicatingRun("MD1", hooks, state, 0.0).advance())


def test_the_latest_revision_is_written_once_to_each(tmp_path: Path) -> None:
    """Again, nothing is left to do; a newer one replaces it; one that nobody saw is left out."""
    suite, progress = Suite(), Progress()
    assert [run(suite, tmp_path, progress) for _ in range(2)] == [Settled("current")] * 2
    suite.now = replace(RECORD, sequence=3, active=False, status="inactive")
    assert run(suite, tmp_path, progress) == Settled("current")
    assert suite.written == [(system, sequence) for sequence in (1, 3) for system in KEEPERS]


@pytest.mark.parametrize("lose_answer", [False, True])
@pytest.mark.parametrize("call", ["read", *KEEPERS])
def test_one_call_without_an_answer_ends_with_one_write(tmp_path: Path, call: str, lose_answer: bool) -> None:
    """The run fails, the others have their copies, and the next run writes what is not known to be there."""
    suite, progress = Suite(trouble={call: unknown_outcome(call, "TIMEOUT", "no answer")}, lose_answer=lose_answer), Progress()
    with pytest.raises(CallFailed):
        run(suite, tmp_path, progress)
    others = set() if call == "read" else set(KEEPERS) - {call}
    assert set(progress.copies) == others
    assert run(suite, tmp_path, progress) == Settled("current")
    assert sorted(suite.written) == sorted((system, 1) for system in KEEPERS)


def test_a_run_that_forgot_everything_writes_nothing_twice(tmp_path: Path) -> None:
    """It died behind its writes: the same again changes nothing."""
    suite = Suite()
    assert [run(suite, tmp_path) for _ in range(2)] == [Settled("current")] * 2
    assert len(suite.written) == len(KEEPERS)


def test_a_newer_revision_that_comes_between_is_the_one_that_counts(tmp_path: Path) -> None:
    """Somebody brought a newer one to one system between our read and our write: the older one is refused there, and we read again."""
    newer = replace(RECORD, sequence=2, name="Field sales")
    content = copies_draft(newer, write_rules(tmp_path)).copies["expense"]

    class Raced(Suite):
        async def put(self, system: str, told: CopyContent) -> None:
            if told.sequence == 1:
                self.now, self.copies["expense"] = newer, content
            await super().put(system, told)

    suite = Raced()
    assert run(suite, tmp_path) == Settled("current")
    assert {each.name for each in suite.copies.values()} == {"Field sales"}
    assert ("expense", 1) not in suite.written


def test_a_refusal_is_parked_and_keeps_no_other_copy_waiting(tmp_path: Path) -> None:
    """Nobody is told, because the ERP keeps no word about copies; a redrive tries again. What passes is waited for first."""
    suite, progress = Suite(trouble={"expense": refusal("expense", "EMPLOYEE_UNKNOWN")}), Progress()
    ended = run(suite, tmp_path, progress)
    assert isinstance(ended, Parked)
    assert (ended.parking.code, sorted(suite.copies)) == ("EMPLOYEE_UNKNOWN", ["planning", "procurement"])
    progress.parking, progress.taken_up = ended.parking, True
    assert run(suite, tmp_path, progress) == Settled("current")
    down = from_problem("planning.master_record.put", 503, {"code": "UNAVAILABLE"}, load_errors(), retry_after_s=1.0)
    both = Suite(trouble={"expense": refusal("expense", "EMPLOYEE_UNKNOWN"), "planning": down})
    with pytest.raises(CallFailed, match="UNAVAILABLE"):
        run(both, tmp_path)
