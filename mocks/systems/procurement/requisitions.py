"""Requisitions as values and the store that finds them by id and in order of their last change."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mocks.kit.operation import Refusal
from mocks.systems.procurement.models import ApprovalStep, DraftLine, ErpOrder, ErpRefusal, Status

STALE_MIN = 1024
"""The change log is rewritten when more entries than this, and more than half of it, are outdated."""


@dataclass(frozen=True, slots=True)
class Requisition:
    """A requisition; a change makes a new value with the next version. `chain`: who approves, in order."""

    id: str
    number: int
    uuid: str
    revision: int
    version: int
    status: Status
    requester_id: str
    house: str
    supplier_id: str
    currency: str
    needed_by: str
    requested_on: str
    title: str
    lines: tuple[DraftLine, ...]
    total_minor: int
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    chain: tuple[str, ...] = ()
    approvals: tuple[ApprovalStep, ...] = ()
    erp_order: ErpOrder | None = None
    erp_refusal: ErpRefusal | None = None

    @property
    def next_approver(self) -> str | None:
        """Whose turn it is, while the requisition is pending."""
        return self.chain[len(self.approvals)] if self.status == "pending_approval" else None


Key = tuple[datetime, str]


class Requisitions:
    """All requisitions of one procurement system."""

    def __init__(self) -> None:
        self._by_id: dict[str, Requisition] = {}
        # One entry per change, in order; entries that a later change outdated are skipped and now and then swept.
        self._changes: list[Key] = []

    def __iter__(self) -> Iterator[Requisition]:
        return iter(self._by_id.values())

    def __contains__(self, requisition_id: object) -> bool:
        return requisition_id in self._by_id

    def get(self, requisition_id: str) -> Requisition:
        """The requisition with this id. Raises NOT_FOUND."""
        found = self._by_id.get(requisition_id)
        if found is None:
            raise Refusal("NOT_FOUND", f"no requisition with id {requisition_id!r}")
        return found

    def put(self, requisition: Requisition) -> None:
        """A new requisition, or a new version of one."""
        self._by_id[requisition.id] = requisition
        self._changes.append((requisition.updated_at, requisition.id))
        if len(self._changes) > 2 * len(self._by_id) + STALE_MIN:
            self._changes = sorted((each.updated_at, each.id) for each in self._by_id.values())

    def page(
        self, *, statuses: frozenset[str] | None, since: datetime | None, after: Key | None, limit: int
    ) -> tuple[list[Requisition], Key | None]:
        """Requisitions in order of their last change, and the key to continue from when there may be more."""
        start = max(bisect_right(self._changes, after) if after else 0, bisect_right(self._changes, (since, "")) if since else 0)
        found: list[Requisition] = []
        for index in range(start, len(self._changes)):
            key = self._changes[index]
            requisition = self._by_id[key[1]]
            if requisition.updated_at != key[0] or (statuses is not None and requisition.status not in statuses):
                continue
            if len(found) == limit:
                return found, (found[-1].updated_at, found[-1].id)
            found.append(requisition)
        return found, None
