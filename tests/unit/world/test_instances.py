"""Two ERPs in one world: their own books, call points, scopes, windows and rows."""

import asyncio
from typing import Any

import aiohttp
import pytest

from harness.fuzz.vocabulary import vocabulary
from harness.plan.model import Step
from mocks.world import World, WorldConfig
from tests.shipped import CATALOG

CONFIG = WorldConfig(seed=3, run_id="two", history_path=None, systems=("erp2",))


async def token(world: World, http: aiohttp.ClientSession, scope: str) -> dict[str, str]:
    form = {"grant_type": "client_credentials", "scope": scope, "client_id": world.client_id, "client_secret": world.client_secret}
    async with http.post(world.token_url, data=form) as answer:
        assert answer.status == 200, await answer.text()
        return {"Authorization": f"Bearer {(await answer.json())['access_token']}"}


def body(world: World, reference: str) -> dict[str, Any]:
    return {**vocabulary(world.instances["erp"], world.company).bodies["erp.po.create"][0], "external_ref": reference}


async def orders(world: World, http: aiohttp.ClientSession, name: str, reference: str, key: str) -> tuple[int, dict[str, Any]]:
    headers = {**await token(world, http, f"{name}.write"), "Idempotency-Key": key}
    async with http.post(f"{world.urls[name]}/purchase-orders", json=body(world, reference), headers=headers) as answer:
        return answer.status, await answer.json()


def play(story: Any) -> None:
    async def whole() -> None:
        async with World.open(CONFIG) as world, aiohttp.ClientSession() as http:
            await story(world, http)

    asyncio.run(whole())


@pytest.mark.requirement("R01.19")
def test_each_has_its_own_books_and_keys() -> None:
    """The same request with the same key and reference makes an order in each; rows carry the instance."""

    async def story(world: World, http: aiohttp.ClientSession) -> None:
        first, second = [await orders(world, http, name, "REF-1", "key-1") for name in ("erp", "erp2")]
        assert (first[0], second[0]) == (201, 201)
        again = await orders(world, http, "erp2", "REF-2", "key-2")
        assert again[0] == 201
        made = [row for row in world.recorder.rows() if row["kind"] == "commit" and row.get("entity_type") == "purchase_order"]
        assert [(row["node"], row["call_point"]) for row in made] == [
            ("erp", "erp.po.create"),
            ("erp2", "erp2.po.create"),
            ("erp2", "erp2.po.create"),
        ]
        numbers = {
            name: len([view for view in world.systems[name].final_views() if view.entity_type == "purchase_order"])
            for name in ("erp", "erp2")
        }
        assert numbers == {"erp": 1, "erp2": 2}

    play(story)


def test_a_token_of_one_opens_nothing_of_the_other() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        headers = await token(world, http, "erp.write")
        async with http.post(f"{world.urls['erp2']}/purchase-orders", json=body(world, "REF-1"), headers=headers) as answer:
            assert answer.status == 403

    play(story)


def test_a_window_and_a_fault_meet_one_of_them() -> None:
    async def story(world: World, http: aiohttp.ClientSession) -> None:
        world.begin_window("F-B5", "erp2")
        assert [(await orders(world, http, name, name, name))[0] for name in ("erp", "erp2")] == [201, 503]
        world.end_window("F-B5", "erp2")
        step = Step("erp2.po.create", 1, "F-B6", "503")
        world.open_txn("p2p-000001", flow="requisition-to-po", wave="w", role="faulted", template="t", steps=[step], detail="")
        world.bind("p2p-000001", source_id="REQ-TWO-00000001")
        statuses = [(await orders(world, http, name, "REQ-TWO-00000001", f"{name}-1"))[0] for name in ("erp", "erp2", "erp2")]
        assert statuses == [201, 503, 201]

    play(story)


def test_ports_are_slots_that_nobody_moves() -> None:
    """A further system takes a slot of its own; the others stay where they were."""
    slots = {entry.id: entry.slot for entry in CATALOG.systems.values()}
    assert {name: slots[name] for name in ("erp", "procurement", "expense", "identity", "control", "erp2")} == {
        "erp": 0,
        "procurement": 1,
        "expense": 2,
        "identity": 3,
        "control": 4,
        "erp2": 16,
    }


def test_a_system_that_nobody_declares_is_named() -> None:
    async def story() -> None:
        async with World.open(WorldConfig(seed=3, run_id="two", history_path=None, systems=("erp9",))):
            pass

    with pytest.raises(ValueError, match="'erp9' is not in contracts/systems"):
        asyncio.run(story())
