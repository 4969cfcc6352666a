"""Properties of the comparison over the documents that are really there."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.contracts.diff import compare
from harness.contracts.diff.document import document

CONTRACTS = Path(__file__).parents[3] / "contracts"
FILES = sorted(path for folder in ("openapi", "asyncapi", "schemas") for path in (CONTRACTS / folder).glob("*.json"))


@cache
def loaded(path: Path) -> Any:
    """A committed document."""
    return json.loads(path.read_text("utf-8"))


@cache
def fields(path: Path) -> list[tuple[str, ...]]:
    """Where every declared field of a document is."""
    return list(_fields(loaded(path), ()))


def _fields(value: Any, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        named = way[-1:] == ("properties",) and way[-2:-1] not in {("properties",), ("patternProperties",)}
        for name, inner in value.items():
            if named:
                yield (*way, name)
            yield from _fields(inner, (*way, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _fields(inner, (*way, str(index)))


def without(root: Any, way: tuple[str, ...]) -> Any:
    """The document without one field."""
    found = copy.deepcopy(root)
    place = found
    for name in way[:-1]:
        place = place[int(name)] if isinstance(place, list) else place[name]
    del place[way[-1]]
    return found


@given(st.sampled_from(FILES))
@settings(max_examples=15)
def test_identity_has_no_changes(path: Path) -> None:
    """A document compared with itself has not changed."""
    assert compare(document("old", loaded(path)), document("new", copy.deepcopy(loaded(path)))) == []


@given(st.data())
@settings(max_examples=40)
def test_a_removed_field_is_found(data: st.DataObject) -> None:
    """Whichever field is taken away, in whatever document: it is found, breaking, and named."""
    path = data.draw(st.sampled_from([path for path in FILES if fields(path)]))
    way = data.draw(st.sampled_from(fields(path)))
    found = compare(document("old", loaded(path)), document("new", without(loaded(path), way)))
    assert any(each.breaking and f"field {way[-1]!r}" in each.text for each in found), (path.name, way, found)


@given(st.data())
@settings(max_examples=20)
def test_an_added_field_is_found_and_breaks_nobody(data: st.DataObject) -> None:
    """The way back: an optional field that is new is told, and is compatible."""
    path = data.draw(st.sampled_from([path for path in FILES if fields(path)]))
    way = data.draw(st.sampled_from(fields(path)))
    old = without(loaded(path), way)
    found = compare(document("old", old), document("new", loaded(path)), "response")
    assert any(f"field {way[-1]!r}" in each.text for each in found), (path.name, way, found)
