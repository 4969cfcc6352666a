"""The desk for vendors: create, find, change by whoever owns the attribute, deactivate."""

from bisect import bisect_right
from dataclasses import replace
from typing import Any

from msgspec import UNSET

from mocks.company.projections import ERP_NAME_LENGTH, ErpVendor
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp, VendorState
from mocks.systems.erp.documents.order.kind import KIND as ORDERS
from mocks.systems.erp.documents.store import draw_id, draw_uuid, free
from mocks.systems.erp.vendors import accounts, evidence
from mocks.systems.erp.vendors.book import VendorFile
from mocks.systems.erp.vendors.duplicates import Duplicate, DuplicateIndex, Traits
from mocks.systems.erp.vendors.files import VendorFiles, record
from mocks.systems.erp.vendors.models import Deactivate, Site, TaxId, VendorChange, VendorCreate
from mocks.systems.erp.vendors.numbers import account_key, canonical, tax_key
from mocks.systems.erp.vendors.policy import Owner
from mocks.systems.erp.vendors.views import VENDOR as KIND


class VendorDesk:
    """Of one ERP. Every method either changes nothing and raises, or changes everything."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._files = VendorFiles(erp)
        self._index: DuplicateIndex | None = None

    def create(self, call: Call) -> Reply:
        """erp.vendor.create"""
        body: VendorCreate = call.body
        erp, book = self._erp, self._erp.vendors
        self._refuse_repeat(body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        rules.check_evidence(erp.master, body.approvals, body.requested_by, 0, company)
        evidence.check_screening(body.screening, call.now)
        status = evidence.tax_status(book.register, body.tax_ids)
        evidence.check_bank(body.bank)
        sites = _sites(body.sites) or (Site(site="MAIN", purpose="both", address=body.address),)
        traits = _traits(company.code, body.name, body.address, body.tax_ids, (account_key(body.bank),))
        evidence.check_duplicate(self._duplicate(traits, body.override), body.override, book.policy, erp.master, body.requested_by)
        number = self._free_number(call)
        file = VendorFile(
            vendor_id=number,
            id=draw_id(call, KIND),
            uuid=draw_uuid(call, KIND),
            company_code=company.code,
            name=body.name,
            address=body.address,
            tax_ids=body.tax_ids,
            tax_status=status,
            sites=sites,
            payment_terms=body.payment_terms,
            currency=body.currency,
            created_at=call.now,
            updated_at=call.now,
            external_ref=body.external_ref,
            source_revision=body.source_revision,
            requested_by=body.requested_by,
            screening=body.screening,
            approvals=body.approvals,
            override=body.override,
        )
        erp.master.vendors[number] = _vendor(file, active=True)
        # Nobody pays a vendor whose tax number nobody could look up: the block is lifted by people, once somebody could.
        erp.vendor_states[number] = VendorState(1, purchasing_block=False, payment_block=status == "unavailable")
        book.bank.first[number] = body.bank
        if body.external_ref is not None:
            book.by_reference[body.external_ref] = number
        self._keep(file)
        reply = self._reply(call, file, (self._effect(file, "create", None),))
        return replace(reply, location=f"/vendors/{number}", created={"existing_id": number, "existing_status": "active"})

    def _free_number(self, call: Call) -> str:
        wanted = self._erp.documents.wanted.pop(KIND, None)
        if wanted is not None and wanted not in self._erp.master.vendors:
            return wanted
        return free(lambda name: f"V3{call.draw(name) % 10**7:07d}", f"{KIND}.number", self._erp.master.vendors.__contains__)

    def _refuse_repeat(self, external_ref: str | None) -> None:
        number = self._erp.vendors.by_reference.get(external_ref or "")
        if number is not None:
            status = "active" if self._erp.master.vendors[number].active else "inactive"
            said = f"vendor {number} has external_ref {external_ref!r} and is {status}"
            raise Refusal("DUPLICATE_REFERENCE", said, existing_id=number, existing_status=status)

    def _duplicate(self, traits: Traits, override: Any, *, but: str | None = None) -> Duplicate | None:
        """The first finding that nobody overruled, or the first one."""
        policy = self._erp.vendors.policy
        found = list(self._live().find(traits, rules=policy.refused, likeness=policy.likeness, but=but))
        overruled = {each.vendor_id for each in found if override is not None and each.vendor_id == override.duplicate_of}
        return next((each for each in found if each.vendor_id not in overruled), found[0] if found else None)

    def read(self, call: Call) -> Reply:
        """erp.vendor.read"""
        return self._reply(call, self._file(call))

    def find(self, call: Call) -> Reply:
        """erp.vendor.find"""
        number = self._erp.vendors.by_reference.get(call.query["external_ref"])
        return Reply({"items": [record(self._erp, self._files.of(number), call.now)] if number else [], "next": None})

    def find_by_tax_id(self, call: Call) -> Reply:
        """erp.vendor.find_by_tax_id"""
        wanted = canonical(call.query["tax_id"])
        first = {each.vendor_id for each in self._erp.master.vendors.values() if canonical(each.tax_number) == wanted}
        more = {each.vendor_id for each in self._erp.vendors.files.values() if wanted in {canonical(one.number) for one in each.tax_ids}}
        found = sorted(first | more)[: call.limit]
        return Reply({"items": [record(self._erp, self._files.of(each), call.now) for each in found], "next": None})

    def list(self, call: Call) -> Reply:
        """erp.vendor.list"""
        ids = sorted(self._erp.master.vendors)
        start = bisect_right(ids, call.after[0]) if call.after else 0
        page = ids[start : start + call.limit]
        more = (page[-1],) if page and start + call.limit < len(ids) else None
        return Reply({"items": [record(self._erp, self._files.of(each), call.now) for each in page], "next": more})

    def change(self, call: Call) -> Reply:
        """erp.vendor.change: what the source owns, said by a connector"""
        return self._change(call, "source")

    def maintain(self, call: Call) -> Reply:
        """erp.vendor.maintain: what the ERP owns, said by its people"""
        rules.check_employee(self._erp.master, call.actor)
        return self._change(call, "erp")

    def _change(self, call: Call, who: Owner) -> Reply:
        body: VendorChange = call.body
        file, version = self._addressed(call)
        changed = {name: getattr(body, name) for name in self._erp.vendors.policy.owners if getattr(body, name) is not UNSET}
        for name in changed:
            owner = self._erp.vendors.policy.owners[name]
            if owner != who:
                said = f"{name} of vendor {file.vendor_id} is owned by {_PLACES[owner]}, not by {_PLACES[who]}"
                raise Refusal("ATTRIBUTE_NOT_OWNED", said)
        fresh = replace(file, updated_at=call.now, **changed)
        if fresh == replace(file, updated_at=call.now):
            return self._reply(call, file)
        self._check_changed(call, file, fresh)
        fresh = replace(fresh, tax_status=evidence.tax_status(self._erp.vendors.register, fresh.tax_ids), sites=_sites(fresh.sites))
        self._erp.master.vendors[file.vendor_id] = _vendor(fresh, active=self._erp.master.vendors[file.vendor_id].active)
        return self._keep_version(call, replace(fresh, screening=body.screening or file.screening), version)

    def _check_changed(self, call: Call, before: VendorFile, after: VendorFile) -> None:
        body: VendorChange = call.body
        rules.company_of(self._erp.master, after.company_code, after.currency)
        if (before.name, before.address.country) != (after.name, after.address.country):
            evidence.check_screening(body.screening, call.now)
        if _identity(before) == _identity(after):
            return
        traits = self._traits_of(after)
        found = self._duplicate(traits, body.override, but=before.vendor_id)
        evidence.check_duplicate(found, body.override, self._erp.vendors.policy, self._erp.master, before.requested_by)

    def deactivate(self, call: Call) -> Reply:
        """erp.vendor.deactivate: again changes nothing"""
        body: Deactivate = call.body
        file, version = self._addressed(call)
        vendor = self._erp.master.vendors[file.vendor_id]
        if not vendor.active:
            return self._reply(call, file)
        self._refuse_while_ordered(file.vendor_id)
        self._erp.master.vendors[file.vendor_id] = replace(vendor, active=False)
        reply = self._keep_version(call, replace(file, reason=body.reason, updated_at=call.now), version)
        return replace(reply, effects=(*reply.effects, *self._erp.tell_block(call, file.vendor_id)))

    def _refuse_while_ordered(self, vendor_id: str) -> None:
        """One that is closed waits for nothing: if it is opened again, the rise is refused for a supplier who is inactive."""
        orders = (each for each in self._erp.documents if each.kind == ORDERS.name and each.status == "created")
        open_one = next((order.number for order in orders if order.party == vendor_id), None)
        if open_one is not None:
            raise Refusal("INVALID_TRANSITION", f"vendor {vendor_id} still has order {open_one} to deliver", current_status="active")

    def touch(self, call: Call) -> Reply:
        """A person adds a remark."""
        call = replace(call, if_match=None)
        file, version = self._addressed(call)
        return self._keep_version(call, replace(file, updated_at=call.now), version)

    # Steps.

    def _file(self, call: Call) -> VendorFile:
        number = call.path["vendor_id"]
        if number not in self._erp.master.vendors:
            raise Refusal("NOT_FOUND", f"no vendor {number!r}")
        return self._files.of(number)

    def _addressed(self, call: Call) -> tuple[VendorFile, int]:
        file = self._file(call)
        _, state = self._erp.vendor(file.vendor_id)
        rules.check_version(call.if_match, state.version, f"vendor {file.vendor_id}")
        return file, state.version

    def _keep_version(self, call: Call, file: VendorFile, version: int) -> Reply:
        _, state = self._erp.vendor(file.vendor_id)
        self._erp.vendor_states[file.vendor_id] = replace(state, version=version + 1)
        self._keep(file)
        return self._reply(call, file, (self._effect(file, "update", call.if_match),))

    def _keep(self, file: VendorFile) -> None:
        self._erp.vendors.files[file.vendor_id] = file
        self.index(file.vendor_id)

    def index(self, vendor_id: str) -> None:
        """Something that tells vendors apart changed about this one: its record, its accounts, whether it is live."""
        if self._erp.master.vendors[vendor_id].active:
            self._live().put(vendor_id, self._traits_of(self._files.of(vendor_id)))
        else:
            self._live().take(vendor_id)

    def _live(self) -> DuplicateIndex:
        """Built when the first vendor is asked about: most worlds never do."""
        if self._index is None:
            self._index = DuplicateIndex()
            for file in self._files.all():
                if self._erp.master.vendors[file.vendor_id].active:
                    self._index.put(file.vendor_id, self._traits_of(file))
        return self._index

    def _traits_of(self, file: VendorFile) -> Traits:
        known = tuple(account_key(each) for each in accounts.known(self._erp, file.vendor_id))
        return _traits(file.company_code, file.name, file.address, file.tax_ids, known)

    def _effect(self, file: VendorFile, effect: Any, base_version: int | None) -> Effect:
        vendor, state = self._erp.vendor(file.vendor_id)
        return Effect(
            KIND,
            file.vendor_id,
            effect,
            version=state.version,
            base_version=base_version,
            src_version=file.source_revision,
            currency=file.currency,
            company=file.company_code,
            party=canonical(file.tax_ids[0].number),
            approvers=" ".join(approval.approver for approval in file.approvals) or None,
            ext_ref=file.external_ref,
            state="active" if vendor.active else "inactive",
        )

    def _reply(self, call: Call, file: VendorFile, effects: tuple[Effect, ...] = ()) -> Reply:
        _, state = self._erp.vendor(file.vendor_id)
        return Reply(record(self._erp, file, call.now), version=state.version, effects=effects)


_PLACES = {"source": "the system that asked for it", "erp": "the ERP"}


def _vendor(file: VendorFile, *, active: bool) -> ErpVendor:
    return ErpVendor(
        vendor_id=file.vendor_id,
        company_code=file.company_code,
        name=file.name.upper()[:ERP_NAME_LENGTH],
        street=file.address.street,
        city=file.address.city,
        tax_number=file.tax_ids[0].number,
        payment_terms=file.payment_terms,
        currency=file.currency,
        active=active,
        purchasing_block=False,
    )


def _sites(sites: tuple[Site, ...]) -> tuple[Site, ...]:
    codes = [site.site for site in sites]
    if len(codes) != len(set(codes)):
        raise Refusal("VALIDATION_FAILED", f"sites: {', '.join(codes)}: expected each code once")
    return sites


def _identity(file: VendorFile) -> tuple[Any, ...]:
    return file.name, file.address, file.tax_ids


def _traits(company_code: str, name: str, address: Any, tax_ids: tuple[TaxId, ...], known: tuple[str, ...]) -> Traits:
    return Traits(company_code, address.country, name, address.postcode, tuple(tax_key(each) for each in tax_ids), known)
