"""What the comparison cannot weigh is told as breaking; what it cannot look at is no evidence."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from harness.commands import run
from harness.contracts.diff import NotComparable, compare
from harness.contracts.diff.document import document

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
A, B = {"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}


def breaks(old: Any, new: Any, direction: Any = "both") -> list[str]:
    """Pointers of the breaking changes."""
    return [each.pointer for each in compare(document("old", old), document("new", new), direction) if each.breaking]


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        ({"type": "string", "anyOf": [{}]}, {"type": "number", "anyOf": [{}]}, "#"),
        ({"anyOf": [TEXT, NUMBER]}, {"anyOf": [TEXT, NUMBER], "oneOf": [TEXT, {"minLength": 1}]}, "#/oneOf"),
        ({"anyOf": [TEXT, {"minLength": 1}]}, {"oneOf": [TEXT, {"minLength": 1}]}, "#/anyOf"),
        ({"allOf": [{"maximum": 1}, {"maximum": 9}]}, {"allOf": [{"maximum": 2}, {"maximum": 9}]}, "#/allOf/0/maximum"),
        ({"allOf": [{"pattern": "a"}, {"pattern": "b"}]}, {"allOf": [{"pattern": "c"}, {"pattern": "b"}]}, "#/allOf/0/pattern"),
        (
            {"allOf": [{"properties": {"a": TEXT}}, {"properties": {"a": {"maxLength": 5}}}]},
            {"allOf": [{"properties": {"a": TEXT}}, {"properties": {"a": {"maxLength": 4}}}]},
            "#/allOf/1/properties/a/maxLength",
        ),
        ({"allOf": [{"additionalProperties": TEXT}]}, {"allOf": [{"additionalProperties": NUMBER}]}, "#/allOf/0/additionalProperties"),
        (
            {"allOf": [{"patternProperties": {"^a": TEXT}}]},
            {"allOf": [{"patternProperties": {"^a": NUMBER}}]},
            "#/allOf/0/patternProperties/^a",
        ),
        ({"allOf": [{"prefixItems": [TEXT]}]}, {"allOf": [{"prefixItems": [NUMBER]}]}, "#/allOf/0/prefixItems/0"),
        ({"$defs": {"A": {"not": TEXT}}, "allOf": [A]}, {"$defs": {"A": {"not": NUMBER}}, "allOf": [A]}, "#/$defs/A/not/type"),
        (
            {"$defs": {"A": {"if": TEXT, "then": {"minLength": 1}}}, "minLength": 0, **A},
            {"$defs": {"A": {"if": TEXT, "then": {"minLength": 2}}}, "minLength": 0, **A},
            "#/$defs/A/then/minLength",
        ),
        ({"$defs": {"A": TEXT, "B": TEXT}, "not": A}, {"$defs": {"A": NUMBER, "B": TEXT}, "not": A}, "#/$defs/A/type"),
        ({"type": "object", "discriminator": {"propertyName": "a"}},
         {"type": "object", "discriminator": {"propertyName": "b"}}, "#/discriminator"),
        ({"properties": {"a": TEXT}}, {"properties": {"a": {**TEXT, "readOnly": True}}}, "#/properties/a/readOnly"),
        ({"type": "string", "xml": {"name": "a"}}, {"type": "string", "xml": {"name": "b"}}, "#/xml/name"),
        ({"const": 1}, {"const": True}, "#"),
        ({"type": "array", "unevaluatedItems": False}, {"type": "array"}, "#/unevaluatedItems"),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema", **TEXT},
         {"$schema": "http://json-schema.org/draft-04/schema#", **TEXT}, "#/$schema"),
    ],
)  # fmt: skip
def test_schema_change_is_told(old: Any, new: Any, pointer: str) -> None:
    """Beside alternatives, in one of several parts, behind references, in keywords that are not understood."""
    assert pointer in breaks(old, new)
    assert breaks(old, old) == breaks(new, new) == []


OPERATION: dict[str, Any] = {
    "parameters": [
        {"name": "q", "in": "query", "content": {"application/json": {"schema": TEXT}}},
        {"name": "r", "in": "query", "schema": {"type": "array"}, "style": "form"},
    ],
    "responses": {"200": {"description": "ok", "links": {"next": {"operationId": "b", "parameters": {"description": "$request.query.q"}}}}},
    "callbacks": {"done": {"{$request.body#/url}": {"post": {"requestBody": {"content": {"application/json": {"schema": TEXT}}}}}}},
    "requestBody": {"content": {"multipart/form-data": {"schema": {}, "encoding": {"x-a": {"contentType": "text/plain"}}}}},
}
PATH_PARAMETERS = [
    {"name": "a", "in": "path", "required": True, "schema": TEXT},
    {"name": "b", "in": "path", "required": True, "schema": NUMBER},
]
API: dict[str, Any] = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://erp.example/v1"}],
    "paths": {"/a": {"post": OPERATION}, "/b/{a}/{b}": {"parameters": PATH_PARAMETERS, "get": {"responses": {}}}},
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "oauth": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/token", "scopes": {"description": "read it"}}}},
        },
        "parameters": {"unused": {"name": "u", "in": "query", "schema": TEXT}},
    },
}


def changed(api: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The document with one value put in place."""
    found = json.loads(json.dumps(api))
    *way, last = path.split("|")
    place = found
    for name in way:
        place = place[int(name)] if isinstance(place, list) else place[name]
    place[last] = value
    return found


POST = "paths|/a|post"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{POST}|parameters|0|content|application/json|schema", NUMBER),
        (f"{POST}|parameters|1|style", "spaceDelimited"),
        (f"{POST}|parameters|1|explode", False),
        (f"{POST}|parameters|1|content", {"application/json": {}}),
        (f"{POST}|callbacks|done", {"{$request.body#/other}": {"post": {}}}),
        (f"{POST}|callbacks|done|{{$request.body#/url}}|post|requestBody|content|application/json|schema", NUMBER),
        (f"{POST}|callbacks", {}),
        (f"{POST}|responses|200|links|next|operationId", "c"),
        (f"{POST}|responses|200|links|next|parameters|description", "$request.query.r"),
        (f"{POST}|responses|200|links", {}),
        (f"{POST}|requestBody|content|multipart/form-data|encoding|x-a|contentType", "image/png"),
        (f"{POST}|servers", [{"url": "https://other.example"}]),
        ("components|securitySchemes|key|name", "X-Other-Key"),
        ("components|securitySchemes|oauth|flows|clientCredentials|tokenUrl", "/other"),
        ("components|securitySchemes|oauth|flows|clientCredentials|scopes", {}),
        ("components|parameters|unused|schema", NUMBER),
        ("servers", [{"url": "https://erp.example/v2"}]),
        ("paths|/a|query", {"responses": {}}),
        ("jsonSchemaDialect", "https://example.org/dialect"),
    ],
)
def test_api_change_is_told(path: str, value: Any) -> None:
    """Whatever belongs to an operation, to who may call it, and to where it is."""
    assert breaks(API, API) == []
    assert breaks(API, changed(API, path, value))


def test_path_parameters_are_told_by_their_place_in_the_path() -> None:
    """In which order they are declared does not matter to a caller; which of two segments is the number does."""
    reordered = changed(API, "paths|/b/{a}/{b}|parameters", PATH_PARAMETERS[::-1])
    assert breaks(API, reordered) == []
    swapped = copy.deepcopy(reordered)
    swapped["paths"]["/b/{b}/{a}"] = swapped["paths"].pop("/b/{a}/{b}")
    assert breaks(API, swapped)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("servers", [{"url": "https://erp.example/v1"}, {"url": "https://two.example"}]),
        ("components|schemas", {"New": TEXT}),
        ("components|securitySchemes|more", {"type": "http", "scheme": "bearer"}),
        ("components|securitySchemes|key|description", "words"),
        ("components|securitySchemes|oauth|flows|clientCredentials|scopes|write", "write it"),
        (f"{POST}|description", "words"),
        (f"{POST}|tags", ["words"]),
        (f"{POST}|x-internal", True),
        (f"{POST}|parameters|1|explode", True),
        (f"{POST}|parameters|1|description", "words"),
        (f"{POST}|responses|200|description", "words"),
        (f"{POST}|responses|200|links|more", {"operationId": "d"}),
        (f"{POST}|callbacks|more", {}),
        (f"{POST}|operationId", "renamed"),
        ("info", {"title": "t", "version": "2"}),
    ],
)
def test_harmless_api_change(path: str, value: Any) -> None:
    """Additions, words for people, extensions, and defaults that are written out."""
    assert breaks(API, changed(API, path, value)) == []


MESSAGE = {"traits": [{"headers": TEXT}], "payload": TEXT, "correlationId": {"location": "$message.header#/id"}}
EVENTS: dict[str, Any] = {
    "asyncapi": "3.0.0",
    "defaultContentType": "application/json",
    "servers": {"s": {"host": "a.example", "protocol": "kafka"}},
    "channels": {"c": {"address": "a/{p}", "parameters": {"p": {"enum": ["x"]}}, "messages": {"m": MESSAGE}}},
    "operations": {"o": {"action": "send", "channel": {"$ref": "#/channels/c"}}},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("channels|c|messages|m|traits|0|headers", NUMBER),
        ("channels|c|messages|m|correlationId|location", "$message.header#/other"),
        ("channels|c|messages|m|payload", {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "schema": {}}),
        ("channels|c|parameters|p|enum", ["x", "y"]),
        ("defaultContentType", "application/xml"),
        ("servers|s|host", "b.example"),
        ("operations|o|reply", {"address": {"location": "$message.header#/to"}}),
        ("operations|o|messages", []),
    ],
)
def test_event_change_is_told(path: str, value: Any) -> None:
    """Traits, parameters of a channel, and what else no rule weighs."""
    assert breaks(EVENTS, EVENTS) == []
    assert breaks(EVENTS, changed(EVENTS, path, value))


@pytest.mark.parametrize(
    "root",
    [
        {"openapi": "3.1.0"},
        {"asyncapi": "3.0.0"},
        {"openapi": "3.1.0", "paths": {}, "components": {"securitySchemes": {"a": {}}}},
        {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/gone"}}},
        {"type": "object", "properties": {"a": {"$ref": "other.json#/a"}}},
        {"type": "object", "properties": {"a": {"$ref": "#name"}}},
        {"type": "object", "properties": {"a": {"$dynamicRef": "#a"}}},
        {"$defs": {"A": B, "B": A}, "properties": {"a": A}},
        {"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"default": {"$ref": "#/components/responses/gone"}}}}}},
        {"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": {"headers": {"x-a": {"$ref": "./a.yaml"}}}}}}}},
    ],
)
def test_too_little_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str], root: Any) -> None:
    """Exit 2 and the reason: a document that says nothing, or a reference that leads nowhere, is never compatible with anything."""
    with pytest.raises(NotComparable):
        compare(document("old", root), document("new", root))
    file = tmp_path / "a.json"
    file.write_text(json.dumps(root))
    assert run(["contracts", "diff", str(file), str(file)]) == 2
    assert str(file) in capsys.readouterr().err


def test_what_breaks_is_told_beside_what_could_not_be_followed() -> None:
    """A broken reference hides no breaking change."""
    old = {"type": "object", "properties": {"a": {"$ref": "a.json"}, "b": TEXT}}
    assert breaks(old, {**old, "properties": {"a": {"$ref": "a.json"}}}) == ["#/properties/a/$ref", "#/properties/b"]


def test_data_is_no_reference() -> None:
    """A field may be called $ref, and an example may hold one."""
    schema = {
        "type": "object",
        "properties": {"$ref": TEXT, "default": TEXT},
        "examples": [{"$ref": "nowhere.json"}],
        "enum": [{"$ref": "x"}],
    }
    assert breaks(schema, schema) == []


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        (TEXT, {"anyOf": [TEXT, {"type": "null"}]}, {"response"}),
        ({"anyOf": [TEXT, {"type": "null"}]}, TEXT, {"request"}),
        ({"type": ["string", "null"]}, {"anyOf": [{"type": "null"}, TEXT]}, set()),
        ({"$defs": {"A": {"type": "object"}}, **A}, {"$defs": {"A": {"type": "object"}}, "anyOf": [A, {"type": "null"}]}, {"response"}),
        ({"anyOf": [TEXT, NUMBER]}, {"oneOf": [TEXT, NUMBER]}, set()),
        ({"type": "object", "properties": {"a": TEXT}}, {"allOf": [{"properties": {"a": TEXT}}, {"type": "object"}]}, set()),
        ({"allOf": [TEXT, {"maxLength": 5}]}, {"type": "string", "maxLength": 5}, set()),
        ({"$defs": {"A": TEXT}, **A}, {"$defs": {"A": TEXT}, "type": "string"}, set()),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, set()),
        ({"type": ["string", "null"]}, {"type": ["null", "string"]}, set()),
        ({"type": "number", "maximum": 1}, {"type": "number", "maximum": 1.0}, set()),
        ({"type": "object", "additionalProperties": True}, {"type": "object"}, set()),
        ({"type": "object", "not": {"required": ["a"]}}, {"type": "object", "not": {"required": ["a"], "description": "words"}}, set()),
        ({"oneOf": [TEXT, NUMBER]}, {"oneOf": [TEXT, NUMBER, {"type": "boolean"}]}, {"response"}),
        ({"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 9}, {"response"}),
    ],
)  # fmt: skip
def test_the_same_in_other_words(old: Any, new: Any, broken: set[str]) -> None:
    """What is written differently and means the same breaks nobody, and what is wider breaks only those who read."""
    assert {direction for direction in ("request", "response") if breaks(old, new, direction)} == broken
