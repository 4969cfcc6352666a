"""Keywords that bound a value: what is tighter, what is looser."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, Protocol

from harness.contracts.diff.change import Direction, shown
from harness.contracts.diff.conjunction import Conjunction
from harness.contracts.diff.document import Place
from harness.contracts.diff.json_values import canonical

Bound = Literal["floor", "ceiling", "other"]
LIMITS: Mapping[str, Bound] = {
    "minimum": "floor",
    "exclusiveMinimum": "floor",
    "minLength": "floor",
    "minItems": "floor",
    "minProperties": "floor",
    "maximum": "ceiling",
    "exclusiveMaximum": "ceiling",
    "maxLength": "ceiling",
    "maxItems": "ceiling",
    "maxProperties": "ceiling",
    "pattern": "other",
    "format": "other",
    "multipleOf": "other",
    "uniqueItems": "other",
    "contentEncoding": "other",
    "contentMediaType": "other",
}
NOTHING: Mapping[str, str] = {  # as good as absent
    "minLength": "0",
    "minItems": "0",
    "minProperties": "0",
    "uniqueItems": "false",
    "exclusiveMinimum": "false",  # a truth value in OpenAPI 3.0
    "exclusiveMaximum": "false",
}


class Verdicts(Protocol):
    """What a difference means."""

    def narrowed(self, place: Place, text: str, direction: Direction) -> None: ...

    def widened(self, place: Place, text: str, direction: Direction) -> None: ...

    def lost(self, place: Place, text: str) -> None: ...


def compare_limit(said: Verdicts, name: str, old: Conjunction, new: Conjunction, direction: Direction) -> None:
    """One keyword of two schemas."""
    before, after = _limits(name, old), _limits(name, new)
    gone = [value for text, value in before.items() if text not in after]
    more = [value for text, value in after.items() if text not in before]
    where = old.where(name)
    if len(gone) == 1 and len(more) == 1:
        _compare_values(said, name, where, (gone[0], more[0]), direction)
        return
    for value in more:
        said.narrowed(where, f"{name} {shown(value)} is demanded now", direction)
    for value in gone:
        said.widened(where, f"{name} {shown(value)} is no longer assured", direction)


def _limits(name: str, schema: Conjunction) -> dict[str, Any]:
    """What all parts of a schema say, by canonical text: of numbers only the tightest counts."""
    places = schema.said(name)
    if LIMITS[name] == "other":
        return _texts(name, [place.value for place in places])
    for place in places:
        if not isinstance(place.value, int | float):
            raise place.unexpected("a number")
    switches = [place.value for place in places if isinstance(place.value, bool)]
    numbers = [place.value for place in places if not isinstance(place.value, bool)]
    tightest = [max(numbers) if LIMITS[name] == "floor" else min(numbers)] if numbers else []
    return _texts(name, [*switches, *tightest])


def _texts(name: str, values: list[Any]) -> dict[str, Any]:
    found = {canonical(value): value for value in values}
    return {text: value for text, value in found.items() if text != NOTHING.get(name)}


def _compare_values(said: Verdicts, name: str, where: Place, values: tuple[Any, Any], direction: Direction) -> None:
    before, after = values
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
    rises = Decimal(str(after)) > Decimal(str(before))
    return rises == (bound == "floor")
