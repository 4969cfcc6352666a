"""Objects whose members differ from run to run (parking, noise, figures, versions) as lists of facts and small tables for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.fields import Record, clean, clip
from reports.words import DASH, word

FACTS_MAX = 120
VALUE_MAX = 600
COLUMNS_MAX = 8


@dataclass(frozen=True, slots=True)
class Fact:
    """One named value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; the first column names the row."""

    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


_WORDS = {None: DASH, True: "yes", False: "no"}


def label_of(name: str) -> str:
    """`events_per_s` as people write it."""
    return word(clean(name)).strip()


def value_of(value: Any) -> str:
    """A decoded JSON value on one line."""
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return str(value) if abs(value) < 10_000 else f"{value:,}"
    if isinstance(value, list):
        return clip(", ".join(value_of(entry) for entry in value[:60]) or "none", VALUE_MAX)
    if isinstance(value, dict):
        return clip(", ".join(f"{label_of(str(name))} {value_of(entry)}" for name, entry in list(value.items())[:60]) or "none", VALUE_MAX)
    return clip(clean(str(value)), VALUE_MAX)


def facts(record: Record, without: Sequence[str] = ()) -> tuple[Fact, ...]:
    """Every member as a fact; members of a nested object become facts of their own."""
    found: list[Fact] = []
    for name, value in record.items():
        if name in without:
            continue
        if isinstance(value, dict) and value:
            found += [Fact(f"{label_of(name)}: {label_of(inner)}", value_of(entry)) for inner, entry in value.items()]
        else:
            found.append(Fact(label_of(name), value_of(value)))
    return tuple(found[:FACTS_MAX])


def table_of(record: Record, first: str) -> Table | None:
    """{"row": {"column": value}} as a table; None when it has no such shape."""
    inner = {clean(str(name)): value for name, value in record.items() if isinstance(value, dict)}
    columns = list(dict.fromkeys(column for value in inner.values() for column in value))[:COLUMNS_MAX]
    if not inner or not columns:
        return None
    lines = [(name, *(value_of(value.get(column)) for column in columns)) for name, value in list(inner.items())[:FACTS_MAX]]
    return Table((first, *(label_of(column) for column in columns)), tuple(lines))
