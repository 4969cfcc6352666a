"""What planning knows of the company: its own ids, a hierarchy of nodes, who may do what, and what planners type."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mocks.company import chart
from mocks.company.company import BUSINESS_START, Company
from mocks.company.drafts import Draft
from mocks.company.fiscal import FiscalCalendar, Grain
from mocks.company.model import CostCenter, Employee, Entity
from mocks.company.money import split, to_text
from mocks.company.planning_ids import ACCOUNTS, house_id, node_code, user_id
from mocks.company.projections import House
from mocks.company.streams import Stream

GRAINS: tuple[Grain, ...] = ("quarter", "year", "month")
CONTROLLER, ADMIN = 4, 3  # levels of those who approve budgets and who publish them


@dataclass(frozen=True, slots=True)
class PlanNode:
    """A place in the hierarchy: entity, department or cost centre. owner: the person who hands its budget in."""

    code: str
    house: str
    parent: str | None
    level: str
    name: str
    owner: str


@dataclass(frozen=True, slots=True)
class PlanningUser:
    """A person who works in planning."""

    id: str
    name: str
    house: str


@dataclass(frozen=True, slots=True)
class PlanningMaster:
    """Everything that planning starts with, by its own ids. controllers, admins: by legal entity."""

    houses: dict[str, House]
    calendars: dict[str, FiscalCalendar]
    nodes: dict[str, PlanNode]
    users: dict[str, PlanningUser]
    controllers: dict[str, str]
    admins: dict[str, str]
    accounts: frozenset[str]


def planning_master(company: Company) -> PlanningMaster:
    """Planning's projection."""
    houses = {entity.key: house_id(entity) for entity in company.entities}
    return PlanningMaster(
        houses={house_id(each): House(house_id(each), each.name, each.currency, each.decimals, each.zone) for each in company.entities},
        calendars={house_id(each): FiscalCalendar(each.budget.year_starts) for each in company.entities},
        nodes={node.code: node for entity in company.entities for node in _nodes(company, entity)},
        users={user_id(each): PlanningUser(user_id(each), each.name, houses[each.entity]) for each in company.employees},
        controllers={houses[key]: user_id(_of_level(company, key, CONTROLLER)) for key in houses},
        admins={houses[key]: user_id(_of_level(company, key, ADMIN)) for key in houses},
        accounts=frozenset(ACCOUNTS),
    )


def _nodes(company: Company, entity: Entity) -> Iterator[PlanNode]:
    house, director = house_id(entity), user_id(_of_level(company, entity.key, ADMIN))
    yield PlanNode(house, house, None, "entity", entity.name, director)
    centers = [each for each in company.cost_centers if each.entity == entity.key and each.active and each.valid_to is None]
    head = user_id(_of_level(company, entity.key, 2))
    for function in dict.fromkeys(each.function for each in centers):
        yield PlanNode(f"{house}.{function}", house, house, "department", chart.FUNCTIONS.get(function, function), head)
    owners = {each.key: user_id(each) for each in company.employees if each.entity == entity.key}
    for each in centers:
        yield PlanNode(node_code(entity, each), house, f"{house}.{each.function}", "cost-centre", each.name, owners[each.owner])


def _of_level(company: Company, entity: str, level: int) -> Employee:
    return next(person for person in company.employees if person.entity == entity and person.level == level)


@dataclass(frozen=True, slots=True)
class BudgetTeam:
    """Who works on the budget of one cost centre, in planning's ids."""

    planner: str
    owner: str
    controller: str
    admin: str


def team(company: Company, entity: str, key: str, center: CostCenter) -> BudgetTeam:
    """planner: a member of the staff, the same one for the same key."""
    return BudgetTeam(
        planner=user_id(company.requester(entity, key)),
        owner=user_id(company.employee(center.owner)),
        controller=user_id(_of_level(company, entity, CONTROLLER)),
        admin=user_id(_of_level(company, entity, ADMIN)),
    )


def draft_budget(
    company: Company,
    entity: str,
    key: str,
    amount_minor: int,
    *,
    cost_center: CostCenter | None = None,
    on: date = BUSINESS_START,
    grain: Grain | None = None,
) -> Draft:
    """What a planner types for the fiscal year of `on`: costs, which are negative there, that add up to minus the amount; `key` names the
    stream of the choices. approvers: who hands it in, approves it and publishes it."""
    house = company.entity(entity)
    stream = Stream(company.seed, "budget", entity, key)
    center = cost_center or stream.pick(company.cost_centers_of(entity))
    people = team(company, entity, key, center)
    calendar = FiscalCalendar(house.budget.year_starts)
    chosen: Grain = grain if grain is not None else stream.pick(GRAINS)
    year = calendar.year_of(on)
    body = {
        "scenario": "BUDGET",
        "entity": house_id(house),
        "node": node_code(house, center),
        "fiscal-year": year,
        "grain": chosen,
        "currency": house.currency,
        "title": f"{center.name} {year}",
        "lines": _lines(stream, house, amount_minor, calendar.periods(year, chosen)),
    }
    keys = (("cost_center", center.erp_id),) if cost_center else ()
    approvers = (people.owner, people.controller, people.admin)
    return Draft("planning", "budget_plan", entity, people.planner, body, approvers, amount_minor, house.currency, keys)


def _lines(stream: Stream, house: Entity, amount_minor: int, periods: Sequence[str]) -> list[dict[str, str]]:
    """Two or three accounts over all periods; parts that no number of months divides are the rule."""
    names = list(ACCOUNTS)
    first = stream.below(len(names))
    accounts = [names[(first + step) % len(names)] for step in range(2 + stream.below(2))]
    parts = split(amount_minor, [1 + stream.below(97) for _ in range(len(accounts) * len(periods))])
    cells = [(account, period) for account in accounts for period in periods]
    return [
        {"account": account, "period": period, "amount": to_text(-part, house.decimals)}
        for (account, period), part in zip(cells, parts, strict=True)
        if part
    ]
