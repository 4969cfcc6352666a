"""Schema drift on the wire (F-E1 to F-E6): one JSON document, altered as a release of its system would alter it. The books know nothing."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

ADDED = "addedInThisRelease"
ADDED_VALUE = {"since": "2026.11", "flags": [1, None, "x"]}
NUMERIC = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
SEVERAL = "[]"
WHEN_NULL = "?"

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_Change = Callable[[dict[str, Any], str], None]


def drifted(body: bytes, drift: str, paths: Sequence[str]) -> bytes | None:
    """The document after the drift, or None when it has nothing that would change. `paths` as in contracts/drift.yaml."""
    before = msgspec.json.decode(body)
    after = msgspec.json.decode(body)
    if drift == "add":
        _add_everywhere(after)
    else:
        for path in paths:
            for holder, name in _places(after, path):
                CHANGES[drift](holder, name)
    return None if after == before else _ENCODER.encode(after)


def _places(value: Any, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object that holds the member which a path leads to, with the member's name."""
    step, _, rest = path.partition(".")
    if not isinstance(value, dict):
        return
    name = step.removesuffix(SEVERAL).removesuffix(WHEN_NULL)
    if not rest:
        if name in value and (value[name] is None or not step.endswith(WHEN_NULL)):
            yield value, name
        return
    inner = value.get(name)
    for one in inner if step.endswith(SEVERAL) and isinstance(inner, list) else (inner,):
        yield from _places(one, rest)


def _add_everywhere(value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _add_everywhere(one)
    elif isinstance(value, dict):
        for one in value.values():
            _add_everywhere(one)
        value[ADDED] = ADDED_VALUE


def _remove(holder: dict[str, Any], name: str) -> None:
    del holder[name]


def _rename(holder: dict[str, Any], name: str) -> None:
    """In the style of the name, at the same place."""
    new = f"{name}_v2" if name == name.lower() else f"{name}V2"
    members = [(new if one == name else one, value) for one, value in holder.items()]
    holder.clear()
    holder.update(members)


def _unknown_value(holder: dict[str, Any], name: str) -> None:
    value = holder[name]
    if isinstance(value, str):
        holder[name] = f"{value}_NEXT" if value.isupper() else f"{value}_next"


def _other_type(holder: dict[str, Any], name: str) -> None:
    """A number or truth value becomes text, decimal text becomes a number."""
    value = holder[name]
    if isinstance(value, bool):
        holder[name] = str(value).lower()
    elif isinstance(value, int | float):
        holder[name] = str(value)
    elif isinstance(value, str) and NUMERIC.fullmatch(value):
        holder[name] = Decimal(value) if "." in value else int(value)


def _list(holder: dict[str, Any], name: str) -> None:
    holder[name] = [holder[name]]


def _null(holder: dict[str, Any], name: str) -> None:
    holder[name] = None


def _empty(holder: dict[str, Any], name: str) -> None:
    holder[name] = ""


CHANGES: Mapping[str, _Change] = {
    "remove": _remove,
    "rename": _rename,
    "unknown_value": _unknown_value,
    "other_type": _other_type,
    "list": _list,
    "null": _null,
    "empty": _empty,
}
