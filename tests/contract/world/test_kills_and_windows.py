"""Holds for kills, faults of the run, ports: the parts of the world that the harness drives."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import uvloop

from mocks.kit.operation import Refusal
from mocks.world import PortInUse, World
from tests.contract.world.by_hand import P2P, Hand, config, hand, rows

Runner = Callable[[Coroutine[Any, Any, Any]], Any]


@dataclass(frozen=True)
class Step:
    """A step of a plan."""

    call_point: str
    attempt: int
    fault_id: str
    mode: str


def kill_step(fault: str, call_point: str = "erp.po.create") -> tuple[Step]:
    """A hold for a kill."""
    return (Step(call_point, 1, fault, "kill"),)


async def held_create(one: Hand, fault: str, *, txn_id: str = "p2p-000001") -> asyncio.Task[Any]:
    """A create that waits at its call point."""
    source = one.requisition(txn_id, steps=kill_step(fault))
    _, _, req = await one.call("GET", "procurement", f"/api/v1/requisitions/{source}")
    task = asyncio.create_task(one.call("POST", "erp", "/purchase-orders", one.order_of(req), Idempotency_Key=source))
    await one.world.wait_frontier(1, 300)
    assert [(hold.txn_id, hold.fault_id) for hold in one.world.held] == [(txn_id, fault)]
    return task


def orders(world: World) -> int:
    """Purchase orders in the books."""
    return sum(row["entity_type"] == "purchase_order" and row["effect"] == "create" for row in rows(world, "commit"))


@pytest.mark.requirement("R08.13")
@pytest.mark.parametrize(("fault", "committed"), [("F-G1", 0), ("F-G2", 1)])
def test_a_killed_client_leaves_no_answer(fault: str, committed: int) -> None:
    """At the kill a request held before its commit is gone, one held after it has its effect; no answer is ever sent."""

    async def run() -> World:
        async with hand() as one:
            task = await held_create(one, fault)
            one.world.kill_moment()
            task.cancel()  # the client dies
            await asyncio.gather(task, return_exceptions=True)
            one.world.clear_holds()
            await asyncio.sleep(0.05)
            assert one.world.pending()["holds"] == 0
            return one.world

    world = asyncio.run(run())
    assert orders(world) == committed
    end = [row for row in rows(world, "response_end") if row["call_point"] == "erp.po.create"]
    assert [(row["client_view"], row["fault_id"]) for row in end] == [("info", fault)]
    assert [row["reason"] for row in rows(world, "release")] == ["discarded"]
    assert not rows(world, "fault_fired")  # the harness says so itself, once the kill has happened


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run])
def test_answer_is_in_the_kernel_at_the_kill(runner: Runner) -> None:
    """F-G3: when kill_moment returns, the bytes are with the client, before any other turn of the loop."""

    async def run() -> bytes:
        async with hand() as one:
            source = one.requisition("p2p-000001", steps=kill_step("F-G3"))
            _, _, req = await one.call("GET", "procurement", f"/api/v1/requisitions/{source}")
            body = msgspec.json.encode(one.order_of(req))
            port = int(one.world.urls["erp"].rsplit(":", 1)[1])
            with socket.create_connection(("127.0.0.1", port)) as client:
                head = (
                    f"POST /purchase-orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {one._token}\r\ncontent-type: application/json\r\n"
                )
                client.sendall(head.encode() + f"content-length: {len(body)}\r\n\r\n".encode() + body)
                await one.world.wait_frontier(1, 300)
                one.world.kill_moment()
                client.settimeout(0.2)
                return client.recv(4096)

    assert runner(run()).startswith(b"HTTP/1.1 201 Created\r\n")


@pytest.mark.parametrize("fault", ["F-G1", "F-G2", "F-G3"])
def test_cleared_holds_go_on(fault: str) -> None:
    """When no kill comes, the client gets its normal answer."""

    async def run() -> tuple[int, int]:
        async with hand() as one:
            task = await held_create(one, fault)
            one.world.clear_holds()
            return (await task)[0], orders(one.world)

    assert asyncio.run(run()) == (201, 1)


def test_frontier_wait_is_bounded() -> None:
    """Waiting for requests that never come ends."""

    async def run() -> float:
        async with hand() as one:
            began = asyncio.get_running_loop().time()
            await one.world.wait_frontier(1, 50)
            return asyncio.get_running_loop().time() - began

    assert 0.04 < asyncio.run(run()) < 0.4


@pytest.mark.requirement("R08.01")
def test_maintenance_window() -> None:
    """F-B5: every answer of the system is 503 with Retry-After until the window ends; credited to who was open and who joined."""

    async def run() -> World:
        async with hand() as one:
            one.requisition("p2p-000001")
            one.world.begin_window("F-B5", "procurement")
            source = one.requisition("p2p-000002")
            status, headers, body = await one.call("GET", "procurement", f"/api/v1/requisitions/{source}")
            assert (status, headers["retry-after"], body["code"]) == (503, "1", "MAINTENANCE")
            assert (await one.call("GET", "erp", "/periods"))[0] == 200
            one.world.end_window("F-B5", "procurement")
            one.world.end_window("F-B5", "procurement")
            assert (await one.call("GET", "procurement", f"/api/v1/requisitions/{source}"))[0] == 200
            return one.world

    world = asyncio.run(run())
    assert [row["experienced_by"] for row in rows(world, "fault_fired")] == ["p2p-000001", "p2p-000002"]
    assert [(row["fault_id"], row["call_point"]) for row in rows(world, "fault_healed")] == [("F-B5", "procurement")]
    [refused] = [row for row in rows(world, "response_end") if row.get("fault_id") == "F-B5"]
    assert (refused["client_view"], refused["retry_after_ms"], refused["txn_id"]) == ("fail", 1000, "p2p-000002")


@pytest.mark.requirement("R08.01")
@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run])
def test_full_outage_refuses_connections(runner: Runner) -> None:
    """F-H2: open connections are reset, new ones are refused by the kernel, and the same port serves again at once after the end."""

    async def run() -> None:
        async with hand() as one:
            source = one.requisition("p2p-000001")
            path = f"/api/v1/requisitions/{source}"
            port = int(one.world.urls["procurement"].rsplit(":", 1)[1])
            kept_reader, kept = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.02)
            one.world.begin_window("F-H2", "procurement")
            for _ in range(3):
                with pytest.raises(aiohttp.ClientConnectorError, match="Connect call failed"):
                    await one.call("GET", "procurement", path)
                with pytest.raises(ConnectionRefusedError):
                    await asyncio.open_connection("127.0.0.1", port)
            with pytest.raises(ConnectionResetError):
                await kept_reader.read()
            kept.close()
            one.world.end_window("F-H2", "procurement")
            assert (await one.call("GET", "procurement", path))[0] == 200
            one.world.begin_window("F-H2", "procurement")  # and once more, then healed
            one.world.heal()
            assert (await one.call("GET", "procurement", path))[0] == 200

    runner(run())


@pytest.mark.requirement("R08.06")
def test_revoked_token() -> None:
    """F-B10: the old token is worth nothing, a new one works; credited to whoever is open before the new one is issued."""

    async def run() -> World:
        async with hand() as one:
            one.requisition("p2p-000001")
            one.world.revoke_token()
            status, headers, body = await one.call("GET", "erp", "/periods")
            assert (status, body["code"], headers["www-authenticate"][:6]) == (401, "TOKEN_INVALID", "Bearer")
            one.requisition("p2p-000002")
            await one.login()
            one.requisition("p2p-000003")
            assert (await one.call("GET", "erp", "/periods"))[0] == 200
            return one.world

    world = asyncio.run(run())
    fired = [(row["fault_id"], row["call_point"], row["experienced_by"]) for row in rows(world, "fault_fired")]
    assert fired == [("F-B10", "identity", "p2p-000001"), ("F-B10", "identity", "p2p-000002")]
    assert [row["fault_id"] for row in rows(world, "fault_healed")] == ["F-B10"]


@pytest.mark.requirement("R08.06")
def test_refused_client() -> None:
    """F-B11: no token for the connector's client until the end, and it is no stranger; people get theirs. Then all is good again."""

    async def run() -> World:
        async with hand() as one:
            one.requisition("p2p-000001")
            one.world.begin_window("F-B11", "identity")
            one.world.end_tokens()
            theirs = {"client_id": one.world.client_id, "client_secret": one.world.client_secret}
            people = {"client_id": one.world.actor_client_id, "client_secret": one.world.actor_client_secret}
            assert await one.ask_token(theirs) == (401, "invalid_client")
            assert await one.ask_token(people) == (200, None)
            assert (await one.call("GET", "erp", "/periods"))[0] == 401
            one.world.end_window("F-B11", "identity")
            one.world.begin_window("F-B11", "identity")  # and once more, then healed
            one.world.heal()
            assert await one.ask_token(theirs) == (200, None)
            return one.world

    world = asyncio.run(run())
    fired = [(row["fault_id"], row["call_point"], row["experienced_by"]) for row in rows(world, "fault_fired")]
    assert fired == 2 * [("F-B11", "identity", "p2p-000001")]
    assert [row["fault_id"] for row in rows(world, "fault_healed")] == 2 * ["F-B11"]
    assert not rows(world, "stranger")


@pytest.mark.requirement("R01.11")
def test_rotated_secret() -> None:
    """F-B12: two secrets are good; then the first and every token end, for whoever is open until somebody signs in with the second."""

    async def run() -> World:
        async with hand() as one:
            first = {"client_id": one.world.client_id, "client_secret": one.world.client_secret}
            one.requisition("p2p-000001")
            one.world.add_secret()
            second = {**first, "client_secret": one.world.client_secret}
            assert [await one.ask_token(pair) for pair in (first, second)] == 2 * [(200, None)]
            assert (await one.call("GET", "erp", "/periods"))[0] == 200
            one.world.retire_secret()
            assert (await one.call("GET", "erp", "/periods"))[0] == 401
            assert await one.ask_token(first) == (401, "invalid_client")
            one.requisition("p2p-000002")
            await one.login()
            one.requisition("p2p-000003")
            assert (await one.call("GET", "erp", "/periods"))[0] == 200
            people = {"client_id": one.world.actor_client_id, "client_secret": one.world.actor_client_secret}
            assert await one.ask_token(people) == (200, None)
            assert await one.ask_token({**first, "client_secret": "never-given"}) == (401, "invalid_client")
            with pytest.raises(ValueError, match="begins when the connector was started again"):
                one.world.begin_window("F-B12", "identity")
            one.world.retire_secret()  # and nobody comes any more
            one.world.heal()
            return one.world

    world = asyncio.run(run())
    fired = [(row["fault_id"], row["call_point"], row["experienced_by"], row["secret_no"]) for row in rows(world, "fault_fired")]
    assert fired[:2] == [("F-B12", "identity", "p2p-000001", 2), ("F-B12", "identity", "p2p-000002", 2)]
    assert [row["fault_id"] for row in rows(world, "fault_healed")] == 2 * ["F-B12"]
    assert [row.get("secret_no") for row in rows(world, "request") if row["node"] == "identity"] == [1, 1, 2, 1, 2, None, None]
    assert len(rows(world, "stranger")) == 1


def taken_after_free() -> socket.socket:
    """A listening socket whose port comes right after one that nobody has."""
    for _ in range(200):
        with socket.socket() as before:
            before.bind(("127.0.0.1", 0))
            taken = socket.socket()
            try:
                taken.bind(("127.0.0.1", before.getsockname()[1] + 1))
            except OSError:
                taken.close()
                continue
            taken.listen()
            return taken
    raise AssertionError("no two free ports in a row")


def test_port_in_use_names_the_port() -> None:
    """A port that somebody else has ends in one clear error, and nothing stays open."""

    async def run() -> None:
        with taken_after_free() as taken:
            port = taken.getsockname()[1]
            with pytest.raises(PortInUse, match=f"port {port} on 127.0.0.1, wanted for procurement"):
                async with World.open(config(port_base=port - 1)):
                    pass
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port - 1))

    asyncio.run(run())


def test_nothing_is_left_running() -> None:
    """After the world is closed no task and no port of it is left."""

    async def run() -> tuple[int, list[str]]:
        async with hand() as one:
            one.requisition("p2p-000001", steps=(Step("procurement.requisition.read", 1, "F-A4", "hold"),))
            source = next(row["entity_id"] for row in rows(one.world, "source_action"))
            asking = asyncio.create_task(one.call("GET", "procurement", f"/api/v1/requisitions/{source}"))
            await asyncio.sleep(0.05)
            port = int(one.world.urls["procurement"].rsplit(":", 1)[1])
        await asyncio.gather(asking, return_exceptions=True)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        return len(asyncio.all_tasks()), [task.get_name() for task in asyncio.all_tasks()]

    assert asyncio.run(run())[0] == 1


def test_steps_that_name_nothing_are_refused() -> None:
    """A plan with a fault, mode or call point that does not exist is refused before anything happens."""

    async def run() -> None:
        async with hand() as one:
            for step in (
                Step("erp.po.create", 1, "F-Z9", "x"),
                Step("erp.po.create", 1, "F-A3", "x"),
                Step("erp.nothing", 1, "F-A3", "drop"),
            ):
                with pytest.raises(Refusal, match="VALIDATION_FAILED"):
                    one.world.open_txn("p2p-1", flow=P2P, wave="w", role="faulted", template="t", steps=(step,), detail="")
            with pytest.raises(ValueError, match="expected a fault of the run"):
                one.world.begin_window("F-A3", "erp")

    asyncio.run(run())


def test_history_on_disk_survives_without_a_close(tmp_path: Path) -> None:
    """Rows reach the file within a tenth of a second and at every phase, while the world runs; the last row tells a complete history."""

    async def run() -> None:
        path = tmp_path / "history.ndjson"
        async with hand(history_path=path) as one:
            one.requisition("p2p-000001")
            await asyncio.sleep(0.1)
            before = path.read_bytes().count(b"\n")
            assert before == one.world.recorder.seq
            one.world.record("proc_start", sut_gen=2)
            one.world.set_phase("faults")
            assert path.read_bytes().count(b"\n") == before + 2
            await one.call("GET", "erp", "/periods")
        lines = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
        assert lines[-1]["kind"] == "run_end"
        assert [line["sut_gen"] for line in lines if line.get("call_point") == "erp.period.list" and line["kind"] == "request"] == [2]

    asyncio.run(run())


def test_a_failed_run_has_no_run_end(tmp_path: Path) -> None:
    """A history whose run broke is recognisable as incomplete."""

    async def run() -> None:
        async with hand(history_path=tmp_path / "h.ndjson"):
            raise RuntimeError("the harness broke")

    with pytest.raises(RuntimeError):
        asyncio.run(run())
    assert b"run_end" not in (tmp_path / "h.ndjson").read_bytes()
