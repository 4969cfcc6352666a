"""The AsyncAPI document: complete, its references lead somewhere, and what really goes over the wire is what it says."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.stage.provider import Arrived, mock_provider
from tests.shipped import CATALOG

pytestmark = pytest.mark.requirement("R04.20")

CONTRACTS = Path(__file__).parents[3] / "contracts"
DOCUMENT = json.loads((CONTRACTS / "asyncapi" / "events.json").read_text("utf-8"))
BROUGHT_ABOUT_BY: dict[str, tuple[str, dict[str, Any]]] = {
    "requisition.approved": ("a requisition exists", {"status": "approved"}),
    "approval.reversed": ("a requisition exists", {"status": "returned"}),
    "supplier_request.approved": ("a supplier request exists", {"status": "approved"}),
    "supplier_request.reversed": ("a supplier request exists", {"status": "returned"}),
    "invoice.approved": ("an invoice exists", {"status": "approved"}),
    "invoice.approval_reversed": ("an invoice exists", {"status": "returned"}),
    "payment_run.issued": ("a payment run exists", {"status": "file_issued"}),
    "payment.status_changed": ("an invoice is paid by hand", {"status": "cleared"}),
    "payment_file.acknowledged": ("a payment file exists at the bank", {"status": "accepted"}),
    "goods_receipt.recorded": ("a receipt exists", {"status": "recorded"}),
    "goods_receipt.reversed": ("a receipt exists", {"status": "reversed"}),
    "expense_report.approved": ("an expense report exists", {"state": "approved"}),
    "expense_report.sent_back": ("an expense report exists", {"state": "sent_back"}),
    "posting.confirmed": ("an AP invoice exists", {"status": "posted", "external_ref": "X"}),
    "posting.rejected": ("a journal entry exists", {"status": "rejected"}),
    "budget.published": ("a budget plan exists", {"status": "published"}),
    "budget_statement.issued": ("a budget statement exists", {}),
    "master_data.changed": ("a master record exists", {"status": "active"}),
    "employee.changed": ("an employee exists in HR", {"status": "active"}),
}


def references(value: Any) -> Iterator[str]:
    """Every $ref below."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def at(reference: str) -> Any:
    """What a reference leads to. Raises KeyError when that is nothing."""
    place: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        place = place[name]
    return place


def test_every_event_is_sent_and_received() -> None:
    """One operation each way for each event of contracts/events.yaml, with message, payload and Standard Webhooks headers."""
    events = CATALOG.events
    operations = DOCUMENT["operations"]
    assert sorted(operations) == sorted(f"{action}.{name}" for name in events for action in ("send", "receive"))
    assert sorted(DOCUMENT["components"]["messages"]) == sorted(events)
    for name, operation in operations.items():
        action, _, type_ = name.partition(".")
        (message,) = (at(at(each["$ref"])["$ref"]) for each in operation["messages"])
        assert (operation["action"], message["name"]) == (action, type_)
        assert at(message["payload"]["$ref"])["properties"]["type"] == {"const": type_}
        assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= set(at(message["headers"]["$ref"])["required"])


def test_references_lead_somewhere() -> None:
    """No reference of the document dangles."""
    assert DOCUMENT["asyncapi"] == "3.1.0"
    assert all(at(reference) for reference in references(DOCUMENT))


def test_webhooks_and_events_tell_one_story() -> None:
    """The payload of an event is the body of the webhook in its system's OpenAPI document."""
    for event in CATALOG.events.values():
        openapi = json.loads((CONTRACTS / "openapi" / f"{event.source.strip('/')}.json").read_text("utf-8"))
        body = openapi["webhooks"][event.type]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert DOCUMENT["components"]["schemas"][event.type] == body


def test_events_on_the_wire_are_as_documented() -> None:
    """Each event, caused in a running world and received over HTTP, is valid against its payload and header schemas."""

    async def body() -> dict[str, Arrived]:
        found: dict[str, Arrived] = {}
        async with mock_provider() as mocks:
            for type_, (state, params) in BROUGHT_ABOUT_BY.items():
                assert await mocks.set_state({"action": "teardown"}) == ({}, None)
                _, wrong = await mocks.set_state({"state": state, "params": params, "action": "setup"})
                assert wrong is None
                event = await mocks.take_event(type_)
                assert event is not None, type_
                found[type_] = event
        return found

    arrived = asyncio.run(body())
    assert set(arrived) == set(CATALOG.events)
    for type_, event in arrived.items():
        message = DOCUMENT["components"]["messages"][type_]
        jsonschema.Draft202012Validator(at(message["payload"]["$ref"])).validate(json.loads(event.body))
        jsonschema.Draft202012Validator(at(message["headers"]["$ref"])).validate(event.headers)
