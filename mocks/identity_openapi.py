"""The OpenAPI 3.1 document of the identity server."""

from collections.abc import Iterable
from typing import Any

from contracts.catalog import Catalog
from mocks.kit.imprint import preface, tags, unreadable
from mocks.kit.openapi import problem_responses, problem_schema

DESCRIPTION = "The token endpoint of a dryclose world. Every system of the world takes its tokens; errors are RFC 9457 problems."
TAGS = {"token": "tokens for connectors and for people", "server": "the server itself"}
FORM = "application/x-www-form-urlencoded"
CORRELATION = {"name": "X-Correlation-ID", "in": "header", "required": False, "description": "echoed", "schema": {"type": "string"}}
CODES = ("INVALID_PARAMETER", "INVALID_CLIENT", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "INTERNAL_ERROR", "MAINTENANCE")


def identity_document(catalog: Catalog, *, version: str, scopes: Iterable[str], refreshes: bool = False) -> dict[str, Any]:
    """The whole document. `scopes`: what may be asked for; refreshes: refresh tokens are given out and taken."""
    schemas = {"TokenRequest": _request(sorted(scopes), refreshes), "Token": _token(refreshes), "Problem": problem_schema(catalog)}
    return {
        **preface("dryclose identity", version, "OAuth 2 client credentials", DESCRIPTION),
        "tags": tags(TAGS, TAGS),
        "paths": {"/oauth/token": {"post": _issue(catalog, sorted(scopes))}, "/health": {"get": _health(catalog)}},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"client": {"type": "http", "scheme": "basic", "description": "client id and secret, percent-encoded"}},
        },
    }


def _issue(catalog: Catalog, scopes: list[str]) -> dict[str, Any]:
    return {
        "operationId": "identity.token.issue",
        "summary": "A bearer token for client credentials (RFC 6749, 4.4)",
        "tags": ["token"],
        "description": f"Credentials by HTTP Basic, or as members of the form. Scopes: {' '.join(scopes)}.",
        "security": [{"client": []}, {}],
        "parameters": [CORRELATION],
        "requestBody": {"required": True, "content": {FORM: {"schema": {"$ref": "#/components/schemas/TokenRequest"}}}},
        "responses": {
            "200": {"description": "a token", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Token"}}}},
            **problem_responses(CODES, catalog),
        },
    }


def _health(catalog: Catalog) -> dict[str, Any]:
    schema = {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}}
    return {
        "operationId": "identity.health",
        "summary": "Whether the server is up",
        "description": "Answers as soon as tokens are issued; needs no credentials.",
        "tags": ["server"],
        "security": [],
        "parameters": [CORRELATION],
        "responses": {
            "200": {"description": "it is up", "content": {"application/json": {"schema": schema}}},
            **unreadable(),
            **problem_responses(("INTERNAL_ERROR",), catalog),
        },
    }


def _request(scopes: list[str], refreshes: bool) -> dict[str, Any]:
    one = "|".join(scope.replace(".", "[.]") for scope in scopes)
    return {
        "type": "object",
        "required": ["grant_type"],
        "properties": {
            "grant_type": {"enum": ["client_credentials", "refresh_token"]} if refreshes else {"const": "client_credentials"},
            "scope": {"type": "string", "pattern": f"^(({one})( ({one}))*)?$", "description": "all that the client may have when absent"},
            "client_id": {"type": "string"},
            "client_secret": {"type": "string"},
            **({"refresh_token": {"type": "string", "description": "good for one use"}} if refreshes else {}),
        },
    }


def _token(refreshes: bool) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": {"type": "string"},
            "token_type": {"const": "Bearer"},
            "expires_in": {"type": "integer", "description": "seconds"},
            "scope": {"type": "string"},
            **({"refresh_token": {"type": "string", "description": "for the next token, once"}} if refreshes else {}),
        },
    }
