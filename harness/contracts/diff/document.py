"""A document with its kind, and its places: a value, and the JSON pointer of where it stands after following references."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import unquote

from harness.contracts.diff.json_values import json_values, kind_of
from harness.errors import UsageError

Kind = Literal["openapi", "asyncapi", "json schema"]
SCHEMA_WORDS = frozenset(
    {"$schema", "$ref", "$defs", "definitions", "type", "properties", "enum", "const", "allOf", "anyOf", "oneOf", "items"}
)
ANNOTATIONS = frozenset({"title", "description", "examples", "example", "deprecated", "$comment", "$id", "summary", "externalDocs", "tags"})
REFS_MAX = 50
COMPONENT = re.compile(r"#/(?:components/[^/]+|\$defs|definitions)/[^/]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a document, and where it is."""

    value: Any
    pointer: str
    document: str = ""  # its name, for messages
    part: str = ""  # one of several things that are compared at the same place

    def at(self, *names: str | int) -> "Place":
        """A member, or the place where it would be: its value is None then."""
        value, pointer = self.value, self.pointer
        for name in names:
            pointer = f"{pointer}/{escaped(name)}"
            if isinstance(value, dict):
                value = value.get(name)
            elif isinstance(value, list) and isinstance(name, int) and name < len(value):
                value = value[name]
            else:
                value = None
        return Place(value, pointer, self.document)

    def members(self) -> Mapping[str, Any]:
        """The members of an object; none when there is nothing. Raises UsageError for anything else."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.unexpected("an object")
        return self.value

    def entries(self) -> Iterator["Place"]:
        """The entries of a list; none when there is nothing. Raises UsageError for anything else."""
        if not isinstance(self.value, list | None):
            raise self.unexpected("a list")
        for index in range(len(self.value or ())):
            yield self.at(index)

    def texts(self) -> list[str]:
        """The entries of a list of texts."""
        for entry in self.entries():
            if not isinstance(entry.value, str):
                raise entry.unexpected("a text")
        return list(self.value or ())

    def only(self, names: set[str]) -> "Place":
        """An object reduced to some of its members."""
        return Place({name: value for name, value in self.members().items() if name in names}, self.pointer, self.document, self.part)

    def without(self, *names: str) -> "Place":
        """An object without some of its members: another one, when it had any of them."""
        kept = {name: value for name, value in self.members().items() if name not in names}
        if len(kept) == len(self.members()):
            return self
        return Place(kept, self.pointer, self.document, f"{self.part} without {' '.join(names)}")

    def unexpected(self, expected: str) -> UsageError:
        """What to raise about a value that cannot stand here."""
        return UsageError(f"{self.document}: {self.pointer}: expected {expected}, got {kind_of(self.value)}")


@dataclass(frozen=True, slots=True)
class ApiDocument:
    """One version. `name` is for messages."""

    name: str
    kind: Kind
    root: dict[str, Any]

    def top(self) -> Place:
        """The whole."""
        return Place(self.root, "#", self.name)

    def follow(self, place: Place) -> Place:
        """Where references lead; the place itself when it is none, or where they lead out of the document or in circles."""
        for _ in range(REFS_MAX):
            target = self.step(place)
            if target is None:
                break
            place = target
        return place

    def step(self, place: Place) -> Place | None:
        """Where one reference leads; None when it is none, or leads nowhere in this document."""
        ref = place.value.get("$ref") if isinstance(place.value, dict) else None
        if not isinstance(ref, str) or not (ref == "#" or ref.startswith("#/")):
            return None
        place = self.top()
        for name in ref[2:].split("/") if len(ref) > 2 else ():
            plain = unquote(name).replace("~1", "/").replace("~0", "~")
            place = place.at(int(plain) if isinstance(place.value, list) and plain.isdecimal() else plain)
        return place if place.value is not None else None

    def referred(self, reached: Collection[str]) -> set[str]:
        """Pointers that something refers to, which is itself reached: what only unused components point at is unused as well."""
        found: set[str] = set()
        waiting: list[tuple[str, Any]] = [("#", self.root)]
        while waiting:
            pointer, value = waiting.pop()
            if COMPONENT.fullmatch(pointer) and pointer not in reached:
                continue
            if isinstance(value, dict):
                found |= {unquote(each) for each in _pointers(value)}
                waiting += [(f"{pointer}/{escaped(name)}", member) for name, member in value.items()]
            elif isinstance(value, list):
                waiting += [(f"{pointer}/{index}", member) for index, member in enumerate(value)]
        return found


def _pointers(value: dict[str, Any]) -> Iterator[str]:
    """What one object refers to: by reference, or as a target of its discriminator, which may be a bare name."""
    if isinstance(value.get("$ref"), str):
        yield value["$ref"]
    mapping = value.get("mapping")
    for target in mapping.values() if isinstance(mapping, dict) else ():
        if isinstance(target, str):
            yield target if "/" in target else f"#/components/schemas/{target}"


@lru_cache(10_000)
def escaped(name: str | int) -> str:
    """One step of a JSON pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")


def document(name: str, root: Any) -> ApiDocument:
    """A document from its value. Raises UsageError when it is none of the kinds."""
    if not isinstance(root, dict):
        raise UsageError(f"{name}: expected an object: an OpenAPI 3, an AsyncAPI 3 or a JSON Schema document")
    root = json_values(name, root)
    if "swagger" in root or ("openapi" in root and not str(root["openapi"]).startswith("3.")):
        raise UsageError(f"{name}: OpenAPI {root.get('swagger') or root.get('openapi')} is not read; expected 3.0 or 3.1")
    if "asyncapi" in root and not str(root["asyncapi"]).startswith("3."):
        raise UsageError(f"{name}: AsyncAPI {root['asyncapi']} is not read; expected 3.0 or 3.1")
    if "openapi" in root:
        return ApiDocument(name, "openapi", root)
    if "asyncapi" in root:
        return ApiDocument(name, "asyncapi", root)
    if SCHEMA_WORDS & set(root):
        return ApiDocument(name, "json schema", root)
    raise UsageError(
        f"{name}: neither OpenAPI nor AsyncAPI nor JSON Schema: none of `openapi`, `asyncapi`, `$schema`, `type` stands at its top"
    )


def same_kind(old: ApiDocument, new: ApiDocument) -> None:
    """Raises UsageError when the two cannot be compared."""
    if old.kind != new.kind:
        raise UsageError(f"{old.name} is {old.kind}, {new.name} is {new.kind}: expected two versions of one document")
