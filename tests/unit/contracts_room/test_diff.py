"""What breaks whom: every kind of change, in both directions."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.commands import run
from harness.contracts.diff import compare
from harness.contracts.diff.document import document

ROOT = Path(__file__).parents[3]
ORDER = {
    "type": "object",
    "required": ["number", "status"],
    "properties": {
        "number": {"type": "string", "minLength": 1, "maxLength": 20, "pattern": "^[0-9]+$"},
        "status": {"enum": ["created", "cancelled"]},
        "quantity": {"type": "number", "minimum": 1, "maximum": 10},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
    },
}
LINE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
API: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/orders/{number}": {
            "post": {
                "operationId": "order.change",
                "parameters": [
                    {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
                ],
                "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}}},
                "responses": {
                    "200": {
                        "description": "done",
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Out"}}},
                    },
                    "409": {"description": "no"},
                },
                "security": [{"oauth2": ["write"]}],
            }
        }
    },
    "webhooks": {
        "order.changed": {
            "post": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}}}},
                "responses": {"2XX": {"description": "taken"}},
            }
        }
    },
    "components": {"schemas": {"In": ORDER, "Out": ORDER, "Event": ORDER, "Line": LINE}},
}
EVERYWHERE = ("In", "Out", "Event")


def changed(path: str, value: Any = ..., *, api: dict[str, Any] = API) -> dict[str, Any]:
    """The document with one value put in place, or taken away."""
    found = json.loads(json.dumps(api))  # a deep copy would keep the three orders one object
    *way, last = path.split("|")
    place = found
    for name in way:
        place = place[int(name)] if isinstance(place, list) else place[name]
    if value is ...:
        del place[int(last) if isinstance(place, list) else last]
    else:
        place[last] = value
    return found


def breaks(old: Any, new: Any, direction: Any = "both") -> list[str]:
    """Pointers of the breaking changes."""
    return [each.pointer for each in compare(document("old", old), document("new", new), direction) if each.breaking]


def schema_breaks(path: str, value: Any = ...) -> set[str]:
    """In which of request, response and event a change to the shared schema is breaking."""
    found = set()
    for name in EVERYWHERE:
        pointers = breaks(API, changed(f"components|schemas|{name}|{path}", value))
        if pointers:
            assert all(pointer.startswith(f"#/components/schemas/{name}/") for pointer in pointers), pointers
            found.add({"In": "request", "Out": "response", "Event": "event"}[name])
    return found


SENT, READ = {"request"}, {"response", "event"}


@pytest.mark.parametrize(
    ("path", "value", "broken"),
    [
        ("properties|quantity", ..., SENT | READ),
        ("properties|colour", {"type": "string"}, set()),
        ("required", ["number", "status", "quantity"], SENT),
        ("required", ["number"], READ),
        ("properties|number|type", "integer", SENT | READ),
        ("properties|quantity|type", "integer", SENT),
        ("properties|number|type", ["string", "null"], READ),
        ("properties|status|enum", ["created"], SENT),
        ("properties|status|enum", ["created", "cancelled", "held"], READ),
        ("properties|quantity|maximum", 5, SENT),
        ("properties|quantity|maximum", 50, READ),
        ("properties|quantity|minimum", 2, SENT),
        ("properties|quantity|minimum", 0, READ),
        ("properties|number|maxLength", 19, SENT),
        ("properties|number|minLength", 0, READ),
        ("properties|number|pattern", "^[0-9]{4}$", SENT | READ),
        ("properties|number|pattern", ..., READ),
        ("properties|note", {"type": "string"}, SENT),
        ("properties|quantity|multipleOf", 2, SENT),
        ("properties|lines|type", "object", SENT | READ),
        ("properties|lines|minItems", 1, SENT),
        ("additionalProperties", False, SENT),
        ("properties|number|not", {"const": "0"}, SENT | READ),
        ("properties|number|description", "words", set()),
        ("properties|number|default", "1", set()),
    ],
)
def test_schema_change(path: str, value: Any, broken: set[str]) -> None:
    """Narrower breaks those who send, wider and less certain breaks those who read, gone breaks both, more fields break nobody."""
    assert schema_breaks(path, value) == broken


OPERATION = "paths|/orders/{number}|post"


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        ("paths|/orders/{number}|post", ..., "#/paths/~1orders~1{number}/post"),
        ("paths|/orders/{number}", ..., "#/paths/~1orders~1{number}/post"),
        (f"{OPERATION}|parameters|1", ..., "#/paths/~1orders~1{number}/post/parameters/1"),
        (f"{OPERATION}|parameters|1|required", True, "#/paths/~1orders~1{number}/post/parameters/1"),
        (f"{OPERATION}|requestBody", ..., "#/paths/~1orders~1{number}/post/requestBody"),
        (f"{OPERATION}|responses|409", ..., "#/paths/~1orders~1{number}/post/responses/409"),
        (f"{OPERATION}|responses|200|headers|ETag", ..., "#/paths/~1orders~1{number}/post/responses/200/headers/ETag"),
        (f"{OPERATION}|responses|200|content", {}, "#/paths/~1orders~1{number}/post/responses/200/content/application~1json"),
        (f"{OPERATION}|security", [{"oauth2": ["admin"]}], "#/paths/~1orders~1{number}/post/security"),
        ("webhooks|order.changed", ..., "#/webhooks/order.changed/post"),
    ],
)
def test_operation_change_breaks(path: str, value: Any, pointer: str) -> None:
    """What an operation no longer offers, or demands in addition, is named with its place."""
    assert pointer in breaks(API, changed(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{OPERATION}|responses|410", {"description": "gone"}),
        (f"{OPERATION}|responses|200|headers|Age", {"schema": {"type": "integer"}}),
        (f"{OPERATION}|requestBody|required", False),
        (f"{OPERATION}|security", [{}]),
        ("paths|/more", {"get": {"responses": {}}}),
        ("webhooks|order.lost", {"post": {"responses": {}}}),
        ("components|schemas|Unused", {"type": "string"}),
    ],
)
def test_operation_change_is_compatible(path: str, value: Any) -> None:
    """More answers, fewer demands: nobody has to change anything."""
    assert breaks(API, changed(path, value)) == []


def test_a_renamed_path_parameter_is_the_same_operation() -> None:
    """Callers do not send the name of a path parameter."""
    renamed = copy.deepcopy(API)
    renamed["paths"]["/orders/{id}"] = renamed["paths"].pop("/orders/{number}")
    renamed["paths"]["/orders/{id}"]["post"]["parameters"][0]["name"] = "id"
    assert breaks(API, renamed) == []


def test_a_renamed_field_is_recognised() -> None:
    """A field that is gone, with a twin that is new, was renamed: said, and still breaking."""
    new = changed("components|schemas|Line", {"type": "object", "required": ["words"], "properties": {"words": {"type": "string"}}})
    found = compare(document("old", API), document("new", new))
    assert [each.text for each in found if "renamed" in each.text] == ["field 'text' is gone; renamed to 'words'?"]


def test_a_change_in_a_shared_schema_is_told_once() -> None:
    """Three operations reach the line through three documents; it is one change in each direction at most."""
    found = compare(document("old", API), document("new", changed("components|schemas|Line|properties|text|type", "integer")))
    assert len([each for each in found if each.pointer == "#/components/schemas/Line/properties/text"]) == len(set(found))


def test_all_of_is_read_through() -> None:
    """A field behind allOf and a reference is a field like any other."""
    old = {"$defs": {"A": {"properties": {"a": {"type": "string"}}}}, "allOf": [{"$ref": "#/$defs/A"}, {"required": ["a"]}]}
    new = {"$defs": {"A": {"properties": {}}}, "allOf": [{"$ref": "#/$defs/A"}, {"required": ["a"]}]}
    assert breaks(old, new) == ["#/$defs/A/properties/a"]


def test_recursive_schemas_end() -> None:
    """A tree that refers to itself is compared once."""
    tree = {"$defs": {"T": {"properties": {"t": {"$ref": "#/$defs/T"}, "n": {"type": "string"}}}}, "$ref": "#/$defs/T"}
    assert breaks(tree, tree) == []
    assert breaks(tree, changed("$defs|T|properties|n", ..., api=tree)) == ["#/$defs/T/properties/n"]


@pytest.mark.parametrize(("direction", "narrow", "wide"), [("request", True, False), ("response", False, True), ("both", True, True)])
def test_direction_of_a_json_schema(direction: Any, narrow: bool, wide: bool) -> None:
    """Nothing in a JSON Schema says who writes it: the caller does."""
    small, large = {"enum": ["a"]}, {"enum": ["a", "b"]}
    assert bool(breaks(large, small, direction)) == narrow
    assert bool(breaks(small, large, direction)) == wide


ASYNC: dict[str, Any] = {
    "asyncapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "channels": {
        "c": {"address": "/hooks", "messages": {"m": {"$ref": "#/components/messages/m"}, "w": {"$ref": "#/components/messages/w"}}}
    },
    "operations": {
        "sendM": {"action": "send", "channel": {"$ref": "#/channels/c"}, "messages": [{"$ref": "#/channels/c/messages/m"}]},
        "receiveW": {"action": "receive", "channel": {"$ref": "#/channels/c"}, "messages": [{"$ref": "#/channels/c/messages/w"}]},
    },
    "components": {
        "messages": {
            "m": {"contentType": "application/json", "payload": {"$ref": "#/components/schemas/M"}},
            "w": {"contentType": "application/json", "payload": {"$ref": "#/components/schemas/W"}},
        },
        "schemas": {"M": ORDER | {"properties": {"status": {"enum": ["a", "b"]}}}, "W": {"properties": {"status": {"enum": ["a", "b"]}}}},
    },
}


@pytest.mark.requirement("R04.20")
@pytest.mark.parametrize(
    ("path", "value", "pointers"),
    [
        ("operations|sendM", ..., ["#/operations/sendM"]),
        ("components|messages|m", ..., ["#/components/messages/m"]),
        ("channels|c|messages|m", ..., ["#/channels/c/messages/m"]),
        ("channels|c|address", "/other", ["#/channels/c/address"]),
        ("operations|sendM|action", "receive", ["#/operations/sendM/action"]),
        ("components|schemas|M|properties|status|enum", ["a"], []),
        ("components|schemas|M|properties|status|enum", ["a", "b", "c"], ["#/components/schemas/M/properties/status"]),
        ("components|schemas|W|properties|status|enum", ["a"], ["#/components/schemas/W/properties/status"]),
        ("components|schemas|W|properties|status|enum", ["a", "b", "c"], []),
        ("components|messages|m|headers", {"type": "object"}, []),
        ("components|messages|m|contentType", "text/plain", ["#/components/messages/m/contentType"]),
    ],
)
def test_event_change(path: str, value: Any, pointers: list[str]) -> None:
    """Events that the document sends are read by others; those that it only receives are sent by them."""
    found = breaks(ASYNC, changed(path, value, api=ASYNC))
    assert set(pointers) <= set(found)
    assert bool(pointers) == bool(found)


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 with the pointer for a breaking change, 0 for a compatible one and for none; YAML is read as well."""
    old, new, more = tmp_path / "old.json", tmp_path / "new.yaml", tmp_path / "more.json"
    old.write_text(json.dumps(API))
    new.write_text(yaml.safe_dump(changed("components|schemas|In|required", ["number", "status", "lines"])))
    more.write_text(json.dumps(changed("components|schemas|In|properties|colour", {"type": "string"})))
    assert run(["contracts", "diff", str(old), str(new)]) == 1
    assert "BREAKING    #/components/schemas/In/properties/lines  field 'lines' is required now" in capsys.readouterr().out
    assert run(["contracts", "diff", str(old), str(more)]) == 0
    assert "0 breaking, 1 compatible" in capsys.readouterr().out
    assert run(["contracts", "diff", str(old), str(old)]) == 0
    assert capsys.readouterr().out == "no changes\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.json", None, "no such file"),
        ("bad.json", "{", "not JSON"),
        ("bad.yaml", "a: [", "not YAML"),
        ("list.json", "[]", "expected an object"),
        ("swagger.json", '{"swagger": "2.0"}', "expected 3.0 or 3.1"),
        ("async2.json", '{"asyncapi": "2.6.0"}', "expected 3.0 or 3.1"),
        ("other.json", '{"hello": 1}', "neither OpenAPI nor AsyncAPI nor JSON Schema"),
        ("schema.json", '{"type": "object"}', "expected two versions of one document"),
        ("deep.json", '{"type": "object", "items": ' + '{"items": ' * 5000 + "{}" + "}" * 5001, "deep"),
        ("binary.json", "\udcff", "cannot be read"),
    ],
)
def test_unreadable_input(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | None, said: str) -> None:
    """Exit 3 and one message that says what came and what was expected; never a traceback."""
    other, old = tmp_path / name, tmp_path / "old.json"
    if content is not None:
        other.write_bytes(content.encode("utf-8", "surrogateescape"))
    old.write_text(json.dumps(API))
    assert run(["contracts", "diff", str(other), str(old if "deep" not in name else other)]) == 3
    assert said in capsys.readouterr().err
