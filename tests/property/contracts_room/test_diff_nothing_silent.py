"""No change of a document is passed over: it is weighed, or told as not weighed, or the documents are refused."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.contracts.diff import compare
from harness.contracts.diff.document import document
from harness.errors import DrycloseError

CONTRACTS = Path(__file__).parents[3] / "contracts"
FILES = sorted(path for folder in ("openapi", "asyncapi", "schemas") for path in (CONTRACTS / folder).glob("*.json"))
WORDS = {"title", "description", "summary", "examples", "example", "tags", "info", "deprecated", "$id", "$comment", "externalDocs"}
BY_NAME = {"properties", "schemas", "headers", "responses", "parameters", "messages", "channels", "operations", "scopes", "$defs"}
AS_GOOD_AS_ABSENT = (False, True, 0, [], {})  # `required: false`, `additionalProperties: true`, `minLength: 0`
Way = tuple[str | int, ...]


@cache
def loaded(path: Path) -> str:
    """A committed document, as text."""
    return path.read_text("utf-8")


@cache
def ways(path: Path) -> list[Way]:
    """Every place that is neither words for people nor an extension."""
    return list(_ways(json.loads(loaded(path)), ()))


def _ways(value: Any, way: Way) -> Iterator[Way]:
    named = way[-1:] and way[-1] in BY_NAME and way[-2:-1] != ("properties",)
    if isinstance(value, dict):
        for name, inner in value.items():
            implied = name == "contentType" or (name == "type" and {"enum", "const"} & value.keys())  # by the root, by the values listed
            if named or not (implied or name in WORDS or name.startswith("x-")):
                yield (*way, name)
                yield from _ways(inner, (*way, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _ways(inner, (*way, index))


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "~"
    return [*value, "~"] if isinstance(value, list) else {**value, "unheard-of": 1}


def says_nothing(way: Way, value: Any) -> bool:
    """A document without it says the same: `required: false`, or the one server `/`."""
    return value in AS_GOOD_AS_ABSENT or (way[-1] == "servers" and [server.get("url") for server in value] == ["/"])


def parent(root: Any, way: Way) -> Any:
    """What holds the place."""
    for name in way[:-1]:
        root = root[name]
    return root


def told(old: Any, new: Any) -> list[str]:
    """What is said about two documents."""
    try:
        return [each.text for each in compare(document("old", old), document("new", new))]
    except DrycloseError as error:
        return [error.message]


@given(st.data(), st.booleans())
@settings(max_examples=25)
def test_every_change_of_a_document_is_told(data: st.DataObject, gone: bool) -> None:
    """Whatever is changed or taken away, wherever in whatever document: something is said."""
    path = data.draw(st.sampled_from(FILES))
    way = data.draw(st.sampled_from(ways(path)))
    new = json.loads(loaded(path))
    place = parent(new, way)
    words = way[-2:-1] == ("scopes",)  # what a scope is called counts, what is said about it does not
    if (gone or words) and isinstance(place, dict) and not says_nothing(way, place[way[-1]]):
        del place[way[-1]]
    else:
        place[way[-1]] = other(place[way[-1]])
    assert told(json.loads(loaded(path)), new), (path.name, way)


@given(st.data(), st.sampled_from([None, True, 5, 1.5, "x", [], [1], [{}], {}, {"a": 1}, {"$ref": 5}, {"$ref": "#"}, {"allOf": [{}]}]))
@settings(max_examples=25)
def test_a_value_of_any_kind_anywhere_is_answered(data: st.DataObject, value: Any) -> None:
    """Changes or one clear message; any other exception fails the test."""
    path = data.draw(st.sampled_from(FILES))
    way = data.draw(st.sampled_from(ways(path)))
    new = json.loads(loaded(path))
    parent(new, way)[way[-1]] = value
    told(json.loads(loaded(path)), new)
    told(new, json.loads(loaded(path)))
