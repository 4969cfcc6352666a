"""Answers and events in another shape, over a real socket: what the client sees, what the books and the history say."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from mocks.kit.settings import Settings
from mocks.kit.webhooks import Subscription
from tests.contract.kit.toy import Stage, stage

pytestmark = pytest.mark.requirement("R08.07")

FAST = Settings(webhook_schedule_ms=(0, 50))


def fired(toy: Stage) -> list[tuple[str, str]]:
    """Faults that reached the client."""
    return [(row["fault_id"], row["mode"]) for row in toy.rows("fault_fired")]


def views(toy: Stage) -> list[str]:
    """What the client may have concluded, answer by answer."""
    return [row["client_view"] for row in toy.rows("response_end")]


def test_a_create_that_does_not_tell_its_number() -> None:
    """F-E2: the order is in the books, the 201 has no number, again and again until the run heals."""

    async def run() -> None:
        async with stage(FAST) as toy:
            toy.arm("erp.po.create", "F-E2", "removed", attempt=0)
            first = await toy.create(Idempotency_Key="k1")
            second = await toy.create(Idempotency_Key="k1")
            assert [status for status, _, _ in (first, second)] == [201, 201]
            assert [answer.get("number") for _, _, answer in (first, second)] == [None, None]
            assert first[1]["etag"] == '"1"'
            assert len(toy.system.orders) == 1
            assert [row["server_outcome"] for row in toy.rows("decision")] == ["committed", "replayed"]
            toy.mechanics.plans.heal()
            healed = await toy.create(Idempotency_Key="k1")
            assert healed[2]["number"] in toy.system.orders
            assert fired(toy) == [("F-E2", "removed")] * 2
            assert views(toy) == ["info", "info", "ok"]

    asyncio.run(run())


def test_an_additive_member_comes_once_and_is_a_success() -> None:
    """F-E1: one answer has the new member, the next has not; both are successes."""

    async def run() -> None:
        async with stage(FAST) as toy:
            toy.arm("erp.po.create", "F-E1", "unknown_member")
            first, second = await toy.create(Idempotency_Key="k1"), await toy.create(Idempotency_Key="k1")
            assert set(first[2]) - set(second[2]) == {"addedInThisRelease"}
            assert views(toy) == ["ok", "ok"]

    asyncio.run(run())


def test_what_has_nothing_to_change_waits_for_the_next_answer() -> None:
    """An empty search and a refusal go out as they are, no fault has fired; the first answer with such a member meets it."""

    async def run() -> None:
        async with stage(FAST) as toy:
            toy.arm("erp.po.find", "F-E6", "absent")
            path = "/purchase-orders?external_ref=REQ-TEST-1"
            toy.mechanics.catalog.drift["erp.po.find"]["optional"] = ("items[].total",)  # type: ignore[index]
            assert (await toy.call("GET", path))[2]["items"] == []
            assert fired(toy) == []
            await toy.create()
            assert "total" not in (await toy.call("GET", path))[2]["items"][0]
            assert "total" in (await toy.call("GET", path))[2]["items"][0]
            assert fired(toy) == [("F-E6", "absent")]

    asyncio.run(run())


def test_a_refusal_keeps_its_shape() -> None:
    """F-E2 changes answers of the operation; a problem document is none."""

    async def run() -> None:
        async with stage(FAST) as toy:
            await toy.create()
            toy.arm("erp.po.create", "F-E2", "removed", attempt=0)
            status, _, problem = await toy.create()
            assert (status, problem["code"]) == (409, "DUPLICATE_REFERENCE")
            assert fired(toy) == []

    asyncio.run(run())


def test_an_event_in_another_shape_is_signed_and_delivered_again() -> None:
    """F-E3: every delivery of the event is the same; its signature holds, so only its shape is wrong."""
    bodies: list[dict[str, Any]] = []
    twice = asyncio.Event()

    async def refuse(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        if len(bodies) == 2:
            twice.set()
        return web.Response(status=400)

    async def run() -> list[dict[str, Any]]:
        async with stage(FAST) as toy:
            app = web.Application()
            app.add_routes([web.post("/webhooks", refuse)])
            runner = web.AppRunner(app)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
            toy.mechanics.sender.subscribe(Subscription(f"http://127.0.0.1:{port}/webhooks", {}, 1000))
            toy.arm("wh.posting.confirmed", "F-E3", "renamed", attempt=0)
            await toy.create(path="/ap-invoices")
            await asyncio.wait_for(twice.wait(), 5)
            await runner.cleanup()
            assert fired(toy) == [("F-E3", "renamed")]
            return toy.rows("event_sent")

    sent = asyncio.run(run())
    assert [row["sig_ok"] for row in sent] == [True, True]
    assert [set(body["data"]) & {"job_id", "job_id_v2"} for body in bodies] == [{"job_id_v2"}] * 2
    assert bodies[0] == bodies[1]
