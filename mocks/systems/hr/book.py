"""Employees as values, and the book of them.

A change becomes what is in force when a second person of HR confirms it; until then everybody reads what was confirmed before. Who was
there when the world opened is in force without a decision: every other system began with the same people, so the feed tells nothing of
them until they change.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

from mocks.company.staffing import HrMaster, HrPerson
from mocks.company.stewardship import OPEN_END
from mocks.company.streams import draw
from mocks.kit.operation import Call, Effect, Refusal, View
from mocks.systems.hr.models import Standing

KIND, DRAFT = "employee_record", "employee_draft"
OPENED = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2020, 1, 1)  # of whoever was there already
Decided = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Employment:
    """What may be changed of an employee. valid_to: inclusive."""

    name: str
    company: str
    cost_center: str
    manager: str | None
    status: Standing
    valid_from: date
    valid_to: date
    bank_account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonnelFile:
    """One employee. version: counts its changes, drafts included; revision: what was confirmed, 0 before the first time."""

    number: str
    id: int
    uuid: str
    version: int
    clerk: str | None
    draft: Employment | None
    in_force: Employment | None
    revision: int
    decided_at: datetime | None
    correlation_id: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def shown(self) -> Employment:
        """What people work on, or worked on last."""
        shown = self.draft or self.in_force
        assert shown is not None
        return shown


class EmployeeBook:
    """Of one HR system."""

    def __init__(self, master: HrMaster, seed: int) -> None:
        self._master = master
        self._seed = seed
        self._files: dict[str, PersonnelFile] = {}  # of whoever was there when the world opened: once somebody asked for it
        self._order: list[Decided] = []

    def __contains__(self, number: str) -> bool:
        return number in self._files or number in self._master.people

    def __len__(self) -> int:
        return len(self._files.keys() | self._master.people.keys())

    def get(self, number: str) -> PersonnelFile:
        """Raises NOT_FOUND."""
        found = self._file(number)
        if found is None:
            raise Refusal("NOT_FOUND", f"no employee {number!r}")
        return found

    def _file(self, number: str) -> PersonnelFile | None:
        if number not in self._files and number in self._master.people:
            self._files[number] = _known(self._master.people[number], self._master.accounts[number].text, self._seed)
        return self._files.get(number)

    def employed(self, number: str) -> Employment | None:
        """What is in force of somebody who has not left."""
        found = self._file(number)
        content = found.in_force if found else None
        return content if content is not None and content.status != "left" else None

    def line_above(self, number: str | None) -> Iterator[str]:
        """A person and everybody above, from the nearest manager on."""
        while number is not None:
            yield number
            found = self.get(number).in_force
            number = found.manager if found else None

    def put(self, file: PersonnelFile) -> None:
        """A new employee, or the next version of one."""
        before = self._file(file.number)
        told = before.decided_at if before else None
        if file.decided_at != told:
            if told is not None:
                self._order.remove((told, file.number))
            assert file.decided_at is not None
            insort(self._order, (file.decided_at, file.number))
        self._files[file.number] = file

    def change(self, call: Call, file: PersonnelFile, **members: Any) -> PersonnelFile:
        """Its next version."""
        changed = replace(file, version=file.version + 1, updated_at=call.now, **members)
        self.put(changed)
        return changed

    def page(self, after: tuple[object, ...] | None, since: datetime | None, limit: int) -> tuple[list[PersonnelFile], Decided | None]:
        """Who was decided about, in order of the last decision, and the key to continue from."""
        start = bisect_right(self._order, after) if after else 0
        if since is not None:
            start = max(start, bisect_right(self._order, (since, "")))
        keys = self._order[start : start + limit]
        more = keys[-1] if keys and start + limit < len(self._order) else None
        return [self._files[number] for _, number in keys], more

    def final_views(self) -> list[View]:
        """Everybody who was decided about, as they stand."""
        decided = [self._files[number] for _, number in self._order]
        return [
            View(KIND, each.number, each.in_force.status, each.revision, company=each.in_force.company, src_version=each.revision)
            for each in decided
            if each.in_force is not None
        ]


def _known(person: HrPerson, account: str, seed: int) -> PersonnelFile:
    """Somebody who was there when the world opened."""
    content = Employment(person.name, person.company_code, person.cost_center, person.manager, "active", FIRST_DAY, OPEN_END, account)
    high, low = draw(seed, "employee uuid", person.number, "high"), draw(seed, "employee uuid", person.number, "low")
    return PersonnelFile(
        number=person.number,
        id=int(person.number),
        uuid=str(UUID(int=high << 64 | low, version=4)),
        version=1,
        clerk=None,
        draft=None,
        in_force=content,
        revision=1,
        decided_at=None,
        correlation_id=None,
        created_at=OPENED,
        updated_at=OPENED,
    )


def drafted(file: PersonnelFile, effect: Literal["create", "update"]) -> Effect:
    """Somebody of HR wrote a draft, which is due to nobody."""
    return Effect(DRAFT, file.number, effect, company=file.shown.company, state="draft")


def confirmed(file: PersonnelFile) -> Effect:
    """What every copy has to say from now on. party: the manager; the two dates are those between which it is valid."""
    content = file.in_force
    assert content is not None
    return Effect(
        KIND,
        file.number,
        "create" if file.revision == 1 else "update",
        version=file.revision,
        src_version=file.revision,
        company=content.company,
        document_date=content.valid_from.isoformat(),
        posting_date=content.valid_to.isoformat(),
        cost_center=content.cost_center,
        party=content.manager,
        state=content.status,
    )
