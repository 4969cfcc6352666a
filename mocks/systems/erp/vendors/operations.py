"""What the ERP offers about vendors, their bank details and their tax numbers."""

from collections.abc import Callable

from mocks.kit.operation import Call, Operation, QueryParam, Refs, Reply
from mocks.systems.erp import models as erp_models
from mocks.systems.erp import refs
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.operations import READ, REFERENCE, WRITE
from mocks.systems.erp.vendors import models
from mocks.systems.erp.vendors.bank_desk import BankDesk
from mocks.systems.erp.vendors.desk import VendorDesk

ACT = "erp.act"
PATH, CHANGES = "/vendors", "/bank-changes"
ONE, CHANGE = f"{PATH}/{{vendor_id}}", f"{CHANGES}/{{change_id}}"
FINDINGS = ("SCREENING_NOT_CLEAR", "TAX_ID_INVALID", "DUPLICATE_SUPPLIER", "APPROVAL_EVIDENCE_MISSING", "SEGREGATION_OF_DUTIES")
CREATE = ("DUPLICATE_REFERENCE", "CODING_INVALID", "CURRENCY_INVALID", "LIMIT_EXCEEDED", "BANK_DETAILS_INVALID", *FINDINGS)
UPDATE = ("NOT_FOUND", "PRECONDITION_FAILED")
STEP = (*UPDATE, "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES")


def operations(erp: Erp, vendors: VendorDesk, bank: BankDesk) -> tuple[Operation, ...]:
    """Of the desks of one ERP."""
    return (*_vendors(erp, vendors), *_bank(bank), *_register(bank))


def _text(name: str, doc: str, length: int = 30) -> QueryParam:
    return QueryParam(name, doc, True, {"type": "string", "minLength": 2, "maxLength": length})


def _vendors(erp: Erp, desk: VendorDesk) -> tuple[Operation, ...]:
    own = refs.CallRefs(erp.master)

    def asked(call: Call) -> Refs:
        return own.document(call.body, (), None)

    change = (*UPDATE, "ATTRIBUTE_NOT_OWNED", "CURRENCY_INVALID", *FINDINGS)
    return (
        Operation(
            "erp.vendor.create", "POST", PATH, "create", WRITE, "Create a vendor", models.Vendor, desk.create,
            request=models.VendorCreate, status=201, errors=CREATE, refs=asked,
        ),
        Operation(
            "erp.vendor.find", "GET", PATH, "lookup", READ, "Vendors by external reference", models.VendorPage, desk.find,
            query=(REFERENCE,), when_query="external_ref", refs=refs.reference,
        ),
        Operation(
            "erp.vendor.find_by_tax_id", "GET", PATH, "lookup", READ, "Vendors by tax id", models.VendorPage, desk.find_by_tax_id,
            query=(_text("tax_id", "a tax number, with or without its hyphens"),), when_query="tax_id",
        ),
        Operation("erp.vendor.list", "GET", PATH, "list", READ, "Every vendor, by id", models.VendorPage, desk.list),
        Operation(
            "erp.vendor.read", "GET", ONE, "read", READ, "The file of one vendor", models.Vendor, desk.read,
            errors=("NOT_FOUND",), refs=_one,
        ),
        Operation(
            "erp.vendor.change", "PUT", ONE, "update", WRITE, "Change what the system that asked for it owns", models.Vendor, desk.change,
            request=models.VendorChange, errors=change, refs=_one, touch=desk.touch,
        ),
        Operation(
            "erp.vendor.deactivate", "POST", f"{ONE}/deactivate", "update", WRITE, "Nothing is ordered from it any more", models.Vendor,
            desk.deactivate, request=models.Deactivate, errors=(*UPDATE, "INVALID_TRANSITION"), refs=_one, touch=desk.touch,
        ),
        Operation(
            "erp.vendor.maintain", "POST", f"{ONE}/maintain", "actor", ACT, "People change what the ERP owns", models.Vendor, desk.maintain,
            request=models.VendorChange, errors=change, refs=_one,
        ),
    )  # fmt: skip


def _bank(desk: BankDesk) -> tuple[Operation, ...]:
    def step(name: str, handler: Callable[[Call], Reply], request: type, summary: str) -> Operation:
        return Operation(
            f"erp.bank_change.{name}", "POST", f"{CHANGE}/{name}", "actor", ACT, summary, models.BankChange, handler, request=request,
            errors=STEP, refs=_bank_change,
        )  # fmt: skip

    day = {"type": "string", "pattern": erp_models.DAY_PATTERN, "maxLength": 8}
    return (
        Operation(
            "erp.bank_details.read", "GET", f"{ONE}/bank-details", "read", READ, "The bank details that are in force on a day",
            models.EffectiveBankDetails, desk.in_force, errors=("NOT_FOUND", "INVALID_PARAMETER"), refs=_one,
            query=(QueryParam("date", "as YYYYMMDD; today when absent", False, day),),
        ),
        Operation(
            "erp.bank_change.request", "POST", f"{ONE}/bank-changes", "actor", ACT, "Somebody asks for other bank details",
            models.BankChange, desk.request, request=models.BankChangeRequest, status=201, refs=_one,
            errors=("NOT_FOUND", "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES", "SCREENING_NOT_CLEAR", "BANK_DETAILS_INVALID"),
        ),
        Operation(
            "erp.bank_change.read", "GET", CHANGE, "read", READ, "One change of bank details", models.BankChange, desk.read,
            errors=("NOT_FOUND",), refs=_bank_change,
        ),
        step("verify", desk.verify, models.Callback, "Somebody else called the vendor back"),
        step("approve", desk.approve, models.SecondApproval, "A third person agrees; the cooling-off begins"),
        step("reject", desk.reject, models.BankChangeRejection, "The old details stay"),
    )  # fmt: skip


def _register(desk: BankDesk) -> tuple[Operation, ...]:
    return (
        Operation(
            "erp.tax_registration.read", "GET", "/tax-registrations", "read", READ, "What the register says about a tax number",
            models.TaxRegistration, desk.look_up, query=(_text("country", "ISO 3166-1 alpha-2", 2), _text("number", "the tax number")),
        ),
        Operation(
            "erp.tax_registration.strike", "POST", "/tax-registrations/strike", "actor", ACT, "A number is struck off the register",
            models.RegisterState, desk.strike, request=models.Strike, errors=("SEGREGATION_OF_DUTIES",),
        ),
        Operation(
            "erp.tax_register.open", "POST", "/tax-registrations/availability", "actor", ACT, "The register answers, or not",
            models.RegisterState, desk.open_register, request=models.RegisterAvailability, errors=("SEGREGATION_OF_DUTIES",),
        ),
    )  # fmt: skip


def _one(call: Call) -> Refs:
    return Refs(parents=(("vendor", call.path["vendor_id"]),), keys=(("supplier", call.path["vendor_id"]),))


def _bank_change(call: Call) -> Refs:
    return Refs(parents=(("bank_change", call.path["change_id"]),))
