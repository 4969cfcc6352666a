"""The OpenAPI 3.1 document of the engine's HTTP surface."""

from typing import Any

from contracts.catalog import load_minor_units
from engine.flows import requisition_check
from engine.flows.registry import SOURCE_EVENTS

JSON, PROBLEM = "application/json", "application/problem+json"
STATUSES = {
    "MALFORMED_REQUEST": 400,
    "SIGNATURE_INVALID": 401,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "PAYLOAD_TOO_LARGE": 413,
    "VALIDATION_FAILED": 422,
    "INTERNAL_ERROR": 500,
    "UNAVAILABLE": 503,
}
"""Every code of a problem, with its status."""
REFERENCE_PATTERN = "^[!-~\u00a1-\ud7ff]{1,64}$"  # what the database can hold: no NUL, no blanks
REFERENCE = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": REFERENCE_PATTERN}
REFERENCES_MAX = 1000
AMOUNT_PATTERN = r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"  # as many places as its currency has
COUNT = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
LICENSE = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}
CONTACT = {"name": "The maintainers of dryclose", "url": "https://dryclose.example", "email": "maintainers@dryclose.example"}
TAGS = {
    "server": "whether the engine is up, and what it counted",
    "events": "news of the source systems",
    "questions": "what somebody wants to know while waiting",
    "work": "what is under way, and what waits for a person",
}
HEALTH = "200 once the schema is there and the queue works; until then, and while the database is away, 503."
METRICS = "Counts, durations and gauges, no content of any document."
PARKED = "One entry for each document that the engine stopped working on, with its reason, who repairs it, and whether it was posted."
IDLE = "True when nothing is pending and a whole polling cycle brought nothing new."
# What the server itself answers to bytes that are no request, before any route is asked.
NO_HTTP = {"description": "the request is no HTTP", "content": {"text/plain": {"schema": TEXT}}}
EVENT_HEADERS = {
    "webhook-id": "id of the delivery's event; the same for every attempt",
    "webhook-timestamp": "seconds since the epoch, at most five minutes away",
}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "dryclose reference engine",
            "version": "1",
            "summary": "Events in; parked documents, redrive and idle",
            "description": "A connector as docs/connector-contract.md asks for one. Errors are RFC 9457 problems.",
            "contact": CONTACT,
            "license": LICENSE,
        },
        "servers": [{"url": "/", "description": "the engine that serves this document"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": {
            "/health": {"get": _health()},
            "/webhooks": {"post": _webhooks()},
            "/check": {"post": _check()},
            "/parked": {"get": _read("work", "parked", "Documents that wait for a person", PARKED, _items())},
            "/redrive": {"post": _redrive()},
            "/redrive/dry-run": {"post": _dry_run()},
            "/metrics": {"get": _metrics()},
            "/idle": {"get": _idle()},
        },
        "components": {
            "schemas": {"Problem": _problem()},
            "securitySchemes": {"signature": {"type": "apiKey", "in": "header", "name": "webhook-signature", "description": "v1,<base64>"}},
        },
    }


def _health() -> dict[str, Any]:
    read = _read("server", "health", "Whether events are accepted", HEALTH, _object(status={"const": "ok"}))
    read["responses"]["503"] = _answer("not yet", _object(status={"const": "starting"}))
    return read


def _metrics() -> dict[str, Any]:
    read = _read("server", "metrics", "What was counted, in the text format of Prometheus", METRICS, TEXT)
    read["responses"]["200"]["content"] = {"text/plain": {"schema": TEXT}}
    return read


def _idle() -> dict[str, Any]:
    return _read("work", "idle", "Whether nothing is left to do", IDLE, _object(idle={"type": "boolean"}, pending=COUNT))


def _webhooks() -> dict[str, Any]:
    accepted = {"type": "object", "required": ["accepted"], "properties": {"accepted": {"type": "boolean"}, "why": TEXT}}
    return {
        "operationId": "webhooks",
        "summary": "An event, signed as Standard Webhooks",
        "description": "202 takes responsibility for it: it is saved, and a second delivery of it changes nothing.",
        "tags": ["events"],
        "security": [{"signature": []}],
        "parameters": [*_correlation(), *({**_header(name, doc), "required": True} for name, doc in EVENT_HEADERS.items())],
        "requestBody": {"required": True, "content": {JSON: {"schema": _event()}}},
        "responses": {
            "202": _answer("the event is saved, or is about nothing of ours", accepted),
            **_refusals("MALFORMED_REQUEST", "SIGNATURE_INVALID", "PAYLOAD_TOO_LARGE", "INTERNAL_ERROR", "UNAVAILABLE"),
        },
    }


def _check() -> dict[str, Any]:
    code = {"type": "string", "minLength": 1, "maxLength": 64}
    currency = {"enum": sorted(load_minor_units())}
    money = _object(amount={"type": "string", "pattern": AMOUNT_PATTERN, "examples": ["980.00"]}, currency=currency)
    line = _object(amount=money, category=code, costCenter=code)
    line["properties"]["project"] = {"anyOf": [code, {"type": "null"}]}
    lines = {"type": "array", "items": line, "minItems": 1, "maxItems": 200}
    day = {"type": "string", "format": "date"}
    asked = _object(
        question={"const": requisition_check.QUESTION}, id=code, legalEntity=code, currency=currency, budgetDate=day, lines=lines
    )
    asked["properties"]["budgetMs"] = {"type": "integer", "minimum": 1, "maximum": 30_000, "default": 2000}
    said = {
        "type": "object",
        "required": ["answer"],
        "properties": {"answer": {"enum": ["within_budget", "over_budget", "unknown"]}, "as_of": TEXT},
    }
    return {
        "operationId": "check",
        "summary": "Whether there is budget, signed as an event is",
        "description": "Answered within `budgetMs`, whatever the ERP does: `unknown` where it did not say. Nothing is reserved.",
        "tags": ["questions"],
        "security": [{"signature": []}],
        "parameters": [*_correlation(), *({**_header(name, doc), "required": True} for name, doc in EVENT_HEADERS.items())],
        "requestBody": {"required": True, "content": {JSON: {"schema": asked}}},
        "responses": {
            "200": _answer("what is known, and as of when", said),
            **_refusals(
                "MALFORMED_REQUEST", "SIGNATURE_INVALID", "PAYLOAD_TOO_LARGE", "VALIDATION_FAILED", "INTERNAL_ERROR", "UNAVAILABLE"
            ),
        },
    }


def _redrive() -> dict[str, Any]:
    text = "All of them, or those that `reference` and `references` name; what was posted already is not posted again."
    return _about_parked("redrive", "Try parked documents again", text, "202", _answer("how many are tried again", _object(redriven=COUNT)))


def _dry_run() -> dict[str, Any]:
    text = "What a redrive with the same body would take up. Nothing is done."
    items = _object(items={"type": "array", "items": _object(reference=REFERENCE)})
    return _about_parked("dry_run", "What a redrive would try again", text, "200", _answer("what would be tried again", items))


def _about_parked(name: str, summary: str, description: str, status: str, answer: dict[str, Any]) -> dict[str, Any]:
    several = {"type": "array", "items": REFERENCE, "maxItems": REFERENCES_MAX}
    named = {"reference": {"anyOf": [REFERENCE, {"type": "null"}]}, "references": {"anyOf": [several, {"type": "null"}]}}
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "tags": ["work"],
        "security": [],
        "parameters": _correlation(),
        "requestBody": {"required": False, "content": {JSON: {"schema": {"type": "object", "properties": named}}}},
        "responses": {
            status: answer,
            **_refusals("MALFORMED_REQUEST", "PAYLOAD_TOO_LARGE", "VALIDATION_FAILED", "INTERNAL_ERROR", "UNAVAILABLE"),
        },
    }


def _read(tag: str, name: str, summary: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What anybody on this machine may read."""
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "tags": [tag],
        "security": [],
        "parameters": _correlation(),
        "responses": {"200": _answer(summary, schema), "400": NO_HTTP, **_refusals("INTERNAL_ERROR", "UNAVAILABLE")},
    }


def _event() -> dict[str, Any]:
    """An envelope. Source events must say which document, in which version; of all others nothing is believed, so nothing is demanded."""
    kinds: dict[tuple[str, str | None], list[str]] = {}
    for name, told in SOURCE_EVENTS.items():
        kinds.setdefault((told.source_id, told.revision), []).append(name)
    others = {"type": "string", "not": {"enum": list(SOURCE_EVENTS)}}
    sources = [_envelope({"enum": names}, _news(*members)) for members, names in kinds.items()]
    return {"anyOf": [*sources, _envelope(others, {"type": "object"})]}


def _news(source_id: str, revision: str | None) -> dict[str, Any]:
    """Which members of `data` name the document. revision: None of one that has only one."""
    numbers = {name: {"type": "integer"} for name in (revision, "version") if name is not None}
    return _object(**{source_id: REFERENCE}, **numbers)


def _envelope(kind: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    members = {"id": TEXT, "type": kind, "data": data, "correlationid": {"type": ["string", "null"]}}
    return {"type": "object", "required": ["id", "type", "data"], "properties": members}


def _items() -> dict[str, Any]:
    members = ("reference", "flow", "reason", "code", "class", "owner", "first_seen", "outcome")
    item = _object(**{name: {"type": ["string", "null"]} for name in members}, retryable={"type": "boolean"}, attempts=COUNT)
    return _object(items={"type": "array", "items": item})


def _object(**members: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "properties": members}


def _answer(doc: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": doc, "content": {JSON: {"schema": schema}}}


def _refusals(*codes: str) -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(STATUSES[code]): {"description": code, "content": content} for code in codes}


def _problem() -> dict[str, Any]:
    members: dict[str, Any] = dict.fromkeys(("type", "title", "detail"), TEXT)
    return _object(**members, status={"type": "integer"}, code={"enum": list(STATUSES)})


def _correlation() -> list[dict[str, Any]]:
    return [_header("X-Correlation-ID", "echoed"), _header("traceparent", "W3C trace context; kept with the document")]


def _header(name: str, doc: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": doc, "schema": TEXT}
