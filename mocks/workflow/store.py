"""Finds documents by id and in order of their last change."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from mocks.kit.operation import Call, Refusal
from mocks.workflow.rules import to_instant

STALE_MIN = 1024
"""The change log is rewritten when more entries than this, and more than half of it, are outdated."""


class Kept(Protocol):
    """What a store has to know of its documents."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def updated_at(self) -> datetime: ...


D = TypeVar("D", bound=Kept)
Key = tuple[datetime, str]


class Store(Generic[D]):
    """All documents of one kind in one system. noun: what a refusal calls one."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._by_id: dict[str, D] = {}
        # One entry per change, in order; entries that a later change outdated are skipped and now and then swept.
        self._changes: list[Key] = []

    def __iter__(self) -> Iterator[D]:
        return iter(self._by_id.values())

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._by_id

    def get(self, document_id: str) -> D:
        """The document with this id. Raises NOT_FOUND."""
        found = self._by_id.get(document_id)
        if found is None:
            raise Refusal("NOT_FOUND", f"no {self._noun} with id {document_id!r}")
        return found

    def put(self, document: D) -> None:
        """A new document, or a new version of one."""
        self._by_id[document.id] = document
        key = (document.updated_at, document.id)
        place = bisect_left(self._changes, key)
        if self._changes[place : place + 1] != [key]:  # two changes in one tick of a coarse clock are one entry
            self._changes.insert(place, key)
        if len(self._changes) > 2 * len(self._by_id) + STALE_MIN:
            self._changes = sorted((each.updated_at, each.id) for each in self._by_id.values())

    def page(self, *, statuses: frozenset[str] | None, since: datetime | None, after: Key | None, limit: int) -> tuple[list[D], Key | None]:
        """Documents in order of their last change, and the key to continue from when there may be more."""
        start = max(bisect_right(self._changes, after) if after else 0, bisect_right(self._changes, (since, "")) if since else 0)
        found: list[D] = []
        for index in range(start, len(self._changes)):
            key = self._changes[index]
            document = self._by_id[key[1]]
            if document.updated_at != key[0] or (statuses is not None and document.status not in statuses):
                continue
            if len(found) == limit:
                return found, (found[-1].updated_at, found[-1].id)
            found.append(document)
        return found, None


def page_asked(store: Store[D], call: Call, since: str) -> tuple[list[D], Key | None]:
    """A page of a store, by the query's statuses and time of change. since: what the system calls that parameter. Raises
    INVALID_PARAMETER."""
    wanted = call.query.get("status")
    at = to_instant(call.query[since]) if since in call.query else None
    after: Any = call.after
    return store.page(statuses=frozenset(wanted.split(",")) if wanted else None, since=at, after=after, limit=call.limit)
