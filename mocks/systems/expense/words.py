"""The expense system's words and valid reports of one company."""

from collections.abc import Mapping

from mocks.abilities.drafted import MANY, drafts, players
from mocks.abilities.system_type import Words
from mocks.company import Company

CREATE = "expense.report.create"


def words(company: Company) -> Words:
    """What requests to the expense system are made of."""
    made = drafts(company, company.draft_expense_report)
    return Words(_members(company), {CREATE: tuple(each.body for each in made)}, {CREATE: tuple(each.actor for each in made)})


def _members(company: Company) -> Mapping[str, tuple[str, ...]]:
    return {
        "entity_code": tuple(entity.expense_id for entity in company.entities),
        "currency": tuple(entity.currency for entity in company.entities),
        "cost_object": tuple(center.expense_id for center in company.cost_centers)[:MANY],
        "category": ("HOTEL", "AIRFARE", "MILEAGE", "MEALS", "TRAINING"),
        "X-Acting-User": tuple(person.expense_id for person in players(company)),
        "erp_document": ("1900012345",),
    }
