"""OpenAPI 3 documents compared: operations, webhooks and callbacks, and what is left among the components."""

import re
from collections.abc import Callable
from typing import Any

from harness.contracts.diff.change import Direction, opposite
from harness.contracts.diff.document import ApiDocument, Place
from harness.contracts.diff.exchange import compare_parameters, compare_request_body, compare_responses, path_names
from harness.contracts.diff.schema import Comparison
from harness.contracts.diff.security import compare_security, compare_security_schemes

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
ROOT = frozenset({"openapi", "info", "paths", "webhooks", "components", "servers", "security"})
PATH_ITEM = frozenset({*METHODS, "$ref", "parameters", "servers"})
OPERATION = frozenset({"operationId", "parameters", "requestBody", "responses", "callbacks", "security", "servers"})
SERVER = frozenset({"url"})
Names = Callable[[str], str]


def compare_openapi(comparison: Comparison) -> None:
    """Everything of two documents."""
    old, new = comparison.old.top(), comparison.new.top()
    _version(comparison, old.at("openapi"), new.at("openapi"))
    _servers(comparison, old.at("servers"), new.at("servers"))
    _paths(comparison, old.at("paths"), new.at("paths"), "request", ("operation", _without_names))
    _paths(comparison, old.at("webhooks"), new.at("webhooks"), "response", ("event", str))
    compare_security_schemes(comparison, old.at("components", "securitySchemes"), new.at("components", "securitySchemes"))
    compare_components(comparison)
    comparison.rest(old, new, ROOT)


def compare_components(comparison: Comparison) -> None:
    """Shared parts of an OpenAPI or AsyncAPI document that nothing refers to. The direction of schemas is not known, so both count."""
    old, new = comparison.old.top().at("components"), comparison.new.top().at("components")
    for kind in {**old.members(), **new.members()}:
        before, after = old.at(kind), new.at(kind)
        if kind == "schemas":
            compare_shared_schemas(comparison, before, after)
        elif not kind.startswith("x-") and kind != "examples":
            _unreached(comparison, before, after, lambda had, has: comparison.unweighed(had, has, "object"))


def compare_shared_schemas(comparison: Comparison, old: Place, new: Place) -> None:
    """Shared schemas that nothing refers to."""
    _unreached(comparison, old, new, lambda had, has: comparison.schemas(had, has, "both"))


def _unreached(comparison: Comparison, old: Place, new: Place, compare: Callable[[Place, Place], None]) -> None:
    noun = old.pointer.rsplit("/", 1)[-1].rstrip("s")
    referred = comparison.old.referred(comparison.weighed)
    for name in old.members():
        place = old.at(name)
        if place.pointer in comparison.weighed:
            continue
        if name in new.members():
            compare(place, new.at(name))
        elif place.pointer in referred:
            comparison.lost(place, f"{noun} {name!r} is gone")
        else:
            comparison.gained(place, f"{noun} {name!r} is gone; nobody refers to it")
    for name in new.members():
        if name not in old.members() and new.at(name).pointer not in comparison.weighed:
            comparison.gained(new.at(name), f"new {noun} {name!r}")


def _version(comparison: Comparison, old: Place, new: Place) -> None:
    if old.value != new.value:
        comparison.gained(old, f"version {old.value} of the format became {new.value}")


def _paths(comparison: Comparison, old: Place, new: Place, direction: Direction, words: tuple[str, Names]) -> None:
    """`direction` is that of the request bodies: those of webhooks and callbacks are read, not sent, by consumers."""
    noun, names = words
    before, after = _items(old, names), _items(new, names)
    for key in before.keys() & after.keys():
        comparison.rest(*comparison.pair(before[key][1], after[key][1]), PATH_ITEM)
    _operations(comparison, _by_method(comparison.old, before), _by_method(comparison.new, after), direction, noun)


def _without_names(path: str) -> str:
    """The names of path parameters do not matter to a caller."""
    return re.sub(r"{[^}]*}", "{}", path)


def _items(paths: Place, names: Names) -> dict[str, tuple[str, Place]]:
    """Path items with their paths. Two paths that differ in names alone keep their names."""
    found: dict[str, tuple[str, Place]] = {}
    for path in paths.members():
        if not path.startswith("x-") or paths.pointer == "#/webhooks":
            key = path if names(path) in found else names(path)
            found[key] = path, paths.at(path)
    return found


def _by_method(document: ApiDocument, items: dict[str, tuple[str, Place]]) -> dict[tuple[str, str], tuple[str, Place]]:
    found = {key: (path, document.follow(item)) for key, (path, item) in items.items()}
    return {(method, key): (path, item) for key, (path, item) in found.items() for method in METHODS if method in item.members()}


def _operations(comparison: Comparison, before: dict[Any, Any], after: dict[Any, Any], direction: Direction, noun: str) -> None:
    for key, (_, item) in before.items():
        place = item.at(key[0])
        if key not in after:
            comparison.lost(place, f"{noun} {_called(place, key)} is gone")
        else:
            _operation(comparison, (key[0], *before[key]), (key[0], *after[key]), direction)
    for key, (_, item) in after.items():
        if key not in before:
            comparison.gained(item.at(key[0]), f"new {noun} {_called(item.at(key[0]), key)}")


def _called(place: Place, key: tuple[str, str]) -> str:
    name = place.members().get("operationId")
    method, path = key
    return f"{method.upper()} {path}" + (f" ({name})" if name else "")


def _operation(comparison: Comparison, before: tuple[str, str, Place], after: tuple[str, str, Place], direction: Direction) -> None:
    (method, path, old_item), (_, new_path, new_item) = before, after
    old, new = old_item.at(method), new_item.at(method)
    sides = [(path_names(each), _parameters_of(item, method)) for each, item in ((path, old_item), (new_path, new_item))]
    compare_parameters(comparison, sides[0], sides[1], direction)
    compare_request_body(comparison, old.at("requestBody"), new.at("requestBody"), direction)
    compare_responses(comparison, old.at("responses"), new.at("responses"), opposite(direction))
    compare_security(comparison, old, new)
    _servers(comparison, _servers_of(old_item, method), _servers_of(new_item, method))
    _callbacks(comparison, old.at("callbacks"), new.at("callbacks"), opposite(direction))
    was, now = old.members().get("operationId"), new.members().get("operationId")
    if was != now:
        comparison.gained(old, f"operationId changed from {was!r} to {now!r}")
    comparison.rest(old, new, OPERATION)


def _parameters_of(item: Place, method: str) -> list[Place]:
    """Those of all methods of the path, then its own, which replace them."""
    return [*item.at("parameters").entries(), *item.at(method, "parameters").entries()]


def _callbacks(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    for name in old.members():
        if name not in new.members():
            comparison.lost(old.at(name), f"callback {name!r} is gone")
            continue
        before, after = comparison.pair(old.at(name), new.at(name))
        _paths(comparison, before, after, direction, ("callback", str))
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new callback {name!r}")


def _servers_of(item: Place, method: str) -> Place:
    own = item.at(method, "servers")
    return own if own.value else item.at("servers")


def _servers(comparison: Comparison, old: Place, new: Place) -> None:
    """Servers by address. A document without any is served at `/`; an operation without any goes to those of the document."""
    before, after = _by_url(old), _by_url(new)
    for url, place in before.items():
        if url in after:
            comparison.rest(place, after[url], SERVER)
        else:
            comparison.lost(place, f"server {url} is gone")
    for url, place in after.items():
        if url not in before:
            comparison.gained(place, f"new server {url}")


def _by_url(servers: Place) -> dict[str, Place]:
    found = {str(place.members().get("url")): place for place in servers.entries()}
    return found or {("/" if servers.pointer == "#/servers" else "of the document"): Place(None, servers.pointer, servers.document)}
