"""On which account a payee is paid: what the vendor's file and its changes say, and where nobody filed any, the master data. Whoever pays,
shows or compares accounts asks here."""

from collections.abc import Iterator
from datetime import date

from mocks.company.accounts import BankAccount
from mocks.systems.erp.core import Erp
from mocks.systems.erp.vendors.bank import InForce
from mocks.systems.erp.vendors.models import BankDetails


def in_force(erp: Erp, payee: str, on: date) -> InForce | None:
    """What payments of this day go to, as far as it is decided. payee: a vendor, or an employee. None: no account is known."""
    found = erp.vendors.bank.in_force(payee, on)
    if found is None:
        began = _first(erp, payee)
        found = InForce(began) if began is not None else None
    return found


def known(erp: Erp, vendor_id: str) -> Iterator[BankDetails]:
    """Those that a vendor began with, is paid on, or soon will be."""
    began = _first(erp, vendor_id)
    if began is not None:
        yield began
    yield from (each.details for each in erp.vendors.bank.of(vendor_id) if each.status in {"cooling_off", "effective"})


def spelled(details: BankDetails) -> BankAccount:
    """The same as banks know it."""
    return BankAccount(details.holder, details.country, iban=details.iban, bank_code=details.routing, number=details.account)


def _first(erp: Erp, payee: str) -> BankDetails | None:
    filed = erp.vendors.bank.first.get(payee)
    if filed is not None:
        return filed
    account = erp.master.bank_accounts.get(payee)
    return BankDetails(**account.details) if account is not None else None
