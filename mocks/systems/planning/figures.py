"""Totals by node and period: of what is published, and of what planning knows of spending."""

from collections.abc import Iterable
from typing import cast

from mocks.company.fiscal import FiscalCalendar, Grain
from mocks.company.money import split, to_text
from mocks.company.planning import PlanningMaster
from mocks.kit.operation import Call, Refusal, Reply
from mocks.systems.planning import models
from mocks.systems.planning.consumption import ConsumptionDesk
from mocks.systems.planning.desk import PlanDesk
from mocks.systems.planning.plans import Plan, PlanVersion


class FiguresDesk:
    """Over the plans of one planning system, and over what it knows of spending."""

    def __init__(self, master: PlanningMaster, plans: PlanDesk, consumption: ConsumptionDesk) -> None:
        self._master = master
        self._plans = plans
        self._consumption = consumption

    def totals(self, call: Call) -> Reply:
        """planning.budget.totals: of a node and of the nodes right below it"""
        query = call.query
        top = self._master.nodes.get(query["node"])
        if top is None:
            raise Refusal("INVALID_PARAMETER", f"node {query['node']!r}: there is none of that name")
        house, calendar = self._master.houses[top.house], self._master.calendars[top.house]
        year, scenario = query["fiscal-year"], query["scenario"]
        periods = calendar.periods(year, cast("Grain", query.get("grain", "year")))
        found = [
            (plan, plan.published)
            for plan in self._plans.plans.values()
            if (plan.scenario, plan.year) == (scenario, year) and plan.published is not None
        ]
        codes = [top.code, *(each.code for each in self._master.nodes.values() if each.parent == top.code)]
        totals = []
        for code in codes:
            planned = _by_period(((p, v) for p, v in found if self._is_below(p.node, code)), calendar, periods)
            for period, amount in planned:
                actual, committed = self._spent(code, calendar.months(period), calendar)
                planned_text, actual_text, committed_text = (to_text(minor, house.decimals) for minor in (amount, actual, committed))
                totals.append(models.Total(node=code, period=period, amount=planned_text, actual=actual_text, committed=committed_text))
        return Reply(
            models.Totals(scenario=cast("models.Scenario", scenario), fiscal_year=year, currency=house.currency, totals=tuple(totals))
        )

    def _is_below(self, code: str, top: str) -> bool:
        node = self._master.nodes.get(code)
        while node is not None and node.code != top:
            node = self._master.nodes.get(node.parent or "")
        return node is not None

    def _spent(self, code: str, months: tuple[str, ...], calendar: FiscalCalendar) -> tuple[int, int]:
        """Actual and committed, over everything below the node in these calendar months."""
        below = [
            known
            for (node, period), known in self._consumption.known.items()
            if calendar.months(period)[0] in months and self._is_below(node, code)
        ]
        return sum(each.actual_minor for each in below), sum(each.committed_minor for each in below)


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
