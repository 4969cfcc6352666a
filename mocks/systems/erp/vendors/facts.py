"""What a connector said about a vendor, for the judge."""

from collections.abc import Collection

from mocks.abilities.party_facts import party_facts
from mocks.kit.operation import Effect
from mocks.systems.erp.vendors.book import VendorFile
from mocks.systems.erp.vendors.models import BankDetails
from mocks.systems.erp.vendors.numbers import account_key

FACT = "vendor_fact"


def created_facts(file: VendorFile, bank: BankDetails) -> tuple[Effect, ...]:
    """Who it is, where it sits, how and where it is paid."""
    paid = {"account": account_key(bank), "holder": bank.holder, "bank_country": bank.country}
    told = {name: value for facts in _facts(file).values() for name, value in facts.items()} | paid
    return party_facts(FACT, file.vendor_id, told, about="", revision=file.source_revision)


def changed_facts(file: VendorFile, attributes: Collection[str]) -> tuple[Effect, ...]:
    """What was said again, and nothing else: the rest may be the word of the ERP's people."""
    told = {name: value for attribute, facts in _facts(file).items() if attribute in attributes for name, value in facts.items()}
    return party_facts(FACT, file.vendor_id, told, about="", revision=file.source_revision, effect="update")


def _facts(file: VendorFile) -> dict[str, dict[str, str]]:
    """By the attribute of which they are."""
    where = file.address
    return {
        "name": {"name": file.name},
        "address": {"street": where.street, "postcode": where.postcode, "city": where.city, "country": where.country},
        "payment_terms": {"payment_terms": file.payment_terms},
        "currency": {"currency": file.currency},
    }
