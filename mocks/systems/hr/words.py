"""HR's words, and valid decisions about the people of one company."""

from collections.abc import Mapping
from typing import Any

from mocks.abilities.drafted import AMOUNT, DRAFTS, MANY, players
from mocks.abilities.system_type import Words
from mocks.company import Company
from mocks.company.staffing import draft_employee, hr_master

POINT = "hr.employee"
Body = Mapping[str, Any]


def words(company: Company) -> Words:
    """What requests to HR are made of."""
    master = hr_master(company)
    hired = [draft_employee(company, entity.key, f"fuzz-{number}", AMOUNT) for entity in company.entities for number in DRAFTS]
    bodies: dict[str, tuple[Body, ...]] = {
        f"{POINT}.hire": tuple(each.body for each in hired),
        f"{POINT}.change": ({"name": "Fuzzed"}, {"status": "on_leave"}, {"status": "left", "valid_to": "2099-12-30"}, {}),
        f"{POINT}.confirm": ({},),
    }
    members = {
        "company_code": master.companies,
        "cost_center": tuple(master.cost_centers)[:MANY],
        "manager": tuple(person.erp_id for person in players(company))[:MANY],
        "employee_no": tuple(master.people)[-MANY:],
        "X-Acting-User": master.clerks,
    }
    return Words(members, bodies, {f"{POINT}.hire": tuple(each.actor for each in hired)})
