"""Expense reports as values and the store that finds them by id and in order of their last change."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mocks.kit.operation import Refusal
from mocks.systems.expense.models import ApprovalStep, DraftLine, Posting, Refused, State

STALE_MIN = 1024
"""The change log is rewritten when more entries than this, and more than half of it, are outdated."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report; a change makes a new value with the next version. `chain`: who approves, in order."""

    report_id: str
    number: int
    uuid: str
    revision: int
    version: int
    state: State
    employee: str
    house: str
    currency: str
    title: str
    lines: tuple[DraftLine, ...]
    total_minor: int
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    submitted_on: str | None = None
    approved_on: str | None = None
    chain: tuple[str, ...] = ()
    approvals: tuple[ApprovalStep, ...] = ()
    posting: Posting | None = None
    refusal: Refused | None = None

    @property
    def next_approver(self) -> str | None:
        """Whose turn it is, while the report is pending."""
        return self.chain[len(self.approvals)] if self.state == "pending_manager" else None


Key = tuple[datetime, str]


class Reports:
    """All reports of one expense system."""

    def __init__(self) -> None:
        self._by_id: dict[str, Report] = {}
        # One entry per change, in order; entries that a later change outdated are skipped and now and then swept.
        self._changes: list[Key] = []

    def __iter__(self) -> Iterator[Report]:
        return iter(self._by_id.values())

    def __contains__(self, report_id: object) -> bool:
        return report_id in self._by_id

    def get(self, report_id: str) -> Report:
        """The report with this id. Raises NOT_FOUND."""
        found = self._by_id.get(report_id)
        if found is None:
            raise Refusal("NOT_FOUND", f"no report with id {report_id!r}")
        return found

    def put(self, report: Report) -> None:
        """A new report, or a new version of one."""
        self._by_id[report.report_id] = report
        self._changes.append((report.updated_at, report.report_id))
        if len(self._changes) > 2 * len(self._by_id) + STALE_MIN:
            self._changes = sorted((each.updated_at, each.report_id) for each in self._by_id.values())

    def page(
        self, *, states: frozenset[str] | None, since: datetime | None, after: Key | None, limit: int
    ) -> tuple[list[Report], Key | None]:
        """Reports in order of their last change, and the key to continue from when there may be more."""
        start = max(bisect_right(self._changes, after) if after else 0, bisect_right(self._changes, (since, "")) if since else 0)
        found: list[Report] = []
        for index in range(start, len(self._changes)):
            key = self._changes[index]
            report = self._by_id[key[1]]
            if report.updated_at != key[0] or (states is not None and report.state not in states):
                continue
            if len(found) == limit:
                return found, (found[-1].updated_at, found[-1].report_id)
            found.append(report)
        return found, None
