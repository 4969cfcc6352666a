"""What the ERP knows about vendors beyond the record that every document needs: who they are, where, on whose word, and their accounts."""

from dataclasses import dataclass, field
from datetime import datetime

from mocks.systems.erp.models import Approval
from mocks.systems.erp.vendors.bank import BankBook
from mocks.systems.erp.vendors.models import (
    Address,
    DuplicateOverride,
    ScreeningEvidence,
    Site,
    TaxId,
    TaxStatus,
)
from mocks.systems.erp.vendors.policy import USUAL, VendorPolicy
from mocks.systems.erp.vendors.register import TaxRegister


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorFile:
    """The file of one vendor; a change makes a new value."""

    vendor_id: str
    id: int
    uuid: str
    company_code: str
    name: str
    address: Address
    tax_ids: tuple[TaxId, ...]
    tax_status: TaxStatus
    sites: tuple[Site, ...]
    payment_terms: str
    currency: str
    created_at: datetime
    updated_at: datetime
    external_ref: str | None = None
    source_revision: int | None = None
    requested_by: str | None = None
    screening: ScreeningEvidence | None = None
    approvals: tuple[Approval, ...] = ()
    override: DuplicateOverride | None = None
    reason: str | None = None


@dataclass(slots=True)
class VendorBook:
    """Files by vendor id, accounts, the register of tax numbers, and the policy."""

    policy: VendorPolicy = USUAL
    files: dict[str, VendorFile] = field(default_factory=dict)
    by_reference: dict[str, str] = field(default_factory=dict)
    bank: BankBook = field(default_factory=BankBook)
    register: TaxRegister = field(default_factory=TaxRegister)
    register_version: int = 0
