"""OpenAPI links: which answer names what the next operation needs. Derived from the table of operations, nothing is listed twice."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from mocks.kit.operation import Operation

OWN_NAMES = {"number": ("number", "document_number")}  # what an answer calls the id that a path calls so
OWN = frozenset({"id", "number", "document_number"})  # an id of the answer itself is not that of something inside it
GENERIC = frozenset({"id", "number"})  # names that mean something only under the path that gave them
FIRST = "/0/"
ITEMS = f"items{FIRST}"


def links_of(source: Operation, operations: Iterable[Operation], schemas: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """The links of one operation's success. `answer`: the schema of its body; `schemas`: the document's components."""
    members = _members(answer, schemas)
    found: dict[str, Any] = {}
    operations = tuple(operations)
    home = _home(source.path, {_collection(each.path) for each in operations})
    for target in operations:
        names = re.findall(r"{(\w+)}", target.path)
        if len(names) > 1 or not (names or target.body_from) or target is source:
            continue
        parameters = {name: _named(target.path, members, home) for name in names}
        body = {member: _named(path, members, home) for member, path in target.body_from.items()}
        if None in (*parameters.values(), *body.values()):
            continue
        if target.acting and target.acting.split("/")[0] in members:
            parameters["header.X-Acting-User"] = _expression(target.acting)
        link = {"operationId": target.call_point, "parameters": parameters, "requestBody": body}
        found[target.call_point] = {name: said for name, said in link.items() if said}
    return found


def _named(path: str, members: Sequence[str], home: str) -> str | None:
    """Where an answer of this home names what the path ends with: /orders/{number}."""
    (name,) = re.findall(r"{(\w+)}", path)
    pointer = _pointer(name, members, below=home == _collection(path))
    return None if pointer is None else _expression(pointer)


def _expression(pointer: str) -> str:
    return f"$response.body#/{pointer}"


def _collection(path: str) -> str:
    return path.split("/{", maxsplit=1)[0]


def _home(path: str, collections: Collection[str]) -> str:
    """What kind of thing an answer is: the last collection on its path. What is posted to /orders/{number}/receipts is a receipt."""
    found = [(at, each) for each in collections if (at := path.rfind(each)) >= 0 and path[at + len(each) :][:1] in {"", "/"}]
    return max(found)[1] if found else path


def _pointer(name: str, members: Sequence[str], *, below: bool) -> str | None:
    if name in GENERIC and not below:
        return None
    wanted = OWN_NAMES.get(name, (name, name.replace("_", "-")))
    return next((member for member in members if member.rpartition(FIRST)[2] in wanted), None)


def _members(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[str]:
    """Names of the answer's members, and of the first of each of its lists; of a page, those of its first item."""
    properties: Mapping[str, Any] = _resolved(schema, schemas).get("properties", {})
    if "items" in properties:
        return [f"{ITEMS}{name}" for name in _of_items(properties["items"], schemas)]
    nested = [f"{member}{FIRST}{name}" for member, declared in properties.items() for name in _of_items(declared, schemas)]
    return [*properties, *(name for name in nested if name.rpartition(FIRST)[2] not in OWN)]


def _of_items(declared: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[str]:
    """What each item of a list has."""
    return list(_resolved(declared.get("items", {}), schemas).get("properties", {}))


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Mapping[str, Any] = schemas[reference.rsplit("/", 1)[1]]
    return found
