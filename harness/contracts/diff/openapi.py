"""OpenAPI 3 documents compared: operations, parameters, bodies, responses, webhooks, and what is left among the components."""

import re
from collections.abc import Mapping
from typing import Any

from harness.contracts.diff.change import Direction, opposite
from harness.contracts.diff.document import Document, Place, escaped
from harness.contracts.diff.schema import Comparison

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def compare_openapi(comparison: Comparison) -> None:
    """Everything of two documents."""
    old, new = comparison.old.top(), comparison.new.top()
    _operations(comparison, "paths", old.at("paths"), new.at("paths"), "request")
    _operations(comparison, "webhooks", old.at("webhooks"), new.at("webhooks"), "response")
    components(comparison, "schemas")


def components(comparison: Comparison, name: str) -> None:
    """Shared schemas of an OpenAPI or AsyncAPI document."""
    _unreached(comparison, comparison.old.top().at("components", name), comparison.new.top().at("components", name))


def definitions(comparison: Comparison) -> None:
    """Shared schemas of a JSON Schema."""
    for name in ("$defs", "definitions"):
        _unreached(comparison, comparison.old.top().at(name), comparison.new.top().at(name))


def _unreached(comparison: Comparison, old: Place, new: Place) -> None:
    """Shared schemas that nothing refers to: their direction is not known, so both count."""
    for key in old.members():
        place = old.at(key)
        if place.pointer in comparison.reached:
            continue
        if key in new.members():
            comparison.schemas(place, new.at(key), "both")
        else:
            comparison.lost(place, f"schema {key!r} is gone")


def _operations(comparison: Comparison, room: str, old: Place, new: Place, direction: Direction) -> None:
    """`direction` is that of the request bodies: those of webhooks are read, not sent, by consumers."""
    noun = "operation" if room == "paths" else "event"
    before, after = _by_address(comparison.old, old), _by_address(comparison.new, new)
    for key, place in before.items():
        if key not in after:
            comparison.lost(place, f"{noun} {_called(place, key)} is gone")
        else:
            _operation(comparison, place, after[key], direction)
    for key, place in after.items():
        if key not in before:
            comparison.gained(place, f"new {noun} {_called(place, key)}")


def _by_address(document: Document, paths: Place) -> dict[tuple[str, str], Place]:
    """Operations by method and path; the names of path parameters do not matter to a caller."""
    found: dict[tuple[str, str], Place] = {}
    for path in paths.members():
        item = document.follow(paths.at(path))
        for method in METHODS:
            if method in item.members():
                operation = item.at(method)
                shared = item.members().get("parameters")
                if shared:
                    own = operation.members().get("parameters") or []
                    operation = Place({**operation.members(), "parameters": [*shared, *own]}, operation.pointer)
                found[method, re.sub(r"{[^}]*}", "{}", path)] = operation
    return found


def _called(place: Place, key: tuple[str, str]) -> str:
    name = place.members().get("operationId")
    method, path = key
    return f"{method.upper()} {path}" + (f" ({name})" if name else "")


def _operation(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    _parameters(comparison, old, new, direction)
    _request_body(comparison, old, new, direction)
    _responses(comparison, old.at("responses"), new.at("responses"), opposite(direction))
    _security(comparison, old, new)


def _parameters(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    before, after = _by_name(comparison.old, old), _by_name(comparison.new, new)
    for key, place in before.items():
        if key not in after:
            comparison.lost(place, f"{key[0]} parameter {key[1]!r} is gone")
            continue
        twin = after[key]
        _required(comparison, place, twin, f"{key[0]} parameter {key[1]!r}", direction)
        comparison.schemas(place.at("schema"), twin.at("schema"), direction)
    for key, place in after.items():
        if key not in before:
            name = f"{key[0]} parameter {key[1]!r}"
            if place.members().get("required") is True:
                comparison.narrowed(place, f"new {name}, and it is required", direction)
            else:
                comparison.gained(place, f"new {name}")


def _by_name(document: Document, operation: Place) -> dict[tuple[str, str], Place]:
    """Parameters by place and name; those in the path by their order, because their names do not matter to a caller."""
    found: dict[tuple[str, str], Place] = {}
    numbers = 0
    for entry in operation.at("parameters").entries():
        place = document.follow(entry)
        kind, name = str(place.members().get("in")), str(place.members().get("name"))
        if kind == "path":
            numbers += 1
            name = f"number {numbers}"
        found[kind, name.lower() if kind == "header" else name] = place
    return found


def _required(comparison: Comparison, old: Place, new: Place, name: str, direction: Direction) -> None:
    before, after = old.members().get("required") is True, new.members().get("required") is True
    if after and not before:
        comparison.narrowed(old, f"{name} is required now", direction)
    elif before and not after:
        comparison.widened(old, f"{name} may be absent now, it was always there", direction)


def _request_body(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    before, after = comparison.old.follow(old.at("requestBody")), comparison.new.follow(new.at("requestBody"))
    if before.value is None and after.value is None:
        return
    if after.value is None:
        comparison.lost(before, "the request body is gone")
    elif before.value is None:
        if after.members().get("required") is True:
            comparison.narrowed(after, "a request body is required now", direction)
        else:
            comparison.gained(after, "a request body is possible now")
    else:
        _required(comparison, before, after, "the request body", direction)
        _content(comparison, before.at("content"), after.at("content"), direction)


def _content(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    for name in old.members():
        if name in new.members():
            comparison.schemas(old.at(name, "schema"), new.at(name, "schema"), direction)
        else:
            comparison.lost(old.at(name), f"content type {name} is gone")
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new content type {name}")


def _responses(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    for status in old.members():
        if status not in new.members():
            comparison.lost(old.at(status), f"response {status} is gone")
            continue
        before, after = comparison.old.follow(old.at(status)), comparison.new.follow(new.at(status))
        _content(comparison, before.at("content"), after.at("content"), direction)
        _headers(comparison, before.at("headers"), after.at("headers"), direction)
    for status in new.members():
        if status not in old.members():
            comparison.gained(new.at(status), f"new response {status}")


def _headers(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    known = {name.lower(): name for name in new.members()}
    for name in old.members():
        if name.lower() not in known:
            comparison.lost(old.at(name), f"header {name} is gone")
            continue
        before, after = comparison.old.follow(old.at(name)), comparison.new.follow(new.at(known[name.lower()]))
        _required(comparison, before, after, f"header {name}", direction)
        comparison.schemas(before.at("schema"), after.at("schema"), direction)
    for name in new.members():
        if name.lower() not in {each.lower() for each in old.members()}:
            comparison.gained(new.at(name), f"new header {name}")


def _security(comparison: Comparison, old: Place, new: Place) -> None:
    """Whoever could call before can still call: one of the new ways asks for nothing more than the old way did."""
    before, after = _ways(comparison.old, old), _ways(comparison.new, new)
    if before == after:
        return
    where = Place(None, f"{old.pointer}/{escaped('security')}")
    shut = [way for way in before if not any(_covers(way, each) for each in after)]
    if shut:
        comparison.lost(where, f"callers with {_rights(shut[0])} are no longer let in; expected now: {' or '.join(map(_rights, after))}")
    else:
        comparison.gained(where, f"asks for less than before: {' or '.join(map(_rights, after))}")


def _ways(document: Document, operation: Place) -> list[Mapping[str, Any]]:
    given = operation.members().get("security", document.root.get("security"))
    return [each for each in given or [{}] if isinstance(each, dict)]


def _covers(has: Mapping[str, Any], asks: Mapping[str, Any]) -> bool:
    return all(name in has and set(scopes or ()) <= set(has[name] or ()) for name, scopes in asks.items())


def _rights(way: Mapping[str, Any]) -> str:
    return " and ".join(f"{name} {' '.join(scopes or ())}".strip() for name, scopes in way.items()) or "nothing"
