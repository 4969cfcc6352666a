"""The OpenAPI 3.1 document of the engine's HTTP surface."""

from typing import Any

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
COUNT = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
EVENT_HEADERS = {
    "webhook-id": "id of the delivery's event; the same for every attempt",
    "webhook-timestamp": "seconds since the epoch, at most five minutes away",
}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "dryclose reference engine", "version": "1", "summary": "Events in; parked documents, redrive and idle"},
        "paths": {
            "/health": {"get": _health()},
            "/webhooks": {"post": _webhooks()},
            "/parked": {"get": _read("parked", "Documents that wait for a person", _items())},
            "/redrive": {"post": _redrive()},
            "/metrics": {"get": _metrics()},
            "/idle": {"get": _read("idle", "Whether nothing is left to do", _object(idle={"type": "boolean"}, pending=COUNT))},
        },
        "components": {
            "schemas": {"Problem": _problem()},
            "securitySchemes": {"signature": {"type": "apiKey", "in": "header", "name": "webhook-signature", "description": "v1,<base64>"}},
        },
    }


def _health() -> dict[str, Any]:
    read = _read("health", "Whether events are accepted", _object(status={"const": "ok"}))
    read["responses"]["503"] = _answer("not yet", _object(status={"const": "starting"}))
    return read


def _metrics() -> dict[str, Any]:
    read = _read("metrics", "What was counted, in the text format of Prometheus", TEXT)
    read["responses"]["200"]["content"] = {"text/plain": {"schema": TEXT}}
    return read


def _webhooks() -> dict[str, Any]:
    accepted = {"type": "object", "required": ["accepted"], "properties": {"accepted": {"type": "boolean"}, "why": TEXT}}
    return {
        "operationId": "webhooks",
        "summary": "An event, signed as Standard Webhooks; 202 takes responsibility for it",
        "security": [{"signature": []}],
        "parameters": [*_correlation(), *({**_header(name, doc), "required": True} for name, doc in EVENT_HEADERS.items())],
        "requestBody": {"required": True, "content": {JSON: {"schema": _event()}}},
        "responses": {
            "202": _answer("the event is saved, or is about nothing of ours", accepted),
            **_refusals("MALFORMED_REQUEST", "SIGNATURE_INVALID", "PAYLOAD_TOO_LARGE", "INTERNAL_ERROR", "UNAVAILABLE"),
        },
    }


def _redrive() -> dict[str, Any]:
    body = {"type": "object", "properties": {"reference": {"anyOf": [REFERENCE, {"type": "null"}]}}}
    return {
        "operationId": "redrive",
        "summary": "Try parked documents again: all, or the one that `reference` names",
        "parameters": _correlation(),
        "requestBody": {"required": False, "content": {JSON: {"schema": body}}},
        "responses": {
            "202": _answer("how many are tried again", _object(redriven=COUNT)),
            **_refusals("MALFORMED_REQUEST", "PAYLOAD_TOO_LARGE", "VALIDATION_FAILED", "INTERNAL_ERROR", "UNAVAILABLE"),
        },
    }


def _read(name: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    responses = {"200": _answer(summary, schema), **_refusals("INTERNAL_ERROR", "UNAVAILABLE")}
    return {"operationId": name, "summary": summary, "parameters": _correlation(), "responses": responses}


def _event() -> dict[str, Any]:
    """An envelope. Source events must say which document, in which version; of all others nothing is believed, so nothing is demanded."""
    source = {"revision": {"type": "integer"}, "version": {"type": "integer"}}
    requisition, report = ["requisition.approved", "approval.reversed"], ["expense_report.approved", "expense_report.sent_back"]
    other = {"type": "string", "not": {"enum": [*requisition, *report]}}
    return {
        "anyOf": [
            _envelope({"enum": requisition}, _object(requisitionId=REFERENCE, **source)),
            _envelope({"enum": report}, _object(report_id=REFERENCE, **source)),
            _envelope(other, {"type": "object"}),
        ]
    }


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
