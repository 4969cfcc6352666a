"""What must be shown before a vendor is taken in or becomes another one. Each rule raises the refusal that names it."""

from datetime import datetime

from mocks.company.projections import ErpMaster
from mocks.kit.operation import Refusal
from mocks.systems.erp.vendors.duplicates import Duplicate
from mocks.systems.erp.vendors.models import BankDetails, DuplicateOverride, ScreeningEvidence, TaxId, TaxStatus
from mocks.systems.erp.vendors.numbers import bank_problem
from mocks.systems.erp.vendors.policy import VendorPolicy
from mocks.systems.erp.vendors.register import TaxRegister


def check_screening(evidence: ScreeningEvidence | None, now: datetime) -> None:
    """A clear check that was made. Raises SCREENING_NOT_CLEAR: no answer of the screening service is no clearance."""
    if evidence is None:
        raise Refusal("SCREENING_NOT_CLEAR", "screening is missing: nobody checked the vendor against the sanctions list")
    if evidence.result != "clear":
        raise Refusal("SCREENING_NOT_CLEAR", f"check {evidence.check_id} says {evidence.result}; only clear is a clearance")
    try:
        checked_at = datetime.fromisoformat(evidence.checked_at)
    except ValueError:
        checked_at = None
    if checked_at is None or checked_at.tzinfo is None or checked_at > now:
        raise Refusal("SCREENING_NOT_CLEAR", f"checked_at {evidence.checked_at!r}: expected an instant with a zone that has passed")


def tax_status(register: TaxRegister, tax_ids: tuple[TaxId, ...]) -> TaxStatus:
    """What the register says of all of them together. Raises TAX_ID_INVALID for one that it says no to."""
    found: TaxStatus = "valid"
    for tax_id in tax_ids:
        status, reason = register.look_up(tax_id)
        if status == "invalid":
            raise Refusal("TAX_ID_INVALID", reason or "")
        found = "unavailable" if status == "unavailable" else found
    return found


def check_bank(details: BankDetails) -> None:
    """Somebody could pay to it. Raises BANK_DETAILS_INVALID."""
    problem = bank_problem(details)
    if problem is not None:
        raise Refusal("BANK_DETAILS_INVALID", problem)


def check_duplicate(
    found: Duplicate | None, override: DuplicateOverride | None, policy: VendorPolicy, master: ErpMaster, requested_by: str | None
) -> None:
    """Raises DUPLICATE_SUPPLIER, with `duplicate_of`, unless the policy lets somebody overrule this rule, and somebody did."""
    if found is None:
        return
    extra = {"duplicate_of": found.vendor_id, "rule": found.rule}
    if override is None or override.duplicate_of != found.vendor_id:
        raise Refusal("DUPLICATE_SUPPLIER", f"vendor {found.vendor_id} {found.said}", **extra)
    if found.rule not in policy.overridable:
        said = f"vendor {found.vendor_id} {found.said}; the policy of the company lets nobody overrule that"
        raise Refusal("DUPLICATE_SUPPLIER", said, **extra)
    if override.approver not in master.people:
        raise Refusal("APPROVAL_EVIDENCE_MISSING", f"override: approver {override.approver!r} is not an employee")
    if override.approver == requested_by:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{requested_by} overruled a finding on a request of their own")
