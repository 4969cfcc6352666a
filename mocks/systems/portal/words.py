"""The supplier portal's words and valid invoices of one company."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from mocks.abilities.drafted import AMOUNT, MANY
from mocks.abilities.system_type import Words
from mocks.company import Company
from mocks.company.company import BUSINESS_START
from mocks.company.portal import customer_id, sent_invoice

SUBMIT = "portal.invoice.submit"
Body = Mapping[str, Any]


def words(company: Company) -> Words:
    """What requests to the portal are made of."""
    sent = [
        sent_invoice(entity, supplier, f"FUZZ-{number}", BUSINESS_START, AMOUNT + number)
        for entity in company.entities
        for number, supplier in enumerate(islice(company.suppliers_of(entity.key), MANY))
    ]
    accounts = tuple(each.account for each in sent)
    members = {
        "customer_id": tuple(customer_id(entity) for entity in company.entities),
        "currency": tuple(entity.currency for entity in company.entities),
        "invoice_number": tuple(dict.fromkeys(each.body["invoice_number"] for each in sent)),
        "account_id": accounts,
        "X-Acting-User": accounts,
    }
    bodies: dict[str, tuple[Body, ...]] = {SUBMIT: tuple(each.body for each in sent)}
    return Words(members, bodies, {SUBMIT: accounts})
