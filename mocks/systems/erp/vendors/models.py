"""What goes over the wire about vendors."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mocks.systems.erp.models import (
    Approval,
    Approvals,
    Code,
    CompanyCode,
    Currency,
    Day,
    Reason,
    Record,
    Reference,
    Request,
    Revision,
)

Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", min_length=2, max_length=2, description="ISO 3166-1 alpha-2", examples=["US"])]
Name = Annotated[str, Meta(min_length=1, max_length=160, examples=["Northline Media LLC"])]
Line = Annotated[str, Meta(min_length=1, max_length=100)]
Postcode = Annotated[str, Meta(max_length=12, examples=["10115"])]
TaxNumber = Annotated[str, Meta(pattern="^[A-Z0-9][A-Z0-9-]{1,29}$", min_length=2, max_length=30, examples=["DE136695976"])]
Terms = Literal["N14", "N30", "N45", "N60", "2/10N30"]
SiteCode = Annotated[str, Meta(pattern="^[A-Z0-9]{1,10}$", min_length=1, max_length=10, examples=["MAIN"])]
TaxStatus = Literal["valid", "invalid", "unavailable"]
Rule = Literal["tax_id", "bank_account", "name_postcode", "name"]
ChangeStatus = Literal["requested", "callback_verified", "cooling_off", "effective", "rejected"]
Instant = Annotated[str, Meta(min_length=1, max_length=40, description="ISO 8601 with zone")]


class Address(Request, frozen=True, kw_only=True):
    """Where a vendor sits."""

    street: Line
    postcode: Postcode = ""
    city: Line
    country: Country


class TaxId(Request, frozen=True, kw_only=True):
    """A number under which a tax office knows the vendor: EIN, VAT or corporate number, with its check digit."""

    country: Country
    number: TaxNumber


class Site(Request, frozen=True, kw_only=True):
    """A place of the vendor's to order from, to pay to, or both."""

    site: SiteCode
    purpose: Literal["ordering", "paying", "both"]
    address: Address


class BankDetails(Request, frozen=True, kw_only=True):
    """An account: an IBAN, or where the country has none the bank's number and the account's own (US: routing number with its check digit,
    6 to 17 digits; JP: 7 digits of bank and branch, 7 digits)."""

    country: Country
    holder: Name
    iban: Annotated[str, Meta(pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{4,30}$", max_length=34)] | None = None
    routing: Annotated[str, Meta(pattern="^[0-9]{4,12}$", max_length=12)] | None = None
    account: Annotated[str, Meta(pattern="^[0-9]{4,17}$", max_length=17)] | None = None


class ScreeningEvidence(Request, frozen=True, kw_only=True):
    """What a check against the sanctions list came to; only a clear one is a clearance."""

    check_id: Annotated[str, Meta(min_length=1, max_length=40)]
    result: Literal["clear", "potential_match", "match", "unavailable"]
    list_version: Annotated[int, Meta(ge=1, le=1_000_000)]
    checked_at: Instant


class DuplicateOverride(Request, frozen=True, kw_only=True):
    """Who looked at the vendor that it seems to be, and why it is another one."""

    duplicate_of: Code
    reason: Reason
    approver: Annotated[str, Meta(min_length=1, max_length=20, description="personnel number; nobody's own request")]


TaxIds = Annotated[tuple[TaxId, ...], Meta(min_length=1, max_length=10)]
Sites = Annotated[tuple[Site, ...], Meta(max_length=20)]


class VendorCreate(Request, frozen=True, kw_only=True):
    """A vendor to create, with the evidence of its approval and of its screening. sites: its address alone when empty."""

    company_code: CompanyCode
    name: Name
    address: Address
    tax_ids: TaxIds
    sites: Sites = ()
    bank: BankDetails
    payment_terms: Terms
    currency: Currency
    external_ref: Reference | None = None
    source_revision: Revision | None = None
    requested_by: Code | None = None
    screening: ScreeningEvidence | None = None
    approvals: Approvals = ()
    override: DuplicateOverride | None = None


class VendorChange(Request, frozen=True, kw_only=True):
    """What changes; what is absent stays. Another name or country needs a new clearance. The account has a process of its own."""

    name: Name | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    tax_ids: TaxIds | UnsetType = UNSET
    sites: Sites | UnsetType = UNSET
    payment_terms: Terms | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    screening: ScreeningEvidence | None = None
    override: DuplicateOverride | None = None


class Deactivate(Request, frozen=True, kw_only=True):
    """Why nothing is to be ordered from a vendor any more."""

    reason: Reason


class Vendor(Record, frozen=True, kw_only=True):
    """A vendor of one company code. tax_status: what the register said; bank: the details in force today, null for none."""

    vendor_id: str
    number: str
    status: Literal["active", "inactive"]
    company_code: str
    name: str
    address: Address
    tax_ids: tuple[TaxId, ...]
    tax_status: TaxStatus
    sites: tuple[Site, ...]
    bank: BankDetails | None
    payment_terms: str
    currency: str
    external_ref: str | None
    source_revision: int | None
    requested_by: str | None
    screening: ScreeningEvidence | None
    approvals: tuple[Approval, ...]
    override: DuplicateOverride | None
    purchasing_block: bool
    posting_block: bool
    payment_block: bool
    reason: str | None


class VendorPage(Struct, frozen=True, kw_only=True):
    """A page of vendors in order of their id."""

    items: tuple[Vendor, ...]
    next_cursor: str | None


class TaxRegistration(Struct, frozen=True, kw_only=True):
    """What the register says about a number. unavailable: nobody could ask; reason: why it is not valid."""

    country: str
    number: str
    status: TaxStatus
    reason: str | None
    checked_at: datetime


class Strike(Request, frozen=True, kw_only=True):
    """A number is struck off the register, or entered again."""

    country: Country
    number: TaxNumber
    struck: bool


class RegisterAvailability(Request, frozen=True, kw_only=True):
    """Whether the register answers."""

    available: bool
    reason: Reason


class RegisterState(Struct, frozen=True, kw_only=True):
    """The register of tax numbers as it stands."""

    available: bool
    struck: int


class BankChangeRequest(Request, frozen=True, kw_only=True):
    """Other bank details, and a clearance of the vendor with the country of the new account."""

    details: BankDetails
    screening: ScreeningEvidence


class Callback(Request, frozen=True, kw_only=True):
    """Somebody called the vendor, on a number that was known before, and it confirmed the change."""

    called_number: Annotated[str, Meta(min_length=3, max_length=30)]
    spoke_with: Name


class SecondApproval(Request, frozen=True, kw_only=True):
    """The second approver agrees: the cooling-off begins."""


class BankChangeRejection(Request, frozen=True, kw_only=True):
    """Why the details do not change; possible until they are in force."""

    reason: Reason


class BankChange(Record, frozen=True, kw_only=True):
    """A change of bank details. The old ones stay in force until `effective_from`."""

    change_id: str
    vendor_id: str
    status: ChangeStatus
    details: BankDetails
    screening: ScreeningEvidence
    requested_by: str
    verified_by: str | None
    approved_by: str | None
    effective_from: Day | None
    reason: str | None


class EffectiveBankDetails(Struct, frozen=True, kw_only=True):
    """Which account of a vendor is in force on a day. since: null from the beginning; pending: a change that is under way."""

    vendor_id: str
    date: str
    details: BankDetails | None
    since: str | None
    change_id: str | None
    pending: str | None
