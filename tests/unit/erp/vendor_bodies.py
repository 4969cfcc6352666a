"""What the tests of vendors send."""

from typing import Any

from mocks.company.new_suppliers import NewSupplier
from mocks.systems.erp.vendors.example import clearance, drawn, vendor_body
from tests.unit.company.play import COMPANY, World

US = COMPANY.entity("US01")
BOSS = COMPANY.controller("US01").erp_id
PEOPLE = [person.erp_id for person in COMPANY.employees if person.entity == "US01" and person.level == 0][:5]


def supplier(key: str = "1", entity: str = "US01") -> NewSupplier:
    """One that nobody has, the same one for the same key."""
    return drawn(COMPANY.seed, COMPANY.entity(entity), key)


def body(key: str = "1", entity: str = "US01", **members: Any) -> dict[str, Any]:
    """A valid request."""
    house = COMPANY.entity(entity)
    return vendor_body(house, supplier(key, entity), COMPANY.controller(entity).erp_id, **members)


def vendor(one: World, key: str = "1", entity: str = "US01", **members: Any) -> Any:
    """A vendor that was created."""
    return one.call("erp.vendor.create", body(key, entity, **members)).body


def change_body(key: str = "other account") -> dict[str, Any]:
    """Other bank details."""
    return {"details": supplier(key).bank.details, "screening": clearance()}
