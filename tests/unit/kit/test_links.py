"""Which answers lead to which operations: by the id in the path, by members of the body, and who takes the step."""

from typing import Any

from msgspec import Struct

from mocks.kit.links import links_of
from mocks.kit.operation import Call, Kind, Operation, Reply

ORDERS, CLAIMS = "/orders", "/claims"
ORDER = {"properties": {"number": {}, "buyer": {}}}
PAGE = {"properties": {"items": {"type": "array", "items": ORDER}}}
CLAIM = {"properties": {"number": {}, "order": {}}}


def nothing(_call: Call) -> Reply:
    """Nobody calls it here."""
    return Reply(None)


def operation(point: str, path: str, kind: Kind = "create", **more: Any) -> Operation:
    """One of a system of orders and claims."""
    return Operation(point, "POST", path, kind, "s", "does it", Struct, nothing, **more)


CREATE = operation("order.create", ORDERS)
LIST = operation("order.list", ORDERS, "list")
CANCEL = operation("order.cancel", f"{ORDERS}/{{number}}/cancel", "actor", acting="buyer")
CLAIM_IT = operation("claim.create", CLAIMS, "actor", acting="buyer", body_from={"order": f"{ORDERS}/{{number}}"})
CLOSE = operation("claim.close", f"{CLAIMS}/{{number}}/close")
ALL = (CREATE, LIST, CANCEL, CLAIM_IT, CLOSE)


def test_a_body_takes_what_an_answer_names() -> None:
    """Whatever answers about an order leads to a claim on it, by who bought it; an id in the path is given beside."""
    bought = {"header.X-Acting-User": "$response.body#/buyer"}
    assert links_of(CREATE, ALL, {}, ORDER) == {
        "order.cancel": {"operationId": "order.cancel", "parameters": {"number": "$response.body#/number", **bought}},
        "claim.create": {"operationId": "claim.create", "parameters": bought, "requestBody": {"order": "$response.body#/number"}},
    }


def test_a_page_gives_its_first_item() -> None:
    """Without the person, of whom a page says nothing at its top."""
    found = links_of(LIST, ALL, {}, PAGE)
    assert found["claim.create"] == {"operationId": "claim.create", "requestBody": {"order": "$response.body#/items/0/number"}}


def test_a_number_of_something_else_is_none() -> None:
    """A claim's number is not an order's, and what asks for nothing is linked to from nowhere."""
    assert set(links_of(CLAIM_IT, ALL, {}, CLAIM)) == {"claim.close"}
    both = operation("claim.join", f"{CLAIMS}/{{number}}/join", body_from={"order": f"{ORDERS}/{{number}}"})
    assert set(links_of(CLAIM_IT, (*ALL, both), {}, CLAIM)) == {"claim.close"}
