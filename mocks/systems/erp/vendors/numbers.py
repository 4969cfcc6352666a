"""Numbers with check digits: tax ids (EIN, VAT, corporate number ...) and bank accounts, by the library that knows each country's."""

from stdnum import get_cc_module, iban
from stdnum.exceptions import ValidationError
from stdnum.jp import cn
from stdnum.us import ein, rtn

from mocks.systems.erp.vendors.models import BankDetails, TaxId

JP_PREFIX = "T"  # of a qualified invoice issuer; the rest is the corporate number
JP_ROUTING, JP_ACCOUNT = 7, 7  # bank 4 + branch 3; account
US_ACCOUNT = range(6, 18)  # digits
WITHOUT_IBAN = frozenset({"US", "JP"})
"""Countries whose accounts have none. Any other account is paid by its IBAN."""


def tax_problem(tax_id: TaxId) -> str | None:
    """Why the number cannot be one of its country, or None. A country without a known format takes any."""
    try:
        if tax_id.country == "US":
            ein.validate(tax_id.number)
        elif tax_id.country == "JP":
            cn.validate(tax_id.number.removeprefix(JP_PREFIX))
        elif (vat := get_cc_module(tax_id.country.lower(), "vat")) is not None:
            vat.validate(tax_id.number)
    except ValidationError as error:
        return f"{tax_id.number} of {tax_id.country}: {error}"
    return None


def canonical(number: str) -> str:
    """The same number however it is written: `12-3456789` is `123456789`."""
    return number.replace("-", "").upper()


def bank_problem(details: BankDetails) -> str | None:
    """Why nobody could pay to these details, or None."""
    if details.iban is not None:
        return _iban_problem(details, details.iban)
    if details.country not in WITHOUT_IBAN:
        return f"expected an IBAN, as accounts in {details.country} have one"
    if details.routing is None or details.account is None:
        return f"expected a routing number with an account, as in {details.country}"
    return _number_problem(details.country, details.routing, details.account)


def _number_problem(country: str, routing: str, account: str) -> str | None:
    if country == "US" and not rtn.is_valid(routing):
        return f"routing number {routing} has a wrong length or check digit"
    if country == "US" and len(account) not in US_ACCOUNT:
        return f"expected {US_ACCOUNT.start} to {US_ACCOUNT.stop - 1} digits of the account"
    if country == "JP" and (len(routing), len(account)) != (JP_ROUTING, JP_ACCOUNT):
        return f"expected {JP_ROUTING} digits of bank and branch, and {JP_ACCOUNT} of the account"
    return None


def _iban_problem(details: BankDetails, number: str) -> str | None:
    if details.routing is not None or details.account is not None:
        return "an IBAN says bank and account already"
    if details.country in WITHOUT_IBAN:
        return f"accounts in {details.country} have no IBAN"
    if not number.startswith(details.country):
        return f"the IBAN is not one of {details.country}"
    try:
        iban.validate(number)
    except ValidationError as error:
        return f"IBAN {number}: {error}"
    return None


def tax_key(tax_id: TaxId) -> str:
    """The same for two spellings of one number."""
    return f"{tax_id.country}/{canonical(tax_id.number)}"


def account_key(details: BankDetails) -> str:
    """The same for two spellings of one account."""
    return details.iban or f"{details.country}/{details.routing}/{details.account}"
