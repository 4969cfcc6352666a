"""A document with its kind, and its places: a value, and the JSON pointer of where it stands after following references."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from harness.errors import UsageError

Kind = Literal["openapi", "asyncapi", "json schema"]
SCHEMA_WORDS = frozenset(
    {"$schema", "$ref", "$defs", "definitions", "type", "properties", "enum", "const", "allOf", "anyOf", "oneOf", "items"}
)
ANNOTATIONS = frozenset(
    {"title", "description", "examples", "example", "default", "deprecated", "$comment", "$id", "$schema", "summary", "externalDocs"}
)
REFS_MAX = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a document, and where it is."""

    value: Any
    pointer: str
    part: str = ""  # one of several things that are compared at the same place

    def at(self, *names: str | int) -> "Place":
        """A member, or the place where it would be: its value is None then."""
        value = self.value
        for name in names:
            if isinstance(value, dict):
                value = value.get(name)
            elif isinstance(value, list) and isinstance(name, int) and name < len(value):
                value = value[name]
            else:
                value = None
        return Place(value, self.pointer + "".join(f"/{escaped(name)}" for name in names))

    def members(self) -> Mapping[str, Any]:
        """The members of an object; none of anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def entries(self) -> Iterator["Place"]:
        """The entries of a list."""
        for index in range(len(self.value) if isinstance(self.value, list) else 0):
            yield self.at(index)


@dataclass(frozen=True, slots=True)
class Document:
    """One version. `name` is for messages."""

    name: str
    kind: Kind
    root: dict[str, Any]

    def top(self) -> Place:
        """The whole."""
        return Place(self.root, "#")

    def follow(self, place: Place) -> Place:
        """Where a reference leads; the place itself when it is none, or when it leads out of the document or in circles."""
        for _ in range(REFS_MAX):
            ref = place.value.get("$ref") if isinstance(place.value, dict) else None
            if not isinstance(ref, str) or not (ref == "#" or ref.startswith("#/")):
                return place
            target = self._target(ref)
            if target is None:
                return place
            rest = {name: value for name, value in place.value.items() if name != "$ref" and name not in ANNOTATIONS}
            if rest and isinstance(target.value, dict):  # 3.1 lets further keywords stand beside a reference
                return Place({"allOf": [{"$ref": ref}, rest]}, place.pointer)
            place = target
        return place

    def _target(self, ref: str) -> Place | None:
        place = self.top()
        for name in ref[2:].split("/") if len(ref) > 2 else ():
            plain = name.replace("~1", "/").replace("~0", "~")
            key: str | int = int(plain) if isinstance(place.value, list) and plain.isdigit() else plain
            place = place.at(key)
        return place if place.value is not None else None


def escaped(name: str | int) -> str:
    """One step of a JSON pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")


def load_document(path: Path) -> Document:
    """Read JSON or YAML. Raises UsageError that says what is wrong: not there, not readable, not one of the kinds."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    try:
        root = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not JSON: {error}") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not YAML: {str(error).splitlines()[0]}") from None
    return document(str(path), root)


def document(name: str, root: Any) -> Document:
    """A document from its value. Raises UsageError when it is none of the kinds."""
    if not isinstance(root, dict):
        raise UsageError(f"{name}: expected an object: an OpenAPI 3, an AsyncAPI 3 or a JSON Schema document")
    if "swagger" in root or ("openapi" in root and not str(root["openapi"]).startswith("3.")):
        raise UsageError(f"{name}: OpenAPI {root.get('swagger') or root.get('openapi')} is not read; expected 3.0 or 3.1")
    if "asyncapi" in root and not str(root["asyncapi"]).startswith("3."):
        raise UsageError(f"{name}: AsyncAPI {root['asyncapi']} is not read; expected 3.0 or 3.1")
    if "openapi" in root:
        return Document(name, "openapi", root)
    if "asyncapi" in root:
        return Document(name, "asyncapi", root)
    if SCHEMA_WORDS & set(root):
        return Document(name, "json schema", root)
    raise UsageError(
        f"{name}: neither OpenAPI nor AsyncAPI nor JSON Schema: none of `openapi`, `asyncapi`, `$schema`, `type` stands at its top"
    )


def same_kind(old: Document, new: Document) -> None:
    """Raises UsageError when the two cannot be compared."""
    if old.kind != new.kind:
        raise UsageError(f"{old.name} is {old.kind}, {new.name} is {new.kind}: expected two versions of one document")
