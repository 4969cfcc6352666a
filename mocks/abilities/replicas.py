"""Copies of records that another system owns, as one core for every system that keeps some.

A copy is known by the number of the owner's record; what it says (`Told`, `mocks/abilities/staff.py`) is in the system's own words. Whoever
writes it may say which revision of the owner's record it is from: then an older one never takes the place of a newer one. The same revision
again changes nothing unless it says something else. A system adds its wire models and what they mean (`ReplicaDesk`), and says what obeys a
copy (`follow`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, Literal, Protocol, TypeVar

from mocks.kit.ids import draw_uuid
from mocks.kit.operation import Call, Effect, Operation, Refs, Refusal, Reply, View

Kind = Literal["cost_center", "project", "gl_account"]
ID_SPACE = 10**8
RULES = ("NOT_FOUND", "CODING_INVALID", "PRECONDITION_FAILED", "VERSION_CONFLICT")
# For fuzzing: what a valid copy says in every spelling, of which record, and from which of its revisions.
SAID: Mapping[str, Any] = {"kind": "cost_center", "code": "9700001", "name": "Fuzzed", "active": True}
RECORD, REVISIONS = "MD00000017", (1, 2, 50, 5_000)


class Content(Protocol):
    """What a copy says. house: the legal entity; revision: of the owner's record, None when nobody says; valid_to: inclusive."""

    @property
    def house(self) -> str: ...
    @property
    def revision(self) -> int | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date: ...
    @property
    def status(self) -> str:
        """In the owner's words."""
        ...

    def facts(self) -> Mapping[str, Any]:
        """What the judge compares beside entity, state and days: members of `Effect`."""
        ...


T = TypeVar("T", bound=Content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody wrote. house: the legal entity; revision: of the owner's record, None when nobody says; responsible: where the system
    keeps one; valid_to: inclusive."""

    kind: Kind
    house: str
    code: str
    revision: int | None
    name: str
    responsible: str | None
    valid_from: date
    valid_to: date
    active: bool

    @property
    def status(self) -> Literal["active", "inactive"]:
        """In the owner's words."""
        return "active" if self.active else "inactive"

    def facts(self) -> Mapping[str, Any]:
        """Of what it is, and who answers for it."""
        return {
            "cost_center": self.code if self.kind == "cost_center" else None,
            "project": self.code if self.kind == "project" else None,
            "account": self.code if self.kind == "gl_account" else None,
            "party": self.responsible,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica(Generic[T]):
    """One copy. source: the number of the owner's record; version: counts its changes, whoever made them."""

    id: int
    uuid: str
    source: str
    told: T
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def status(self) -> str:
        """In the owner's words."""
        return self.told.status


def _nobody(_copy: Replica[Any]) -> None:
    """Nothing in the system goes by its copies."""


class ReplicaStore(Generic[T]):
    """The copies of one system. of: the kind of document that they are (contracts/documents.yaml)."""

    def __init__(self, of: str, follow: Callable[[Replica[T]], None] = _nobody) -> None:
        self._of = of
        self._follow = follow
        self._copies: dict[str, Replica[T]] = {}

    def get(self, source: str) -> Replica[T]:
        """Raises NOT_FOUND."""
        if source not in self._copies:
            raise Refusal("NOT_FOUND", f"there is no copy of {source}")
        return self._copies[source]

    def put(self, call: Call, source: str, told: T) -> tuple[Replica[T], tuple[Effect, ...]]:
        """Raises VALIDATION_FAILED, PRECONDITION_FAILED, and VERSION_CONFLICT for what is older than what is there."""
        if told.valid_to < told.valid_from:
            raise Refusal("VALIDATION_FAILED", f"it ends on {told.valid_to}, before it begins on {told.valid_from}")
        before = self._copies.get(source)
        self._check(call, source, before, told)
        if before is not None and before.told == told:
            return before, ()
        copy = self._first(call, source, told) if before is None else self._next(call, before, told)
        self._copies[source] = copy
        self._follow(copy)
        is_guarded = call.if_match is not None or told.revision is not None
        return copy, (self._effect(copy, "update" if before else "create", copy.version - 1 if is_guarded else None),)

    def touch(self, call: Call, source: str) -> tuple[Replica[T], tuple[Effect, ...]]:
        """A person edits something harmless."""
        before = self.get(source)
        copy = self._copies[source] = self._next(call, before, before.told)
        return copy, (self._effect(copy, "update", None),)

    def final_views(self) -> list[View]:
        """Every copy as it stands."""
        return [
            View(self._of, each.source, each.status, each.version, company=each.told.house, src_version=each.told.revision)
            for each in self._copies.values()
        ]

    def _check(self, call: Call, source: str, before: Replica[T] | None, told: T) -> None:
        version = before.version if before else 0
        if call.if_match is not None and call.if_match != version:
            said = f"the copy of {source} has version {version}, If-Match says {call.if_match}"
            raise Refusal("PRECONDITION_FAILED", said, current_version=version)
        newest = before.told.revision if before else None
        if newest is not None and told.revision is not None and told.revision < newest:
            said = f"revision {told.revision} of {source} is older than {newest}, which is there"
            raise Refusal("VERSION_CONFLICT", said, current_revision=newest)

    def _first(self, call: Call, source: str, told: T) -> Replica[T]:
        number = call.draw(f"{self._of}.id") % ID_SPACE
        uuid = draw_uuid(call, self._of)
        return Replica(id=number, uuid=uuid, source=source, told=told, version=1, created_at=call.now, updated_at=call.now)

    def _next(self, call: Call, before: Replica[T], told: T) -> Replica[T]:
        return replace(before, told=told, version=before.version + 1, updated_at=call.now)

    def _effect(self, copy: Replica[T], effect: Literal["create", "update"], base_version: int | None) -> Effect:
        told = copy.told
        return Effect(
            self._of,
            copy.source,
            effect,
            version=copy.version,
            base_version=base_version,
            src_version=told.revision,
            company=told.house,
            document_date=told.valid_from.isoformat(),
            posting_date=told.valid_to.isoformat(),
            state=told.status,
            **told.facts(),
        )


def following(places: dict[str, frozenset[str]]) -> Callable[[str, str, bool], None]:
    """For systems that know in which legal entities a code may be used: it may where its copy is active."""

    def follow(code: str, house: str, active: bool) -> None:
        there = places.get(code, frozenset())
        places[code] = there | {house} if active else there - {house}

    return follow


@dataclass(frozen=True, slots=True)
class ReplicaDesk(Generic[T]):
    """The commands and operations on the copies of one system. point: `<system>.<kind>`; path: with one member in braces, the number of the
    owner's record; told: what a body means, raises what is wrong with it; wire: a copy in the system's spelling; errors: beside `RULES`;
    of: what it is a copy of, in words."""

    point: str
    path: str
    put_model: type
    copy_model: type
    store: ReplicaStore[T]
    told: Callable[[Any], T]
    wire: Callable[[Replica[T]], Any]
    errors: tuple[str, ...] = ()
    of: str = "a master record"

    def put(self, call: Call) -> Reply:
        """<point>.put: the same again changes nothing"""
        return self._reply(*self.store.put(call, self._source(call), self.told(call.body)))

    def read(self, call: Call) -> Reply:
        """<point>.read"""
        return self._reply(self.store.get(self._source(call)))

    def touch(self, call: Call) -> Reply:
        """A person edits something harmless on a copy."""
        return self._reply(*self.store.touch(call, self._source(call)))

    def operations(self) -> tuple[Operation, ...]:
        """What whoever keeps the copies may do."""
        point, system = self.point, self.point.partition(".")[0]
        return (
            Operation(
                f"{point}.read", "GET", self.path, "read", f"{system}.read", f"A copy of {self.of}", self.copy_model, self.read,
                errors=("NOT_FOUND", "CODING_INVALID"), refs=lambda call: Refs(source_ids=(self._source(call),)),
            ),
            Operation(
                f"{point}.put", "PUT", self.path, "update", f"{system}.write", f"Write a copy of {self.of}", self.copy_model,
                self.put, request=self.put_model, errors=(*RULES, *self.errors), touch=self.touch,
                refs=lambda call: Refs(source_ids=(self._source(call),), src_version=call.body.source_revision),
            ),
        )  # fmt: skip

    def _source(self, call: Call) -> str:
        return call.path[self.path.partition("{")[2].partition("}")[0]]

    def _reply(self, copy: Replica[T], effects: tuple[Effect, ...] = ()) -> Reply:
        return Reply(self.wire(copy), version=copy.version, effects=effects)
