"""Totals of what is published, by node and period, and what comes back to planning: actual and committed spending."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mocks.company.fiscal import FiscalCalendar, Grain
from mocks.company.money import split, to_text
from mocks.company.planning import PlanningMaster
from mocks.kit.operation import Call, Effect, Refusal, Reply, View
from mocks.systems.planning import models, rules
from mocks.systems.planning.desk import PlanDesk
from mocks.systems.planning.plans import Plan, PlanVersion

Place = tuple[str, str, str]  # node, account, month


@dataclass(frozen=True, slots=True)
class Spent:
    """Of one account of a node in one month, in minor units; costs are negative."""

    version: int
    currency: str
    decimals: int
    actual_minor: int
    committed_minor: int
    as_of: datetime
    target_version: str


class FiguresDesk:
    """Over the plans of one planning system."""

    def __init__(self, master: PlanningMaster, plans: PlanDesk) -> None:
        self.spent: dict[Place, Spent] = {}
        self._master = master
        self._plans = plans

    def totals(self, call: Call) -> Reply:
        """planning.budget.totals: of a node and of the nodes right below it"""
        query = call.query
        top = self._master.nodes.get(query["node"])
        if top is None:
            raise Refusal("INVALID_PARAMETER", f"node {query['node']!r}: there is none of that name")
        house, calendar = self._master.houses[top.house], self._master.calendars[top.house]
        year, scenario = query["fiscal-year"], query["scenario"]
        periods = calendar.periods(year, _grain(query.get("grain", "year")))
        found = [
            (plan, plan.published)
            for plan in self._plans.plans.values()
            if (plan.scenario, plan.year) == (scenario, year) and plan.published is not None
        ]
        codes = [top.code, *(each.code for each in self._master.nodes.values() if each.parent == top.code)]
        totals = [
            models.Total(node=code, period=period, amount=to_text(amount, house.decimals))
            for code in codes
            for period, amount in _by_period(((p, v) for p, v in found if self._is_below(p.node, code)), calendar, periods)
        ]
        return Reply(models.Totals(scenario=_scenario(scenario), fiscal_year=year, currency=house.currency, totals=tuple(totals)))

    def _is_below(self, code: str, top: str) -> bool:
        node = self._master.nodes.get(code)
        while node is not None and node.code != top:
            node = self._master.nodes.get(node.parent or "")
        return node is not None

    def record(self, call: Call) -> Reply:
        """planning.actuals.record: the newest `as-of` stays; the same again changes nothing"""
        body: models.RecordConsumption = call.body
        node = rules.node_of(self._master, body.node)
        house = rules.house_of(self._master, node.house, body.currency)
        rules.check_account(self._master, body.account)
        if body.as_of.tzinfo is None:
            raise Refusal("VALIDATION_FAILED", "as-of: expected an instant with a zone")
        amounts = rules.minor(body.actual, house), rules.minor(body.committed, house)
        place = (node.code, body.account, body.period)
        before = self.spent.get(place)
        version = before.version + 1 if before else 1
        told = Spent(version, house.currency, house.decimals, *amounts, body.as_of, body.target_version)
        if before is not None:
            _check_order(before, told, place)
            if (before.as_of, before.actual_minor, before.committed_minor) == (told.as_of, *amounts):
                return Reply(_record(place, before), version=before.version)
        self.spent[place] = told
        effect = Effect(
            "budget_consumption",
            "/".join(place),
            "update" if before else "create",
            version=version,
            base_version=call.if_match,
            amount_minor=-sum(amounts),
            currency=house.currency,
            company=house.id,
            cost_center=node.code,
            category=body.account,
            state="known",
        )
        return Reply(_record(place, told), version=version, effects=(effect,))

    def read(self, call: Call) -> Reply:
        """planning.actuals.read: what is known of one node in a fiscal year"""
        node, year = call.query["node"], call.query["fiscal-year"]
        found = [(place, spent) for place, spent in sorted(self.spent.items()) if place[0] == node and place[2].startswith(year)]
        return Reply(models.ConsumptionList(items=tuple(_record(place, spent) for place, spent in found)))

    def final_views(self) -> list[View]:
        """What is known of every place."""
        return [
            View("budget_consumption", "/".join(place), "known", each.version, -(each.actual_minor + each.committed_minor), each.currency)
            for place, each in self.spent.items()
        ]


def _check_order(before: Spent, told: Spent, place: Place) -> None:
    """What is known does not get older, and does not change its mind. Raises VERSION_CONFLICT."""
    is_other = (before.actual_minor, before.committed_minor) != (told.actual_minor, told.committed_minor)
    if told.as_of < before.as_of or (told.as_of == before.as_of and is_other):
        said = f"{'/'.join(place)} is known as of {before.as_of.isoformat()}; {told.as_of.isoformat()} is not newer"
        raise Refusal("VERSION_CONFLICT", said, current_revision=before.version)


def _by_period(
    plans: Iterable[tuple[Plan, PlanVersion | None]], calendar: FiscalCalendar, periods: tuple[str, ...]
) -> list[tuple[str, int]]:
    """Sums by period; a line of a longer period is spread over its months without losing a unit."""
    months: dict[str, int] = {}
    for _, version in plans:
        for line in version.lines if version else ():
            names = calendar.months(line.period)
            for month, part in zip(names, split(line.amount_minor, [1] * len(names)), strict=True):
                months[month] = months.get(month, 0) + part
    return [(period, sum(months.get(month, 0) for month in calendar.months(period))) for period in periods]


def _record(place: Place, spent: Spent) -> models.Consumption:
    node, account, period = place
    return models.Consumption(
        version=spent.version,
        node=node,
        account=account,
        period=period,
        currency=spent.currency,
        actual=to_text(spent.actual_minor, spent.decimals),
        committed=to_text(spent.committed_minor, spent.decimals),
        as_of=spent.as_of,
        target_version=spent.target_version,
    )


def _grain(text: str) -> Grain:
    return "quarter" if text == "quarter" else "month" if text == "month" else "year"


def _scenario(text: str) -> models.Scenario:
    return "FORECAST" if text == "FORECAST" else "BUDGET"
