"""anyOf and oneOf compared: which alternatives are there still, which are gone, which are new."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from harness.contracts.diff.change import Direction, shown
from harness.contracts.diff.conjunction import Conjunction, constants, type_names
from harness.contracts.diff.document import Place
from harness.contracts.diff.json_values import canonical
from harness.contracts.diff.limits import Verdicts

ALTERNATIVES = ("anyOf", "oneOf")
SHARED = re.compile(r"#/(?:components/schemas|\$defs|definitions)/([^/]+)")
Choice = tuple[Place, ...]  # a value must fit all of them


class Schemas(Verdicts, Protocol):
    """The comparison that alternatives are a part of."""

    def gained(self, place: Place, text: str) -> None: ...

    def all_of(self, old: Sequence[Place], new: Sequence[Place], direction: Direction) -> None: ...

    def read_old(self, places: Sequence[Place]) -> Conjunction: ...

    def read_new(self, places: Sequence[Place]) -> Conjunction: ...


@dataclass(frozen=True, slots=True)
class Group:
    """One list of alternatives."""

    keyword: str
    place: Place

    def choices(self) -> list[Choice]:
        """Its alternatives."""
        return [(entry,) for entry in self.place.entries()]


def compare_alternatives(
    said: Schemas, before: Conjunction, after: Conjunction, direction: Direction
) -> tuple[Conjunction, Conjunction] | None:
    """Compare what is alternative in two schemas, and return what is left of them; None when nothing is left to compare."""
    had, has = _groups(before), _groups(after)
    if not had and not has:
        return before, after
    old, new = before.without(*ALTERNATIVES), after.without(*ALTERNATIVES)
    if len(had) + len(has) == 1 and not _only_restricts(old, new, bool(had)):
        way = _direction(said, had, has, direction)
        _match(said, _all_choices(had, old), _all_choices(has, new), way)
        return None
    _compare_groups(said, had, has, (before, after), direction)
    return old, new


def _groups(schema: Conjunction) -> list[Group]:
    return [Group(name, place) for name in ALTERNATIVES for place in schema.said(name)]


def _only_restricts(old: Conjunction, new: Conjunction, in_old: bool) -> bool:
    """Alternatives beside a schema that stays as it was are one more demand. Else they take its place: a text becomes a text or null."""
    beside, alone = (old, new) if in_old else (new, old)
    return old.types() == new.types() and (_says_more(beside) or not _says_more(alone))


def _says_more(schema: Conjunction) -> bool:
    return any(part.value for part in schema.parts)


def _all_choices(groups: list[Group], rest: Conjunction) -> list[Choice]:
    """Each alternative with what stands beside it. Without any, the types of a list of types are the alternatives."""
    if groups:
        return [(*choice, *rest.parts) for choice in groups[0].choices()]
    types = type_names(rest.types()).split(" or ") if rest.said("type") else []
    if len(types) > 1:
        others = rest.without("type", "nullable").parts
        return [(Place({"type": each}, rest.head.pointer, rest.head.document, each), *others) for each in types]
    return [rest.parts] if rest.parts else [(rest.head,)]


def _compare_groups(
    said: Schemas, had: list[Group], has: list[Group], schemas: tuple[Conjunction, Conjunction], direction: Direction
) -> None:
    """Lists of the same keyword belong together, in their order; a list more is a demand more."""
    gone, more = list(had), list(has)
    for group in had:
        twin = next((each for each in more if each.keyword == group.keyword), None)
        if twin is not None:
            gone.remove(group)
            more.remove(twin)
            _match(said, group.choices(), twin.choices(), _direction(said, [group], [twin], direction))
    if len(gone) == 1 and len(more) == 1:
        _keyword_changed(said, gone[0], more[0], direction)
        return
    for group in gone:
        said.widened(group.place, f"{group.keyword} is no longer demanded", direction)
    for group in more:
        said.narrowed(schemas[0].head.at(group.keyword), f"{group.keyword} is demanded in addition", direction)


def _keyword_changed(said: Schemas, old: Group, new: Group, direction: Direction) -> None:
    """oneOf demands that only one alternative fits: the same as anyOf where no two can."""
    text = f"{old.keyword} became {new.keyword}"
    if _exclusive(said.read_new, new.choices()):
        said.gained(old.place, text)
    elif new.keyword == "oneOf":
        said.narrowed(old.place, text, direction)
    else:
        said.widened(old.place, text, direction)
    _match(said, old.choices(), new.choices(), _direction(said, [old], [new], direction))


def _direction(said: Schemas, had: list[Group], has: list[Group], direction: Direction) -> Direction:
    """A wider alternative of oneOf may shut out what two then fit, unless no two can fit: so both directions count."""
    for read, groups in ((said.read_old, had), (said.read_new, has)):
        if any(group.keyword == "oneOf" and not _exclusive(read, group.choices()) for group in groups):
            return "both"
    return direction


@dataclass(frozen=True, slots=True)
class Mark:
    """What may tell an alternative from another."""

    types: frozenset[str]
    values: frozenset[str] | None
    fixed: Mapping[str, frozenset[str]]  # fields that must be there, with the only values that they may have

    def excludes(self, other: "Mark") -> bool:
        """No value fits both: other types, other values, or other values of a field that both demand."""
        if not self.types & other.types:
            return True
        if self.values is not None and other.values is not None and not self.values & other.values:
            return True
        if self.types | other.types != {"object"}:
            return False
        return any(name in other.fixed and not values & other.fixed[name] for name, values in self.fixed.items())


def _exclusive(read: Callable[[Sequence[Place]], Conjunction], choices: list[Choice]) -> bool:
    return all(one.excludes(other) for one, other in combinations([_mark(read, read(choice)) for choice in choices], 2))


def _mark(read: Callable[[Sequence[Place]], Conjunction], schema: Conjunction) -> Mark:
    values = schema.values()
    listed = {name: read(schema.member(name)).values() for name in schema.required() if name in schema.names("properties")}
    fixed = {name: frozenset(each) for name, each in listed.items() if each is not None}
    return Mark(schema.types(), None if values is None else frozenset(values), fixed)


def _match(said: Schemas, before: list[Choice], after: list[Choice], direction: Direction) -> None:
    """Alternatives that are equal, or are called alike, are the same; one that is left on each side has changed into the other."""
    unmatched, rest = list(before), list(after)
    for name_old, name_new in ((_exactly, _exactly), (_called(said.read_old), _called(said.read_new))):
        named = [(name_new(each), each) for each in rest]
        for name, choice in [(name_old(each), each) for each in unmatched]:
            twin = next((each for each in named if each[0] == name), None)
            if twin is not None:
                named.remove(twin)
                unmatched.remove(choice)
                said.all_of(choice, twin[1], direction)
        rest = [each for _, each in named]
    if len(unmatched) == 1 and len(rest) == 1:
        said.all_of(unmatched[0], rest[0], direction)
        return
    for choice in unmatched:
        said.narrowed(choice[0], f"the alternative {_called(said.read_old)(choice)} is gone", direction)
    for choice in rest:
        said.widened(choice[0], f"the alternative {_called(said.read_new)(choice)} is possible now", direction)


def _exactly(choice: Choice) -> str:
    return canonical([place.value for place in choice])


def _called(read: Callable[[Sequence[Place]], Conjunction]) -> Callable[[Choice], str]:
    """What an alternative is called: the shared schema that it is, or what it consists of."""

    def called(choice: Choice) -> str:
        schema = read(choice)
        shared = next(filter(None, (SHARED.fullmatch(place.pointer) for place in (schema.head, *schema.parts))), None)
        if shared:
            return shared[1].replace("~1", "/").replace("~0", "~")
        fixed = [f"{name}={shown(value)}" for name, value in constants(schema.names("properties")).items()]
        values = list((schema.values() or {}).values())
        return " ".join([type_names(schema.types()), *fixed, *([shown(values[0])] if len(values) == 1 else [])])

    return called
