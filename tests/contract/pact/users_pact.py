"""Contracts as strangers write them."""

import json
from pathlib import Path
from typing import Any

NUMBER = "4500012345"


def interaction(description: str = "an order", *, states: Any = (), status: int = 200, body: Any = None, **request: Any) -> dict[str, Any]:
    """A version 4 interaction: by default the read of an order, with a token of the consumer's own invention."""
    headers = {"Authorization": ["Bearer whatever-i-had"]}
    response: dict[str, Any] = {"status": status}
    if body is not None:
        response["body"] = {"content": body, "contentType": "application/json", "encoded": False}
    return {
        "type": "Synchronous/HTTP",
        "description": description,
        "providerStates": [{"name": name, "params": params} for name, params in states],
        "request": {"method": "GET", "path": f"/purchase-orders/{NUMBER}", "headers": headers, **request},
        "response": response,
    }


ORDER_EXISTS = ("a purchase order exists", {"number": NUMBER, "external_ref": "MY-1"})


def event(description: str, type_: str, states: Any = (), **data: Any) -> dict[str, Any]:
    """A version 4 asynchronous message."""
    return {
        "type": "Asynchronous/Messages",
        "description": description,
        "providerStates": [{"name": name, "params": params} for name, params in states],
        "contents": {"content": {"type": type_, "data": data}, "contentType": "application/json", "encoded": False},
    }


def pact(folder: Path, *interactions: dict[str, Any], provider: str = "their-erp", version: str = "4.0", **more: Any) -> Path:
    """A pact file of the consumer `my-connector`."""
    document = {
        "consumer": {"name": "my-connector"},
        "provider": {"name": provider},
        "interactions": list(interactions),
        "metadata": {"pactSpecification": {"version": version}},
        **more,
    }
    file = folder / "my-connector-erp.json"
    file.write_text(json.dumps(document))
    return file
