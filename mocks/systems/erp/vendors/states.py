"""States of the ERP's vendors: one in each status, bank details under way, a register that is silent."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Literal

from msgspec import Meta

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company import Entity
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Refusal
from mocks.systems.erp.core import Erp
from mocks.systems.erp.vendors.example import Body, clearance, drawn, vendor_body

Company = Annotated[str, Meta(min_length=1, max_length=8)]
Version = Annotated[int, Meta(ge=1, le=50)]
ErpOf = Callable[[Stage], Erp]
CompanyOf = Callable[[Stage, str], ErpCompany]
ApproverOf = Callable[[Stage, ErpCompany], str]


class VendorGiven(Parameters, frozen=True, kw_only=True):
    """A vendor that was created on request; without `vendor_id` the ERP draws one and answers it."""

    vendor_id: Annotated[str, Meta(pattern="^V[0-9]{1,12}$")] | None = None
    external_ref: Name | None = None
    name: Name | None = None
    tax_id: Name | None = None
    company_code: Company = "1000"
    status: Literal["active", "inactive"] = "active"
    version: Version | None = None


class BankChangeGiven(Parameters, frozen=True, kw_only=True):
    """A change of the bank details of a new vendor; its id is drawn and answered."""

    company_code: Company = "1000"
    status: Literal["requested", "callback_verified", "cooling_off", "rejected"] = "requested"


class RegisterGiven(Parameters, frozen=True, kw_only=True):
    """Whether the register of tax numbers answers."""

    available: bool = False


@dataclass(frozen=True, slots=True)
class VendorStates:
    """books: the core of the ERP that a contract is about; approver: whoever may approve most in a company."""

    books: ErpOf
    company_of: CompanyOf
    approver: ApproverOf

    def vendor(self, stage: Stage, given: VendorGiven) -> Values:
        """By what a connector would send."""
        erp, company = self.books(stage), self.company_of(stage, given.company_code)
        if given.vendor_id is not None:
            if given.vendor_id in erp.master.vendors:
                raise Refusal("INVALID_TRANSITION", f"vendor {given.vendor_id} exists already: send a teardown first")
            erp.documents.wanted["vendor"] = given.vendor_id
        key = given.vendor_id or given.external_ref or f"state-{len(erp.vendors.files)}"
        made = stage.perform("erp.vendor.create", body=_body(stage, company, self.approver(stage, company), key, given)).body
        path = {"vendor_id": made.vendor_id}
        if given.status == "inactive":
            stage.perform("erp.vendor.deactivate", path=path, body={"reason": "provider state"})
        version = erp.vendor(made.vendor_id)[1].version
        if given.version is not None and given.version < version:
            raise Refusal("VALIDATION_FAILED", f"version {given.version}: a vendor in this status has version {version} or a later one")
        for _ in range((given.version or version) - version):
            stage.touch("erp.vendor.change", path)
        return {**path, "version": given.version or version, "external_ref": made.external_ref, "tax_id": made.tax_ids[0].number}

    def bank_change(self, stage: Stage, given: BankChangeGiven) -> Values:
        """By three people."""
        vendor_id = self.vendor(stage, VendorGiven(company_code=given.company_code))["vendor_id"]
        company = self.company_of(stage, given.company_code)
        people = (each.personnel_no for each in self.books(stage).master.people.values() if each.company_code == company.code)
        first, second, third = islice(people, 3)
        details = drawn(stage.company.seed, _entity(stage, company), "other account").bank.details
        body = {"details": details, "screening": _cleared(stage)}
        change = stage.act("erp.bank_change.request", actor=first, path={"vendor_id": vendor_id}, body=body)
        path = {"change_id": change.change_id}
        steps: dict[str, tuple[str, dict[str, str]]] = {
            "verify": (second, {"called_number": "+1 555 0100", "spoke_with": "Their bookkeeper"}),
            "approve": (third, {}),
            "reject": (second, {"reason": "provider state"}),
        }
        for verb in _STEPS[given.status]:
            actor, said = steps[verb]
            change = stage.act(f"erp.bank_change.{verb}", actor=actor, path=path, body=said)
        return {**path, "vendor_id": vendor_id, "version": change.version}

    def register(self, stage: Stage, given: RegisterGiven) -> Values:
        """It answers, or not."""
        self.books(stage).vendors.register.available = given.available
        return {"available": given.available}


_STEPS = {"requested": (), "callback_verified": ("verify",), "cooling_off": ("verify", "approve"), "rejected": ("reject",)}
_VENDOR_DOC = "created on request, active or not; with a name or tax id of your own, one that others are duplicates of"


def states(books: ErpOf, company_of: CompanyOf, approver: ApproverOf) -> tuple[State, ...]:
    """Every state about vendors."""
    all_of = VendorStates(books, company_of, approver)
    return (
        State("a vendor exists", _VENDOR_DOC, VendorGiven, all_of.vendor),
        State("a change of bank details exists", "in this status", BankChangeGiven, all_of.bank_change),
        State("the register of tax numbers answers", "or not: then numbers are neither valid nor invalid", RegisterGiven, all_of.register),
    )


def _entity(stage: Stage, company: ErpCompany) -> Entity:
    return next(each for each in stage.company.entities if each.erp_company == company.code)


def _cleared(stage: Stage) -> Body:
    return {**clearance(), "checked_at": stage.mechanics.business.now().isoformat()}


def _body(stage: Stage, company: ErpCompany, approver: str, key: str, given: VendorGiven) -> Body:
    entity = _entity(stage, company)
    body = vendor_body(entity, drawn(stage.company.seed, entity, key), approver, screening=_cleared(stage))
    if given.name is not None:
        body["name"] = given.name
    if given.tax_id is not None:
        body["tax_ids"] = [{"country": entity.country, "number": given.tax_id}]
    if given.external_ref is not None:
        body |= {"external_ref": given.external_ref, "source_revision": 1}
    return body
