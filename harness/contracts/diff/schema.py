"""JSON Schemas compared, in the direction in which the data goes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from harness.contracts.diff.alternatives import ALTERNATIVES, compare_alternatives
from harness.contracts.diff.change import Direction, shown
from harness.contracts.diff.comparison import Findings
from harness.contracts.diff.conjunction import EVERY_TYPE, Conjunction, conjunction, type_names
from harness.contracts.diff.document import ANNOTATIONS, ApiDocument, Place
from harness.contracts.diff.json_values import canonical
from harness.contracts.diff.limits import IN_BOUNDS, LIMITS, compare_bounds, compare_limit

COMPARED = frozenset(
    {"type", "nullable", "enum", "const", "properties", "required", "additionalProperties", "items", "additionalItems", "prefixItems"}
    | {"patternProperties", "discriminator", "readOnly", "writeOnly", "default", "$anchor", *LIMITS, *ALTERNATIVES}
)
ELSEWHERE = frozenset({"$defs", "definitions"})  # compared where something refers to them, and at the top of a document
CONDITION = frozenset({"if", "then", "else"})  # none means anything without the others


class Comparison(Findings):
    """Two documents, and what was found between them so far."""

    def __init__(self, old: ApiDocument, new: ApiDocument) -> None:
        super().__init__(old, new)
        self._seen: set[tuple[Any, ...]] = set()
        self._always_there = False  # what is compared now cannot be left out, so its default never counts

    def schemas(self, old: Place, new: Place, direction: Direction) -> None:
        """Compare two schemas and everything below them."""
        self.all_of([old], [new], direction)

    def all_of(self, old: Sequence[Place], new: Sequence[Place], direction: Direction) -> None:
        """Compare what several schemas demand together."""
        before, after = self.read_old(old), self.read_new(new)
        key = (before.key, after.key, direction, self._always_there)
        if key in self._seen:
            return
        self._seen.add(key)
        self.weighed |= before.visited | after.visited
        if before.impossible or after.impossible:
            self._impossible(before, after, direction)
            return
        self._unweighed(before, after)
        self._notes(before, after, direction)
        left = compare_alternatives(self, before, after, direction)
        if left is not None:
            self._own_words(*left, direction)

    def read_old(self, places: Sequence[Place]) -> Conjunction:
        """Schemas of the old document as one."""
        return conjunction(self.old, places, self.step)

    def read_new(self, places: Sequence[Place]) -> Conjunction:
        """Schemas of the new document as one."""
        return conjunction(self.new, places, self.step)

    def _impossible(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        if not before.impossible:
            self.narrowed(before.head, "no value is allowed any more", direction)
        elif not after.impossible:
            self.widened(before.head, "values are possible now, none was", direction)

    def _own_words(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        self._types(before, after, direction)
        self._values(before, after, direction)
        given = before.words() | after.words()
        compare_bounds(self, before, after, direction)
        for name in LIMITS:
            if name in given and name not in IN_BOUNDS:
                compare_limit(self, name, before, after, direction)
        self._members(before, after, direction)
        self._further_members(before, after, direction)
        self._patterns(before, after, direction)
        self._entries(before, after, direction)

    # --- values

    def _types(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        old, new = before.types(), after.types()
        gone, more = old - new, new - old
        if gone:
            which = f"type {type_names(gone)} is no longer allowed" if old != EVERY_TYPE else f"only type {type_names(new)} is allowed now"
            self.narrowed(before.head, f"{which} (was {type_names(old)}, is {type_names(new)})", direction)
        if more:
            text = f"type {type_names(more)} is possible now (was {type_names(old)}, is {type_names(new)})"
            self.widened(before.head, text, direction)

    def _values(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        old, new = before.values(), after.values()
        if old is None and new is None:
            return
        if old is None:
            self.narrowed(before.head, f"only these values are allowed now: {_list((new or {}).values())}", direction)
        elif new is None:
            self.widened(before.head, f"any value is possible now, no longer only {_list(old.values())}", direction)
        else:
            gone, more = ([each[text] for text in each if text not in other] for each, other in ((old, new), (new, old)))
            if gone:
                self.narrowed(before.head, f"values {_list(gone)} are no longer allowed", direction)
            if more:
                self.widened(before.head, f"values {_list(more)} are possible now", direction)

    # --- objects

    def _members(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        had, has = before.names("properties"), after.names("properties")
        needed, needs = before.required(), after.required()
        for name in had:
            here = before.member(name)
            if name not in has:
                self.lost(here[0], f"field {name!r} is gone{_renamed(had[name], had, has)}")
                continue
            with self.never_absent(name in needed and name in needs):
                self.all_of(here, after.member(name), direction)
            was, now = self._ways(self.read_old(here), direction), self._ways(self.read_new(after.member(name)), direction)
            counted = (name in needed and was is not None, name in needs and now is not None)
            self._requirement(here[0], name, *counted, now or was or direction)
        for name in has:
            if name not in had:
                self._new_member(before, after.member(name), name, name in needs, direction)
        for name in sorted((needed ^ needs) - set(had) - set(has)):
            self._requirement(before.where("required"), name, name in needed, name in needs, direction)

    @contextmanager
    def never_absent(self, always_there: bool) -> Iterator[None]:
        """While this is on, what is compared is always sent."""
        before, self._always_there = self._always_there, always_there
        try:
            yield
        finally:
            self._always_there = before

    def _ways(self, member: Conjunction, direction: Direction) -> Direction | None:
        """The way in which `required` counts for a member: only read: in answers; only written: in requests."""
        only_read, only_written = (any(place.value is True for place in member.said(name)) for name in ("readOnly", "writeOnly"))
        if (only_read and direction == "request") or (only_written and direction == "response"):
            return None
        if direction != "both" or only_read == only_written:
            return direction
        return "response" if only_read else "request"

    def _requirement(self, place: Place, name: str, needed: bool, needs: bool, direction: Direction) -> None:
        if needs and not needed:
            self.narrowed(place, f"field {name!r} is required now", direction)
        elif needed and not needs:
            self.widened(place, f"field {name!r} may be absent now, it was always there", direction)

    def _new_member(self, before: Conjunction, places: list[Place], name: str, required: bool, direction: Direction) -> None:
        """A field that nobody knew of breaks nobody; one that was governed as a further field, or is forbidden by name, may."""
        was, now = before.said("additionalProperties"), self.read_new(places)
        way = self._ways(now, direction)
        if required and way is not None:
            self.narrowed(places[0], f"new field {name!r}, and it is required", way)
        elif now.impossible:
            self.narrowed(places[0], f"field {name!r} is no longer allowed", direction)
        else:
            self.gained(places[0], f"new field {name!r}")
        if any(isinstance(place.value, dict) for place in was):
            self.all_of(was, places, direction)

    def _further_members(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        had, has = before.said("additionalProperties"), after.said("additionalProperties")
        where = before.where("additionalProperties")
        closed, closes = self.read_old(had).impossible, self.read_new(has).impossible
        if closes and not closed:
            self.narrowed(where, "further fields are no longer allowed", direction)
        elif closed and not closes:
            self.widened(where, "further fields are possible now", direction)
        elif had or has:
            self.all_of(had or [where], has or [after.where("additionalProperties")], direction)

    def _patterns(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        patterns, now = before.names("patternProperties"), after.names("patternProperties")
        for name in patterns:
            here = before.fields_like(name)
            if name in now:
                self.all_of(here, after.fields_like(name), direction)
            else:
                self.lost(here[0], f"fields like {name!r} are gone")
        for name in now:
            if name not in patterns:
                self._new_pattern(before, after.fields_like(name), name)

    def _new_pattern(self, before: Conjunction, places: list[Place], name: str) -> None:
        """Fields that had other names to go by may match it: only in an object that knew no fields it takes nothing away."""
        closed = self.read_old(before.said("additionalProperties")).impossible
        if closed and not before.names("properties") and not before.names("patternProperties"):
            self.gained(places[0], f"new fields like {name!r}")
        else:
            self.lost(places[0], f"fields like {name!r} are restricted now (which fields match is not weighed)")

    # --- lists

    def _entries(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        for index in range(max(before.entry_count(), after.entry_count())):
            self.all_of(before.entry(index), after.entry(index), direction)
        if any(schema.said(name) for schema in (before, after) for name in ("items", "additionalItems")):
            self.all_of(before.further_entries(), after.further_entries(), direction)

    # --- what is not about values

    def _notes(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        had, has = before.said("default"), after.said("default")
        old, new = ([place.value for place in each] for each in (had, has))
        if canonical(old) != canonical(new):
            text = f"the default changed from {_list(old) or 'none'} to {_list(new) or 'none'}"
            relied_on = bool(old) and direction != "response" and not self._always_there
            said = f"{text}: whoever leaves it out gets another behaviour" if relied_on else text
            (self.lost if relied_on else self.gained)(before.where("default"), said)
        self._access(before, after, direction)
        self._discriminator(before, after, direction)

    def _access(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        for name, text in (("readOnly", "it may not be sent any more"), ("writeOnly", "it is not answered any more")):
            was, now = (any(place.value is True for place in each.said(name)) for each in (before, after))
            if now and not was:
                (self.narrowed if name == "readOnly" else self.widened)(before.head.at(name), f"{name} is new: {text}", direction)
            elif was and not now:
                self.gained(before.where(name), f"{name} is gone")

    def _discriminator(self, before: Conjunction, after: Conjunction, direction: Direction) -> None:
        """The field that tells alternatives apart, and the names that it may hold."""
        where = before.where("discriminator")
        old, new = (_discriminators(each.said("discriminator")) for each in (before, after))
        if old[0] != new[0]:
            self.lost(where, f"the discriminator changed from {_list(old[0]) or 'none'} to {_list(new[0]) or 'none'}")
        for name, target in old[1].items():
            if new[1].get(name) != target:
                self.lost(where.at("mapping", name), f"the discriminator's {name!r} changed from {target} to {new[1].get(name, 'nothing')}")
        for name in new[1].keys() - old[1].keys():
            self.widened(where.at("mapping", name), f"the discriminator may be {name!r} now", direction)

    def _unweighed(self, before: Conjunction, after: Conjunction) -> None:
        """Keywords that are not understood here: a difference in one of them is never called compatible."""
        old, new = _other_words(before), _other_words(after)
        for words in [*old, *(each for each in new if each not in old)]:
            had, has = _aligned(old.get(words, []), new.get(words, []))
            for one, other in zip(had, has, strict=False):
                self.unweighed(one, other, "schema")
            for place in had[len(has) :]:
                self.lost(place.at(words), f"{words} {shown(place.value[words])} is gone (not weighed)")
            for place in has[len(had) :]:
                self.lost(place.at(words), f"{words} {shown(place.value[words])} is new (not weighed)")


def _other_words(schema: Conjunction) -> dict[str, list[Place]]:
    """The keywords of each part that are not compared; if, then and else together, by the first of them."""
    found: dict[str, list[Place]] = {}
    for part in schema.parts:
        names = {name for name in part.members().keys() - COMPARED - ANNOTATIONS - ELSEWHERE if not name.startswith("x-")}
        together = names & CONDITION
        if together:
            found.setdefault(min(together, key=("if", "then", "else").index), []).append(part.only(together))
        for name in sorted(names - CONDITION):
            found.setdefault(name, []).append(part.only({name}))
    return found


def _aligned(old: list[Place], new: list[Place]) -> tuple[list[Place], list[Place]]:
    """Equal ones first, so that one which is gone from the middle does not move the others."""
    rest, had, has = list(new), [], []
    for place in old:
        twin = next((each for each in rest if canonical(each.value) == canonical(place.value)), None)
        if twin is not None:
            rest.remove(twin)
            had.append(place)
            has.append(twin)
    return [*had, *(place for place in old if place not in had)], [*has, *rest]


def _discriminators(places: list[Place]) -> tuple[list[str], dict[str, str]]:
    """Fields, and targets by name. AsyncAPI gives the field alone."""
    fields = [str(place.value if isinstance(place.value, str) else place.members().get("propertyName")) for place in places]
    objects = [place for place in places if not isinstance(place.value, str)]
    return sorted(set(fields)), {name: str(target) for place in objects for name, target in place.at("mapping").members().items()}


def _renamed(schema: Any, had: Mapping[str, Any], has: Mapping[str, Any]) -> str:
    twins = [name for name in has if name not in had and has[name] == schema]
    return f"; renamed to {twins[0]!r}?" if len(twins) == 1 else ""


def _list(found: Iterable[Any]) -> str:
    return ", ".join("null" if each is None else shown(each) for each in found)
