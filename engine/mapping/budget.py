"""A published budget becomes a budget version of the ERP: costs turn positive, fiscal periods become months, accounts become groups."""

import hashlib
from collections.abc import Mapping

from engine.mapping.amounts import decimals_of, exact
from engine.mapping.fiscal import months_of, spread, year_begins
from engine.mapping.references import external_ref
from engine.mapping.rules import Rules, Unpostable
from engine.model.budgets import BudgetDraft, BudgetPlan, MonthOfGroup


def budget_draft(plan: BudgetPlan, rules: Rules, minor_units: Mapping[str, int]) -> BudgetDraft:
    """Raises Unpostable when a value has no rule, or lines, total and checksum do not agree."""
    entity = rules.planning_entity(plan.entity)
    decimals = decimals_of(plan.currency, minor_units)
    for amount in (plan.total, *(line.amount for line in plan.lines)):
        exact(amount, decimals, plan.currency)
    costs = [(line.account, line.period, int(line.amount.scaleb(decimals))) for line in plan.lines]
    _check(plan, costs, decimals)
    amounts: dict[tuple[str, str], int] = {}
    for account, period, cost in costs:
        months = months_of(period, entity.fiscal_year_starts)
        for month, part in zip(months, spread(-cost, len(months)), strict=True):
            key = rules.account_group(account), month
            amounts[key] = amounts.get(key, 0) + part
    return BudgetDraft(
        external_ref=external_ref(plan.source_id, plan.sequence),
        sequence=plan.sequence,
        company_code=entity.company_code,
        cost_center=rules.planning_node(entity.company_code, plan.node),
        fiscal_year=year_begins(plan.fiscal_year, entity.fiscal_year_starts),
        currency=plan.currency,
        decimals=decimals,
        lines=tuple(MonthOfGroup(group, month, amount) for (group, month), amount in sorted(amounts.items()) if amount),
    )


def _check(plan: BudgetPlan, costs: list[tuple[str, str, int]], decimals: int) -> None:
    """What was read is what was published."""
    if sum(cost for _, _, cost in costs) != int(plan.total.scaleb(decimals)):
        raise Unpostable(f"{plan.source_id}: the lines do not add up to the total {plan.total} {plan.currency}")
    for account, period, cost in costs:
        if cost > 0:
            raise Unpostable(f"{plan.source_id}: {account} in {period} is positive; planning states a cost as negative")
    told = sorted(f"{account} {period} {cost}" for account, period, cost in costs)
    if hashlib.sha256("\n".join(told).encode()).hexdigest() != plan.checksum:
        raise Unpostable(f"{plan.source_id}: the checksum of sequence {plan.sequence} is not that of its lines")
