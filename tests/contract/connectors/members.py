"""The tables of members on the contract page: names, types and what is required from contracts/openapi, meanings from members.yaml."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
NOTES = Path(__file__).parent / "members.yaml"
NEEDED_MARK = "!"
READ_HEAD = "| member | type | do you need it | what it holds |\n|---|---|---|---|"
SENT_HEAD = "| member | type | needed | what goes in |\n|---|---|---|---|"


@cache
def schemas(system: str) -> Mapping[str, Any]:
    """The components of a published document."""
    document = json.loads((ROOT / "contracts" / "openapi" / f"{system}.json").read_text("utf-8"))
    found: Mapping[str, Any] = document["components"]["schemas"]
    return found


@cache
def notes() -> Mapping[str, Any]:
    """members.yaml."""
    found: Mapping[str, Any] = yaml.safe_load(NOTES.read_text("utf-8"))
    return found


def tables() -> str:
    """Every table, under a heading each."""
    parts = ["**What you read**", *(_read(one) for one in notes()["read"]), "**What you send**", *(_sent(one) for one in notes()["sent"])]
    return "\n\n".join(parts)


def _read(one: Mapping[str, Any]) -> str:
    return _table(one, READ_HEAD, lambda _name, note, _schema: "yes" if note.startswith(NEEDED_MARK) else "no")


def _sent(one: Mapping[str, Any]) -> str:
    return _table(one, SENT_HEAD, lambda name, _note, schema: _needed(name, schema, one.get("by_rule", {})))


def _needed(name: str, schema: Mapping[str, Any], by_rule: Mapping[str, str]) -> str:
    if name in schema.get("required", ()):
        return "yes"
    if name in by_rule:
        return f"yes: else 409 `{by_rule[name]}`"
    default = schema["properties"][name].get("default")
    return "no" if default is None else f"no: `{default}`"


def _table(one: Mapping[str, Any], head: str, need: Any) -> str:
    schema, known = schemas(one["system"])[one["schema"]], one["members"]
    _complete(one["schema"], schema["properties"], known)
    rows = (
        f"| `{name}` | {kind(member)} | {need(name, known[name], schema)} | {known[name].removeprefix(NEEDED_MARK)} |"
        for name, member in schema["properties"].items()
    )
    return "\n".join([f"{one['title']}:\n", head, *rows])


def _complete(name: str, properties: Mapping[str, Any], known: Mapping[str, str]) -> None:
    """Raises ValueError when the published document and members.yaml do not have the same members."""
    if set(properties) != set(known):
        missing, gone = sorted(set(properties) - set(known)), sorted(set(known) - set(properties))
        raise ValueError(f"members.yaml, {name}: to be explained: {missing}; no longer there: {gone}")


def kind(schema: Mapping[str, Any]) -> str:
    """A type in a word or two."""
    return " or ".join(_kinds(schema))


def _kinds(schema: Mapping[str, Any]) -> Iterator[str]:
    if "anyOf" in schema:
        yield from (word for each in schema["anyOf"] for word in _kinds(each))
    elif "$ref" in schema:
        yield "object"
    elif schema.get("type") == "array":
        yield "list"
    elif "enum" in schema:
        yield "text"
    else:
        yield {"string": "text", "integer": "integer", "boolean": "true or false", "null": "null"}[schema["type"]]
