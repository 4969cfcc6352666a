"""Copies of employees in procurement and expenses: what is written, what is guarded, and that people are who the copy says they are."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from mocks.company import Draft
from mocks.company.chart import HR_CLERKS
from mocks.company.staffing import ended, transferred
from mocks.kit.operation import Refusal
from tests.unit.company.play import COMPANY, World

STAFF = [each for each in COMPANY.employees if each.entity == "US01"]
BOSS = next(each for each in STAFF if each.level == 3 and each.delegate is None)
OTHER = next(each for each in STAFF if each.level == 3 and each.delegate is None and each != BOSS)
CENTER = COMPANY.cost_centers_of("US01")[0]
NEW = "20000017"


@dataclass(frozen=True)
class Keeper:
    """One system in its own words. members: revision, person, entity, cost centre, manager, first and last day."""

    system: str
    number: str
    members: tuple[str, ...]
    ids: str
    house: str
    days: tuple[str, str]
    source: str
    id_member: str

    def put(self, world: World, revision: int | None = 1, *, who: str = NEW, boss: Any = BOSS, **members: Any) -> Any:
        """Written; the answer."""
        return world.call(f"{self.system}.employee.put", self.body(revision, who=who, boss=boss, **members), path={self.number: who})

    def body(self, revision: int | None = 1, *, who: str = NEW, boss: Any = BOSS, **members: Any) -> dict[str, Any]:
        """What it says; members as they are called everywhere."""
        center = getattr(CENTER, self.ids)
        manager = None if boss is None else boss if isinstance(boss, str) else getattr(boss, self.ids)
        said = (revision, who, self.house, center, manager, *self.days)
        return {"name": "Ann Lee", "status": "active", **dict(zip(self.members, said, strict=True)), **members}

    def draft(self, who: str) -> Draft:
        """What somebody asks for, or claims."""
        write = COMPANY.draft_requisition if self.system == "procurement" else COMPANY.draft_expense_report
        return write("US01", who, 98_000)

    def start(self, world: World, who: str) -> dict[str, str]:
        """The path of a document of theirs that is handed in."""
        made = world.call(f"{self.source}.create", self.draft(who).body, actor=who).body
        path = {self.id_member: getattr(made, self.id_member)}
        world.call(f"{self.source}.submit", {}, path=path, actor=who)
        return path


ISO = ("2026-09-01", "2099-12-31")
PROCUREMENT = Keeper(
    "procurement", "employeeNo", ("sourceRevision", "userId", "legalEntity", "costCenter", "managerId", "validFrom", "validTo"),
    "procurement_id", "ACME-US", ISO, "procurement.requisition", "id",
)  # fmt: skip
EXPENSE = Keeper(
    "expense", "employee_no", ("source_revision", "login", "entity_code", "cost_object", "manager_login", "valid_from", "valid_to"),
    "expense_id", "10", ("01/09/2026", "31/12/2099"), "expense.report", "report_id",
)  # fmt: skip
KEEPERS = pytest.mark.parametrize("keeper", [PROCUREMENT, EXPENSE], ids=lambda each: each.system)


@pytest.mark.requirement("R03.19")
@KEEPERS
def test_a_copy_is_written_once_and_never_goes_back(keeper: Keeper) -> None:
    """The same again changes nothing, an older one is refused, and the history has entity, cost centre, manager and days."""
    world = World()
    first = keeper.put(world)
    assert (first.body.status, first.version, first.effects[0].base_version) == ("active", 1, 0)
    assert keeper.put(world).effects == ()
    assert (keeper.put(world, 3, status="left").body.status, keeper.put(world, 3, status="left").effects) == ("left", ())
    assert world.refused(f"{keeper.system}.employee.put", keeper.body(2), path={keeper.number: NEW}) == "VERSION_CONFLICT"
    facts = [each for each in world.effects if each.entity_type == f"{keeper.system}_employee"]
    place = (keeper.house, getattr(CENTER, keeper.ids), getattr(BOSS, keeper.ids), *ISO)
    assert [(each.state, each.company, each.cost_center, each.party, each.document_date, each.posting_date) for each in facts] == [
        ("active", *place), ("left", *place),
    ]  # fmt: skip


@KEEPERS
def test_what_is_wrong_is_refused_with_a_code(keeper: Keeper) -> None:
    """Entities, cost centres and managers that are not there, and somebody who would report to themselves."""
    world, point, path = World(), f"{keeper.system}.employee.put", {keeper.number: NEW}
    _, _, house, center, *_ = keeper.members
    assert world.refused(point, keeper.body(**{house: "nowhere"}), path=path) == "CODING_INVALID"
    assert world.refused(point, keeper.body(**{center: "nowhere"}), path=path) == "COST_CENTER_INACTIVE"
    assert world.refused(point, keeper.body(boss="nobody"), path=path) == "EMPLOYEE_UNKNOWN"
    keeper.put(world)
    above = {**keeper.body(boss=NEW), keeper.members[1]: getattr(BOSS, keeper.ids)}
    assert world.refused(point, above, path={keeper.number: BOSS.erp_id}) == "CODING_INVALID"
    assert world.refused(f"{keeper.system}.employee.read", path={keeper.number: "1"}) == "NOT_FOUND"


@pytest.mark.requirement("R01.10")
@KEEPERS
def test_whoever_is_hired_may_ask_and_whoever_left_may_not(keeper: Keeper) -> None:
    """From the copy on: neither begin, nor hand in, nor go on with what they began."""
    world = World()
    with pytest.raises(Refusal, match="EMPLOYEE_UNKNOWN"):
        keeper.start(world, NEW)
    keeper.put(world)
    path = keeper.start(world, NEW)
    begun = {keeper.id_member: getattr(world.call(f"{keeper.source}.create", keeper.draft(NEW).body, actor=NEW).body, keeper.id_member)}
    keeper.put(world, 2, status="left")
    assert world.refused(f"{keeper.source}.create", keeper.draft(NEW).body, actor=NEW) == "EMPLOYEE_UNKNOWN"
    assert world.refused(f"{keeper.source}.submit", {}, path=begun, actor=NEW) == "EMPLOYEE_UNKNOWN"
    boss = getattr(BOSS, keeper.ids)
    assert world.call(f"{keeper.source}.approve", {}, path=path, actor=boss).body.approvals[0].decision == "approved"


@pytest.mark.requirement("R01.10")
@KEEPERS
def test_another_manager_is_asked_the_next_time(keeper: Keeper) -> None:
    """What was handed in before stays with whom it waits for; what comes later waits for the new one."""
    world = World()
    keeper.put(world)
    before = keeper.start(world, NEW)
    keeper.put(world, 2, boss=OTHER)
    after = keeper.start(world, NEW)
    first, second = getattr(BOSS, keeper.ids), getattr(OTHER, keeper.ids)
    assert world.refused(f"{keeper.source}.approve", {}, path=after, actor=first) == "SEGREGATION_OF_DUTIES"
    for path, who in ((before, first), (after, second)):
        assert world.call(f"{keeper.source}.approve", {}, path=path, actor=who).body.approvals[0].decision == "approved"


@pytest.mark.requirement("R01.10")
@KEEPERS
@pytest.mark.parametrize(("status", "code"), [("left", "EMPLOYEE_UNKNOWN"), ("on_leave", "SEGREGATION_OF_DUTIES")])
def test_a_manager_who_is_not_there_decides_nothing(keeper: Keeper, status: str, code: str) -> None:
    """Neither on what waited for them, nor on what comes later: that goes to whoever is above."""
    world = World()
    keeper.put(world)
    waiting = keeper.start(world, NEW)
    above = COMPANY.employee(BOSS.manager or "")
    away = {**keeper.body(boss=above, status=status), keeper.members[1]: getattr(BOSS, keeper.ids)}
    world.call(f"{keeper.system}.employee.put", away, path={keeper.number: BOSS.erp_id})
    assert world.refused(f"{keeper.source}.approve", {}, path=waiting, actor=getattr(BOSS, keeper.ids)) == code
    later = keeper.start(world, NEW)
    stands_in = COMPANY.employee(above.delegate) if above.delegate else above
    decided = world.call(f"{keeper.source}.approve", {}, path=later, actor=getattr(stands_in, keeper.ids)).body
    assert decided.approvals[0].decision == "approved"


@KEEPERS
def test_what_somebody_may_approve_is_no_word_of_hrs(keeper: Keeper) -> None:
    """A copy of somebody who was there changes neither limit nor delegate; of somebody new there is none."""
    world = World()
    people = {"procurement": world.procurement.colleagues.master.users, "expense": world.expense.colleagues.master.employees}
    members = people[keeper.system]
    boss = getattr(BOSS, keeper.ids)
    before = members[boss]
    moved = {**keeper.body(boss=OTHER, name="Renamed"), keeper.members[1]: boss}
    world.call(f"{keeper.system}.employee.put", moved, path={keeper.number: BOSS.erp_id})
    keeper.put(world)
    after = members[boss]
    assert (after.name, after.manager, after.limit_minor) == ("Renamed", getattr(OTHER, keeper.ids), before.limit_minor)
    assert (members[NEW].limit_minor, members[NEW].signatures) == (0, 1)


@pytest.mark.requirement("R07.06")
@pytest.mark.parametrize("entity", ["US01", "DE01", "JP01"])
def test_a_report_stays_where_it_was_claimed_when_its_author_moves_or_leaves(entity: str) -> None:
    """A newcomer claims, HR transfers them, the copy follows, they leave: the report is approved and recorded in the company that it names,
    and nothing new is taken."""
    world, who = World(), COMPANY.minted_employee(entity, 1)
    draft = COMPANY.draft_expense_report(entity, "moves", 98_000, claimant=who)
    path = {"report_id": world.call("expense.report.create", draft.body, actor=draft.actor).body.report_id}
    world.call("expense.report.submit", {}, path=path, actor=draft.actor)
    first, second, *_ = HR_CLERKS
    for revision, change in ((2, transferred(COMPANY, who, "moves")), (3, ended(date(2026, 10, 28)))):
        world.call("hr.employee.change", change, path={"employee_no": who.erp_id}, actor=first)
        now = world.call("hr.employee.confirm", {}, path={"employee_no": who.erp_id}, actor=second).body
        place = next(each for each in COMPANY.entities if each.erp_company == now.company_code)
        center = next(each.expense_id for each in COMPANY.cost_centers if each.erp_id == now.cost_center)
        boss = next(each.expense_id for each in COMPANY.employees if each.erp_id == now.manager)
        said = {"login": who.expense_id, "name": now.name, "entity_code": place.expense_id, "cost_object": center, "manager_login": boss}
        days = {"valid_from": "01/01/2020", "valid_to": "31/12/2099" if now.status == "active" else "28/10/2026"}
        body = {**said, **days, "status": now.status, "source_revision": revision}
        assert place.key != entity
        world.call("expense.employee.put", body, path={"employee_no": who.erp_id})
        assert world.refused("expense.report.create", draft.body, actor=draft.actor) == "EMPLOYEE_UNKNOWN"
    for approver in draft.approvers:
        world.call("expense.report.approve", {}, path=path, actor=approver)
    posting = {"erp_document": "1900012345", "erp_document_type": "ap_invoice", "posted_on": "28/10/2026"}
    posted = world.call("expense.report.record_posting", posting, path=path).body
    assert (posted.state, posted.entity_code, posted.employee_login) == ("posted", COMPANY.entity(entity).expense_id, who.expense_id)
