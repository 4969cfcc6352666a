"""The examples of docs/connector-contract.md are what the systems really say: members of answers, and bodies that are accepted."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp

from mocks.world import World, WorldConfig
from tests.contract.connectors.page import PAGE, fenced

BLOCKS = fenced(PAGE.read_text("utf-8"), "http")
Call = Callable[..., Awaitable[Any]]


def block(first_line: str) -> str:
    """The example that contains this line's beginning."""
    return next(text for text in BLOCKS if any(line.startswith(first_line) for line in text.splitlines()))


def members(text: str) -> set[str]:
    """Names of JSON members in an example, which may be abridged."""
    return set(re.findall(r'"(\w+)"\s*:', text))


def members_of(value: Any) -> Iterator[str]:
    """Names of all members of a decoded answer."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from members_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from members_of(inner)


def with_world(story: Callable[[World, Call], Awaitable[None]]) -> None:
    """Runs a story in a world of its own; its second argument calls the systems as a connector would."""

    async def run() -> None:
        async with (
            World.open(WorldConfig(seed=1, run_id="page", history_path=None, posting_delay_ms=1)) as world,
            aiohttp.ClientSession() as http,
        ):
            form = {"grant_type": "client_credentials", "client_id": world.client_id, "client_secret": world.client_secret}
            async with http.post(world.token_url, data=form) as answer:
                token = (await answer.json())["access_token"]

            async def call(method: str, system: str, path: str, body: Any = None) -> Any:
                headers = {"Authorization": f"Bearer {token}"}
                async with http.request(method, world.urls[system] + path, json=body, headers=headers) as answer:
                    return await answer.json(content_type=None)

            await story(world, call)

    asyncio.run(run())


def approved_requisition(world: World) -> str:
    """Its id."""
    draft = world.company.draft_requisition("US01", "t-1", 98_000)
    source = world.act("procurement.requisition.create", path={}, body=draft.body, actor=draft.actor).body.id
    world.act("procurement.requisition.submit", path={"id": source}, body={}, actor=draft.actor)
    for approver in draft.approvers:
        world.act("procurement.requisition.approve", path={"id": source}, body={}, actor=approver)
    return str(source)


def recorded_receipt(world: World) -> str:
    """Its id; its order stands in the ERP."""
    draft, named = world.company.draft_receipt("US01", "t-3", 12_345), {}
    for one in draft.before:
        answer = world.act(one.point, path={}, body={**one.body, **named}, actor=one.actor).body
        named |= {name: getattr(answer, member) for member, name in one.tells.items()}
    return str(world.act("procurement.receipt.create", path={}, body={**draft.body, **named}, actor=draft.actor).body.id)


def approved_invoice(world: World) -> str:
    """Its id; its order stands in the ERP."""
    found = (world.company.draft_invoice("US01", f"t-4/{turn}", 12_345) for turn in range(64))
    draft, named = next(each for each in found if each.before), {}
    for one in draft.before:
        path = {own: named[name] for own, name in one.path.items()}
        answer = world.act(one.point, path=path, body=one.body if path else {**one.body, **named}, actor=one.actor).body
        named |= {name: getattr(answer, member) for member, name in one.tells.items()}
    source = world.act("procurement.invoice.create", path={}, body={**draft.body, **named}, actor=draft.actor).body.id
    world.act("procurement.invoice.submit", path={"id": source}, body={}, actor=draft.actor)
    for approver in draft.approvers:
        world.act("procurement.invoice.approve", path={"id": source}, body={}, actor=approver)
    return str(source)


def approved_report(world: World) -> str:
    """Its id."""
    draft = world.company.draft_expense_report("US01", "t-2", 12_345)
    source = world.act("expense.report.create", path={}, body=draft.body, actor=draft.actor).body.report_id
    world.act("expense.report.submit", path={"report_id": source}, body={}, actor=draft.actor)
    for approver in draft.approvers:
        world.act("expense.report.approve", path={"report_id": source}, body={}, actor=approver)
    return str(source)


def test_the_requisition_of_the_page_is_the_requisition_of_the_wire() -> None:
    """Lists and documents have the members that the page shows, no more and no fewer."""

    async def story(world: World, call: Call) -> None:
        source = approved_requisition(world)
        listed = await call("GET", "procurement", "/api/v1/requisitions?status=approved")
        assert set(members_of(listed)) == members(block("GET {PROCUREMENT_URL}/api/v1/requisitions?"))
        shown = members(block("GET {PROCUREMENT_URL}/api/v1/requisitions/"))
        assert set(members_of(await call("GET", "procurement", f"/api/v1/requisitions/{source}"))) == shown

    with_world(story)


def test_the_report_of_the_page_is_the_report_of_the_wire() -> None:
    """As for requisitions."""

    async def story(world: World, call: Call) -> None:
        source = approved_report(world)
        listed = await call("GET", "expense", "/v2/reports?state=approved")
        assert set(members_of(listed)) == members(block("GET {EXPENSE_URL}/v2/reports?"))
        shown = members(block("GET {EXPENSE_URL}/v2/reports/"))
        assert set(members_of(await call("GET", "expense", f"/v2/reports/{source}"))) == shown

    with_world(story)


def test_the_receipt_of_the_page_is_the_receipt_of_the_wire() -> None:
    """As for requisitions; and what a reversal says."""

    async def story(world: World, call: Call) -> None:
        source = recorded_receipt(world)
        listed = await call("GET", "procurement", "/api/v1/receipts?status=recorded")
        assert set(members_of(listed)) == members(block("GET {PROCUREMENT_URL}/api/v1/receipts?"))
        shown = members(block("GET {PROCUREMENT_URL}/api/v1/receipts/"))
        receipt = await call("GET", "procurement", f"/api/v1/receipts/{source}")
        assert set(members_of(receipt)) == shown
        order = await call("GET", "erp", f"/purchase-orders/{receipt['purchaseOrder']}")
        assert members(block("GET {ERP_URL}/purchase-orders/4500012345")) <= set(members_of(order))
        world.act("procurement.receipt.reverse", path={"id": source}, body={"reason": "no"}, actor=receipt["receiverId"])
        gone = (await call("GET", "procurement", f"/api/v1/receipts/{source}"))["reversal"]
        assert [name for name in gone if f'"{name}"' not in PAGE.read_text("utf-8")] == []

    with_world(story)


def test_the_invoice_of_the_page_is_the_invoice_of_the_wire() -> None:
    """As for requisitions."""

    async def story(world: World, call: Call) -> None:
        source = approved_invoice(world)
        listed = await call("GET", "procurement", "/api/v1/invoices?status=approved")
        assert set(members_of(listed)) == members(block("GET {PROCUREMENT_URL}/api/v1/invoices?"))
        shown = members(block("GET {PROCUREMENT_URL}/api/v1/invoices/"))
        invoice = await call("GET", "procurement", f"/api/v1/invoices/{source}")
        assert set(members_of(invoice)) == shown

    with_world(story)


def test_request_members_of_the_page_are_those_of_the_openapi_document() -> None:
    """Each create body of the page uses members that the ERP knows, and all that it requires."""

    async def story(_world: World, call: Call) -> None:
        document = await call("GET", "erp", "/openapi.json")
        for path in ("/purchase-orders", "/purchase-orders/{number}/goods-receipts", "/ap-invoices", "/journal-entries"):
            schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
            shown = path.replace("{number}", "4500012345")
            sent = members(next(text for text in BLOCKS if f"POST {{ERP_URL}}{shown}\n" in text).split("\n20")[0])
            known, required = names_of(schema, document, sent)
            assert sent <= known
            assert required <= sent

    with_world(story)


def names_of(schema: dict[str, Any], document: dict[str, Any], sent: set[str]) -> tuple[set[str], set[str]]:
    """Members that a schema knows and those that it requires, inner objects included where they are sent."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    known, required = set(schema.get("properties", {})), set(schema.get("required", ()))
    for name, inner in [*schema.get("properties", {}).items(), (None, schema.get("items"))]:
        if isinstance(inner, dict) and ("$ref" in inner or "items" in inner):
            more, needed = names_of(inner, document, sent)
            known, required = known | more, required | (needed if name is None or name in sent else set())
    return known, required
