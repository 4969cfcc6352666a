"""What goes over the wire in one operation: parameters, bodies, responses, headers."""

import re
from typing import Any

from harness.contracts.diff.change import Direction, shown
from harness.contracts.diff.document import ApiDocument, Place
from harness.contracts.diff.schema import Comparison

PARAMETER = frozenset({"name", "in", "required", "schema", "content", "style", "explode", "allowReserved", "allowEmptyValue"})
REQUEST_BODY = frozenset({"required", "content"})
RESPONSE = frozenset({"content", "headers", "links"})
STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}  # when nothing is said
Parameters = tuple[list[str], list[Place]]  # the names in the path, and what is declared


def path_names(path: str) -> list[str]:
    """The names of a path's parameters, in its order."""
    return re.findall(r"{([^}]*)}", path)


def compare_parameters(comparison: Comparison, old: Parameters, new: Parameters, direction: Direction) -> None:
    """What a caller gives beside the body."""
    before, after = _by_name(comparison.old, old), _by_name(comparison.new, new)
    for key, place in before.items():
        if key in after:
            pair = comparison.pair(place, after[key])
            _required(comparison, *pair, f"{key[0]} parameter {key[1]!r}", direction)
            _serialized(comparison, *pair, key[0], direction)
        else:
            comparison.lost(place, f"{key[0]} parameter {key[1]!r} is gone")
    for key, place in after.items():
        if key not in before:
            name = f"{key[0]} parameter {key[1]!r}"
            if comparison.new.follow(place).members().get("required") is True:
                comparison.narrowed(place, f"new {name}, and it is required", direction)
            else:
                comparison.gained(place, f"new {name}")


def _by_name(document: ApiDocument, parameters: Parameters) -> dict[tuple[str, str], Place]:
    """Parameters by place and name; those in the path by their position there, because their names do not matter to a caller."""
    path, places = parameters
    found: dict[tuple[str, str], Place] = {}
    for given in places:
        place = document.follow(given)
        kind, name = str(place.members().get("in")), str(place.members().get("name"))
        if kind == "path":
            name = f"number {path.index(name) + 1}" if name in path else f"{name!r} outside of the path"
        found[kind, name.lower() if kind == "header" else name] = given
    return found


def _serialized(comparison: Comparison, old: Place, new: Place, kind: str, direction: Direction) -> None:
    """What a parameter or a header holds, and how it is written."""
    before, after = old.members(), new.members()
    if ("content" in before) != ("content" in after):
        comparison.lost(old.at("content"), f"it is {'written as content' if 'content' in after else 'no longer written as content'} now")
    else:
        compare_content(comparison, old.at("content"), new.at("content"), direction)
        always = all(each.members().get("required") is True for each in (old, new))
        with comparison.never_absent(always):
            comparison.schemas(old.at("schema"), new.at("schema"), direction)
    for name, absent in (("style", (STYLES.get(kind),) * 2), ("explode", (_exploded(before, kind), _exploded(after, kind)))):
        was, now = before.get(name, absent[0]), after.get(name, absent[1])
        if was != now:
            comparison.lost(old.at(name), f"{name} changed from {shown(was)} to {shown(now)}")
    for name in ("allowReserved", "allowEmptyValue"):
        _switch(comparison, old.at(name), new.at(name), name, direction)
    comparison.rest(old, new, PARAMETER)


def _exploded(parameter: Any, kind: str) -> bool:
    return bool(parameter.get("style", STYLES.get(kind)) == "form")


def _switch(comparison: Comparison, old: Place, new: Place, name: str, direction: Direction) -> None:
    before, after = old.value is True, new.value is True
    if before and not after:
        comparison.narrowed(old, f"{name} is gone", direction)
    elif after and not before:
        comparison.widened(old, f"{name} is new", direction)


def _required(comparison: Comparison, old: Place, new: Place, name: str, direction: Direction) -> None:
    before, after = old.members().get("required") is True, new.members().get("required") is True
    if after and not before:
        comparison.narrowed(old, f"{name} is required now", direction)
    elif before and not after:
        comparison.widened(old, f"{name} may be absent now, it was always there", direction)


def compare_request_body(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    """What a caller sends; of webhooks and callbacks, what a consumer is sent."""
    before, after = comparison.pair(old, new)
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
        compare_content(comparison, before.at("content"), after.at("content"), direction)
        comparison.rest(before, after, REQUEST_BODY)


def compare_content(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    """Media types."""
    for name in old.members():
        if name in new.members():
            before, after = old.at(name), new.at(name)
            comparison.schemas(before.at("schema"), after.at("schema"), direction)
            comparison.rest(before, after, frozenset({"schema"}))
        else:
            comparison.lost(old.at(name), f"content type {name} is gone")
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new content type {name}")


def compare_responses(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    """Answers by status."""
    for status in old.members():
        if status not in new.members():
            comparison.lost(old.at(status), f"response {status} is gone")
        elif not status.startswith("x-"):
            before, after = comparison.pair(old.at(status), new.at(status))
            compare_content(comparison, before.at("content"), after.at("content"), direction)
            _headers(comparison, before.at("headers"), after.at("headers"), direction)
            _links(comparison, before.at("links"), after.at("links"))
            comparison.rest(before, after, RESPONSE)
    for status in new.members():
        if status not in old.members():
            comparison.gained(new.at(status), f"new response {status}")


def _headers(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    known = {name.lower(): name for name in new.members()}
    for name in old.members():
        if name.lower() not in known:
            comparison.lost(old.at(name), f"header {name} is gone")
            continue
        before, after = comparison.pair(old.at(name), new.at(known[name.lower()]))
        _required(comparison, before, after, f"header {name}", direction)
        _serialized(comparison, before, after, "header", direction)
    for name in new.members():
        if name.lower() not in {each.lower() for each in old.members()}:
            comparison.gained(new.at(name), f"new header {name}")


def _links(comparison: Comparison, old: Place, new: Place) -> None:
    for name in old.members():
        if name in new.members():
            comparison.unweighed(*comparison.pair(old.at(name), new.at(name)), "object")
        else:
            comparison.lost(old.at(name), f"link {name!r} is gone")
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new link {name!r}")
