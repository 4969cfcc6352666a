"""What planning calls things, and the crosswalks that tell a connector.

A semantic trap, on purpose: planning states costs as negative amounts, names a fiscal year after the calendar year in which it ends, and
plans some accounts apart that the ERP controls together.
"""

from collections.abc import Iterator, Sequence

from mocks.company.model import CostCenter, Employee, Entity

# A planning account is coarser or finer than one of the ledger: training and advertising are planned apart and controlled as services.
ACCOUNTS = {
    "TRAVEL": "51", "SOFTWARE": "52", "SERVICES": "53", "ADVERTISING": "53", "TRAINING": "53", "SUPPLIES": "54", "FACILITIES": "55",
    "TELECOM": "56",
}  # fmt: skip

CONSUMPTION = {"51": "TRAVEL", "52": "SOFTWARE", "53": "SERVICES", "54": "SUPPLIES", "55": "FACILITIES", "56": "TELECOM"}
"""Which planning account what was spent of a group is told under: the ledger does not know what was training and what advertising."""

ENTITIES_HEADER = "planning_entity,erp_company_code,fiscal_year_starts"
NODES_HEADER = "planning_node,erp_cost_center,erp_company_code"
CONSUMPTION_HEADER = "erp_account_group,planning_account"
ACCOUNTS_HEADER = "planning_account,erp_account_group"


def house_id(entity: Entity) -> str:
    """What planning calls a legal entity."""
    return f"LE-{entity.country}"


def user_id(person: Employee) -> str:
    """What planning calls a person."""
    return f"PL{person.key[1:]}"


def node_code(entity: Entity, center: CostCenter) -> str:
    """What planning calls a cost centre: its path in the hierarchy."""
    return f"{house_id(entity)}.{center.function}.{center.key.rpartition('-')[2]}"


def entity_rows(entities: Sequence[Entity]) -> Iterator[Sequence[str]]:
    """Legal entities, with the first month of their fiscal year."""
    for each in entities:
        yield house_id(each), each.erp_company, str(each.budget.year_starts)


def node_rows(entities: Sequence[Entity], centers: Sequence[CostCenter]) -> Iterator[Sequence[str]]:
    """Nodes that are cost centres."""
    houses = {entity.key: entity for entity in entities}
    for each in centers:
        yield node_code(houses[each.entity], each), each.erp_id, houses[each.entity].erp_company
