"""A system's document made ready for the generator: with the company's words in it, and one bearer scheme for each scope."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from harness.fuzz.target import Vocabulary, operations_of

PREFIX = "bearer_"
REFERENCES_MAX = 20  # one after the other
Schema = Mapping[str, Any]


def prepared(document: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """A copy. Examples are added where the operation takes a body of the vocabulary; OAuth scopes become bearer schemes,
    because the generator tries what happens without a token only for schemes that it can satisfy."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    for _, _, operation in operations_of(copy):
        _with_bodies(operation, vocabulary.bodies.get(operation.get("operationId", ""), ()))
        _with_words(operation, vocabulary.words)
        _with_bearers(operation, copy)
    return copy


def _with_bodies(operation: Any, bodies: tuple[Mapping[str, Any], ...]) -> None:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        if bodies:
            media["examples"] = {f"company-{number}": {"value": body} for number, body in enumerate(bodies)}


def _with_words(operation: Any, words: Mapping[str, tuple[str, ...]]) -> None:
    """Where one parameter is varied, the others take an example: then the request does not end at the first unknown name."""
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        known = words.get(f"{operation.get('operationId')}/{name}", words.get(name))
        if known:
            parameter["examples"] = {f"company-{number}": {"value": value} for number, value in enumerate(known)}


def _with_bearers(operation: Any, document: dict[str, Any]) -> None:
    schemes = document.get("components", {}).get("securitySchemes", {})
    changed = []
    for requirement in operation.get("security", []):
        scopes = [scope for name, scopes in requirement.items() if schemes.get(name, {}).get("type") == "oauth2" for scope in scopes]
        for scope in scopes:
            schemes[PREFIX + scope.replace(".", "_")] = {"type": "http", "scheme": "bearer"}
        changed.append({PREFIX + scope.replace(".", "_"): [] for scope in scopes} if scopes else requirement)
    if changed:
        operation["security"] = changed


def scheme_of(scope: str) -> str:
    """The name of the bearer scheme of a scope."""
    return PREFIX + scope.replace(".", "_")


def bindings(document: Mapping[str, Any], words: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """(key of a parameter or body member as the generator's settings spell it, word) wherever a name of the vocabulary stands."""
    if not words:
        return  # somebody's own schemas may refer to themselves in many ways
    for _, _, operation in operations_of(document):
        for parameter in operation.get("parameters", []):
            if parameter.get("name") in words:
                yield f"{parameter['in']}.{parameter['name']}", parameter["name"]
        for media in operation.get("requestBody", {}).get("content", {}).values():
            for path, name in _members(media.get("schema", {}), document, ""):
                if name in words:
                    yield f"body.{path}", name


def _members(schema: Schema, document: Mapping[str, Any], path: str, depth: int = 6) -> Iterator[tuple[str, str]]:
    if depth == 0:
        return
    for each in _alternatives(schema, document):
        for name, inner in each.get("properties", {}).items():
            below = f"{path}.{name}" if path else name
            yield below, name
            yield from _members(inner, document, below, depth - 1)
        if path and isinstance(each.get("items"), dict):
            yield from _members(each["items"], document, f"{path}[*]", depth - 1)


def _alternatives(schema: Schema, document: Mapping[str, Any]) -> Iterator[Schema]:
    resolved = resolve(schema, document)
    yield resolved
    for kind in ("anyOf", "oneOf", "allOf"):
        for each in resolved.get(kind, []):
            yield resolve(each, document)


def resolve(schema: Any, document: Mapping[str, Any]) -> Schema:
    """The schema behind a local reference; nothing for a schema that is only true or false, or refers to nothing or in a circle."""
    for _ in range(REFERENCES_MAX):
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return schema if isinstance(schema, dict) else {}
        schema = _behind(reference, document)
    return {}


def _behind(reference: str, document: Mapping[str, Any]) -> Any:
    found: Any = document
    for part in reference[2:].split("/"):
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = found[int(name)] if name.isdecimal() and int(name) < len(found) else {}
        else:
            found = found.get(name, {}) if isinstance(found, dict) else {}
    return found


def foreign_references(document: Any) -> set[str]:
    """References that lead out of the document: following them would fetch from wherever they point. The document is a tree (`reading`)."""
    found, left = set(), [document]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                found.add(reference)
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
    return found
