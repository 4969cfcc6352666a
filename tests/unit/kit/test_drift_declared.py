"""contracts/drift.yaml against the published shapes: every answer and event says what of it may drift, and each path leads somewhere."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.catalog import HERE
from tests.shipped import CATALOG

DOCUMENTS = {path.stem: json.loads(path.read_text("utf-8")) for path in (HERE / "openapi").glob("*.json")}
KINDS = set(CATALOG.faults["F-E1"].at)
POINTS = sorted({point.id for flow in CATALOG.flows.values() for point in flow.call_points if point.kind in KINDS})
Schema = dict[str, Any]


def test_every_answer_and_event_is_declared() -> None:
    """A new call point must say what of it may drift."""
    assert sorted(CATALOG.drift) == POINTS


@pytest.mark.parametrize("point", POINTS)
def test_declared_members_exist(point: str) -> None:
    """No cell waits for a change that cannot be."""
    schema, components = published(point)
    paths = {path for kinds in CATALOG.drift[point].values() for path in kinds}
    assert [path for path in sorted(paths) if not leads_somewhere(schema, components, path.split("."))] == []


def published(point: str) -> tuple[Schema, Schema]:
    """The schema of a call point's success or event, and the components that it refers to."""
    for document in DOCUMENTS.values():
        for operation in operations(document):
            if operation.get("operationId") == point:
                body = operation["requestBody"] if point.startswith("wh.") else success(operation)
                return body["content"]["application/json"]["schema"], document["components"]["schemas"]
    raise AssertionError(f"{point} is in no document of contracts/openapi")


def operations(document: Schema) -> Iterator[Schema]:
    """Of the paths and the webhooks."""
    for methods in (*document["paths"].values(), *document.get("webhooks", {}).values()):
        yield from methods.values()


def success(operation: Schema) -> Schema:
    """Its 2xx."""
    answer: Schema = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    return answer


def leads_somewhere(schema: Schema, components: Schema, steps: list[str]) -> bool:
    """Whether a path exists in a schema."""
    if "$ref" in schema:
        return leads_somewhere(components[schema["$ref"].rpartition("/")[2]], components, steps)
    if not steps:
        return True
    choices = [one for name in ("anyOf", "oneOf", "allOf") for one in schema.get(name, ())]
    if choices:
        return any(leads_somewhere(one, components, steps) for one in choices)
    if "items" in schema:
        return leads_somewhere(schema["items"], components, steps)
    inner = schema.get("properties", {}).get(steps[0].removesuffix("[]").removesuffix("?"))
    return inner is not None and leads_somewhere(inner, components, steps[1:])
