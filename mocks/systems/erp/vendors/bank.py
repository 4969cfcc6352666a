"""Bank details of vendors and their changes: three people, a call back, days in which the old account stays in force."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from mocks.systems.erp.vendors.models import BankDetails, ChangeStatus, ScreeningEvidence

TRANSITIONS: Mapping[tuple[ChangeStatus, str], ChangeStatus] = {
    ("requested", "verify"): "callback_verified",
    ("callback_verified", "approve"): "cooling_off",
    ("cooling_off", "take_effect"): "effective",
    ("requested", "reject"): "rejected",
    ("callback_verified", "reject"): "rejected",
    ("cooling_off", "reject"): "rejected",
}
OPEN: frozenset[ChangeStatus] = frozenset({"requested", "callback_verified", "cooling_off"})


@dataclass(frozen=True, slots=True)
class DetailsChange:
    """One change. A step makes a new value with the next version. effective_from: known once the second approver agreed."""

    change_id: str
    id: int
    uuid: str
    version: int
    vendor_id: str
    status: ChangeStatus
    details: BankDetails
    screening: ScreeningEvidence
    requested_by: str
    created_at: datetime
    updated_at: datetime
    verified_by: str | None = None
    approved_by: str | None = None
    effective_from: date | None = None
    reason: str | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """Who had a hand in it, in order: each of them once only."""
        return tuple(each for each in (self.requested_by, self.verified_by, self.approved_by) if each is not None)


@dataclass(frozen=True, slots=True)
class InForce:
    """The details of a day. change: what brought them; None: the vendor began with them."""

    details: BankDetails
    change: DetailsChange | None = None


@dataclass(slots=True)
class BankBook:
    """The details that each vendor began with, and every change."""

    first: dict[str, BankDetails] = field(default_factory=dict)
    changes: dict[str, DetailsChange] = field(default_factory=dict)
    _of_vendor: dict[str, list[str]] = field(default_factory=dict)

    def add(self, change: DetailsChange) -> None:
        """A new change."""
        self.changes[change.change_id] = change
        self._of_vendor.setdefault(change.vendor_id, []).append(change.change_id)

    def put(self, change: DetailsChange) -> None:
        """The next version of a change."""
        self.changes[change.change_id] = change

    def of(self, vendor_id: str) -> Iterator[DetailsChange]:
        """The changes of a vendor, oldest first."""
        return (self.changes[each] for each in self._of_vendor.get(vendor_id, ()))

    def pending(self, vendor_id: str, on: date) -> DetailsChange | None:
        """The change that is under way on a day."""
        for change in self.of(vendor_id):
            if change.status in OPEN and (change.effective_from is None or change.effective_from > on):
                return change
        return None

    def in_force(self, vendor_id: str, on: date) -> InForce | None:
        """What was filed of it for payments of this day, as far as it is decided; None: nobody filed an account."""
        began = self.first.get(vendor_id)
        found = InForce(began) if began is not None else None
        for change in self.of(vendor_id):
            if change.status in {"cooling_off", "effective"} and change.effective_from is not None and change.effective_from <= on:
                found = InForce(change.details, change)
        return found

    def due(self, vendor_id: str, on: date) -> Iterator[DetailsChange]:
        """Changes whose days of cooling off are over, as what they are then."""
        for change in list(self.of(vendor_id)):
            if change.status == "cooling_off" and change.effective_from is not None and change.effective_from <= on:
                yield replace(change, version=change.version + 1, status=TRANSITIONS[change.status, "take_effect"])
