"""Keywords that bound a value: what is tighter, what is looser."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite
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
}


class Verdicts(Protocol):
    """What a difference means."""

    def narrowed(self, place: Place, text: str, direction: Direction) -> None: ...

    def widened(self, place: Place, text: str, direction: Direction) -> None: ...

    def lost(self, place: Place, text: str) -> None: ...


BOUNDS = (("minimum", "exclusiveMinimum", "floor"), ("maximum", "exclusiveMaximum", "ceiling"))
IN_BOUNDS = frozenset(name for bound in BOUNDS for name in bound[:2])
ANYTHING = frozenset({"", ".*", "^.*$", "^.*", ".*$", "^", "$", "(.*)", "^(.*)$", r"[\s\S]*", r"^[\s\S]*$"})  # every text fits


def compare_bounds(said: Verdicts, old: Conjunction, new: Conjunction, direction: Direction) -> None:
    """Lower and upper bound of a number, whichever keyword gives it."""
    for plain, strict, side in BOUNDS:
        before, after = _bound(old, plain, strict, side == "floor"), _bound(new, plain, strict, side == "floor")
        if before == after:
            continue
        if before is None or after is None:
            if after is not None:
                said.narrowed(old.head.at(after[1]), f"{after[1]} {shown(after[2])} is demanded now", direction)
            elif before is not None:
                said.widened(old.where(before[1]), f"{before[1]} {shown(before[2])} is no longer assured", direction)
            continue
        (was, name_was, value_was), (now, name_now, value_now) = before, after
        where = old.where(name_was)
        same = f"{name_was} changed from {shown(value_was)} to {shown(value_now)}"
        change = same if name_was == name_now else f"{name_was} {shown(value_was)} became {name_now} {shown(value_now)}"
        if now > was:
            said.narrowed(where, f"{change}: narrower", direction)
        else:
            said.widened(where, f"{change}: wider", direction)


def _bound(schema: Conjunction, plain: str, strict: str, rises: bool) -> tuple[tuple[Decimal, bool], str, Any] | None:
    """The tightest: how tight (greater is tighter), by which keyword, its value."""
    found = []
    for name in (plain, strict):
        for place in schema.said(name):
            if isinstance(place.value, bool) or not isinstance(place.value, int | float):
                raise place.unexpected("a number")
            number = Decimal(str(place.value))
            found.append(((number if rises else -number, name == strict), name, place.value))
    return max(found, key=lambda each: each[0]) if found else None


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


def _coarser(before: Any, after: Any) -> bool | None:
    """Every multiple of 1 is one of 0.01; of 2 and 3 neither fits the other."""
    if any(isinstance(each, bool) or not isinstance(each, int | float) or each <= 0 for each in (before, after)):
        return None
    if not all(isfinite(each) for each in (before, after)):
        return None
    ratio = Fraction(str(before)) / Fraction(str(after))
    return False if ratio.denominator == 1 else True if ratio.numerator == 1 else None


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
    found = {canonical(value): value for value in values if not _allows_anything(name, value)}
    return {text: value for text, value in found.items() if text != NOTHING.get(name)}


def _allows_anything(name: str, value: Any) -> bool:
    return name == "pattern" and isinstance(value, str) and value in ANYTHING


def _compare_values(said: Verdicts, name: str, where: Place, values: tuple[Any, Any], direction: Direction) -> None:
    before, after = values
    change = f"{name} changed from {shown(before)} to {shown(after)}"
    tighter = _tighter(name, before, after)
    if tighter is None:
        said.lost(where, change)
    elif tighter:
        said.narrowed(where, f"{change}: narrower", direction)
    else:
        said.widened(where, f"{change}: wider", direction)


def _tighter(name: str, before: Any, after: Any) -> bool | None:
    """None when it cannot be told: two patterns, two formats."""
    bound = LIMITS[name]
    if name == "multipleOf":
        return _coarser(before, after)
    if bound == "other" or isinstance(before, bool) or isinstance(after, bool):
        return None
    rises = Decimal(str(after)) > Decimal(str(before))
    return rises == (bound == "floor")
