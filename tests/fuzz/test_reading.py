"""Documents as people write them, and as nobody should: each is read, or refused with one sentence, soon."""

import json
import time
from typing import Any

import pytest

from harness.fuzz.document import foreign_references
from harness.fuzz.reading import UnreadableError, read

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"


def test_yaml_becomes_json() -> None:
    """Dates, numbers and truths as keys, and bytes are text; the rest stays what it is."""
    found = read((HEAD + "x: {200: a, on: b, day: 2026-10-28, at: 2026-10-28T09:00:00Z, raw: !!binary aGk=, n: 1.5}\n").encode())
    assert found["x"] == {"200": "a", "true": "b", "day": "2026-10-28", "at": "2026-10-28T09:00:00+00:00", "raw": "aGk=", "n": 1.5}
    assert json.loads(json.dumps(found)) == found


def test_references_of_an_operation_are_resolved() -> None:
    """Path item, parameter (in two steps), body, response and link stand where they are named; those of schemas stay."""
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"$ref": "#/components/pathItems/A"}},
        "components": {
            "pathItems": {
                "A": {
                    "get": {
                        "parameters": [{"$ref": "#/components/parameters/P"}],
                        "requestBody": {"$ref": "#/components/requestBodies/B"},
                        "responses": {"200": {"$ref": "#/components/responses/R"}},
                    }
                }
            },
            "parameters": {"P": {"$ref": "#/components/parameters/Q"}, "Q": {"name": "q", "in": "query", "schema": {"$ref": "#/x"}}},
            "requestBodies": {"B": {"content": {"application/json": {}}}},
            "responses": {"R": {"description": "r", "links": {"l": {"$ref": "#/components/links/L"}}}},
            "links": {"L": {"operationId": "x"}},
        },
    }
    operation = read(json.dumps(document).encode())["paths"]["/a"]["get"]
    assert operation["parameters"] == [{"name": "q", "in": "query", "schema": {"$ref": "#/x"}}]
    assert operation["requestBody"] == {"content": {"application/json": {}}}
    assert operation["responses"]["200"]["links"] == {"l": {"operationId": "x"}}


def bomb(inner: str) -> str:
    """Ten levels, each of which names the one before ten times."""
    levels = [f"a0: &a0 {inner}"]
    return "\n".join(levels + [f"a{n}: &a{n} {inner[0]}{', '.join([f'*a{n - 1}'] * 10)}{inner[-1]}" for n in range(1, 11)])


MERGES = "a0: &a0 {k: 1}\n" + "\n".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 11))
POST = '{"openapi": "3.1.0", "paths": {"/a": {"post": %s}}}'
UNSOUND: dict[str, tuple[str | bytes, str]] = {
    "bomb": (HEAD + bomb("[x]"), "more than"),
    "merge bomb": (HEAD + MERGES, "more than"),
    "circle": (HEAD + "x: &x [*x]", "contains itself"),
    "deep JSON": ("[" * 200_000, "deeper"),
    "deep YAML": ("- " * 5_000 + "a", "deeper"),
    "circle of references": (POST % '{"parameters": [{"$ref": "#/paths/~1a/post"}]}', "itself"),
    "a reference to nothing": (POST % '{"parameters": [{"$ref": "#/nothing"}]}', "'name' is a required property"),
    "a reference to itself": (POST % '{"requestBody": {"$ref": "#/paths/~1a/post/requestBody"}, "parameters": 1}', "parameters"),
    "paths is a list": (HEAD + "paths: []", "paths"),
    "a schema of numbers": (HEAD + "components: {schemas: {A: {properties: {a: {type: 1}}}}}", "schemas.A.properties.a.type"),
    "a version that is a number": ("openapi: 3.1\npaths: {}", "openapi"),
    "scopes that are numbers": (POST % '{"security": [{"a": [1]}]}', "security"),
    "a day that is none": (HEAD + "x: 2026-13-45", "neither JSON nor YAML"),
    "a tag without a value": (HEAD + "x: !!int ''", "neither JSON nor YAML"),
    "NaN": ('{"openapi": "3.1.0", "x": NaN}', "number"),
    "a number of many digits": (HEAD + f"x: 0x{'f' * 5000}", "number"),
    "no UTF-8": (b"\xff\x00\xff", "neither"),
    "nothing": ("", "not an OpenAPI document"),
    "a text": ("hello", "not an OpenAPI document"),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_what_cannot_be_read_is_refused_soon(name: str) -> None:
    """One sentence, within a second or two, however much the document would be when written out."""
    text, word = UNSOUND[name]
    began = time.monotonic()
    with pytest.raises(UnreadableError, match=word):
        read(text if isinstance(text, bytes) else text.encode())
    assert time.monotonic() - began < 5


def test_references_that_lead_away() -> None:
    """Wherever they stand."""
    document: Any = {"a": [{"$ref": "b.yaml#/c"}, {"$ref": "#/d"}], "$ref": 1}
    assert foreign_references(document) == {"b.yaml#/c"}
