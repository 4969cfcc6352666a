"""The AsyncAPI 3.1 document of the events: what the mock systems send, what a connector receives.

Payloads are those that the running systems declare as OpenAPI webhooks, so that the two documents cannot tell two stories.
"""

from collections.abc import Mapping
from typing import Any

from contracts.catalog import Catalog, EventType

HEADERS: dict[str, Any] = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "the same at every attempt: a receiver tells repetitions by it"},
        "webhook-timestamp": {"type": "string", "pattern": "^[0-9]+$", "description": "seconds since 1970 of this attempt"},
        "webhook-signature": {
            "type": "string",
            "description": "space-separated; v1, and base64 of HMAC-SHA256 over id.timestamp.body with the webhook secret",
        },
        "X-Correlation-ID": {"type": "string", "description": "of the document that caused the event"},
        "traceparent": {"type": "string", "description": "W3C Trace Context of the call that caused the event, when it carried one"},
    },
}
DESCRIPTION = (
    "CloudEvents 1.0 envelopes, delivered as Standard Webhooks 1.0. An event is a notification, not a copy: the receiver reads "
    "the document that it names. 2xx acknowledges; anything else, or silence, is tried again. `send` operations are those of the "
    "mock systems, `receive` operations those of a connector."
)
SENT = "Tried again, later and later, until it is acknowledged; each attempt is signed anew under the same webhook-id."
RECEIVED = "Check the signature over the raw body first, save the event, then answer 2xx; the same webhook-id may come again."
SIGNATURE = {
    "type": "httpApiKey",
    "in": "header",
    "name": "webhook-signature",
    "description": "Standard Webhooks 1.0, symmetric; the secret is shared by the systems and the connector",
}
BINDING = {"http": {"method": "POST", "bindingVersion": "0.3.0"}}


def asyncapi_document(catalog: Catalog, openapi: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The whole document. `openapi`: the documents that the systems emit, by system."""
    events = list(catalog.events.values())
    systems = {event.source.strip("/"): openapi[event.source.strip("/")] for event in events}
    owners = {event.owner: {"$ref": f"#/components/tags/{_slug(event.owner)}"} for event in events}
    about = next(iter(systems.values()))["info"]
    return {
        "asyncapi": "3.1.0",
        "id": "urn:dryclose:events",
        "info": {
            "title": "Events of the dryclose world",
            "version": about["version"],
            "description": DESCRIPTION,
            "contact": about["contact"],
            "license": about["license"],
            "tags": [*owners.values()],
        },
        "defaultContentType": "application/json",
        "servers": {
            "connector": {"host": "127.0.0.1:8080", "protocol": "http", "description": "The connector; its manifest says where it listens"}
        },
        "channels": {system: _channel(system, events) for system in systems},
        "operations": {f"{action}.{event.type}": _operation(action, event) for event in events for action in ("send", "receive")},
        "components": {
            "tags": {_slug(owner): {"name": owner, "description": f"people who care for it: {owner}"} for owner in owners},
            "securitySchemes": {"signature": SIGNATURE},
            "messages": {event.type: _message(event) for event in events},
            "schemas": {
                "WebhookHeaders": HEADERS,
                **{event.type: _payload(systems[event.source.strip("/")], event) for event in events},
            },
        },
    }


def _channel(system: str, events: list[EventType]) -> dict[str, Any]:
    mine = [event for event in events if event.source.strip("/") == system]
    return {
        "address": "/webhooks",
        "title": f"Events of {system}",
        "description": "The path is the connector's own choice (connector.toml, paths.webhook); this is the default.",
        "servers": [{"$ref": "#/servers/connector"}],
        "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"} for event in mine},
    }


def _operation(action: str, event: EventType) -> dict[str, Any]:
    system = event.source.strip("/")
    who = f"mock {system}" if action == "send" else "a connector"
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{system}"},
        "title": f"{who} {'sends' if action == 'send' else 'receives'} {event.type}",
        "summary": event.doc,
        "description": SENT if action == "send" else RECEIVED,
        "security": [{"$ref": "#/components/securitySchemes/signature"}],
        "tags": [{"$ref": f"#/components/tags/{_slug(event.owner)}"}],
        "bindings": BINDING,
        "messages": [{"$ref": f"#/channels/{system}/messages/{event.type}"}],
    }


def _slug(owner: str) -> str:
    """The owner as a key of components may be spelled."""
    return owner.lower().replace(" ", "-")


def _message(event: EventType) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.type,
        "summary": event.doc,
        "contentType": "application/json",
        "correlationId": {"location": "$message.payload#/correlationid"},
        "headers": {"$ref": "#/components/schemas/WebhookHeaders"},
        "payload": {"$ref": f"#/components/schemas/{event.type}"},
        "x-call-point": event.call_point,
    }


def _payload(document: Mapping[str, Any], event: EventType) -> Any:
    return document["webhooks"][event.type]["post"]["requestBody"]["content"]["application/json"]["schema"]
