"""The HTTP surface: what is accepted, what is refused, and when."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from jsonschema import Draft202012Validator
from standardwebhooks.webhooks import Webhook

from engine.flows.registry import SOURCE_EVENTS
from engine.model.progress import Parking
from engine.store.inbox import Fact
from engine.web.application import Surface, application
from engine.web.document import document

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
BODY = json.dumps(
    {"id": "evt_1", "type": "requisition.approved", "data": {"requisitionId": "REQ-Ü-1", "revision": 1, "version": 4}}, ensure_ascii=False
).encode()


class Store:
    """Remembers what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.facts: list[Fact] = []
        self.redriven: list[frozenset[str] | None] = []
        self.error = error

    async def accept(self, facts: list[Fact]) -> None:
        if self.error:
            raise self.error
        self.facts += facts

    async def parked(self) -> list[tuple[str, str, Parking]]:
        parking = Parking(
            failure_class="business",
            code="PERIOD_CLOSED",
            reason="closed",
            owner="finance",
            attempts=1,
            outcome="not_posted",
            since="2026-10-30T10:00:00+00:00",
        )
        return [("requisition-to-po", "REQ-1", parking)]

    async def redrive(self, source_ids: Collection[str] | None = None) -> int:
        self.redriven.append(None if source_ids is None else frozenset(source_ids))
        return 1


def signed(body: bytes = BODY, *, age_s: int = 0, secret: str = SECRET) -> dict[str, str]:
    """Headers of Standard Webhooks."""
    moment = datetime.now(UTC) - timedelta(seconds=age_s)
    signature = Webhook(secret).sign("msg_1", moment, body.decode())
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": signature}


def surface(store: Store) -> Surface:
    """Always ready, never idle."""

    async def ready() -> bool:
        return True

    async def idle() -> tuple[bool, int]:
        return False, 3

    return Surface(Webhook(SECRET), store.accept, store, ready, idle, lambda: None)


def ask(store: Store, request: Callable[[TestClient[Any, Any]], Awaitable[Any]]) -> tuple[int, Any]:
    """Status and JSON."""

    async def go() -> tuple[int, Any]:
        async with TestClient(TestServer(application(surface(store)))) as client:
            answer = await request(client)
            return answer.status, await answer.json(content_type=None)

    return asyncio.run(go())


def post(store: Store, body: bytes, headers: dict[str, str]) -> int:
    """Deliver an event; the status."""
    return ask(store, lambda client: client.post("/webhooks", data=body, headers=headers))[0]


def test_a_genuine_event_is_acknowledged_after_it_is_saved() -> None:
    """The signature is checked on the raw body, whatever its letters."""
    store = Store()
    assert post(store, BODY, signed()) == 202
    assert [fact.source_id for fact in store.facts] == ["REQ-Ü-1"]


@pytest.mark.parametrize(
    ("signing", "changed"),
    [
        ({}, {"webhook-signature": ""}),
        ({}, {"webhook-signature": "v1"}),
        ({}, {"webhook-signature": "v1,%%%"}),
        ({}, {"webhook-signature": "a,b,c"}),
        ({}, {"webhook-timestamp": "soon"}),
        ({}, {"webhook-timestamp": "1e400"}),
        ({}, {"webhook-id": "another"}),
        ({"age_s": 900}, {}),
        ({"age_s": -900}, {}),
        ({"secret": "whsec_" + base64.b64encode(b"x" * 32).decode()}, {}),
    ],
)
def test_a_forged_or_old_event_is_refused_and_forgotten(signing: dict[str, Any], changed: dict[str, str]) -> None:
    """401, no effect."""
    store = Store()
    assert post(store, BODY, signed(**signing) | changed) == 401
    assert store.facts == []


def test_an_unsigned_event_is_refused() -> None:
    """401, no effect."""
    store = Store()
    assert post(store, BODY, {}) == 401
    assert store.facts == []


@pytest.mark.parametrize("body", [b"{}", b"nothing", b'{"id":"1","type":"requisition.approved","data":{}}'])
def test_a_genuine_event_that_cannot_be_read_is_a_400(body: bytes) -> None:
    """It must not be acknowledged: nobody takes responsibility for it."""
    assert post(Store(), body, signed(body)) == 400


def test_bytes_that_are_no_text_are_refused() -> None:
    """The signature library would raise."""
    assert post(Store(), b"\xff\xfe", signed()) == 401


def test_a_body_that_is_too_long_is_refused() -> None:
    """Without being read to its end."""
    assert post(Store(), b" " * 300_000, signed()) == 413


def test_an_event_that_cannot_be_saved_is_not_acknowledged() -> None:
    """The sender delivers it again."""
    assert post(Store(OSError("database is gone")), BODY, signed()) == 503


@pytest.mark.requirement("R09.09")
def test_parked_items_say_what_a_person_needs() -> None:
    """The shape of the connector contract."""
    status, answer = ask(Store(), lambda client: client.get("/parked"))
    assert status == 200
    [item] = answer["items"]
    assert {name: item[name] for name in ("reference", "class", "owner", "retryable", "outcome", "attempts")} == {
        "reference": "REQ-1",
        "class": "business",
        "owner": "finance",
        "retryable": True,
        "outcome": "not_posted",
        "attempts": 1,
    }


NAMED = [
    (b"", None),
    (b"{}", None),
    (b'{"reference":"REQ-1"}', {"REQ-1"}),
    (b'{"references":["REQ-1","REQ-2"]}', {"REQ-1", "REQ-2"}),
    (b'{"references":[]}', set()),
]


@pytest.mark.requirement("R09.03")
@pytest.mark.parametrize(("body", "references"), NAMED)
def test_redrive_takes_all_or_those_that_are_named(body: bytes, references: set[str] | None) -> None:
    """An empty body means all, an empty list nobody."""
    store = Store()
    assert ask(store, lambda client: client.post("/redrive", data=body))[0] == 202
    assert store.redriven == [references]


@pytest.mark.requirement("R09.12")
@pytest.mark.parametrize(
    ("body", "items"),
    [(b"", ["REQ-1"]), (b'{"references":["REQ-1","REQ-2"]}', ["REQ-1"]), (b'{"reference":"REQ-2"}', []), (b"[]", None)],
)
def test_a_dry_run_names_what_is_parked_and_moves_nothing(body: bytes, items: list[str] | None) -> None:
    """What is not parked is not named; a body that cannot be read is refused."""
    store = Store()
    status, answer = ask(store, lambda client: client.post("/redrive/dry-run", data=body))
    assert (status, store.redriven) == (200 if items is not None else 422, [])
    assert [item["reference"] for item in answer.get("items", ())] == (items or [])


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"nonsense", 400), (b'{"x":' + b"[" * 9_999, 400), (b"[]", 422), (b'{"reference":1}', 422), (b'{"references":["R 1"]}', 422)],
)
def test_a_redrive_that_cannot_be_read_moves_nothing(body: bytes, status: int) -> None:
    """Whoever sent half a reference did not mean all documents."""
    store = Store()
    found, answer = ask(store, lambda client: client.post("/redrive", data=body))
    assert (found, answer["status"], store.redriven) == (status, status, [])


@pytest.mark.parametrize("reference", ["REQ-\x00", "REQ 1", "R" * 65, ""])
def test_an_id_that_no_database_takes_is_refused(reference: str) -> None:
    """Saved together with others it would keep them from being saved."""
    body = json.dumps(
        {"id": "evt_1", "type": "requisition.approved", "data": {"requisitionId": reference, "revision": 1, "version": 4}}
    ).encode()
    store = Store()
    assert (post(store, body, signed(body)), store.facts) == (400, [])


def test_an_odd_delivery_id_or_correlation_is_left_out() -> None:
    """What only accompanies the fact does not cost the fact."""
    data = {"requisitionId": "REQ-1", "revision": 1, "version": 4}
    body = json.dumps({"id": "e\x00", "type": "requisition.approved", "data": data, "correlationid": "c" * 999}).encode()
    store = Store()
    assert post(store, body, signed(body)) == 202
    assert [(fact.event_id, fact.correlation_id) for fact in store.facts] == [(None, None)]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/idle", 405), ("GET", "/redrive", 405)])
def test_unknown_addresses_are_problems(method: str, path: str, status: int) -> None:
    """Not a page of the framework."""
    found, answer = ask(Store(), lambda client: client.request(method, path))
    assert (found, answer["status"]) == (status, status)
    assert answer["code"] in {"NOT_FOUND", "METHOD_NOT_ALLOWED"}


def test_the_surface_describes_itself() -> None:
    """Every route stands in /openapi.json."""
    status, answer = ask(Store(), lambda client: client.get("/openapi.json"))
    assert status == 200
    routes = {route.resource.canonical for route in application(surface(Store())).router.routes() if route.resource is not None}
    assert {*answer["paths"], "/openapi.json"} == routes


def test_a_defect_inside_shows_nothing() -> None:
    """A plain 500 problem; a database that is away is a 503."""
    for error, status in ((ZeroDivisionError("secret"), 500), (OSError("gone"), 503)):
        store = Store(error)
        store.redrive = store.accept  # type: ignore[method-assign,assignment]
        found, answer = ask(store, lambda client: client.post("/redrive"))
        assert (found, "secret" in str(answer)) == (status, False)


def test_idle_tells_what_is_left() -> None:
    """As the contract says."""
    assert ask(Store(), lambda client: client.get("/idle")) == (200, {"idle": False, "pending": 3})


def event(type_: str, **data: Any) -> bytes:
    """An envelope, as it comes over the wire."""
    return json.dumps({"id": "evt_1", "type": type_, "data": data}).encode()


@pytest.mark.parametrize("type_", sorted(SOURCE_EVENTS))
def test_what_the_published_schema_says_of_an_event_is_what_is_asked_of_it(type_: str) -> None:
    """Each event of a source: a body without one of its members is refused by both, and one with all of them by neither."""
    schema = document()["paths"]["/webhooks"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    told = SOURCE_EVENTS[type_]
    whole = {told.source_id: "DOC-1", "version": 3} | ({told.revision: 2} if told.revision else {})
    bodies = [whole, *({name: value for name, value in whole.items() if name != left_out} for left_out in whole)]
    valid = [Draft202012Validator(schema).is_valid(json.loads(event(type_, **body))) for body in bodies]
    taken = [post(Store(), body, signed(body)) == 202 for body in (event(type_, **each) for each in bodies)]
    assert valid == taken == [True, *([False] * len(whole))]
