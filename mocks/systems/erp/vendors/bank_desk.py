"""The desk for bank details: one person asks, another calls back, a third agrees, days pass; until then the old account is paid to."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from mocks.kit.ids import draw_id, draw_uuid, free
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.vendors import accounts, evidence
from mocks.systems.erp.vendors.bank import TRANSITIONS, DetailsChange
from mocks.systems.erp.vendors.desk import VendorDesk
from mocks.systems.erp.vendors.models import (
    BankChange,
    BankChangeRejection,
    BankChangeRequest,
    Callback,
    EffectiveBankDetails,
    RegisterAvailability,
    RegisterState,
    Strike,
    TaxId,
    TaxRegistration,
)
from mocks.systems.erp.vendors.views import BANK_CHANGE as KIND

REGISTER = "tax_register"


class BankDesk:
    """Of one ERP. Every method either changes nothing and raises, or changes everything."""

    def __init__(self, erp: Erp, vendors: VendorDesk) -> None:
        self._erp = erp
        self._vendors = vendors

    def request(self, call: Call) -> Reply:
        """erp.bank_change.request"""
        body: BankChangeRequest = call.body
        vendor_id = self._vendor(call)
        rules.check_employee(self._erp.master, call.actor)
        evidence.check_screening(body.screening, call.now)
        evidence.check_bank(body.details)
        bank, today = self._erp.vendors.bank, call.now.date()
        pending = bank.pending(vendor_id, today)
        if pending is not None:
            said = f"change {pending.change_id} of vendor {vendor_id} is {pending.status}: one after the other"
            raise Refusal("INVALID_TRANSITION", said, current_status=pending.status)
        settled = self._settle(vendor_id, today)
        change = DetailsChange(
            change_id=free(lambda name: f"BC{call.draw(name) % 16**10:010X}", f"{KIND}.number", bank.changes.__contains__),
            id=draw_id(call, KIND),
            uuid=draw_uuid(call, KIND),
            version=1,
            vendor_id=vendor_id,
            status="requested",
            details=body.details,
            screening=body.screening,
            requested_by=call.actor or "",
            created_at=call.now,
            updated_at=call.now,
        )
        bank.add(change)
        reply = self._reply(change, (*settled, _effect(change, "create", None)))
        return replace(reply, location=f"/bank-changes/{change.change_id}", created={"existing_id": change.change_id})

    def verify(self, call: Call) -> Reply:
        """erp.bank_change.verify"""
        body: Callback = call.body
        said = f"called {body.called_number}, spoke with {body.spoke_with}"
        return self._step(call, "verify", verified_by=call.actor, reason=said)

    def approve(self, call: Call) -> Reply:
        """erp.bank_change.approve"""
        starts = call.now.date() + timedelta(days=self._erp.vendors.policy.cooling_off_days)
        return self._step(call, "approve", approved_by=call.actor, effective_from=starts)

    def reject(self, call: Call) -> Reply:
        """erp.bank_change.reject"""
        body: BankChangeRejection = call.body
        return self._step(call, "reject", reason=body.reason, effective_from=None)

    def _step(self, call: Call, trigger: str, **members: Any) -> Reply:
        change = self._change(call)
        rules.check_employee(self._erp.master, call.actor)
        rules.check_version(call.if_match, change.version, f"bank change {change.change_id}")
        status = "effective" if self._has_taken_effect(change, call.now.date()) else change.status
        after = TRANSITIONS.get((status, trigger))
        if after is None:
            said = f"bank change {change.change_id} is {status}: {trigger} is not possible"
            raise Refusal("INVALID_TRANSITION", said, current_status=status)
        if trigger != "reject" and call.actor in change.people:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{call.actor} had a hand in change {change.change_id} already: three people agree")
        changed = replace(change, version=change.version + 1, status=after, updated_at=call.now, **members)
        self._erp.vendors.bank.put(changed)
        self._vendors.index(change.vendor_id)
        return self._reply(changed, (_effect(changed, "update", call.if_match),))

    def read(self, call: Call) -> Reply:
        """erp.bank_change.read"""
        change = self._change(call)
        settled = self._settle(change.vendor_id, call.now.date())
        return self._reply(self._change(call), settled)

    def in_force(self, call: Call) -> Reply:
        """erp.bank_details.read"""
        vendor_id = self._vendor(call)
        today = call.now.date()
        on = rules.query_day(call.query["date"]) if "date" in call.query else today
        bank = self._erp.vendors.bank
        settled = self._settle(vendor_id, today)
        found, pending = accounts.in_force(self._erp, vendor_id, on), bank.pending(vendor_id, on)
        change = found.change if found else None
        answer = EffectiveBankDetails(
            vendor_id=vendor_id,
            date=rules.to_yyyymmdd(on),
            details=found.details if found else None,
            since=rules.to_yyyymmdd(change.effective_from) if change and change.effective_from else None,
            change_id=change.change_id if change else None,
            pending=pending.change_id if pending else None,
        )
        return Reply(answer, effects=settled)

    @staticmethod
    def _has_taken_effect(change: DetailsChange, today: date) -> bool:
        return change.status == "cooling_off" and change.effective_from is not None and change.effective_from <= today

    def _settle(self, vendor_id: str, today: date) -> tuple[Effect, ...]:
        """Days that went by are told by the next call about this vendor's account that is accepted."""
        due = tuple(self._erp.vendors.bank.due(vendor_id, today))
        for change in due:
            self._erp.vendors.bank.put(change)
        return tuple(_effect(change, "update", None) for change in due)

    def _vendor(self, call: Call) -> str:
        vendor_id = call.path["vendor_id"]
        if vendor_id not in self._erp.master.vendors:
            raise Refusal("NOT_FOUND", f"no vendor {vendor_id!r}")
        return vendor_id

    def _change(self, call: Call) -> DetailsChange:
        change = self._erp.vendors.bank.changes.get(call.path["change_id"])
        if change is None:
            raise Refusal("NOT_FOUND", f"no {KIND} with id {call.path['change_id']!r}")
        return change

    def _reply(self, change: DetailsChange, effects: tuple[Effect, ...]) -> Reply:
        return Reply(_record(change), version=change.version, effects=effects)

    # The register of tax numbers.

    def look_up(self, call: Call) -> Reply:
        """erp.tax_registration.read"""
        tax_id = TaxId(country=call.query["country"], number=call.query["number"])
        status, reason = self._erp.vendors.register.look_up(tax_id)
        return Reply(TaxRegistration(country=tax_id.country, number=tax_id.number, status=status, reason=reason, checked_at=call.now))

    def strike(self, call: Call) -> Reply:
        """erp.tax_registration.strike"""
        body: Strike = call.body
        rules.check_employee(self._erp.master, call.actor)
        self._erp.vendors.register.strike(TaxId(country=body.country, number=body.number), struck=body.struck)
        return self._register("struck" if body.struck else "entered")

    def open_register(self, call: Call) -> Reply:
        """erp.tax_register.open"""
        body: RegisterAvailability = call.body
        rules.check_employee(self._erp.master, call.actor)
        self._erp.vendors.register.available = body.available
        return self._register("available" if body.available else "unavailable")

    def _register(self, state: str) -> Reply:
        book = self._erp.vendors
        book.register_version += 1
        effect = Effect(REGISTER, "1", "update", version=book.register_version, state=state)
        return Reply(RegisterState(available=book.register.available, struck=len(book.register.struck)), effects=(effect,))


def _effect(change: DetailsChange, effect: Any, base_version: int | None) -> Effect:
    return Effect(
        KIND,
        change.change_id,
        effect,
        version=change.version,
        base_version=base_version,
        posting_date=change.effective_from.isoformat() if change.effective_from else None,
        party=change.vendor_id,
        account=accounts.spelled(change.details).text,
        approvers=" ".join(change.people),
        state=change.status,
    )


def _record(change: DetailsChange) -> BankChange:
    return BankChange(
        id=change.id,
        uuid=change.uuid,
        version=change.version,
        created_at=change.created_at,
        updated_at=change.updated_at,
        exported=False,
        external_id=None,
        change_id=change.change_id,
        vendor_id=change.vendor_id,
        status=change.status,
        details=change.details,
        screening=change.screening,
        requested_by=change.requested_by,
        verified_by=change.verified_by,
        approved_by=change.approved_by,
        effective_from=rules.to_yyyymmdd(change.effective_from) if change.effective_from else None,
        reason=change.reason,
    )
