"""A budget statement of the ERP becomes what planning knows of a node: costs turn negative, a month becomes a fiscal period, and a group of
accounts the one account under which planning wants to be told of it."""

from collections.abc import Mapping
from decimal import Decimal

from engine.mapping.amounts import decimals_of, exact
from engine.mapping.fiscal import fiscal_month
from engine.mapping.references import external_ref
from engine.mapping.rules import Rules, Unpostable
from engine.model.consumption import BudgetStatement, ConsumptionDraft, KnownCost


def consumption_draft(statement: BudgetStatement, rules: Rules, minor_units: Mapping[str, int]) -> ConsumptionDraft:
    """Raises Unpostable when a value has no rule, or lines and totals do not agree."""
    decimals = decimals_of(statement.currency, minor_units)
    _check(statement, decimals)
    entity = rules.entity_in("planning", statement.company_code)
    node = rules.node_of(statement.company_code, statement.cost_center)

    def text(amount: Decimal) -> str:
        return f"{amount + 0:.{decimals}f}"  # + 0: there is no minus nothing

    lines = tuple(
        KnownCost(rules.consumption_account(line.account_group), text(-line.actual), text(-line.committed), text(line.available))
        for line in statement.lines
    )
    return ConsumptionDraft(
        external_ref=external_ref(statement.source_id, statement.sequence),
        statement=statement.source_id,
        sequence=statement.sequence,
        node=node,
        period=fiscal_month(statement.month, rules.planning_entity(entity).fiscal_year_starts),
        currency=statement.currency,
        lines=lines,
        total=text(-(statement.actual + statement.committed)),
        as_of=statement.as_of,
        target_version=statement.budget_version,
    )


def _check(statement: BudgetStatement, decimals: int) -> None:
    """What was read is what was stated."""
    for line in statement.lines:
        for amount in (line.actual, line.committed, line.available):
            exact(amount, decimals, statement.currency)
    actual = sum((line.actual for line in statement.lines), Decimal(0))
    committed = sum((line.committed for line in statement.lines), Decimal(0))
    if (actual, committed) != (statement.actual, statement.committed):
        raise Unpostable(f"{statement.source_id}: the lines do not add up to what is spent and committed of {statement.cost_center}")
