"""Who a supplier is, for requests and for vendors alike."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where a supplier sits. country: ISO 3166-1 alpha-2."""

    street: str
    postcode: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a supplier wants to be paid: an IBAN, or routing number and account."""

    country: str
    holder: str
    iban: str | None
    routing: str | None
    account: str | None
