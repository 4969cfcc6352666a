"""A tiny system for tests of the mechanics: orders that may be created, read, cancelled, and posted later."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import msgspec

from mocks.control import arm, armed_step
from mocks.hosting.config import BUSINESS_START
from mocks.hosting.server import HostedServer
from mocks.kit.app import SystemApp
from mocks.kit.clock import BusinessClock, WorldClock
from mocks.kit.mechanics import Mechanics, wire_mechanics
from mocks.kit.operation import Call, Deferred, Effect, Operation, OutEvent, QueryParam, Refs, Refusal, Reply, View
from mocks.kit.recorder import Recorder
from mocks.kit.settings import Settings
from mocks.kit.streams import Streams
from mocks.kit.tokens import Client
from tests.shipped import CATALOG

SECRET = b"0123456789abcdef0123456789abcdef"
WEBHOOK_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


class OrderIn(msgspec.Struct, forbid_unknown_fields=True):
    """Body of a create."""

    total: Annotated[str, msgspec.Meta(pattern=r"^\d{1,12}(\.\d{2})?$")]
    external_ref: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    source: str | None = None


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    """Body of a cancel."""

    reason: str


class Order(msgspec.Struct):
    """One order."""

    number: str
    status: str
    version: int
    total: str
    external_ref: str | None


class OrderPage(msgspec.Struct):
    """A page of orders."""

    items: list[Order]
    next_cursor: str | None


class Toy:
    """The core and its operations."""

    name = "erp"
    title = "Toy"
    summary = "Orders"
    event_types = ("posting.confirmed",)

    def __init__(self, posting_delay_ms: int = 10) -> None:
        self.orders: dict[str, Order] = {}
        self.posting_delay_ms = posting_delay_ms
        find = (QueryParam("external_ref", "reference", required=True),)
        path = "/purchase-orders"
        one = f"{path}/{{number}}"
        self.operations = (
            Operation("erp.po.create", "POST", path, "create", "erp.write", "Create", Order, self.create, OrderIn, 201, refs=refs),
            Operation(
                "erp.ap_invoice.create",
                "POST",
                "/ap-invoices",
                "create",
                "erp.write",
                "Accept",
                Order,
                self.accept,
                OrderIn,
                202,
                refs=refs,
            ),
            Operation(
                "erp.po.find",
                "GET",
                path,
                "lookup",
                "erp.read",
                "Find",
                OrderPage,
                self.list,
                query=find,
                when_query="external_ref",
                refs=refs_found,
            ),
            Operation("erp.po.list", "GET", path, "list", "erp.read", "List", OrderPage, self.list),
            Operation("erp.po.read", "GET", one, "read", "erp.read", "Read", Order, self.read, refs=refs_read),
            Operation(
                "erp.po.cancel",
                "POST",
                f"{one}/cancel",
                "update",
                "erp.write",
                "Cancel",
                Order,
                self.cancel,
                Reason,
                refs=refs_read,
                touch=self.touch,
            ),
            Operation("erp.supplier.block", "POST", "/break", "actor", "erp.act", "Break", Order, self.broken),
        )

    def final_views(self) -> list[View]:
        """Every order."""
        return [
            View("purchase_order", order.number, order.status, order.version, ext_ref=order.external_ref) for order in self.orders.values()
        ]

    def create(self, call: Call) -> Reply:
        """A new order; its reference is unique."""
        body: OrderIn = call.body
        known = next((each for each in self.orders.values() if body.external_ref and each.external_ref == body.external_ref), None)
        if known:
            raise Refusal("DUPLICATE_REFERENCE", "exists", existing_id=known.number)
        number = f"45{call.draw('number') % 10**8:08d}"
        order = self.orders[number] = Order(number, "created", 1, body.total, body.external_ref)
        return Reply(
            order,
            version=1,
            location=f"/purchase-orders/{number}",
            created={"existing_id": number},
            effects=(Effect("purchase_order", number, "create", version=1, ext_ref=body.external_ref, state="created"),),
        )

    def accept(self, call: Call) -> Reply:
        """A document that is posted a little later."""
        reply = self.create(call)
        number = reply.body.number

        def post(_later: Call) -> Reply:
            data = {"job_id": "J1", "document_type": "ap_invoice", "document_number": number, "external_ref": None, "status": "posted"}
            effect = Effect("ap_invoice", number, "update", version=2, state="posted")
            return Reply(None, effects=(effect,), events=(OutEvent("posting.confirmed", "J1", data),))

        def reject(_later: Call, refusal: Refusal) -> Reply:
            told = {"code": refusal.code, "reason": refusal.detail, "status": "rejected"}
            data = {"job_id": "J1", "document_type": "ap_invoice", "document_number": number, "external_ref": None, **told}
            effect = Effect("ap_invoice", number, "update", version=2, state="rejected")
            return Reply(None, effects=(effect,), events=(OutEvent("posting.rejected", "J1", data),))

        effects = (Effect("ap_invoice", number, "create", version=1, state="accepted"),)
        return replace(reply, effects=effects, deferred=(Deferred(self.posting_delay_ms, "post", post, reject),))

    def list(self, call: Call) -> Reply:
        """Orders by number."""
        after = call.after[0] if call.after else ""
        wanted = call.query.get("external_ref")
        found = sorted((o for o in self.orders.values() if o.number > after and wanted in (None, o.external_ref)), key=lambda o: o.number)
        page = found[: call.limit]
        return Reply({"items": page, "next": (page[-1].number,) if len(found) > call.limit else None})

    def read(self, call: Call) -> Reply:
        """One order."""
        order = self._order(call)
        return Reply(order, version=order.version)

    def cancel(self, call: Call) -> Reply:
        """Cancel; again is no change."""
        order = self._order(call)
        if call.if_match is not None and call.if_match != order.version:
            raise Refusal("PRECONDITION_FAILED", "another version")
        if order.status == "cancelled":
            return Reply(order, version=order.version)
        return self._change(order, "cancelled")

    def touch(self, call: Call) -> Reply:
        """A harmless edit."""
        order = self._order(call)
        return self._change(order, order.status)

    def _change(self, order: Order, status: str) -> Reply:
        changed = self.orders[order.number] = Order(order.number, status, order.version + 1, order.total, order.external_ref)
        effect = Effect("purchase_order", order.number, "update", version=changed.version, state=status)
        return Reply(changed, version=changed.version, effects=(effect,))

    def broken(self, _call: Call) -> Reply:
        """A defect of the mock."""
        raise ZeroDivisionError("secret inside")

    def _order(self, call: Call) -> Order:
        if call.path["number"] not in self.orders:
            raise Refusal("NOT_FOUND", "no such order")
        return self.orders[call.path["number"]]


def refs(call: Call) -> Refs:
    """Whose create this is."""
    return Refs(source_ids=(call.body.source,) if call.body.source else (), ext_ref=call.body.external_ref)


def refs_read(call: Call) -> Refs:
    """Whose order this is."""
    return Refs(parents=(("purchase_order", call.path["number"]),))


def refs_found(call: Call) -> Refs:
    """Whose reference this is."""
    return Refs(ext_ref=call.query["external_ref"])


class Stage:
    """A toy behind a real server, with a client that carries a token."""

    def __init__(self, mechanics: Mechanics, system: Toy, server: HostedServer, session: aiohttp.ClientSession, token: str) -> None:
        self.mechanics = mechanics
        self.system = system
        self.server = server
        self.session = session
        self.token = token
        self.url = f"http://127.0.0.1:{server.port}"

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], Any]:
        """One request; answers status, headers, decoded body."""
        sent = {"Authorization": f"Bearer {self.token}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.session.request(method, self.url + path, json=body, headers=sent) as answer:
            raw = await answer.read()
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, msgspec.json.decode(raw) if raw else None

    async def create(
        self, ref: str | None = "REQ-TEST-1", path: str = "/purchase-orders", **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """One create."""
        return await self.call("POST", path, {"total": "9.80", "external_ref": ref}, **headers)

    def arm(self, call_point: str, fault_id: str, mode: str, *, txn_id: str = "t1", attempt: int = 1) -> None:
        """Put a step in place for the transaction whose source is REQ-TEST-1."""
        catalog = self.mechanics.catalog
        step = Step(call_point, attempt, fault_id, mode)
        self.mechanics.index.bind(txn_id, source_id="REQ-TEST-1")
        if self.mechanics.books.flow_of(txn_id) is None:
            self.mechanics.books.open(txn_id, "requisition-to-po" if ".po." in call_point else "expense-to-posting")
        arm(self.mechanics, armed_step(catalog, step, txn_id, f"{txn_id}.1"))

    def rows(self, *kinds: str) -> list[dict[str, Any]]:
        """Rows of the history, of these kinds."""
        return [row for row in self.mechanics.recorder.rows() if not kinds or row["kind"] in kinds]


class Step:
    """A step as the harness makes them."""

    def __init__(self, call_point: str, attempt: int, fault_id: str, mode: str) -> None:
        self.call_point = call_point
        self.attempt = attempt
        self.fault_id = fault_id
        self.mode = mode


def build(settings: Settings | None = None, path: Path | None = None) -> Mechanics:
    """Mechanics without a server."""
    clock = WorldClock(1_790_000_000.0, __import__("time").monotonic_ns)
    business = BusinessClock(clock, BUSINESS_START)
    scopes = frozenset({"erp.read", "erp.write"})
    return wire_mechanics(
        catalog=CATALOG,
        settings=settings or Settings(),
        clock=clock,
        business=business,
        recorder=Recorder("test", clock, business, path),
        streams=Streams(7),
        clients=(Client("connector", "s", scopes), Client("actors", "s", frozenset({"erp.act", "erp.read"}))),
        token_ttl_s=60,
        webhook_secret=SECRET,
    )


@contextlib.asynccontextmanager
async def stage(settings: Settings | None = None, *, client_timeout_s: float = 10.0, posting_delay_ms: int = 10) -> AsyncIterator[Stage]:
    """Toy, server and client, all closed at the end."""
    mechanics = build(settings)
    system = Toy(posting_delay_ms)
    server = HostedServer("erp", "127.0.0.1")
    server.bind()
    await server.start(SystemApp(system, mechanics, version="0", token_url="http://127.0.0.1/oauth/token"))
    client = mechanics.tokens.authenticate("connector", "s")
    assert client is not None
    token = mechanics.tokens.issue(client, client.scopes)
    timeout = aiohttp.ClientTimeout(total=client_timeout_s)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            yield Stage(mechanics, system, server, session, token)
    finally:
        mechanics.scheduler.cancel()
        await mechanics.sender.close()
        await server.stop()
