"""Faults at calls that carry no transaction: the next list or token meets them once, for those who wait for it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.contract.world.by_hand import Hand, hand, rows
from tests.shipped import CATALOG

LIST, TOKEN = "procurement.requisition.list", "identity.token.issue"
PATH = "/api/v1/requisitions?status=approved"


def modes_at(kind: str) -> list[tuple[str, str]]:
    """Every fault and mode that the vocabulary has for such a call."""
    return [
        (fault.id, mode.id)
        for fault in CATALOG.faults.values()
        for mode in fault.modes
        if kind in (mode.at or fault.at) and (kind == "token" or mode.drift is None or CATALOG.drifting(LIST, mode) is not None)
    ]


async def answered(one: Hand, path: str = PATH) -> tuple[int, Any] | None:
    """Status and body of a list; None when none came, or none that is JSON."""
    try:
        async with asyncio.timeout(1):
            status, _, body = await one.call("GET", "procurement", path)
    except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError):
        return None
    return status, body


def proof(one: Hand, fault_id: str) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
    """The mark of the fault, and what was decided and told at the call that met it."""
    (mark,) = [row for row in rows(one.world, "fault_fired") if row["fault_id"] == fault_id]
    (decision,) = [row for row in rows(one.world, "decision") if row["op_id"] == mark["op_id"]]
    (end,) = [row for row in rows(one.world, "response_end") if row["op_id"] == mark["op_id"]]
    return mark, decision, end


@pytest.mark.parametrize(("fault_id", "mode_id"), modes_at("list"))
def test_a_list_meets_its_fault_once(fault_id: str, mode_id: str) -> None:
    """One reading goes wrong, and is recorded as the vocabulary says, for who waits and for nobody else; the next is as ever."""

    async def run() -> None:
        async with hand() as one:
            waiting, other = one.requisition("p2p-000001"), one.requisition("p2p-000002")
            armed = one.world.arm_shared(LIST, fault_id, mode_id, ["p2p-000001"])
            path = PATH
            if mode_id == "second_page":
                status, page = await answered(one) or (0, {})
                assert (status, len(page["items"])) == (200, 1)
                path = f"{PATH}&cursor={page['next_cursor']}"
            spoilt = await answered(one, path)
            assert not one.world.shared.withdraw(armed), "it has fired"
            mode = CATALOG.faults[fault_id].mode(mode_id)
            await asyncio.sleep(0.05)  # a request that was held is recorded when its client has left
            mark, decision, end = proof(one, fault_id)
            assert (mark["experienced_by"], mark["call_point"], mark.get("txn_id")) == ("p2p-000001", LIST, None)
            assert decision["server_outcome"] in mode.decisions
            assert end["client_view"] == (mode.view or CATALOG.faults[fault_id].view)
            if mode_id == "second_page":
                assert (await answered(one, path) or (0, {}))[0] == 400  # expired is expired
            status, whole = await answered(one) or (0, {})
            assert status == 200
            assert [item["id"] for item in whole["items"]] == [waiting, other]
            assert spoilt != (200, whole) or mode.send == "reset"  # this client asks again by itself when its connection breaks

    asyncio.run(run())


@pytest.mark.parametrize(("fault_id", "mode_id"), modes_at("token"))
def test_a_token_meets_its_fault_once(fault_id: str, mode_id: str) -> None:
    """One request for a token goes wrong; the next one brings one."""

    async def run() -> None:
        async with hand() as one:
            one.requisition("p2p-000001")
            one.world.end_tokens()
            armed = one.world.arm_shared(TOKEN, fault_id, mode_id, ["p2p-000001"])
            with pytest.raises((aiohttp.ClientError, KeyError, TimeoutError, ValueError)):
                async with asyncio.timeout(1):
                    await one.login()
            assert not one.world.shared.withdraw(armed), "it has fired"
            mode = CATALOG.faults[fault_id].mode(mode_id)
            await asyncio.sleep(0.05)  # as above
            mark, decision, end = proof(one, fault_id)
            assert mark["experienced_by"] == "p2p-000001"
            assert decision["server_outcome"] in mode.decisions
            assert end["client_view"] == (mode.view or CATALOG.faults[fault_id].view)
            await one.login()
            assert (await answered(one) or (0,))[0] == 200

    asyncio.run(run())


def test_nothing_to_show_it_on_leaves_it_in_place() -> None:
    """An empty list is neither short nor does it miss anything: the fault waits for a page."""

    async def run() -> None:
        async with hand() as one:
            armed = [one.world.arm_shared(LIST, fault_id, mode_id, []) for fault_id, mode_id in (("F-C7", "newest"), ("F-C8", "one_item"))]
            assert await answered(one) == (200, {"items": [], "next_cursor": None})
            assert all(one.world.shared.withdraw(each) for each in armed)

    asyncio.run(run())


def test_people_and_strangers_do_not_use_it_up() -> None:
    """Only a call of the connector meets it."""

    async def run() -> None:
        async with hand() as one:
            one.requisition("p2p-000001")
            armed = one.world.arm_shared(LIST, "F-B7", "500", ["p2p-000001"])
            async with aiohttp.ClientSession() as nobody, nobody.get(one.world.urls["procurement"] + PATH) as refused:
                assert refused.status == 401
            assert one.world.shared.withdraw(armed)

    asyncio.run(run())
