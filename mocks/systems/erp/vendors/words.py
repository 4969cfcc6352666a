"""Words and valid bodies about vendors, for fuzzing."""

from collections.abc import Iterator

from mocks.company import Company
from mocks.company.model import Supplier
from mocks.company.sanctions import EMBARGOED
from mocks.systems.erp.vendors.example import DECIDED, Body, clearance, drawn, vendor_body

EACH = range(8)  # of each entity


def vendor_bodies(company: Company) -> dict[str, tuple[Body, ...]]:
    """Valid requests, and what one rule each refuses. A vendor can be created once: there are several of each entity."""
    boss = {entity.key: company.controller(entity.key).erp_id for entity in company.entities}
    fresh = [(entity, drawn(company.seed, entity, f"fuzz-{number}"), boss[entity.key]) for entity in company.entities for number in EACH]
    creates = [vendor_body(entity, new, approver) for entity, new, approver in fresh]
    first = creates[0]
    accounts = [{"details": new.bank.details, "screening": clearance()} for _, new, _ in fresh]
    ids = [{"country": new.country, "number": new.tax_id, "struck": False} for _, new, _ in fresh[:: len(EACH)]]
    open_or_not: tuple[Body, ...] = tuple({"available": answer, "reason": "fuzz"} for answer in (True, False))
    return {
        "erp.vendor.create": (*creates, *_wrong(first, company)),
        "erp.vendor.change": tuple({"address": each["address"]} for each in creates[:: len(EACH)]),
        "erp.vendor.maintain": ({"payment_terms": "N60"}, {"payment_terms": "N14"}),
        "erp.bank_change.request": tuple(accounts),
        "erp.bank_change.verify": ({"called_number": "+1 555 0100", "spoke_with": "Their bookkeeper"},),
        "erp.tax_registration.strike": tuple(ids),
        "erp.tax_register.open": open_or_not,
    }


def _wrong(valid: Body, company: Company) -> Iterator[Body]:
    known = company.suppliers[0]
    yield {**valid, "external_ref": "FUZZ-VENDOR", "source_revision": 1}
    yield {**valid, "tax_ids": [{"country": "US", "number": known.tax_id}]}
    yield {**valid, "tax_ids": [{"country": "DE", "number": "DE123456789"}]}
    yield {**valid, "screening": {**clearance(), "result": "match"}}
    yield {**valid, "bank": {"country": "DE", "holder": "X", "iban": "DE89370400440532013001"}}
    yield {**valid, "approvals": []}
    yield {**valid, "currency": "CHF"}


def spare_suppliers(company: Company) -> tuple[Supplier, ...]:
    """All but the first one of each entity, from which the bodies of orders and invoices buy: that one is not put out of business."""
    kept = {company.suppliers_of(entity.key)[0].key for entity in company.entities}
    return tuple(each for each in company.suppliers if each.key not in kept)


def vendor_members(company: Company) -> dict[str, tuple[str, ...]]:
    """What members and parameters hold."""
    numbers = tuple(supplier.tax_id for supplier in spare_suppliers(company)[:6])
    return {
        "country": (*(entity.country for entity in company.entities), *EMBARGOED),
        "payment_terms": ("N30", "N45"),
        "postcode": ("10115",),
        "checked_at": (DECIDED,),
        "erp.vendor.find_by_tax_id/tax_id": numbers,
        "erp.tax_registration.read/number": numbers,
    }
