"""Everything that a schema demands at once: its own words, those behind its reference, and those of its allOf parts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.contracts.diff.document import ANNOTATIONS, ApiDocument, Place
from harness.contracts.diff.json_values import canonical, kind_of

EVERY_TYPE = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})
TYPE_OF_KIND = {"nothing": "null", "a truth value": "boolean", "a text": "string", "a list": "array", "an object": "object"}
SAYS_NOTHING = ANNOTATIONS | {"$defs", "definitions"}  # about values
NULL_COUNTS = frozenset({"const", "default"})  # elsewhere a null is an empty line of YAML


@dataclass(frozen=True, slots=True)
class Conjunction:
    """A value must fit every part. What each part says stays where it is written, so that a change has its right place."""

    head: Place
    parts: tuple[Place, ...]
    impossible: bool
    visited: frozenset[str]

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for the same parts at the same place."""
        return (self.head.pointer, self.impossible, *((part.pointer, part.part) for part in self.parts))

    def words(self) -> set[str]:
        """The keywords that any part gives."""
        return {name for part in self.parts for name in part.value}

    def said(self, name: str) -> list[Place]:
        """Where a keyword is given."""
        found = [part.at(name) for part in self.parts if name in part.members()]
        return found if name in NULL_COUNTS else [place for place in found if place.value is not None]

    def where(self, name: str) -> Place:
        """The place to name for a keyword."""
        return next(iter(self.said(name)), self.head.at(name))

    def without(self, *names: str) -> "Conjunction":
        """The same without some keywords."""
        return replace(self, parts=tuple(part.without(*names) for part in self.parts))

    def types(self) -> frozenset[str]:
        """The types that are possible, a number being an integer as well."""
        given = [_given_types(part) for part in self.parts if part.value.get("type") is not None]
        if given:
            return frozenset.intersection(*given)
        found = self.values()
        return EVERY_TYPE if found is None else _widest(_type_of(each) for each in found.values())

    def values(self) -> dict[str, Any] | None:
        """The values that are possible, by their canonical text; None when they are not listed."""
        lists = [{canonical(place.value): place.value} for place in self.said("const")]
        lists += [{canonical(each.value): each.value for each in place.entries()} for place in self.said("enum")]
        if not lists:
            return None
        return {text: value for text, value in lists[0].items() if all(text in each for each in lists[1:])}

    def required(self) -> set[str]:
        """Names of members that must be there."""
        return {name for place in self.said("required") for name in place.texts()}

    def names(self, keyword: str) -> dict[str, Any]:
        """What `properties` or `patternProperties` name, in order, each with the first schema."""
        found: dict[str, Any] = {}
        for place in self.said(keyword):
            found = {**place.members(), **found}
        return found

    def member(self, name: str) -> list[Place]:
        """All schemas of a declared field. A part that does not declare it governs it by its additionalProperties."""
        found: list[Place] = []
        for part in self.parts:
            if name in part.at("properties").members():
                found.append(part.at("properties", name))
            elif "additionalProperties" in part.members():
                found.append(part.at("additionalProperties"))
        return sorted(found, key=lambda place: place.pointer.endswith("/additionalProperties"))

    def fields_like(self, pattern: str) -> list[Place]:
        """All schemas of a pattern."""
        return [place.at(pattern) for place in self.said("patternProperties") if pattern in place.members()]

    def entry_count(self) -> int:
        """How many entries of a list have a schema of their own."""
        return max((sum(1 for _ in _prefix(part).entries()) for part in self.parts), default=0)

    def entry(self, index: int) -> list[Place]:
        """All schemas of one entry of a list."""
        return [
            _prefix(part).at(index) if index < sum(1 for _ in _prefix(part).entries()) else _further_entries(part) for part in self.parts
        ]

    def further_entries(self) -> list[Place]:
        """All schemas of the entries that have none of their own."""
        return [_further_entries(part) for part in self.parts]


def conjunction(document: ApiDocument, places: Iterable[Place], step: Callable[[int], None]) -> Conjunction:
    """Each part once, so that a schema which refers to itself ends, and one that says a thing twice is not read twice."""
    found = _Parts(document)
    start = list(places)
    for place in start:
        found.take(place)
    step(1 + len(found.visited))
    head = _head(document, start[0]) if start else Place(None, "#", document.name)
    return Conjunction(head, tuple(found.parts), found.impossible, frozenset(pointer for pointer, _ in found.visited))


class _Parts:
    def __init__(self, document: ApiDocument) -> None:
        self.document = document
        self.visited: set[tuple[str, str]] = set()
        self.parts: list[Place] = []
        self.impossible = False

    def take(self, start: Place) -> None:
        """Without recursion: a chain of references may be long."""
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place.value is None or (place.pointer, place.part) in self.visited:
                continue
            self.visited.add((place.pointer, place.part))
            if place.value is True or place.value is False:
                self.impossible = self.impossible or place.value is False
                continue
            waiting += reversed(self._split(place))

    def _split(self, place: Place) -> list[Place]:
        """Keep a schema's own words; what else it holds is to be read next."""
        if not isinstance(place.value, dict):
            raise place.unexpected("a schema")
        target = self.document.step(place)
        parts = list(place.at("allOf").entries())
        own = place.members().keys() - ({"allOf"} if target is None else {"allOf", "$ref"})
        if own - SAYS_NOTHING:
            self.parts.append(_of_today(place.only(own)))
        return [*([] if target is None else [target]), *parts]


def _of_today(part: Place) -> Place:
    """A bound as OpenAPI 3.1 writes it: in 3.0 `exclusiveMinimum: true` says something about the `minimum` beside it."""
    value = dict(part.value)
    for bound, switch in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(value.get(switch), bool):
            strict, number = value.pop(switch), value.get(bound)
            if strict and number is not None:
                value[switch] = value.pop(bound)
    return part if value == part.value else replace(part, value=value)


def _head(document: ApiDocument, place: Place) -> Place:
    """The place to name: behind references that say nothing of their own."""
    seen: set[str] = set()
    while isinstance(place.value, dict) and place.value.keys() - SAYS_NOTHING - {"default"} == {"$ref"} and place.pointer not in seen:
        seen.add(place.pointer)
        place = document.step(place) or place
    return place


def _prefix(part: Place) -> Place:
    """Older schemas list the schemas of entries under `items`."""
    return part.at("items") if isinstance(part.value.get("items"), list) else part.at("prefixItems")


def _further_entries(part: Place) -> Place:
    return part.at("additionalItems") if isinstance(part.value.get("items"), list) else part.at("items")


def _given_types(part: Place) -> frozenset[str]:
    given = part.at("type")
    names = {given.value} if isinstance(given.value, str) else set(given.texts())
    return _widest(names | ({"null"} if part.value.get("nullable") is True else set()))


def _widest(names: Iterable[str]) -> frozenset[str]:
    found = frozenset(names)
    return found | {"integer"} if "number" in found else found


def _type_of(value: Any) -> str:
    kind = kind_of(value)
    if kind == "a number":
        return "integer" if isinstance(value, int) or value.is_integer() else "number"
    return TYPE_OF_KIND[kind]


def type_names(found: Iterable[str]) -> str:
    """Types for people."""
    names = sorted(found)
    if set(names) == EVERY_TYPE:
        return "anything"
    return " or ".join(each for each in names if each != "integer" or "number" not in names) or "nothing"


def constants(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have one value only, as `const` or as an `enum` of one."""
    objects = {name: each for name, each in schemas.items() if isinstance(each, dict)}
    single = {name: each["enum"][0] for name, each in objects.items() if isinstance(each.get("enum"), list) and len(each["enum"]) == 1}
    return {**single, **{name: each["const"] for name, each in objects.items() if "const" in each}}
