"""Changes that look like breaks and are none, and one that looks like none and is a break; in the way in which the data goes."""

from typing import Any

import pytest

from harness.contracts.diff import compare
from harness.contracts.diff.document import document


def api(*, request: Any = None, response: Any = None, parameter: Any = None, components: Any = None) -> dict[str, Any]:
    """One operation with these schemas."""
    operation: dict[str, Any] = {"responses": {"200": {"description": "ok"}}}
    if request is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": request}}}
    if response is not None:
        operation["responses"]["200"]["content"] = {"application/json": {"schema": response}}
    if parameter is not None:
        operation["parameters"] = [parameter]
    found = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": operation}}}
    return {**found, "components": components} if components is not None else found


def breaking(old: Any, new: Any) -> bool:
    """Whether somebody breaks."""
    return any(change.breaking for change in compare(document("old", old), document("new", new), direction="both"))


def tagged(*values: str, word: str = "enum") -> dict[str, Any]:
    """An alternative that a member tells apart."""
    one = {"const": values[0]} if word == "const" else {"enum": list(values)}
    return {"type": "object", "required": ["t"], "properties": {"t": {"type": "string", **one}}}


def member(*, required: bool, **words: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": {"type": "string", **words}}, **({"required": ["a"]} if required else {})}


REQUESTS: list[tuple[str, Any, Any, bool]] = [
    ("an alternative more, told apart by an enum of one", {"oneOf": [tagged("x")]}, {"oneOf": [tagged("x"), tagged("y")]}, False),
    ("by enums without a common value", {"oneOf": [tagged("x", "z")]}, {"oneOf": [tagged("x", "z"), tagged("y")]}, False),
    ("by a const and an enum", {"oneOf": [tagged("x")]}, {"oneOf": [tagged("x"), tagged("y", word="const")]}, False),
    ("two that may both fit", {"oneOf": [tagged("x")]}, {"oneOf": [tagged("x"), tagged("x", "y")]}, True),
    ("a member that is only read is required", member(required=False, readOnly=True), member(required=True, readOnly=True), False),
    ("a member that is only written is required", member(required=False, writeOnly=True), member(required=True, writeOnly=True), True),
    ("a member is required", member(required=False), member(required=True), True),
    ("a finer step", {"type": "number", "multipleOf": 1}, {"type": "number", "multipleOf": 0.01}, False),
    ("a coarser step", {"type": "number", "multipleOf": 0.01}, {"type": "number", "multipleOf": 1}, True),
    ("another step", {"type": "number", "multipleOf": 2}, {"type": "number", "multipleOf": 3}, True),
    ("any text", {"type": "string", "pattern": "^[a-z]+$"}, {"type": "string", "pattern": ".*"}, False),
    ("a pattern that was any", {"type": "string", "pattern": ".*"}, {"type": "string", "pattern": "^[a-z]+$"}, True),
    ("another pattern", {"type": "string", "pattern": "^[a-z]+$"}, {"type": "string", "pattern": "^[0-9]+$"}, True),
    ("a bound in words of 3.0 and 3.1", {"minimum": 0, "exclusiveMinimum": True}, {"exclusiveMinimum": 0}, False),
    ("the bound itself is allowed now", {"maximum": 9, "exclusiveMaximum": True}, {"maximum": 9}, False),
    ("the bound itself is no longer allowed", {"minimum": 0}, {"minimum": 0, "exclusiveMinimum": True}, True),
    ("a switch that is off", {"minimum": 0, "exclusiveMinimum": False}, {"minimum": 0}, False),
    ("another default of what may be left out", member(required=False, default="x"), member(required=False, default="y"), True),
    ("another default of what is always there", member(required=True, default="x"), member(required=True, default="y"), False),
    ("a default is new", member(required=False), member(required=False, default="y"), False),
]


@pytest.mark.parametrize(("what", "old", "new", "breaks"), REQUESTS, ids=[case[0] for case in REQUESTS])
def test_what_callers_send(what: str, old: Any, new: Any, breaks: bool) -> None:
    """Less may break them, more may not."""
    assert breaking(api(request=old), api(request=new)) is breaks


ANSWERS: list[tuple[str, Any, Any, bool]] = [
    ("what is only written is absent", member(required=True, writeOnly=True), member(required=False, writeOnly=True), False),
    ("what is only read is absent", member(required=True, readOnly=True), member(required=False, readOnly=True), True),
    ("a finer step", {"type": "number", "multipleOf": 1}, {"type": "number", "multipleOf": 0.01}, True),
    ("a tighter bound", {"minimum": 0}, {"minimum": 0, "exclusiveMinimum": True}, False),
    ("another default", member(required=False, default="x"), member(required=False, default="y"), False),
]


@pytest.mark.parametrize(("what", "old", "new", "breaks"), ANSWERS, ids=[case[0] for case in ANSWERS])
def test_what_callers_read(what: str, old: Any, new: Any, breaks: bool) -> None:
    """More may break them, less may not."""
    assert breaking(api(response=old), api(response=new)) is breaks


def test_the_default_of_a_parameter() -> None:
    """Whoever leaves it out gets another behaviour; a required one cannot be left out."""
    for required, breaks in ((False, True), (True, False)):
        old, new = (
            {"name": "p", "in": "query", "required": required, "schema": {"type": "boolean", "default": value}} for value in (False, True)
        )
        assert breaking(api(parameter=old), api(parameter=new)) is breaks


def test_what_nobody_refers_to_may_go() -> None:
    """And what only unused components refer to is unused as well; what an operation refers to is not."""
    unused = {"schemas": {"A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}}, "B": {"type": "string"}}}
    assert not breaking(api(components=unused), api(components={"schemas": {}}))
    used = api(request={"$ref": "#/components/schemas/A"}, components=unused)
    assert breaking(used, api(request={"type": "object"}, components={"schemas": {}}))
    mapped = {"type": "object", "discriminator": {"propertyName": "t", "mapping": {"b": "B"}}}
    assert breaking(api(request=mapped, components=unused), api(request=mapped, components={"schemas": {"A": unused["schemas"]["A"]}}))


def test_a_security_scheme_that_nobody_asks_for() -> None:
    """It is told once, as a note; one that is asked for breaks."""
    scheme = {"securitySchemes": {"b": {"type": "http", "scheme": "basic"}}}
    old, new = api(components=scheme), api(components={"securitySchemes": {}})
    found = compare(document("old", old), document("new", new), direction="both")
    assert [(change.breaking, change.pointer) for change in found] == [(False, "#/components/securitySchemes/b")]
    assert breaking({**old, "security": [{"b": []}]}, {**new, "security": [{"b": []}]})


@pytest.mark.parametrize("value", [["a"], {"a": 1}, 7, None, True])
def test_a_pattern_that_is_none_is_no_crash(value: Any) -> None:
    """It is told as a difference, whatever it is."""
    assert breaking(api(request={"type": "string", "pattern": "^a"}), api(request={"type": "string", "pattern": value})) in (True, False)


def test_steps_of_any_size_are_weighed() -> None:
    """The ratio is exact, however large it is."""
    coarse, fine = {"type": "number", "multipleOf": 1e300}, {"type": "number", "multipleOf": 1e-300}
    assert not breaking(api(request=coarse), api(request=fine))
    assert breaking(api(request=fine), api(request=coarse))
