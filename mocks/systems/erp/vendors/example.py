"""Valid bodies about vendors, for fuzzing and for provider states: a supplier that the group does not have yet."""

from typing import Any

from mocks.company import Entity
from mocks.company.new_suppliers import NewSupplier, new_supplier
from mocks.company.streams import Stream

DECIDED = "2026-10-28T08:00:00+00:00"
Body = dict[str, Any]


def clearance(check_id: str = "SC000000000001") -> Body:
    """A clear check."""
    return {"check_id": check_id, "result": "clear", "list_version": 1, "checked_at": DECIDED}


def address_body(new: NewSupplier) -> Body:
    """Where it sits."""
    return {"street": new.street, "postcode": new.postcode, "city": new.city, "country": new.country}


def vendor_body(entity: Entity, new: NewSupplier, approver: str, **members: Any) -> Body:
    """A vendor that the ERP takes. approver: a personnel number."""
    evidence = {"step": 1, "approver": approver, "decided_at": DECIDED, "source_document": "SR-EXAMPLE-00000001"}
    return {
        "company_code": entity.erp_company,
        "name": new.name,
        "address": address_body(new),
        "tax_ids": [{"country": new.country, "number": new.tax_id}],
        "bank": new.bank.details,
        "payment_terms": new.payment_terms,
        "currency": entity.currency,
        "screening": clearance(),
        "approvals": [evidence],
        **members,
    }


def drawn(seed: int, entity: Entity, key: str) -> NewSupplier:
    """The new supplier of a key."""
    return new_supplier(entity, Stream(seed, "example of a new supplier", entity.key, key))
