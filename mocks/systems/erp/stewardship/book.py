"""Master records as values, and everything that a steward's desk remembers.

A record is known by kind, company and code. Its draft becomes what is in force when a second person releases it; until then everybody
reads what was released before.
"""

from bisect import bisect_right, insort
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from mocks.kit.operation import Call, Effect, Refusal, View
from mocks.systems.erp.stewardship.models import MasterKind

KIND = "master_record"
Key = tuple[str, str, str]  # kind, company, code
Released = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Attributes:
    """What may be changed of a record. valid_to: inclusive."""

    name: str
    responsible: str
    valid_from: date
    valid_to: date
    active: bool

    @property
    def status(self) -> Literal["active", "inactive"]:
        """As a target is told it."""
        return "active" if self.active else "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stewarded:
    """One record. version: counts its changes, drafts included; revision: what was released, 0 before the first time."""

    number: str
    id: int
    uuid: str
    version: int
    kind: MasterKind
    company: str
    code: str
    steward: str
    draft: Attributes | None
    in_force: Attributes | None
    revision: int
    released_at: datetime | None
    correlation_id: str
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> Key:
        """What there may be one record of."""
        return self.kind, self.company, self.code

    @property
    def shown(self) -> Attributes:
        """What people work on, or worked on last."""
        shown = self.draft or self.in_force
        assert shown is not None
        return shown


class RecordBook:
    """Of one ERP."""

    def __init__(self) -> None:
        self._records: dict[str, Stewarded] = {}
        self._by_key: dict[Key, str] = {}
        self._order: list[Released] = []

    def __contains__(self, number: str) -> bool:
        return number in self._records

    def __len__(self) -> int:
        return len(self._records)

    def get(self, number: str) -> Stewarded:
        """Raises NOT_FOUND."""
        record = self._records.get(number)
        if record is None:
            raise Refusal("NOT_FOUND", f"no master record {number!r}")
        return record

    def refuse_repeat(self, key: Key) -> None:
        """Raises DUPLICATE_REFERENCE when there is a record of it."""
        known = self._by_key.get(key)
        if known is not None:
            kind, company, code = key
            raise Refusal("DUPLICATE_REFERENCE", f"{known} is the {kind} {code} of company {company} already", existing_id=known)

    def put(self, record: Stewarded) -> None:
        """A new record, or the next version of one."""
        before = self._records.get(record.number)
        if before is not None and before.released_at != record.released_at and before.released_at is not None:
            self._order.remove((before.released_at, record.number))
        if record.released_at is not None and (before is None or before.released_at != record.released_at):
            insort(self._order, (record.released_at, record.number))
        self._records[record.number] = record
        self._by_key[record.key] = record.number

    def change(self, call: Call, record: Stewarded, **members: object) -> Stewarded:
        """Its next version."""
        changed: Stewarded = replace(record, version=record.version + 1, updated_at=call.now, **members)  # type: ignore[arg-type]
        self.put(changed)
        return changed

    def page(self, after: tuple[object, ...] | None, since: datetime | None, limit: int) -> tuple[list[Stewarded], Released | None]:
        """What was released, in order of the last release, and the key to continue from."""
        start = bisect_right(self._order, after) if after else 0
        if since is not None:
            start = max(start, bisect_right(self._order, (since, "")))
        keys = self._order[start : start + limit]
        more = keys[-1] if keys and start + limit < len(self._order) else None
        return [self._records[number] for _, number in keys], more

    def final_views(self) -> list[View]:
        """Every record that was ever released, as it stands."""
        released = (each for each in self._records.values() if each.in_force is not None)
        return [
            View(KIND, each.number, each.in_force.status, each.revision, company=each.company, src_version=each.revision)
            for each in released
            if each.in_force is not None
        ]


def drafted(record: Stewarded, effect: Literal["create", "update"]) -> Effect:
    """Somebody wrote a draft, which is due to nobody."""
    return Effect("master_draft", record.number, effect, company=record.company, state="draft")


def released(record: Stewarded) -> Effect:
    """What every target has to hold from now on. The two dates are those between which it is valid."""
    content = record.in_force
    assert content is not None
    return Effect(
        KIND,
        record.number,
        "create" if record.revision == 1 else "update",
        version=record.revision,
        src_version=record.revision,
        company=record.company,
        document_date=content.valid_from.isoformat(),
        posting_date=content.valid_to.isoformat(),
        cost_center=record.code if record.kind == "cost_center" else None,
        project=record.code if record.kind == "project" else None,
        account=record.code if record.kind == "gl_account" else None,
        party=content.responsible,
        state=content.status,
    )
