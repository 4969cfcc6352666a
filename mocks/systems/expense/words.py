"""The expense system's words and valid reports of one company."""

from collections.abc import Mapping
from typing import Any

from mocks.abilities.drafted import MANY, drafts, players
from mocks.abilities.replicas import RECORD, REVISIONS, SAID
from mocks.abilities.staff import EMPLOYED, EMPLOYEE
from mocks.abilities.system_type import Words
from mocks.company import Company
from mocks.systems.expense.replicas import POINT
from mocks.systems.expense.staff import POINT as STAFF

CREATE = "expense.report.create"


def words(company: Company) -> Words:
    """What requests to the expense system are made of."""
    made = drafts(company, company.draft_expense_report)
    copies = {f"{POINT}.put": _copies(company), f"{STAFF}.put": _employed(company)}
    bodies = {CREATE: tuple(each.body for each in made), **copies}
    return Words(_members(company), bodies, {CREATE: tuple(each.actor for each in made)})


def _members(company: Company) -> Mapping[str, tuple[str, ...]]:
    return {
        "entity_code": tuple(entity.expense_id for entity in company.entities),
        "currency": tuple(entity.currency for entity in company.entities),
        "cost_object": tuple(center.expense_id for center in company.cost_centers)[:MANY],
        "category": ("HOTEL", "AIRFARE", "MILEAGE", "MEALS", "TRAINING"),
        "X-Acting-User": tuple(person.expense_id for person in players(company)),
        "erp_document": ("1900012345",),
        "source_record": (RECORD,),
        "employee_no": (EMPLOYEE,),
    }


def _copies(company: Company) -> tuple[Mapping[str, Any], ...]:
    """What copies of master records may say."""
    person = players(company)[0].expense_id
    valid = {
        **SAID,
        "responsible_login": person,
        "valid_from": "01/01/2026",
        "valid_to": "31/12/2099",
        "entity_code": company.entities[0].expense_id,
    }
    return tuple({**valid, "source_revision": number} for number in REVISIONS)


def _employed(company: Company) -> tuple[Mapping[str, Any], ...]:
    """What copies of an employee may say: somebody new, who is nobody's manager."""
    house = company.entities[0]
    valid = {
        **EMPLOYED,
        "login": EMPLOYEE,
        "manager_login": players(company)[1].expense_id,
        "entity_code": house.expense_id,
        "cost_object": company.cost_centers_of(house.key)[0].expense_id,
        "valid_from": "01/01/2026",
        "valid_to": "31/12/2099",
    }
    return tuple({**valid, "source_revision": number} for number in REVISIONS)
