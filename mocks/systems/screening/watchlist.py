"""The sanctions list and its search: exact by tax id, fuzzy by name and alias, by country of the account."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mocks.abilities.party_names import NameIndex
from mocks.abilities.tax_ids import canonical
from mocks.company.sanctions import EMBARGOED, ListedParty
from mocks.systems.screening.models import Result

ROOM = ("list",)
POTENTIAL_MIN, MATCH_MIN = 85.0, 97.0
"""Likeness of names, in percent, from which somebody has to look, and from which a party of the same country is the listed one."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that a party is like, in hundredths of a percent. is_it: there is nothing left to look at."""

    entry: ListedParty
    likeness: int
    is_it: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What a search came to."""

    result: Result
    hits: tuple[Found, ...] = ()


class Watchlist:
    """One list with its version. Every change makes a new version."""

    def __init__(self, entries: Iterable[ListedParty], since: datetime) -> None:
        self.entries: dict[str, ListedParty] = {}
        self.version = 1
        self.available = True
        self.changed_at = since
        self._names = NameIndex()
        self._by_tax_id: defaultdict[str, dict[str, None]] = defaultdict(dict)  # entries that have it, in order
        for entry in entries:
            self._put(entry)

    def search(self, name: str, country: str, tax_id: str | None, bank_country: str | None) -> Finding:
        """Compare a party with every entry. A list that cannot be searched clears nobody."""
        if not self.available:
            return Finding("unavailable")
        hits = self._hits(name, country, tax_id)
        if any(hit.is_it for hit in hits):
            return Finding("match", hits)
        is_doubtful = hits or country in EMBARGOED or bank_country in EMBARGOED
        return Finding("potential_match" if is_doubtful else "clear", hits)

    def _hits(self, name: str, country: str, tax_id: str | None) -> tuple[Found, ...]:
        found: dict[str, Found] = {}
        for entry_id in self._by_tax_id.get(canonical(tax_id or ""), ()):
            found[entry_id] = Found(self.entries[entry_id], 10_000, is_it=True)
        for alike in self._names.alike(ROOM, name, POTENTIAL_MIN):
            entry = self.entries[alike.key.partition("/")[0]]
            is_it = alike.likeness >= MATCH_MIN and entry.country == country
            found.setdefault(entry.entry_id, Found(entry, round(alike.likeness * 100), is_it))
        return tuple(found.values())

    def add(self, entry: ListedParty, now: datetime) -> None:
        """A new entry, or another one in its place."""
        self._put(entry)
        self._changed(now)

    def remove(self, entry_id: str, now: datetime) -> None:
        """Take an entry off. Raises KeyError."""
        self._take(self.entries.pop(entry_id))
        self._changed(now)

    def open(self, *, available: bool, now: datetime) -> None:
        """It can be searched, or not; the list itself stays."""
        self.available, self.changed_at = available, now

    def _changed(self, now: datetime) -> None:
        self.version, self.changed_at = self.version + 1, now

    def _put(self, entry: ListedParty) -> None:
        before = self.entries.get(entry.entry_id)
        if before is not None:
            self._take(before)
        self.entries[entry.entry_id] = replace(entry)
        if number := canonical(entry.tax_id):
            self._by_tax_id[number][entry.entry_id] = None
        for key, name in zip(self._keys(entry), (entry.name, entry.alias), strict=True):
            self._names.put(ROOM, key, name)

    def _take(self, entry: ListedParty) -> None:
        """Nothing leads to it any more."""
        for key in self._keys(entry):
            self._names.take(key)
        self._by_tax_id.get(canonical(entry.tax_id), {}).pop(entry.entry_id, None)

    @staticmethod
    def _keys(entry: ListedParty) -> tuple[str, str]:
        return entry.entry_id, f"{entry.entry_id}/alias"
