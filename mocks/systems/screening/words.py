"""The screening service's words and valid parties of one company."""

from collections.abc import Mapping
from typing import Any

from mocks.abilities.drafted import MANY
from mocks.abilities.system_type import Words
from mocks.company import Company
from mocks.company.sanctions import EMBARGOED, sanctions_list

CHECK = "screening.party.check"
Body = Mapping[str, Any]


def words(company: Company) -> Words:
    """What requests to the service are made of: suppliers, and parties that are on the list."""
    listed = sanctions_list(company.seed)[:MANY]
    countries = tuple(entity.country for entity in company.entities)
    known = [_party(each.name, company.entity(each.entity).country, tax_id=each.tax_id) for each in company.suppliers[:MANY]]
    bad = [_party(each.name, each.country) for each in listed]
    paid = [_party("Northline Media", countries[0], bank_country=EMBARGOED[0])]
    compliance = tuple(company.controller(entity.key).erp_id for entity in company.entities)
    entry = {"entry_id": "SL-0101", "name": "Zharovik Qorazan Exchange", "country": "CY", "programme": "FINANCE"}
    bodies: dict[str, tuple[Body, ...]] = {
        CHECK: (*known, *bad, *paid),
        "screening.list.add": (entry,),
        "screening.list.open": ({"available": True, "reason": "loaded"}, {"available": False, "reason": "a new list is being loaded"}),
    }
    members = {
        "name": tuple(str(each["name"]) for each in bad),
        "country": countries,
        "bank_country": (*countries, *EMBARGOED),
        "entry_id": tuple(each.entry_id for each in listed),
        "X-Acting-User": compliance,
    }
    return Words(members, bodies)


def _party(name: str, country: str, **members: str) -> Body:
    return {"name": name, "country": country, **members}
