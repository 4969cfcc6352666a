"""What the supplier portal knows of the company, and what suppliers type there."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from mocks.company.company import Company
from mocks.company.model import Entity, Supplier
from mocks.company.money import to_text


@dataclass(frozen=True, slots=True)
class PortalCustomer:
    """Somebody to whom suppliers send invoices: a legal entity, and the currency in which it is billed."""

    customer_id: str
    name: str
    currency: str
    decimals: int


@dataclass(frozen=True, slots=True)
class PortalMaster:
    """Everything that the portal starts with. sells_to: the id of the customer, by the supplier's account."""

    customers: dict[str, PortalCustomer]
    sells_to: dict[str, str]


def portal_master(company: Company) -> PortalMaster:
    """The portal's projection."""
    customers = {each.key: PortalCustomer(customer_id(each), each.name, each.currency, each.decimals) for each in company.entities}
    sells_to = {each.portal_account: customers[each.entity].customer_id for each in company.suppliers}
    return PortalMaster({each.customer_id: each for each in customers.values()}, sells_to)


def customer_id(entity: Entity) -> str:
    """What the portal calls a legal entity."""
    return f"BUY-{entity.key}"


@dataclass(frozen=True, slots=True)
class SupplierMessage:
    """An invoice as its supplier sends it: from which account, and the body of POST /v1/invoices."""

    account: str
    body: dict[str, Any]


def sent_invoice(entity: Entity, supplier: Supplier, number: str, dated: date, amount_minor: int) -> SupplierMessage:
    """amount_minor: gross."""
    body = {
        "customer_id": customer_id(entity),
        "invoice_number": number,
        "invoice_date": dated.isoformat(),
        "currency": entity.currency,
        "total": to_text(amount_minor, entity.decimals),
    }
    return SupplierMessage(supplier.portal_account, body)
