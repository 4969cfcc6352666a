"""An OpenAPI document as somebody wrote it: JSON or YAML in, plain JSON values out, or one UnreadableError that says what is wrong.

The document is a stranger's. Aliases of YAML turn a page into gigabytes or into a circle, its dates and keys are not always JSON, and a
member may be anything at all: whoever reads on need not think of that.
"""

import base64
import json
from collections.abc import Iterator
from datetime import date
from math import isfinite
from typing import Any

from jsonschema import Draft202012Validator

from harness.bounded import DEPTH_MAX, too_deep
from harness.fuzz.document import resolve
from harness.fuzz.target import METHODS

NODES_MAX = 1_000_000  # aliases and references written out
BITS_MAX = 4_096  # longer numbers cannot be written as JSON again
SHOWN = 200


class UnreadableError(ValueError):
    """Why this is no document that can be fuzzed; a message for a person."""


def read(body: bytes) -> dict[str, Any]:
    """The document, with the references of its operations resolved. Raises UnreadableError."""
    document = plain(_parsed(body))
    if not isinstance(document, dict) or not ("openapi" in document or "swagger" in document):
        raise UnreadableError("this is not an OpenAPI document: member openapi is missing")
    _inline(document)
    found = plain(document)  # once more: references may have made it too large, or a circle
    assert isinstance(found, dict)
    _check_shape(found)
    return found


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _yaml(body)


def _yaml(body: bytes) -> Any:
    import yaml  # noqa: PLC0415 (most documents are JSON)

    kind = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if too_deep(body) is not None:
            raise UnreadableError(f"the document nests deeper than {DEPTH_MAX} levels")
        loader = kind(body)
        try:
            node = loader.get_single_node()
            _Expansion().measure(node)
            return None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except UnreadableError:
        raise
    except (yaml.YAMLError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError) as error:
        # A constructor raises nearly anything about a scalar that is not what its tag says.
        raise UnreadableError(f"neither JSON nor YAML: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


class _Expansion:
    """How large a tree of YAML nodes is when each alias is written out. Each node is looked at once, however often it is named."""

    def __init__(self) -> None:
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def measure(self, node: Any, depth: int = 0) -> int:
        """Raises UnreadableError for what is too large, too deep, or contains itself."""
        if node is None:
            return 0
        name = id(node)
        if name in self._open:
            raise UnreadableError("an alias of the document contains itself")
        if name not in self._sizes:
            if depth > DEPTH_MAX:
                raise UnreadableError(f"the document nests deeper than {DEPTH_MAX} levels")
            self._open.add(name)
            self._sizes[name] = 1 + sum(self.measure(each, depth + 1) for each in _children(node))
            self._open.discard(name)
        if self._sizes[name] > NODES_MAX:
            raise UnreadableError(f"the document has more than {NODES_MAX:,} members with its aliases written out")
        return self._sizes[name]


def _children(node: Any) -> Iterator[Any]:
    for each in node.value if isinstance(node.value, list) else ():
        if isinstance(each, tuple):
            yield from each
        else:
            yield each


def plain(value: Any) -> Any:
    """A copy of JSON types only: keys are text, dates are text. Raises UnreadableError for what is too large or too deep."""
    return _Copy().of(value, 0)


class _Copy:
    def __init__(self) -> None:
        self._left = NODES_MAX

    def of(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0:
            raise UnreadableError(f"the document has more than {NODES_MAX:,} members with its references written out")
        if depth > DEPTH_MAX:
            raise UnreadableError(f"the document nests deeper than {DEPTH_MAX} levels, or contains itself")
        if isinstance(value, dict):
            return {_key(name): self.of(each, depth + 1) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(each, depth + 1) for each in value]
        if isinstance(value, set):
            return [self.of(each, depth + 1) for each in sorted(value, key=str)]
        return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if (isinstance(value, float) and not isfinite(value)) or (isinstance(value, int) and value.bit_length() > BITS_MAX):
        raise UnreadableError("the document has a number that JSON does not know")
    return value


def _key(name: Any) -> str:
    """A key as JSON would spell it: `200:` and `on:` of YAML are a number and a truth."""
    if isinstance(name, bool) or name is None:
        return json.dumps(name)
    return str(_scalar(name))


def _inline(document: dict[str, Any]) -> None:
    """References of path items, parameters, bodies, responses and links become what they name. Those of schemas stay."""
    paths = document.get("paths")
    for item in _resolved(paths, document):
        _resolved(item.get("parameters"), document)
        for method in METHODS:
            operation = item.get(method)
            if isinstance(operation, dict):
                _inline_operation(operation, document)


def _inline_operation(operation: dict[str, Any], document: dict[str, Any]) -> None:
    _resolved(operation.get("parameters"), document)
    body = operation.get("requestBody")
    if isinstance(body, dict) and "$ref" in body:
        operation["requestBody"] = resolve(body, document)
    for response in _resolved(operation.get("responses"), document):
        _resolved(response.get("links"), document)


def _resolved(holder: Any, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Resolves the references that a mapping or a list holds, in place; the mappings that stand there now."""
    pairs = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder)) if isinstance(holder, list) else []
    for name, each in pairs:
        if isinstance(each, dict) and isinstance(each.get("$ref"), str) and each["$ref"].startswith("#/"):
            beside = {key: value for key, value in each.items() if key != "$ref"}
            holder[name] = {**resolve(each, document), **beside}
    return [holder[name] for name, _ in pairs if isinstance(holder[name], dict)]


def _map_of(inner: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": inner}


_OBJECT = {"type": "object"}
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_REFERS: dict[str, Any] = {"$ref": "#/$defs/schema"}
_SCHEMA = {
    "type": ["object", "boolean"],
    "properties": {
        "$ref": _TEXT,
        "type": {"anyOf": [_TEXT, _TEXTS]},
        "format": _TEXT,
        "enum": {"type": "array"},
        "properties": _map_of(_REFERS),
        "items": _REFERS,
        **{name: {"type": "array", "items": _REFERS} for name in ("anyOf", "oneOf", "allOf")},
    },
}
_MEDIA = {"type": "object", "properties": {"schema": _REFERS}}
_PARAMETER = {"type": "object", "required": ["name", "in"], "properties": {"name": _TEXT, "in": _TEXT, "schema": _REFERS}}
_CONTENT = {"type": "object", "properties": {"content": _map_of(_MEDIA), "links": _map_of(_OBJECT)}}
_OPERATION = {
    "type": "object",
    "properties": {
        "operationId": _TEXT,
        "parameters": {"type": "array", "items": _PARAMETER},
        "requestBody": _CONTENT,
        "responses": _map_of(_CONTENT),
        "security": {"type": "array", "items": _map_of(_TEXTS)},
    },
}
_ITEM = {
    "type": "object",
    "properties": {**dict.fromkeys(METHODS, _OPERATION), "parameters": {"type": "array", "items": _PARAMETER}},
}
# Of OpenAPI only what this room reads by itself; the rest is judged by the generator.
SHAPE = {
    "type": "object",
    "properties": {
        "openapi": _TEXT,
        "swagger": _TEXT,
        "basePath": _TEXT,
        "paths": {"type": "object", "patternProperties": {"^/": _ITEM}},
        "servers": {"type": "array", "items": {"type": "object", "properties": {"url": _TEXT}}},
        "components": {"type": "object", "properties": {"securitySchemes": _map_of(_OBJECT), "schemas": _map_of(_REFERS)}},
    },
    "$defs": {"schema": _SCHEMA},
}


def _check_shape(document: dict[str, Any]) -> None:
    for error in Draft202012Validator(SHAPE).iter_errors(document):
        where = error.json_path.removeprefix("$").lstrip(".") or "the document"
        raise UnreadableError(f"this is not a sound OpenAPI document: {where}: {error.message[:SHOWN]}")
