"""Documents as they come: of the wrong shape, too large, in the one language or the other."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from harness.commands import run
from harness.contracts.diff import compare, load_document
from harness.contracts.diff.document import document
from harness.errors import UsageError


def loaded(tmp_path: Path, text: str, name: str = "a.yaml") -> Any:
    """What is read from a file."""
    path = tmp_path / name
    path.write_text(text)
    return load_document(path)


@pytest.mark.parametrize(
    ("root", "pointer"),
    [
        ({"type": "object", "required": 5}, "#/required"),
        ({"type": "object", "required": [{"a": 1}]}, "#/required/0"),
        ({"type": {"a": 1}}, "#/type"),
        ({"type": [{}]}, "#/type/0"),
        ({"type": "object", "properties": 5}, "#/properties"),
        ({"type": "object", "properties": {"a": 5}}, "#/properties/a"),
        ({"type": "object", "patternProperties": 5}, "#/patternProperties"),
        ({"type": "object", "additionalProperties": "no"}, "#/additionalProperties"),
        ({"type": "array", "items": 5}, "#/items"),
        ({"type": "array", "prefixItems": 5}, "#/prefixItems"),
        ({"anyOf": 5}, "#/anyOf"),
        ({"allOf": {"a": 1}}, "#/allOf"),
        ({"oneOf": [5]}, "#/oneOf/0"),
        ({"enum": 5}, "#/enum"),
        ({"type": "string", "maxLength": "5"}, "#/maxLength"),
        ({"type": "object", "discriminator": 5}, "#/discriminator"),
        ({"type": "object", "$defs": 5}, "#/$defs"),
        ({"openapi": "3.1.0", "paths": [1]}, "#/paths"),
        ({"openapi": "3.1.0", "paths": {"/a": 5}}, "#/paths/~1a"),
        ({"openapi": "3.1.0", "paths": {"/a": {"get": 5}}}, "#/paths/~1a/get"),
        ({"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": 5}}}}, "#/paths/~1a/get/parameters"),
        ({"openapi": "3.1.0", "paths": {"/a": {"get": {"parameters": [5]}}}}, "#/paths/~1a/get/parameters/0"),
        ({"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": []}}}}, "#/paths/~1a/get/responses"),
        ({"openapi": "3.1.0", "paths": {"/a": {"get": {"security": {"a": []}}}}}, "#/paths/~1a/get/security"),
        ({"openapi": "3.1.0", "paths": {"/a": {"get": {}}}, "components": 5}, "#/components"),
        ({"openapi": "3.1.0", "paths": {"/a": {"get": {}}}, "servers": {"url": "/"}}, "#/servers"),
        ({"asyncapi": "3.0.0", "channels": {"c": {"messages": [1]}}}, "#/channels/c/messages"),
        ({"asyncapi": "3.0.0", "channels": {"c": 5}}, "#/channels/c"),
        ({"asyncapi": "3.0.0", "operations": 5}, "#/operations"),
    ],
)
def test_a_value_of_the_wrong_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str], root: Any, pointer: str) -> None:
    """Exit 3, and the place with what was expected there; never a traceback."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(root))
    assert run(["contracts", "diff", str(path), str(path)]) == 3
    said = capsys.readouterr().err
    assert f"{path}: {pointer}: expected" in said
    assert "Traceback" not in said


def test_yaml_says_what_json_says(tmp_path: Path) -> None:
    """Keys are texts, and dates, times and countries are what they look like."""
    values = ["NO", "2026-01-01", "12:30", "1_000", 1, 1.5, 100.0, True, None, "0x1F", "on", "=", ""]
    root = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"responses": {"200": {"description": "ok"}, "404": {"description": "no"}}}}},
        "components": {"schemas": {"A": {"enum": values}}},
    }
    text = """
openapi: 3.1.0
paths: {/a: {get: {responses: {200: {description: ok}, 404: {description: no}}}}}
components:
  schemas: {A: {enum: [NO, 2026-01-01, 12:30, 1_000, 1, 1.5, 1e2, true, null, 0x1F, on, =, ""]}}
"""
    assert compare(document("old", root), loaded(tmp_path, text)) == []
    assert compare(loaded(tmp_path, json.dumps(root), "b.json"), loaded(tmp_path, text)) == []


def test_keys_that_are_no_texts_are_made_texts(tmp_path: Path) -> None:
    """At the top of a document, too; a list as a key is no JSON."""
    assert loaded(tmp_path, "1: 2\ntype: object\ntrue: 3\n").root == {"1": 2, "type": "object", "true": 3}
    assert document("a", {1: 2, "type": "object"}).root["1"] == 2
    with pytest.raises(UsageError, match="not YAML"):
        loaded(tmp_path, "? [1, 2]\n: 3\n")


ALIAS_BOMB = "type: object\na0: &a0 {type: string}\n" + "".join(f"a{n}: &a{n} {{allOf: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 28))
MERGE_BOMB = "type: object\na0: &a0 {type: string}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 28))


def test_an_alias_bomb_is_refused_at_once(tmp_path: Path) -> None:
    """27 lines that stand for 400 million values."""
    start = time.perf_counter()
    with pytest.raises(UsageError, match="each alias counted"):
        loaded(tmp_path, ALIAS_BOMB)
    assert loaded(tmp_path, MERGE_BOMB).root["a27"] == {"type": "string"}  # merges add nothing new
    assert time.perf_counter() - start < 5


def test_an_alias_of_itself_is_refused(tmp_path: Path) -> None:
    """YAML can say what JSON cannot."""
    with pytest.raises(UsageError, match="holds the alias itself"):
        loaded(tmp_path, "type: object\nproperties: &a {a: *a}\n")


def ladder(rungs: int, keyword: str) -> dict[str, Any]:
    """Each schema refers to the next one twice."""
    refs = {f"A{n}": {keyword: [{"$ref": f"#/$defs/A{n + 1}"}] * 2} for n in range(rungs)}
    return {"$defs": {**refs, f"A{rungs}": {"type": "string"}}, "$ref": "#/$defs/A0"}


@pytest.mark.parametrize(
    "root",
    [
        {"$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}]}}, "$ref": "#/$defs/A"},
        {"$defs": {"A": {"type": "object", "anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}]}}, "$ref": "#/$defs/A"},
        {"$defs": {"A": {"additionalProperties": {"$ref": "#/$defs/A"}, "allOf": [{"$ref": "#/$defs/A"}]}}, "$ref": "#/$defs/A"},
        ladder(60, "allOf"),
        ladder(60, "anyOf"),
    ],
)
def test_schemas_that_refer_to_themselves_end(root: Any) -> None:
    """A schema is read once for each place, however many ways lead to it."""
    start = time.perf_counter()
    assert compare(document("old", root), document("new", json.loads(json.dumps(root)))) == []
    assert time.perf_counter() - start < 5
