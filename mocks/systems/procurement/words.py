"""Procurement's words and valid requisitions of one company."""

from collections.abc import Mapping

from mocks.abilities.drafted import MANY, drafts, players
from mocks.abilities.system_type import Words
from mocks.company import Company

CREATE, ASK = "procurement.requisition.create", "procurement.supplier_request.create"


def words(company: Company) -> Words:
    """What requests to procurement are made of."""
    made = drafts(company, company.draft_requisition)
    asked = drafts(company, company.draft_supplier_request)
    bodies = {CREATE: tuple(each.body for each in made), ASK: tuple(each.body for each in asked)}
    actors = {CREATE: tuple(each.actor for each in made), ASK: tuple(each.actor for each in asked)}
    return Words(_members(company), bodies, actors)


def _members(company: Company) -> Mapping[str, tuple[str, ...]]:
    return {
        "legalEntity": tuple(entity.procurement_id for entity in company.entities),
        "supplierId": tuple(supplier.procurement_id for supplier in company.suppliers)[:MANY],
        "costCenter": tuple(center.procurement_id for center in company.cost_centers)[:MANY],
        "project": tuple(project.procurement_id for project in company.projects)[:MANY],
        "currency": tuple(entity.currency for entity in company.entities),
        "category": ("IT_HARDWARE", "OFFICE_SUPPLIES", "ADVERTISING", "SOFTWARE"),
        "id": (
            *(person.procurement_id for person in company.employees[:MANY]),
            *(each.procurement_id for each in company.suppliers[:MANY]),
        ),
        "X-Acting-User": tuple(person.procurement_id for person in players(company)),
        "erpOrderNumber": ("4500012345",),
        "erpVendorId": ("V30000017",),
        "paymentTerms": ("N30",),
        "country": tuple(entity.country for entity in company.entities),
    }
