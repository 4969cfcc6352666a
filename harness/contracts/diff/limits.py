"""Keywords that bound a value: what is tighter, what is looser."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Protocol

from harness.contracts.diff.change import Direction
from harness.contracts.diff.document import Place

Bound = Literal["floor", "ceiling", "other"]
LIMITS: Mapping[str, Bound] = {
    "minimum": "floor",
    "exclusiveMinimum": "floor",
    "minLength": "floor",
    "minItems": "floor",
    "minProperties": "floor",
    "minContains": "floor",
    "maximum": "ceiling",
    "exclusiveMaximum": "ceiling",
    "maxLength": "ceiling",
    "maxItems": "ceiling",
    "maxProperties": "ceiling",
    "maxContains": "ceiling",
    "pattern": "other",
    "format": "other",
    "multipleOf": "other",
    "uniqueItems": "other",
    "contentEncoding": "other",
    "contentMediaType": "other",
}
NOTHING: Mapping[str, Any] = {"minLength": 0, "minItems": 0, "minProperties": 0, "uniqueItems": False}  # as good as absent
TEXT_MAX = 80


class Verdicts(Protocol):
    """What a difference means."""

    def narrowed(self, place: Place, text: str, direction: Direction) -> None: ...

    def widened(self, place: Place, text: str, direction: Direction) -> None: ...

    def lost(self, place: Place, text: str) -> None: ...


def compare_limit(said: Verdicts, name: str, old: tuple[Place, Any], new: tuple[Place, Any], direction: Direction) -> None:
    """One keyword of two schemas."""
    (place, before), (_, after) = old, new
    before, after = (None if each == NOTHING.get(name) else each for each in (before, after))
    if before == after and isinstance(before, bool) == isinstance(after, bool):
        return
    where = place.at(name)
    if before is None:
        said.narrowed(where, f"{name} {shown(after)} is demanded now", direction)
    elif after is None:
        said.widened(where, f"{name} {shown(before)} is no longer assured", direction)
    else:
        change = f"{name} changed from {shown(before)} to {shown(after)}"
        tighter = _tighter(LIMITS[name], before, after)
        if tighter is None:
            said.lost(where, change)
        elif tighter:
            said.narrowed(where, f"{change}: narrower", direction)
        else:
            said.widened(where, f"{change}: wider", direction)


def _tighter(bound: Bound, before: Any, after: Any) -> bool | None:
    """None when it cannot be told: two patterns, two formats."""
    if bound == "other" or isinstance(before, bool) or isinstance(after, bool):
        return None
    try:
        rises = Decimal(str(after)) > Decimal(str(before))
    except InvalidOperation:
        return None
    return rises == (bound == "floor")


def shown(value: Any) -> str:
    """A value for people."""
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "..."
