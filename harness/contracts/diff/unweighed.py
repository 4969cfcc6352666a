"""Parts of a document whose meaning is not weighed: the innermost places where they differ, behind references as well."""

from collections.abc import Iterator
from typing import Any, Literal

from harness.contracts.diff.change import shown
from harness.contracts.diff.document import ANNOTATIONS, ApiDocument, Place
from harness.contracts.diff.json_values import canonical

Position = Literal["schema", "schemas by name", "object", "value"]
Side = tuple[ApiDocument, Place]
BY_NAME = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
SCHEMAS = frozenset(
    {"not", "if", "then", "else", "contains", "propertyNames", "items", "additionalItems", "additionalProperties", "prefixItems"}
    | {"unevaluatedItems", "unevaluatedProperties", "contentSchema", "allOf", "anyOf", "oneOf"}
)
TEXTS_BY_NAME = frozenset({"parameters", "scopes", "mapping", "variables"})  # of documents: a name may be `description`


def differences(old: Side, new: Side, position: Position) -> Iterator[tuple[Place, str]]:
    """Where and what. `position` says which members are words of the format and which are names or data."""
    yield from _differences(old, new, position, set())


def _differences(old: Side, new: Side, position: Position, seen: set[tuple[str, ...]]) -> Iterator[tuple[Place, str]]:
    before, after = old[1], new[1]
    if isinstance(before.value, dict) and isinstance(after.value, dict):
        key = (before.pointer, after.pointer, position)
        if key not in seen:
            seen.add(key)
            yield from _members(old, new, position, seen)
    elif isinstance(before.value, list) and isinstance(after.value, list) and len(before.value) == len(after.value):
        for had, has in zip(before.entries(), after.entries(), strict=True):
            yield from _differences((old[0], had), (new[0], has), position, seen)
    elif canonical(before.value) != canonical(after.value):
        yield before, f"changed from {shown(before.value)} to {shown(after.value)}"


def _members(old: Side, new: Side, position: Position, seen: set[tuple[str, ...]]) -> Iterator[tuple[Place, str]]:
    before, after = old[1], new[1]
    noun = "field " if before.pointer.endswith("/properties") else ""
    for name in [*before.value, *(each for each in after.value if each not in before.value)]:
        had, has = before.at(name), after.at(name)
        if _is_annotation(name, had.value if name in before.value else has.value, position):
            continue
        if name not in after.value:
            yield had, f"{noun}{name!r} is gone"
        elif name not in before.value:
            yield has, f"{noun}{name!r} is new"
        else:
            yield from _differences((old[0], had), (new[0], has), _below(position, name), seen)
    yield from _behind(old, new, position, seen)


def _behind(old: Side, new: Side, position: Position, seen: set[tuple[str, ...]]) -> Iterator[tuple[Place, str]]:
    """What two references of the same name lead to may have changed, while the references have not."""
    had, has = old[0].step(old[1]), new[0].step(new[1])
    if had is not None and has is not None:
        yield from _differences((old[0], had), (new[0], has), position, seen)


def _is_annotation(name: str, value: Any, position: Position) -> bool:
    if position == "schema":
        return name in ANNOTATIONS or name.startswith("x-")
    return position == "object" and name in ANNOTATIONS and isinstance(value, str)


def _below(position: Position, name: str) -> Position:
    """The position of a member."""
    if position == "schemas by name":
        return "schema"
    if position == "object":
        return "value" if name in TEXTS_BY_NAME else "schema" if name in {"schema", "payload"} else "object"
    if position == "schema" and name in BY_NAME:
        return "schemas by name"
    return "schema" if position == "schema" and name in SCHEMAS else "value"
