"""References that lead nowhere in their document: what is behind them cannot be compared."""

from collections.abc import Iterator

from harness.contracts.diff.document import ApiDocument, Place

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
DATA = frozenset({"example", "examples", "default", "const", "enum"})
SCHEMAS_BY_NAME = frozenset({"properties", "patternProperties", "$defs", "definitions", "schemas", "dependentSchemas"})
BY_NAME = SCHEMAS_BY_NAME | {
    *("headers", "responses", "parameters", "requestBodies", "callbacks", "links", "securitySchemes", "pathItems", "webhooks", "content"),
    *("channels", "operations", "messages", "servers", "operationTraits", "messageTraits", "replies", "correlationIds"),
}


def unfollowed(document: ApiDocument) -> list[tuple[Place, str]]:
    """Each such reference, with the reason, in the order of the document."""
    return list(_unfollowed(document, document.top()))


def _unfollowed(document: ApiDocument, start: Place) -> Iterator[tuple[Place, str]]:
    seen: set[tuple[int, str]] = set()
    waiting = [(start, "")]
    while waiting:
        place, under = waiting.pop()
        if not isinstance(place.value, dict | list) or (id(place.value), under) in seen:
            continue
        seen.add((id(place.value), under))
        if isinstance(place.value, list):
            waiting += [(entry, "") for entry in reversed(list(place.entries()))]
            continue
        for name in () if under in SCHEMAS_BY_NAME else REFERENCES:
            reason = _reason(document, place, name)
            if reason:
                yield place.at(name), reason
        waiting += [(place.at(name), "" if under in BY_NAME else name) for name in reversed(place.value) if _holds_words(name, under)]


def _holds_words(name: str, under: str) -> bool:
    """Words of the format, no data: a response may be called `default`, and a header `x-rate`."""
    return under in BY_NAME or (name not in DATA and not name.startswith("x-"))


def _reason(document: ApiDocument, place: Place, name: str) -> str | None:
    ref = place.value.get(name)
    if ref is None:
        return None
    if name != "$ref":
        return f"{name} {ref!r} is not followed"
    if not isinstance(ref, str):
        return "a reference is not a text"
    if document.step(place) is None:
        return f"{ref!r} {_why_nowhere(ref)}"
    return f"{ref!r} leads in a circle" if document.step(document.follow(place)) is not None else None


def _why_nowhere(ref: str) -> str:
    if not ref.startswith("#"):
        return "is outside of this document"
    return "does not exist" if ref.startswith("#/") else "is a name, no JSON pointer"
