"""How vendors that were created, and changes of bank details, stand at the end."""

from mocks.kit.operation import View
from mocks.systems.erp.core import Erp

VENDOR, BANK_CHANGE = "vendor", "bank_change"


def vendor_views(erp: Erp) -> list[View]:
    """Those of which the world saw something: a vendor of the master data that nobody touched is none."""
    found = []
    for file in erp.vendors.files.values():
        vendor, state = erp.vendor(file.vendor_id)
        found.append(
            View(
                VENDOR,
                file.vendor_id,
                "active" if vendor.active else "inactive",
                state.version,
                currency=file.currency,
                company=file.company_code,
                ext_ref=file.external_ref,
                src_version=file.source_revision,
                reason=file.reason,
            )
        )
    return found


def bank_change_views(erp: Erp) -> list[View]:
    """Every change."""
    return [View(BANK_CHANGE, each.change_id, each.status, each.version) for each in erp.vendors.bank.changes.values()]
