"""Planning's budgets: who takes which step, what is refused, what is published, and what the history says of it."""

from datetime import date
from typing import Any

import msgspec
import pytest

from mocks.company.fiscal import FiscalCalendar
from mocks.company.planning import draft_budget, planning_master
from mocks.company.planning_ids import ACCOUNTS
from tests.unit.company.play import COMPANY, World

CENTER = COMPANY.cost_centers_of("US01")[0]
DRAFT = draft_budget(COMPANY, "US01", "plan", 100_001, cost_center=CENTER, grain="quarter")
OWNER, CONTROLLER, ADMIN = DRAFT.approvers
WHO = {"revise": DRAFT.actor, "submit": OWNER, "approve": CONTROLLER, "send_back": CONTROLLER, "publish": ADMIN, "amend": DRAFT.actor}
BODIES: dict[str, dict[str, Any]] = {"send_back": {"reason": "too much"}}
LINE = {"account": "TRAVEL", "period": "FY27-Q3", "amount": "-10.00"}


def created(world: World, **members: Any) -> dict[str, str]:
    """The path of a new plan."""
    return {"plan_id": world.call("planning.budget.create", {**DRAFT.body, **members}, actor=DRAFT.actor).body.plan_id}


def act(world: World, path: dict[str, str], *verbs: str) -> Any:
    """The right people take these steps; the last answer."""
    body: Any = None
    for verb in verbs:
        body = world.call(f"planning.budget.{verb}", BODIES.get(verb, {}), path=path, actor=WHO[verb]).body
    return body


def told(world: World, path: dict[str, str], sequence: int = 1, **members: Any) -> dict[str, Any]:
    """What a connector says of a published version."""
    checksum = world.call("planning.budget.read", path=path, query={"sequence": str(sequence)}).body.checksum
    return {"sequence": sequence, "checksum": checksum, "outcome": "in-force", "target-version": f"1000/{sequence}", **members}


@pytest.mark.requirement("R01.04", "R04.03")
def test_a_budget_is_written_handed_in_approved_and_published() -> None:
    """Each step by its own person; the published version has a sequence, and the version before it is superseded."""
    world = World()
    path = created(world)
    assert world.refused("planning.budget.read", path=path) == "NOT_FOUND"
    first = act(world, path, "submit", "approve", "publish")
    assert (first.status, first.sequence, first.revision, first.total) == ("published", 1, 1, "-1000.01")
    assert (first.written_by, first.submitted_by, first.approved_by, first.published_by) == (DRAFT.actor, OWNER, CONTROLLER, ADMIN)
    amended = world.call("planning.budget.amend", {"lines": [LINE]}, path=path, actor=DRAFT.actor).body
    assert (amended.status, amended.revision, amended.sequence) == ("draft", 2, None)
    assert world.call("planning.budget.read", path=path).body.sequence == 1
    second = act(world, path, "submit", "approve", "publish")
    assert (second.sequence, second.total) == (2, "-10.00")
    assert world.call("planning.budget.read", path=path).body == second
    old = world.call("planning.budget.read", path=path, query={"sequence": "1"}).body
    assert (old.status, old.checksum) == ("superseded", first.checksum)
    facts = [(each.src_version, each.amount_minor, each.state) for each in world.effects if each.entity_type == "budget_plan"]
    assert facts == [(1, 100_001, "published"), (2, 1_000, "published")]
    states = [(each.entity_id[-1], each.state) for each in world.effects if each.entity_type == "plan_version"]
    assert states[-2:] == [("1", "superseded"), ("2", "published")]


@pytest.mark.requirement("R03.17")
def test_the_history_has_each_line_with_the_days_of_its_period() -> None:
    """FY27 of a year that begins in February ends in January 2027; the lines add up to the plan."""
    world = World()
    act(world, created(world, lines=[LINE, {**LINE, "period": "FY27-Q4", "amount": "-0.01"}]), "submit", "approve", "publish")
    lines = [each for each in world.effects if each.entity_type == "source_line"]
    assert [(each.category, each.amount_minor, each.document_date, each.posting_date) for each in lines] == [
        ("TRAVEL", 1_000, "2026-08-01", "2026-10-31"),
        ("TRAVEL", 1, "2026-11-01", "2027-01-31"),
    ]


STEPS = {
    "draft": (),
    "submitted": ("submit",),
    "approved": ("submit", "approve"),
    "published": ("submit", "approve", "publish"),
}
ALLOWED = {
    "draft": {"revise", "submit"},
    "submitted": {"approve", "send_back"},
    "approved": {"publish", "send_back"},
    "published": {"amend"},
}


@pytest.mark.parametrize(("status", "verb"), [(status, verb) for status in STEPS for verb in WHO])
def test_every_other_step_is_refused(status: str, verb: str) -> None:
    """The table is the only way; a step that is not in it leaves no trace."""
    world = World()
    path = created(world)
    act(world, path, *STEPS[status])
    said = world.refused(f"planning.budget.{verb}", BODIES.get(verb, {}), path=path, actor=WHO[verb])
    assert said == ("accepted" if verb in ALLOWED[status] else "INVALID_TRANSITION")


@pytest.mark.requirement("R02.06")
@pytest.mark.parametrize(("status", "verb"), [("draft", "submit"), ("draft", "revise"), ("submitted", "approve"), ("approved", "publish")])
def test_a_step_belongs_to_its_person(status: str, verb: str) -> None:
    """Neither somebody else nor a stranger may take it."""
    world = World()
    path = created(world)
    act(world, path, *STEPS[status])
    for who in {DRAFT.actor, OWNER, CONTROLLER, ADMIN} - {WHO[verb]}:
        assert world.refused(f"planning.budget.{verb}", {}, path=path, actor=who) == "SEGREGATION_OF_DUTIES"
    assert world.refused(f"planning.budget.{verb}", {}, path=path, actor="PL9999") == "EMPLOYEE_UNKNOWN"


def test_a_controller_does_not_approve_what_he_wrote() -> None:
    """Also where nobody else could."""
    world = World()
    path = {"plan_id": world.call("planning.budget.create", DRAFT.body, actor=CONTROLLER).body.plan_id}
    act(world, path, "submit")
    assert world.refused("planning.budget.approve", {}, path=path, actor=CONTROLLER) == "SEGREGATION_OF_DUTIES"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"entity": "LE-XX"}, "CODING_INVALID"),
        ({"node": "LE-DE.MKT.CC00"}, "CODING_INVALID"),
        ({"node": "LE-US.MKT.CC99"}, "CODING_INVALID"),
        ({"currency": "EUR"}, "CURRENCY_INVALID"),
        ({"lines": [{**LINE, "account": "BRIBES"}]}, "CODING_INVALID"),
        ({"lines": [{**LINE, "period": "FY27-P07"}]}, "CODING_INVALID"),
        ({"lines": [{**LINE, "period": "FY28-Q3"}]}, "CODING_INVALID"),
        ({"lines": [{**LINE, "amount": "-10.000"}]}, "CURRENCY_INVALID"),
        ({"lines": [{**LINE, "amount": "-10"}]}, "CURRENCY_INVALID"),
        ({"lines": [LINE, LINE]}, "VALIDATION_FAILED"),
    ],
)
def test_what_is_wrong_is_refused_with_a_code(members: dict[str, Any], code: str) -> None:
    """Places, currency, accounts, periods of another year or grain, decimals, a line that comes twice."""
    assert World().refused("planning.budget.create", {**DRAFT.body, **members}, actor=DRAFT.actor) == code


def test_a_node_has_one_plan_for_a_year_and_scenario() -> None:
    """A forecast stands beside the budget, and is not meant to be enforced; neither is the budget of a department."""
    world = World()
    created(world)
    assert world.refused("planning.budget.create", DRAFT.body, actor=DRAFT.actor) == "DUPLICATE_REFERENCE"
    forecast = world.call("planning.budget.create", {**DRAFT.body, "scenario": "FORECAST"}, actor=DRAFT.actor).body
    department = world.call("planning.budget.create", {**DRAFT.body, "node": "LE-US.MKT"}, actor=DRAFT.actor).body
    assert (forecast.control_relevant, department.control_relevant) == (False, False)
    assert planning_master(COMPANY).nodes["LE-US.MKT"].owner != OWNER


def test_a_publication_is_recorded_once_and_never_goes_back() -> None:
    """What became of a version, with the buckets that it leaves overdrawn; the same again changes nothing, an older one is refused."""
    world = World()
    path = created(world)
    act(world, path, "submit", "approve", "publish")
    bucket = {"account-group": "54", "periods": ["2026-10"], "available": "-5.00"}
    known = world.call("planning.budget.record_publication", told(world, path, overdrawn=[bucket]), path=path, if_match=4).body
    assert known.publication.overdrawn[0].available == "-5.00"
    assert world.call("planning.budget.record_publication", told(world, path, overdrawn=[bucket]), path=path).effects == ()
    act(world, path, "amend", "submit", "approve", "publish")
    assert world.refused("planning.budget.record_publication", told(world, path), path=path, if_match=4) == "PRECONDITION_FAILED"
    refused = told(world, path, 2, outcome="refused", reason="closed", owner="finance")
    world.call("planning.budget.record_publication", refused, path=path)
    assert world.refused("planning.budget.record_publication", told(world, path, 1), path=path) == "VERSION_CONFLICT"
    assert world.refused("planning.budget.record_publication", {**refused, "sequence": 3}, path=path) == "VERSION_CONFLICT"
    assert world.refused("planning.budget.record_publication", {**refused, "checksum": "0" * 64}, path=path) == "VALIDATION_FAILED"
    rows = [(each.effect, each.src_version, each.state) for each in world.effects if each.entity_type == "budget_publication"]
    assert rows == [("create", 1, "in_force"), ("update", 2, "refused")]


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ({}, {"overdrawn": [{"account-group": "54", "periods": ["2026-10"], "available": "-5.00"}]}),
        ({"outcome": "refused", "reason": "closed", "owner": "finance"}, {"reason": "another currency"}),
        ({"outcome": "refused", "reason": "closed", "owner": "finance"}, {"owner": "integration team"}),
    ],
    ids=["overdrawn", "reason", "owner"],
)
def test_whatever_else_is_told_is_a_change(said: dict[str, Any], other: dict[str, Any]) -> None:
    """Of each member, not only of the outcome; the plan says what was told last."""
    world = World()
    path = created(world)
    act(world, path, "submit", "approve", "publish")
    world.call("planning.budget.record_publication", told(world, path, **said), path=path)
    reply = world.call("planning.budget.record_publication", told(world, path, **{**said, **other}), path=path)
    assert [each.version for each in reply.effects] == [2]
    known = msgspec.json.decode(msgspec.json.encode(reply.body.publication))
    assert {member: known[member] for member in other} == other


def test_the_list_is_a_feed_of_publications() -> None:
    """Oldest first, in pages, each once; a cursor goes on where the page before ended."""
    world = World()
    paths = [created(world, node=node) for node in ("LE-US.MKT", "LE-US.SAL")]
    act_all(world, paths)
    page = world.call("planning.budget.list", limit=2).body
    assert [(each.plan_id, each.sequence) for each in page["items"]] == [(paths[0]["plan_id"], 1), (paths[1]["plan_id"], 1)]
    rest = world.call("planning.budget.list", limit=2, after=page["next"]).body
    assert [(each.plan_id, each.sequence, each.status) for each in rest["items"]] == [(paths[0]["plan_id"], 2, "published")]
    assert rest["next"] is None
    since = rest["items"][0].published_at.isoformat()
    assert len(world.call("planning.budget.list", query={"updated-since": since}).body["items"]) == 1
    assert world.call("planning.budget.list", query={"scenario": "FORECAST"}).body["items"] == []


def act_all(world: World, paths: list[dict[str, str]]) -> None:
    """Both are published, the first one twice. The owner of a department is its head."""
    heads = {node.code: node.owner for node in planning_master(COMPANY).nodes.values()}
    for path in (*paths, paths[0]):
        plan = world.planning.plans.plans[path["plan_id"]]
        if plan.published is not None:
            act(world, path, "amend")
        world.call("planning.budget.submit", {}, path=path, actor=heads[plan.node])
        act(world, path, "approve", "publish")


@pytest.mark.requirement("R03.17")
def test_totals_by_node_and_period_lose_no_unit() -> None:
    """What is planned by year is spread over the months; parts add up to the whole at every level."""
    world = World()
    lines = [{"account": "TRAVEL", "period": "FY27", "amount": "-1000.01"}]
    act(world, created(world, grain="year", lines=lines), "submit", "approve", "publish")
    query = {"scenario": "BUDGET", "fiscal-year": "FY27", "node": "LE-US", "grain": "quarter"}
    totals = world.call("planning.budget.totals", query=query).body.totals
    own = [each.amount for each in totals if each.node == "LE-US"]
    assert own == [each.amount for each in totals if each.node == "LE-US.MKT"]
    assert [int(each.replace(".", "")) for each in own] == [-25_002, -25_001, -24_999, -24_999]
    assert {each.amount for each in totals if each.node == "LE-US.FIN"} == {"0.00"}
    assert world.refused("planning.budget.totals", query={**query, "node": "LE-XX"}) == "INVALID_PARAMETER"


@pytest.mark.requirement("R07.10")
@pytest.mark.parametrize(
    ("starts", "day", "year", "period", "months"),
    [
        (1, date(2026, 10, 28), "FY26", "FY26-Q4", ("2026-10", "2026-11", "2026-12")),
        (2, date(2027, 1, 31), "FY27", "FY27-P12", ("2027-01",)),
        (2, date(2027, 2, 1), "FY28", "FY28-P01", ("2027-02",)),
        (4, date(2026, 10, 28), "FY27", "FY27-P10", ("2027-01",)),
    ],
)
def test_fiscal_years_are_named_after_their_last_year(starts: int, day: date, year: str, period: str, months: tuple[str, ...]) -> None:
    """Calendar months; February, as shops have it; April, as Japan does."""
    calendar = FiscalCalendar(starts)
    assert (calendar.year_of(day), calendar.months(period)) == (year, months)
    assert [month for each in calendar.periods(year, "quarter") for month in calendar.months(each)] == list(calendar.months(year))


def test_what_planners_type_is_accepted_everywhere() -> None:
    """In each entity, grain and currency, and it adds up to the amount."""
    for entity in ("US01", "DE01", "JP01"):
        for number in range(6):
            world = World()
            draft = draft_budget(COMPANY, entity, f"key-{number}", 123_457, cost_center=COMPANY.minted_cost_center(entity, 0))
            made = world.call("planning.budget.create", draft.body, actor=draft.actor)
            assert made.effects[0].amount_minor == 123_457
            assert {line["account"] for line in draft.body["lines"]} <= set(ACCOUNTS)
            assert draft.keys == (("cost_center", COMPANY.minted_cost_center(entity, 0).erp_id),)
