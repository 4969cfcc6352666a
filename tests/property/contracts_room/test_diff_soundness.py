"""The comparison against an oracle that shares no code with it: a JSON Schema validator."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harness.contracts.diff import compare
from harness.contracts.diff.document import document

NUMBERS = st.integers(0, 3)
SIMPLE = [None, True, False, 0, 1, 2, 3, 1.5, "", "a", "ab", "abc"]
VALUES: list[Any] = [
    *SIMPLE,
    *([], [1], ["a"], [1, 1], [1, "a"], ["a", 1, None], [[], {}]),
    *({}, {"a": 1}, {"a": "a"}, {"b": None}, {"a": 1, "b": 2}, {"a": 3, "b": "ab"}, {"c": 1}, {"a": 1, "c": "a"}, {"a": {"a": 1}}),
]


def limits(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Some numeric keywords."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, NUMBERS))


def scalars() -> st.SearchStrategy[Any]:
    """Schemas without others in them."""
    return st.one_of(
        st.just({}),
        st.just({"$ref": "#/$defs/D"}),
        st.fixed_dictionaries({"type": st.sampled_from(["string", "number", "integer", "null", "boolean", ["string", "null"]])}),
        limits("minLength", "maxLength").map(lambda each: {"type": "string", **each}),
        limits("minimum", "maximum", "exclusiveMinimum").map(lambda each: {"type": "number", **each}),
        limits("minimum", "maxLength"),
        st.lists(st.sampled_from(SIMPLE), min_size=1, max_size=3).map(lambda each: {"enum": each}),
        st.sampled_from(SIMPLE).map(lambda each: {"const": each}),
    )


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects that know the same fields always: that a new optional field breaks nobody is a convention, no theorem."""
    parts = {"required": st.lists(st.sampled_from("abc"), unique=True), "additionalProperties": inner | st.booleans()}
    one = st.fixed_dictionaries({"type": st.just("object"), "properties": st.fixed_dictionaries({"a": inner, "b": inner})}, optional=parts)
    halves = st.tuples(
        st.fixed_dictionaries({"type": st.just("object"), "properties": st.fixed_dictionaries({"a": inner})}, optional=parts),
        st.fixed_dictionaries({"properties": st.fixed_dictionaries({"a": inner, "b": inner})}, optional=parts),
    )
    return one | halves.map(lambda each: {"allOf": list(each)})


def arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists."""
    return st.fixed_dictionaries(
        {"type": st.just("array")},
        optional={"items": inner | st.just(False), "prefixItems": st.lists(inner, min_size=1, max_size=2), "minItems": NUMBERS},
    )


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of schemas, with words beside them."""
    several = st.lists(inner, min_size=1, max_size=3)
    words = {"anyOf": several, "oneOf": several, "allOf": several, "not": inner, "if": inner, "then": inner, "type": st.just("string")}
    return st.fixed_dictionaries({}, optional=words)


SCHEMAS = st.recursive(scalars(), lambda inner: objects(inner) | arrays(inner) | combined(inner), max_leaves=6)


def versions(root: Any, shared: Any) -> dict[str, Any]:
    """A document with one shared schema, which is not part of a circle."""
    return {"$defs": {"D": shared}, "allOf": [root]}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """Two schemas: unrelated ones, or the second is the first with one thing changed."""
    old = draw(SCHEMAS)
    new = draw(SCHEMAS) if draw(st.booleans()) else mutated(draw, old)
    plain = draw(st.sampled_from([{"type": "string"}, {"minimum": 1}])), draw(st.sampled_from([{"type": "string"}, {"minimum": 1}]))
    return versions(old, plain[0]), versions(new, plain[1])


def mutated(draw: st.DrawFn, schema: Any) -> Any:
    """Another schema in the place of one of its schemas."""
    found = json.loads(json.dumps(schema))
    place = found
    while isinstance(place, dict | list) and place and draw(st.integers(0, 3)):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if isinstance(place[key], dict) and not {"a", "b"} & set(place[key]) and draw(st.booleans()):
            place[key] = draw(SCHEMAS)
            return found
        place = place[key]
    return found


def broken(old: Any, new: Any, direction: Any) -> bool:
    """Whether the comparison says so."""
    return any(each.breaking for each in compare(document("old", old), document("new", new), direction))


@given(pairs())
@settings(max_examples=100)
@example(({"allOf": [{"maximum": 1}, {"maximum": 2}]}, {"allOf": [{"maximum": 3}, {"maximum": 2}]}))
@example(({"oneOf": [{"minimum": 1}, {"maximum": 0}]}, {"oneOf": [{"minimum": 1}, {"maximum": 2}]}))
def test_what_a_validator_sees_is_breaking(schemas: tuple[Any, Any]) -> None:
    """A value that was accepted and is not any more breaks those who send; one that is possible and was not breaks those who read."""
    old, new = (Draft202012Validator(each) for each in schemas)
    was, now = ([each.is_valid(value) for value in VALUES] for each in (old, new))
    if any(before and not after for before, after in zip(was, now, strict=True)):
        assert broken(*schemas, "request")
    if any(after and not before for before, after in zip(was, now, strict=True)):
        assert broken(*schemas, "response")
