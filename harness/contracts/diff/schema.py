"""JSON Schemas compared, in the direction in which the data goes."""

from collections.abc import Iterable, Mapping
from typing import Any

from harness.contracts.diff.change import Change, Direction
from harness.contracts.diff.document import ANNOTATIONS, Document, Place
from harness.contracts.diff.limits import LIMITS, compare_limit, shown

STRUCTURE = frozenset(
    {"type", "nullable", "enum", "const", "properties", "required", "additionalProperties", "items", "prefixItems", "patternProperties"}
    | {"anyOf", "oneOf", "allOf", "$ref", "$defs", "definitions", "discriminator", "readOnly", "writeOnly", "xml", "$anchor"}
)
ALTERNATIVES = ("anyOf", "oneOf")
CONDITIONS = ("if", "then", "else", "not", "contains", "propertyNames", "dependentRequired", "dependentSchemas")
EVERY_TYPE = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})


class Comparison:
    """Two documents, and what was found between them so far."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old = old
        self.new = new
        self.reached: set[str] = set()  # pointers, of both documents
        self._seen: set[tuple[str, str, Direction, str]] = set()
        self._changes: dict[Change, None] = {}

    def sorted(self) -> list[Change]:
        """Every change once, the breaking ones first. What breaks in one direction is not told again as compatible in the other."""
        broken = {(each.pointer, each.text) for each in self._changes if each.breaking}
        kept = [each for each in self._changes if each.breaking or (each.pointer, each.text) not in broken]
        return sorted(kept, key=lambda each: (not each.breaking, each.pointer, each.text))

    # --- what a difference means

    def lost(self, place: Place, text: str) -> None:
        """Something that was relied on is gone: breaking whoever sends."""
        self._changes[Change(True, place.pointer, text)] = None

    def gained(self, place: Place, text: str) -> None:
        """Something is there in addition."""
        self._changes[Change(False, place.pointer, text)] = None

    def narrowed(self, place: Place, text: str, direction: Direction) -> None:
        """Less is possible than before: breaking for those who send."""
        self._changes[Change(direction != "response", place.pointer, text)] = None

    def widened(self, place: Place, text: str, direction: Direction) -> None:
        """More is possible than before: breaking for those who read."""
        self._changes[Change(direction != "request", place.pointer, text)] = None

    # --- schemas

    def schemas(self, old: Place, new: Place, direction: Direction) -> None:
        """Compare two schemas and everything below them."""
        old, new = self.old.follow(old), self.new.follow(new)
        key = (old.pointer, new.pointer, direction, old.part + new.part)
        if key in self._seen:
            return
        self._seen.add(key)
        self.reached |= {old.pointer, new.pointer}
        before, after = self._merged(self.old, old), self._merged(self.new, new)
        if before is False or after is False or before is True or after is True:
            self._booleans(old, before, after, direction)
            return
        if any(name in each for name in ALTERNATIVES for each in (before, after)):
            self._alternatives((old, before), (new, after), direction)
            before = {name: value for name, value in before.items() if name not in ALTERNATIVES}
            after = {name: value for name, value in after.items() if name not in ALTERNATIVES}
        else:
            self._types(old, before, after, direction)
        self._values(old, before, after, direction)
        for name in LIMITS:
            compare_limit(self, name, (old, before.get(name)), (new, after.get(name)), direction)
        self._members((old, before), (new, after), direction)
        self._entries((old, before), (new, after), direction)
        self._conditions(old, new)
        self._rest((old, before), (new, after))

    def _merged(self, document: Document, place: Place, depth: int = 0) -> Any:
        """A schema with what its allOf says taken up. Values stay where they are: their places are found again by `_child`."""
        schema = place.value
        if schema is None:
            return {}
        if not isinstance(schema, dict) or "allOf" not in schema or depth > 20:
            return schema
        merged: dict[str, Any] = {}
        for part in place.at("allOf").entries():
            found = document.follow(part)
            self.reached.add(found.pointer)
            inner = self._merged(document, found, depth + 1)
            if isinstance(inner, dict):
                _take_up(merged, {name: value for name, value in inner.items() if name not in CONDITIONS})
        _take_up(merged, {name: value for name, value in schema.items() if name != "allOf"})
        return merged

    def _booleans(self, place: Place, before: Any, after: Any, direction: Direction) -> None:
        old, new = _permits(before), _permits(after)
        if new < old:
            self.narrowed(place, "fewer values are allowed: " + f"{shown(before)} became {shown(after)}", direction)
        elif new > old:
            self.widened(place, "more values are allowed: " + f"{shown(before)} became {shown(after)}", direction)

    def _types(self, place: Place, before: Mapping[str, Any], after: Mapping[str, Any], direction: Direction) -> None:
        old, new = types(before), types(after)
        if old == new:
            return
        gone = sorted(each for each in old - new if not (each == "integer" and "number" in new))
        more = sorted(each for each in new - old if not (each == "integer" and "number" in old))
        if gone:
            self.narrowed(place, f"type {_names(gone)} is no longer allowed (was {_names(old)}, is {_names(new)})", direction)
        if more:
            self.widened(place, f"type {_names(more)} is possible now (was {_names(old)}, is {_names(new)})", direction)

    def _values(self, place: Place, before: Mapping[str, Any], after: Mapping[str, Any], direction: Direction) -> None:
        old, new = values(before), values(after)
        if old == new:
            return
        if old is None:
            self.narrowed(place, f"only these values are allowed now: {_list(new or ())}", direction)
        elif new is None:
            self.widened(place, f"any value is possible now, no longer only {_list(old)}", direction)
        else:
            gone, more = [each for each in old if each not in new], [each for each in new if each not in old]
            if gone:
                self.narrowed(place, f"values {_list(gone)} are no longer allowed", direction)
            if more:
                self.widened(place, f"values {_list(more)} are possible now", direction)

    def _alternatives(self, old: tuple[Place, Any], new: tuple[Place, Any], direction: Direction) -> None:
        before, after = self._choices(self.old, *old), self._choices(self.new, *new)
        rest = list(after)
        unmatched: list[Place] = []
        for choice in before:
            wanted = self._key(self.old, choice)
            twin = next((each for each in rest if self._key(self.new, each) == wanted), None)
            if twin is None:
                unmatched.append(choice)
            else:
                rest.remove(twin)
                self.schemas(choice, twin, direction)
        if len(unmatched) == 1 and len(rest) == 1:
            self.schemas(unmatched[0], rest[0], direction)
            return
        for choice in unmatched:
            self.narrowed(choice, f"the alternative {self._key(self.old, choice)} is gone", direction)
        for choice in rest:
            self.widened(choice, f"the alternative {self._key(self.new, choice)} is possible now", direction)

    def _choices(self, document: Document, place: Place, schema: Mapping[str, Any]) -> list[Place]:
        """The alternatives of a schema; itself when it has none. A list of types counts as alternatives."""
        for name in ALTERNATIVES:
            if isinstance(schema.get(name), list):
                return list(self._child(document, place, name).entries())
        given = schema.get("type")
        if isinstance(given, list):
            return [Place({**schema, "type": each}, place.pointer, str(each)) for each in given]
        return [Place(dict(schema), place.pointer, "alone")] if schema else []

    def _key(self, document: Document, choice: Place) -> str:
        """What an alternative is called: where it refers to, or what it consists of."""
        schema = choice.value
        if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
            return str(schema["$ref"]).rsplit("/", 1)[-1]
        schema = self._merged(document, choice)
        if not isinstance(schema, dict):
            return shown(schema)
        fixed = [
            f"{name}={shown(each['const'])}" for name, each in _properties(schema).items() if isinstance(each, dict) and "const" in each
        ]
        found = values(schema)
        return " ".join([_names(types(schema)), *fixed, *([_list(found)] if found is not None and len(found) == 1 else [])])

    def _members(self, old: tuple[Place, Any], new: tuple[Place, Any], direction: Direction) -> None:
        (place, before), (new_place, after) = old, new
        had, has = _properties(before), _properties(after)
        needed, needs = set(before.get("required") or ()), set(after.get("required") or ())
        for name in had:
            here = self._child(self.old, place, "properties", name)
            if name not in has:
                self.lost(here, f"field {name!r} is gone{_renamed(had[name], had, has)}")
                continue
            self.schemas(here, self._child(self.new, new_place, "properties", name), direction)
            self._requirement(here, name, name in needed, name in needs, direction)
        for name in has:
            if name not in had:
                self._new_member(self._child(self.new, new_place, "properties", name), name, name in needs, direction)
        for name in sorted((needed ^ needs) - set(had) - set(has)):
            self._requirement(place.at("required"), name, name in needed, name in needs, direction)
        self._other_members(old, new, direction)

    def _requirement(self, place: Place, name: str, needed: bool, needs: bool, direction: Direction) -> None:
        if needs and not needed:
            self.narrowed(place, f"field {name!r} is required now", direction)
        elif needed and not needs:
            self.widened(place, f"field {name!r} may be absent now, it was always there", direction)

    def _new_member(self, place: Place, name: str, required: bool, direction: Direction) -> None:
        if required:
            self.narrowed(place, f"new field {name!r}, and it is required", direction)
        else:
            self.gained(place, f"new field {name!r}")

    def _other_members(self, old: tuple[Place, Any], new: tuple[Place, Any], direction: Direction) -> None:
        (place, before), (new_place, after) = old, new
        had, has = before.get("additionalProperties", True), after.get("additionalProperties", True)
        where = place.at("additionalProperties")
        if had != has and (had is False or has is False):
            if has is False:
                self.narrowed(where, "further fields are no longer allowed", direction)
            else:
                self.widened(where, "further fields are possible now", direction)
        elif isinstance(had, dict) or isinstance(has, dict):
            self.schemas(where, new_place.at("additionalProperties"), direction)
        patterns, now = before.get("patternProperties") or {}, after.get("patternProperties") or {}
        for name in patterns:
            if name in now:
                self.schemas(place.at("patternProperties", name), new_place.at("patternProperties", name), direction)
            else:
                self.lost(place.at("patternProperties", name), f"fields like {name!r} are gone")
        for name in now:
            if name not in patterns:
                self.gained(new_place.at("patternProperties", name), f"new fields like {name!r}")

    def _entries(self, old: tuple[Place, Any], new: tuple[Place, Any], direction: Direction) -> None:
        (place, before), (new_place, after) = old, new
        if "items" in before or "items" in after:
            self.schemas(self._child(self.old, place, "items"), self._child(self.new, new_place, "items"), direction)
        had, has = before.get("prefixItems") or [], after.get("prefixItems") or []
        for index in range(max(len(had), len(has))):
            if index >= len(has):
                self.lost(place.at("prefixItems", index), f"entry {index} is gone")
            elif index >= len(had):
                self.gained(new_place.at("prefixItems", index), f"new entry {index}")
            else:
                self.schemas(place.at("prefixItems", index), new_place.at("prefixItems", index), direction)

    def _child(self, document: Document, place: Place, *names: str) -> Place:
        """A member of a schema, also when one of its allOf parts says it."""
        found = place.at(*names)
        if found.value is not None:
            return found
        for part in place.at("allOf").entries():
            inner = self._child(document, document.follow(part), *names)
            if inner.value is not None:
                return inner
        return found

    def _conditions(self, old: Place, new: Place) -> None:
        """Conditions among the parts of allOf, in their order."""
        before, after = ([part for part in each.at("allOf").entries() if set(CONDITIONS) & set(part.members())] for each in (old, new))
        for had, has in zip(before, after, strict=False):
            for name in CONDITIONS:
                self._opaque(had.at(name), has.at(name))
        for place in before[len(after) :]:
            self.lost(place, "a condition is gone")
        for place in after[len(before) :]:
            self.lost(place, "a condition is new")

    def _rest(self, old: tuple[Place, Any], new: tuple[Place, Any]) -> None:
        """Keywords that are not understood here: a difference in one of them is never called compatible."""
        (place, before), (new_place, after) = old, new
        for name in sorted((set(before) | set(after)) - STRUCTURE - ANNOTATIONS - set(LIMITS)):
            if not name.startswith("x-") and before.get(name) != after.get(name):
                self._opaque(Place(before.get(name), place.at(name).pointer), Place(after.get(name), new_place.at(name).pointer))
        if isinstance(before.get("$ref"), str) and before.get("$ref") != after.get("$ref"):
            self.lost(place.at("$ref"), f"reference changed from {before.get('$ref')!r} to {after.get('$ref')!r}")
        if before.get("default") != after.get("default"):
            text = f"the default changed from {shown(before.get('default'))} to {shown(after.get('default'))}"
            self.gained(place.at("default"), text)

    def _opaque(self, old: Place, new: Place) -> None:
        """Values whose meaning is not weighed: the innermost places where they differ."""
        if old.value == new.value:
            return
        if not (isinstance(old.value, dict) and isinstance(new.value, dict)):
            self.lost(old, f"changed from {shown(old.value)} to {shown(new.value)}")
            return
        noun = "field " if old.pointer.endswith("/properties") else ""
        for name in old.value:
            if name in new.value:
                self._opaque(old.at(name), new.at(name))
            else:
                self.lost(old.at(name), f"{noun}{name!r} is gone")
        for name in new.value:
            if name not in old.value:
                self.lost(new.at(name), f"{noun}{name!r} is new where it restricts")


def types(schema: Mapping[str, Any]) -> frozenset[str]:
    """Types that a schema allows; of all kinds when it says nothing."""
    given = schema.get("type")
    found = _value_types(schema) if given is None else frozenset(given if isinstance(given, list) else [given])
    return found | {"null"} if schema.get("nullable") is True else found


def _value_types(schema: Mapping[str, Any]) -> frozenset[str]:
    given = values(schema)
    return EVERY_TYPE if given is None else frozenset(_type_of(each) for each in given)


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object"


def values(schema: Mapping[str, Any]) -> list[Any] | None:
    """The values that a schema lists, or None when it lists none."""
    if "const" in schema:
        return [schema["const"]]
    return schema["enum"] if isinstance(schema.get("enum"), list) else None


def _properties(schema: Any) -> Mapping[str, Any]:
    found = schema.get("properties") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) else {}


def _take_up(merged: dict[str, Any], part: Any) -> None:
    if not isinstance(part, dict):
        return
    for name, value in part.items():
        if name == "properties" and isinstance(value, dict):
            merged["properties"] = {**merged.get("properties", {}), **value}
        elif name == "required" and isinstance(value, list):
            merged["required"] = [*merged.get("required", []), *(each for each in value if each not in merged.get("required", []))]
        else:
            merged[name] = value


def _renamed(schema: Any, had: Mapping[str, Any], has: Mapping[str, Any]) -> str:
    twins = [name for name in has if name not in had and has[name] == schema]
    return f"; renamed to {twins[0]!r}?" if len(twins) == 1 else ""


def _permits(schema: Any) -> int:
    """0 nothing, 1 something, 2 anything."""
    return 0 if schema is False else 2 if schema is True or schema == {} else 1


def _names(found: Iterable[str]) -> str:
    names = sorted(found)
    return "anything" if set(names) == EVERY_TYPE else " or ".join(names)


def _list(found: Iterable[Any]) -> str:
    return ", ".join(shown(each) for each in found)
