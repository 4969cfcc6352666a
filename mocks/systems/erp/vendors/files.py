"""The file of every vendor: those that were there before the world opened have what their record says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

from mocks.systems.erp.core import Erp
from mocks.systems.erp.vendors import accounts
from mocks.systems.erp.vendors.book import VendorFile
from mocks.systems.erp.vendors.models import Address, Site, TaxId, Vendor
from mocks.systems.erp.vendors.numbers import account_key, tax_key

RECORDS_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
"""Creation time of everything that was there before the world opened."""


class VendorFiles:
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def of(self, vendor_id: str) -> VendorFile:
        """The file of a vendor of the master data. Raises KeyError."""
        return self._erp.vendors.files.get(vendor_id) or self._first(vendor_id)

    def all(self) -> Iterator[VendorFile]:
        """Of every vendor, in order of their id."""
        return (self.of(each) for each in sorted(self._erp.master.vendors))

    def _first(self, vendor_id: str) -> VendorFile:
        vendor = self._erp.master.vendors[vendor_id]
        country = self._erp.master.companies[vendor.company_code].country
        address = Address(street=vendor.street, city=vendor.city, country=country)
        return VendorFile(
            vendor_id=vendor_id,
            id=int(vendor_id[1:]),
            uuid=str(UUID(bytes=blake2b(vendor_id.encode(), digest_size=16).digest(), version=4)),
            company_code=vendor.company_code,
            name=vendor.name,
            address=address,
            tax_ids=(TaxId(country=country, number=vendor.tax_number),),
            tax_status="valid",
            sites=(Site(site="MAIN", purpose="both", address=address),),
            payment_terms=vendor.payment_terms,
            currency=vendor.currency,
            created_at=RECORDS_SINCE,
            updated_at=RECORDS_SINCE,
        )


def identities_of(erp: Erp, vendor_id: str) -> tuple[str, ...]:
    """Tax numbers and bank accounts of a supplier: two records that share one are one supplier under two names."""
    numbers = (f"tax-number {tax_key(each)}" for each in VendorFiles(erp).of(vendor_id).tax_ids)
    return tuple(dict.fromkeys((*numbers, *(f"bank-account {account_key(each)}" for each in accounts.known(erp, vendor_id)))))


def record(erp: Erp, file: VendorFile, now: datetime) -> Vendor:
    """A vendor on the wire, with the bank details that are in force now."""
    vendor, state = erp.vendor(file.vendor_id)
    account = accounts.in_force(erp, file.vendor_id, now.date())
    return Vendor(
        id=file.id,
        uuid=file.uuid,
        version=state.version,
        created_at=file.created_at,
        updated_at=file.updated_at,
        exported=False,
        external_id=None,
        vendor_id=file.vendor_id,
        number=file.vendor_id,
        status="active" if vendor.active else "inactive",
        company_code=file.company_code,
        name=file.name,
        address=file.address,
        tax_ids=file.tax_ids,
        tax_status=file.tax_status,
        sites=file.sites,
        bank=account.details if account else None,
        payment_terms=file.payment_terms,
        currency=file.currency,
        external_ref=file.external_ref,
        source_revision=file.source_revision,
        requested_by=file.requested_by,
        screening=file.screening,
        approvals=file.approvals,
        override=file.override,
        purchasing_block=state.purchasing_block,
        posting_block=state.posting_block,
        payment_block=state.payment_block,
        reason=file.reason,
    )
