"""The OpenAPI 3.1 document of a system, from the declarations that the lean routes run by."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from contracts.catalog import Catalog, EventType
from mocks.kit.imprint import preface, tags
from mocks.kit.limits import BODY_BYTES_MAX, DEPTH_MAX
from mocks.kit.links import links_of
from mocks.kit.operation import Kind, Operation, System
from mocks.kit.paging import LIMIT_DEFAULT, LIMIT_MAX

REF = "#/components/schemas/{name}"
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
ALWAYS = ("TOKEN_MISSING", "TOKEN_INVALID", "INSUFFICIENT_SCOPE", "INVALID_PARAMETER", "RATE_LIMITED", "INTERNAL_ERROR", "MAINTENANCE")
OF_BODIES = ("MALFORMED_REQUEST", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "VALIDATION_FAILED")
OF_KEYS = ("IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_IN_PROGRESS")
KEY_PATTERN = r'^("[ !#-\[\]-~]{1,255}"|[!#-\[\]-~]{1,255})$'
IF_MATCH_PATTERN = r'^(\*|(W/)?"[!#-~]*")$'
IF_MATCH_DOC = 'the version that the change is based on, as `"4"`; a tag that is no version of ours is answered 412'
CURSOR = {"type": "string", "pattern": "^[A-Za-z0-9_-]{12,1000}$", "description": "opaque; only what the list itself issued is accepted"}
SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "webhook-signature",
    "description": "Standard Webhooks 1.0: `v1,` and base64 of HMAC-SHA256 over id.timestamp.body with the webhook secret",
}
OF_KINDS: dict[Kind, str] = {
    "read": "Changes nothing.",
    "lookup": "Changes nothing; one page of what was asked for.",
    "list": "Changes nothing; one page at a time, `next_cursor` leads on.",
    "create": "Makes a new document; a repeat with its `Idempotency-Key` makes no second one.",
    "update": "Changes what exists, of the version that `If-Match` names when it is given.",
    "actor": "What a person does, named by `X-Acting-User`; no scope of a connector allows it.",
}
LISTS = frozenset({"list", "lookup"})
EVENT_TYPES = {"string": {"type": "string"}, "integer": {"type": "integer"}, "string or null": {"type": ["string", "null"]}}


def document(system: System, catalog: Catalog, *, version: str, token_url: str) -> dict[str, Any]:
    """The whole document."""
    types = [each for operation in system.operations for each in (operation.request, operation.response) if each is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    by_type = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in system.operations:
        methods = paths.setdefault(operation.path, {})
        declared = _operation(operation, catalog, by_type)
        links = links_of(operation, system.operations, components, by_type[id(operation.response)])
        if links:
            declared["responses"][str(operation.status)]["links"] = links
        method = operation.method.lower()
        methods[method] = _merge(methods[method], declared) if method in methods else declared
    return {
        **preface(system.title, version, system.summary, _description()),
        "tags": _tags(system, catalog),
        "paths": paths,
        "webhooks": {name: _webhook(catalog.events[name]) for name in system.event_types},
        "components": {
            "schemas": {**components, "Problem": problem_schema(catalog)},
            "securitySchemes": {"oauth2": _security(system.operations, token_url), "signature": SIGNATURE},
        },
    }


def _description() -> str:
    return (
        f"A mock of the dryclose world. Bodies are JSON of at most {BODY_BYTES_MAX // 1024} KiB, nested at most {DEPTH_MAX} levels. "
        "Errors are RFC 9457 problems with a stable `code`. `Idempotency-Key` is optional on every POST and PUT: the outcome of an executed"
        " operation is kept for the lifetime of the world; refusals are not kept. `external_ref` is optional: a repeat is answered 409 "
        "DUPLICATE_REFERENCE with the existing id."
    )


def _tags(system: System, catalog: Catalog) -> list[dict[str, str]]:
    """What operations are about: the second word of their call points."""
    names = {kind.short: f"{kind.name}: call points" for kind in catalog.documents.values()}
    used = [_about(operation) for operation in system.operations]
    return tags({name: f"{names.get(name, 'call points')} `{system.name}.{name}.*`" for name in used}, used)


def _about(operation: Operation) -> str:
    return operation.call_point.split(".")[1]


def _operation(operation: Operation, catalog: Catalog, schemas: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    declared: dict[str, Any] = {
        "operationId": operation.call_point,
        "summary": operation.summary,
        "description": f"{OF_KINDS[operation.kind]} Call point `{operation.call_point}`, scope `{operation.scope}`.",
        "tags": [_about(operation)],
        "x-call-point": operation.call_point,
        "x-kind": operation.kind,
        "security": [{"oauth2": [operation.scope]}],
        "parameters": _parameters(operation),
        "responses": {str(operation.status): _success(operation, schemas), **_problems(operation, catalog)},
    }
    if operation.request is not None:
        declared["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas[id(operation.request)]}}}
    return declared


def _merge(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two operations behind one path and method: what they take together."""
    known = {parameter["name"] for parameter in first["parameters"]}
    extra = [{**each, "required": False} for each in second["parameters"] if each["name"] not in known]
    parameters = [{**each, "required": each["required"] and each["in"] == "path"} for each in first["parameters"]]
    return {
        **first,
        "summary": f"{first['summary']}; {second['summary']}",
        "description": f"{first['description']} {second['description']}",
        "parameters": parameters + extra,
        "responses": {**second["responses"], **first["responses"]},
        "x-call-point": f"{first['x-call-point']} {second['x-call-point']}",
    }


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = [
        _parameter(name, "path", "part of the path", {"type": "string", "minLength": 1, "maxLength": 100}, required=True)
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    found += [_parameter(param.name, "query", param.doc, dict(param.schema), required=param.required) for param in operation.query]
    known = {each["name"] for each in found}
    if operation.kind in LISTS and "limit" not in known:
        limit = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT}
        found.append(_parameter("limit", "query", "items of a page", limit))
        found.append(_parameter("cursor", "query", "`next_cursor` of the page before", CURSOR))
    found.append(_parameter("X-Correlation-ID", "header", "echoed, and put on the webhooks that the document causes", {"type": "string"}))
    if operation.method != "GET":
        found.append(_parameter("Idempotency-Key", "header", "a quoted string or a bare token", {"type": "string", "pattern": KEY_PATTERN}))
    if operation.kind == "update":
        found.append(_parameter("If-Match", "header", IF_MATCH_DOC, {"type": "string", "pattern": IF_MATCH_PATTERN}))
    if operation.kind == "actor":
        found.append(_parameter("X-Acting-User", "header", "the person who acts", {"type": "string", "minLength": 1}, required=True))
    return found


def _parameter(name: str, place: str, doc: str, schema: Mapping[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "description": doc, "schema": dict(schema)}


def _success(operation: Operation, schemas: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    headers = {"X-Correlation-ID": {"schema": {"type": "string"}}, "ETag": {"schema": {"type": "string"}}}
    return {
        "description": operation.summary,
        "headers": headers,
        "content": {"application/json": {"schema": schemas[id(operation.response)]}},
    }


def _problems(operation: Operation, catalog: Catalog) -> dict[str, Any]:
    codes = [*ALWAYS, *operation.errors]
    if operation.request is not None:
        codes += OF_BODIES
    if operation.method != "GET":
        codes += OF_KEYS
    if operation.kind in LISTS:
        codes.append("INVALID_CURSOR")
    return problem_responses(codes, catalog)


def problem_responses(codes: Iterable[str], catalog: Catalog) -> dict[str, Any]:
    """The refusals of an operation: one response for each status, its codes in the text."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(catalog.errors[code].status, []).append(code)
    return {str(status): _problem(names, catalog) for status, names in sorted(by_status.items())}


def _problem(codes: list[str], catalog: Catalog) -> dict[str, Any]:
    lines = "; ".join(f"`{code}`: {catalog.errors[code].doc}" for code in codes)
    return {"description": lines, "content": {"application/problem+json": {"schema": PROBLEM_REF}}}


def problem_schema(catalog: Catalog) -> dict[str, Any]:
    """RFC 9457 with the codes of the catalogue."""
    return {
        "type": "object",
        "description": "RFC 9457 problem details; further members depend on the code (existing_id, existing_status, job_id)",
        "required": ["type", "title", "status", "detail", "instance", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "code": {"type": "string", "enum": list(catalog.errors)},
        },
    }


def _security(operations: Iterable[Operation], token_url: str) -> dict[str, Any]:
    scopes = {operation.scope: f"operations of {operation.scope}" for operation in operations}
    return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": scopes}}}


def _webhook(event: EventType) -> dict[str, Any]:
    data = {name: EVENT_TYPES.get(kind, {"const": kind}) for name, kind in event.data.items()}
    envelope = {
        "type": "object",
        "required": ["specversion", "id", "type", "source", "subject", "time", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string"},
            "type": {"const": event.type},
            "source": {"const": event.source},
            "subject": {"type": "string", "description": event.subject},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "correlationid": {"type": "string"},
            "data": {"type": "object", "required": list(data), "properties": data},
        },
    }
    headers = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {
        "post": {
            "operationId": event.call_point,
            "summary": event.doc,
            "description": f"Call point `{event.call_point}`. 2xx acknowledges; anything else, or silence, is tried again.",
            "security": [{"signature": []}],
            "parameters": [_parameter(name, "header", "Standard Webhooks 1.0", {"type": "string"}, required=True) for name in headers],
            "requestBody": {"required": True, "content": {"application/json": {"schema": envelope}}},
            "responses": {"2XX": {"description": "the receiver takes responsibility"}, "410": {"description": "send no more events"}},
        }
    }
