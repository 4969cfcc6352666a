"""Walks along links: what an answer names stands in the path, the headers and the body of the next request."""

import json
from typing import Any

import schemathesis
from schemathesis import Case

from harness.fuzz.rules import FuzzedAnswer
from harness.fuzz.target import Target, Vocabulary
from harness.fuzz.walks import Walks

NAME = {"type": "string", "minLength": 1}
TO_CLAIM = {
    "operationId": "claim",
    "parameters": {"header.X-Acting-User": "$response.body#/buyer"},
    "requestBody": {"order": "$response.body#/number", "kind": "literal", "of": "$request.body#/x"},
}


def posting(operation_id: str, body: Any, links: Any, *parameters: Any) -> dict[str, Any]:
    """A POST of a document."""
    return {
        "post": {
            "operationId": operation_id,
            "parameters": list(parameters),
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {"201": {"description": "made", "links": links}},
        }
    }


def taking(*names: str) -> dict[str, Any]:
    """The schema of a body with these members."""
    return {"type": "object", "required": list(names), "properties": dict.fromkeys(names, NAME)}


ACTOR = {"name": "X-Acting-User", "in": "header", "required": True, "schema": NAME}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/orders": posting("order", taking("item"), {"claim": TO_CLAIM}),
        "/claims": posting("claim", taking("order", "reason"), {}, ACTOR),
    },
}


def walked(answer: Any, vocabulary: Vocabulary) -> list[Case[Any]]:
    """The requests of one walk that begins with an order, of which this is said."""
    sent: list[Case[Any]] = []

    def send(case: Case[Any]) -> FuzzedAnswer:
        sent.append(case)
        return FuzzedAnswer(201, {}, json.dumps(answer).encode())

    Walks(Target("toy", "http://x", DOCUMENT, vocabulary=vocabulary), schemathesis.openapi.from_dict(DOCUMENT), DOCUMENT, 1, send).walk(
        "order"
    )
    return sent


def test_what_an_answer_names_stands_in_the_body() -> None:
    """In place of the member of a plain body and of a known one; the rest of it stays, and the person is the one whom the answer names."""
    known = Vocabulary(bodies={"claim": ({"order": "none", "reason": "broken"},)}, actors={"claim": ("nobody",)})
    for vocabulary, reason in ((Vocabulary(), "fuzz"), (known, "broken")):
        order, claim = walked({"number": "O1", "buyer": "Ann"}, vocabulary)
        assert order.body == {"item": "fuzz"}
        assert (claim.body, claim.headers["X-Acting-User"]) == ({"order": "O1", "reason": reason}, "Ann")


def test_what_an_answer_does_not_name_leads_nowhere() -> None:
    """A member of the body counts as much as one of the path."""
    assert len(walked({"buyer": "Ann"}, Vocabulary())) == 1
    assert len(walked({"number": None, "buyer": "Ann"}, Vocabulary())) == 1
