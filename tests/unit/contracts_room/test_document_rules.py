"""What linters of OpenAPI and AsyncAPI (Redocly's and Spectral's default rules) ask of a document, held without them: every document that
is committed, and the one that the reference engine serves, can be read, grouped and called by a tool that knows nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.catalog import HERE
from engine.web.document import document as engine_document
from harness.contracts.diff.openapi import METHODS

Json = dict[str, Any]
OPENAPI = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((HERE / "openapi").glob("*.json"))}
OPENAPI["engine"] = engine_document()
ASYNCAPI: Json = json.loads((HERE / "asyncapi" / "events.json").read_text("utf-8"))
every_openapi = pytest.mark.parametrize("document", OPENAPI.values(), ids=OPENAPI)
every_document = pytest.mark.parametrize("document", [*OPENAPI.values(), ASYNCAPI], ids=[*OPENAPI, "events"])


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    """(place, operation) of what is called and of what is sent."""
    for where in ("paths", "webhooks"):
        for path, item in document.get(where, {}).items():
            yield from ((f"{where} {path} {method}", item[method]) for method in METHODS if method in item)


@every_document
def test_a_reader_learns_whose_it_is(document: Json) -> None:
    """Title, version, words, licence, and whom to ask."""
    about = document["info"]
    assert all(about[name] for name in ("title", "version", "description"))
    assert all(about["contact"][name] for name in ("name", "url", "email"))
    assert all(about["license"][name] for name in ("name", "url"))


@every_openapi
def test_it_says_where_it_is_served(document: Json) -> None:
    """At a path of the system that serves it: no port of one run, nobody's example, no slash behind."""
    assert [server["url"] for server in document["servers"]] == ["/"]


@every_openapi
def test_every_operation_is_named_and_told(document: Json) -> None:
    """By an id that is its own, a summary and a description."""
    found = dict(operations(document))
    assert [place for place, one in found.items() if not (one.get("summary") and one.get("description"))] == []
    ids = [one["operationId"] for one in found.values()]
    assert len(set(ids)) == len(ids)


@every_openapi
def test_every_operation_stands_in_a_group_that_is_told(document: Json) -> None:
    """Tags are declared once at the top, each with a description; none is declared for nothing."""
    declared = {tag["name"]: tag["description"] for tag in document["tags"]}
    called = [one for place, one in operations(document) if place.startswith("paths ")]
    assert all(one["tags"] for one in called)
    assert (len(declared), set(declared)) == (len(document["tags"]), {name for one in called for name in one["tags"]})
    assert all(declared.values())


@every_openapi
def test_every_operation_says_who_may_and_what_refuses(document: Json) -> None:
    """Its security, by schemes that exist, be it that there is none; a success and a refusal; no path with a query in it."""
    schemes = document["components"]["securitySchemes"]
    for place, one in operations(document):
        assert {name for requirement in one["security"] for name in requirement} <= set(schemes), place
        assert {"2", "4"} <= {status[0] for status in one["responses"]}, place
    assert not [path for path in document["paths"] if "?" in path or (path != "/" and path.endswith("/"))]


def test_events_are_told_grouped_and_signed() -> None:
    """Of each operation of the AsyncAPI document: words, one of the declared tags, and the signature."""
    components = ASYNCAPI["components"]
    tags = {f"#/components/tags/{name}" for name in components["tags"]}
    assert {tag["$ref"] for tag in ASYNCAPI["info"]["tags"]} == tags
    assert all(tag["name"] and tag["description"] for tag in components["tags"].values())
    for name, one in ASYNCAPI["operations"].items():
        assert one["summary"], name
        assert one["description"], name
        assert {tag["$ref"] for tag in one["tags"]} <= tags, name
        assert one["security"] == [{"$ref": "#/components/securitySchemes/signature"}], name
    assert components["securitySchemes"]["signature"]["name"] == "webhook-signature"
