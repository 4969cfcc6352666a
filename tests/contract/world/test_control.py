"""The control port: who may use it, and what it does."""

import asyncio
from typing import Any

import aiohttp
import msgspec

from mocks.control import Control
from tests.contract.world.by_hand import Hand, hand


async def ask(
    one: Hand, method: str, path: str, body: Any = None, *, token: str | None = "right", raw: bytes | None = None
) -> tuple[int, Any]:
    """One request to the control port."""
    headers = {} if token is None else {"Authorization": f"Bearer {one.world.control_token if token == 'right' else token}"}
    data = raw if raw is not None else (msgspec.json.encode(body) if body is not None else None)
    if data is not None:
        headers["Content-Type"] = "application/json"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, one.world.control_url + path, data=data, headers=headers) as answer,
    ):
        found = await answer.read()
        if answer.headers.get("content-type", "").startswith("application/x-ndjson"):
            return answer.status, [msgspec.json.decode(line) for line in found.splitlines()]
        return answer.status, msgspec.json.decode(found)


def test_health_is_open_and_the_rest_is_not() -> None:
    """Without or with a wrong token everything but health is a 401 problem."""

    async def run() -> None:
        async with hand() as one:
            assert (await ask(one, "GET", "/health", token=None))[1] == {"status": "ok"}
            for token, code in ((None, "TOKEN_MISSING"), ("wrong", "TOKEN_INVALID"), (one._token, "TOKEN_INVALID")):
                status, body = await ask(one, "GET", "/clock", token=token)
                assert (status, body["code"], body["status"]) == (401, code, 401)
            assert (await ask(one, "GET", "/nothing"))[0] == 404
            assert (await ask(one, "DELETE", "/clock"))[0] == 405

    asyncio.run(run())


def test_who_has_no_business_here_is_written_down() -> None:
    """A token and a client of another world, calls without the control token, orders with it; a revoked token of this world is none."""

    async def run() -> None:
        async with hand() as one:
            await one.login()
            one.world.revoke_token()
            assert (await one.call("GET", "erp", "/periods"))[0] == 401
            assert not [row for row in one.world.recorder.rows() if row["kind"] == "stranger"]
            assert (await one.call("GET", "erp", "/periods", Authorization="Bearer of-an-earlier-run"))[0] == 401
            form = {"grant_type": "client_credentials", "client_id": one.world.client_id, "client_secret": "of an earlier run"}
            async with aiohttp.ClientSession() as session, session.post(one.world.token_url, data=form) as answer:
                assert answer.status == 401
            for path, token in (("/seed", None), ("/plans", "wrong"), ("/admin", None), ("/health", None), ("/clock", "right")):
                await ask(one, "GET", path, token=token)
            await ask(one, "POST", "/clock/advance", {"seconds": 1})
            seen = [(row["node"], row["call_point"], row["reason"]) for row in one.world.recorder.rows() if row["kind"] == "stranger"]
            assert seen == [
                ("erp", "erp.period.list", "token"),
                ("identity", "identity.token.issue", "client"),
                ("control", "GET /seed", "control"),
                ("control", "GET /plans", "control"),
                ("control", "GET /admin", "control"),
                ("control", "POST /clock/advance", "order"),
            ]

    asyncio.run(run())


def test_the_control_port_stays_on_loopback() -> None:
    """Systems that are opened to others do not take the control port along; its own option does."""

    async def places(**hosts: str) -> tuple[str, str]:
        async with hand(**hosts) as one:
            assert (await ask(one, "GET", "/seed"))[0] == 200
            return tuple(url.split("//")[1].split(":")[0] for url in (one.world.urls["erp"], one.world.control_url))  # type: ignore[return-value]

    assert asyncio.run(places(host="127.0.0.2")) == ("127.0.0.2", "127.0.0.1")
    assert asyncio.run(places(host="127.0.0.2", control_host="127.0.0.3")) == ("127.0.0.2", "127.0.0.3")


def test_clock_can_be_set_and_advanced() -> None:
    """The business clock obeys; what it was set to stands in the history; a time without zone is refused."""

    async def run() -> None:
        async with hand() as one:
            assert (await ask(one, "PUT", "/clock", {"time": "2026-10-31T23:00:00Z", "speed": 1}))[1]["time"].startswith(
                "2026-10-31T23:00:00"
            )
            assert (await ask(one, "POST", "/clock/advance", {"seconds": 7200}))[1]["time"].startswith("2026-11-01T01:00:00")
            status, body = await ask(one, "PUT", "/clock", {"time": "2026-10-31T23:00:00"})
            assert (status, body["code"]) == (422, "VALIDATION_FAILED")
            assert (await ask(one, "POST", "/clock/advance", {"seconds": 1e300}))[0] == 422
            assert (await ask(one, "PUT", "/clock", {"time": "9999-12-31T23:59:59Z", "speed": 1_000_000}))[0] == 422
            status, rows = await ask(one, "GET", "/history?after=0&limit=1000")
            assert [row["t_biz"][:13] for row in rows if row["kind"] == "clock_set"] == ["2026-10-31T23", "2026-11-01T01"]

    asyncio.run(run())


def test_plans_windows_seed() -> None:
    """A plan can be armed and listed; a window begun and ended; the seed is told."""

    async def run() -> None:
        async with hand() as one:
            step = {"txn_id": "p2p-000001", "call_point": "erp.po.create", "fault_id": "F-A3", "mode": "drop"}
            status, armed = await ask(one, "POST", "/plans", step)
            assert (status, armed["fault"]) == (201, "response_lost_after_commit")
            assert len((await ask(one, "GET", "/plans"))[1]["items"]) == 1
            status, body = await ask(one, "POST", "/plans", {**step, "fault_id": "F-Z9"})
            assert (status, body["code"]) == (422, "VALIDATION_FAILED")
            assert "F-A3" in body["detail"]
            for point, fault, mode in (
                ("procurement.requisition.list", "F-B6", "503"),
                ("erp.po.create", "F-D1", "later"),
                ("wh.requisition.approved", "F-A3", "drop"),
                ("erp.po.create", "F-H2", "refuse"),
            ):
                status, body = await ask(one, "POST", "/plans", {**step, "call_point": point, "fault_id": fault, "mode": mode})
                assert (status, fault in body["detail"]) == (422, True), (point, fault)
            status, windows = await ask(one, "POST", "/windows", {"fault_id": "F-B5", "system": "erp"})
            assert windows["items"][0]["fault"] == "maintenance_window"
            assert (await one.call("GET", "erp", "/periods"))[0] == 503
            await ask(one, "POST", "/windows", {"fault_id": "F-B5", "system": "erp", "on": False})
            assert (await one.call("GET", "erp", "/periods"))[0] == 200
            assert (await ask(one, "POST", "/windows", {"fault_id": "F-B5", "system": "moon"}))[0] == 422
            assert (await ask(one, "GET", "/seed"))[1]["seed"] == 7

    asyncio.run(run())


def test_history_tail_pages_by_number() -> None:
    """after and limit cut the tail; nonsense is refused."""

    async def run() -> None:
        async with hand() as one:
            one.requisition("p2p-000001")
            first = (await ask(one, "GET", "/history?limit=3"))[1]
            rest = (await ask(one, "GET", f"/history?after={first[-1]['seq']}"))[1]
            assert [row["seq"] for row in first + rest] == list(range(1, one.world.recorder.seq + 1))
            assert (await ask(one, "GET", "/history?after=-1"))[0] == 400
            assert (await ask(one, "GET", "/history?after=99999"))[1] == []

    asyncio.run(run())


def test_bad_bodies() -> None:
    """Not JSON, too deep, too large, unknown members: each its problem, never a trace."""

    async def run() -> list[int]:
        async with hand() as one:
            bodies = (
                b"{",
                b"[" * 100 + b"]" * 100,
                b'{"seconds": 1, "pad": "' + b"x" * 300_000 + b'"}',
                b'{"seconds": 1, "more": 2}',
                b"\xff\xfe",
            )
            return [(await ask(one, "POST", "/clock/advance", raw=raw))[0] for raw in bodies]

    assert asyncio.run(run()) == [400, 400, 413, 422, 400]


def test_shutdown_is_told_to_whoever_waits() -> None:
    """`dryclose up` ends when somebody asks for it."""

    async def run() -> None:
        async with hand() as one:
            waiting = asyncio.create_task(one.world.shutdown_requested())
            assert (await ask(one, "POST", "/shutdown"))[0] == 202
            await asyncio.wait_for(waiting, 1)

    asyncio.run(run())


def test_the_document_names_every_operation() -> None:
    """/openapi.json of the control port and of the identity server needs no token, and has every route with its problems."""

    async def run() -> None:
        async with hand() as one:
            status, document = await ask(one, "GET", "/openapi.json", token=None)
            assert (status, document["openapi"]) == (200, "3.1.0")
            declared = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
            served = {
                (method, route.path)
                for route in Control(one.world).app().routes
                for method in route.methods - {"HEAD"}
                if not route.path.startswith("/room") and route.path != "/openapi.json"
            }
            assert declared == served
            async with (
                aiohttp.ClientSession() as session,
                session.get(one.world.token_url.replace("/oauth/token", "/openapi.json")) as answer,
            ):
                assert list((await answer.json())["paths"]) == ["/oauth/token", "/health"]

    asyncio.run(run())


def test_the_correlation_id_comes_back() -> None:
    """Identity and control echo X-Correlation-ID, also beside a refusal; one that is not fit for a header is dropped."""

    async def run() -> list[str | None]:
        found = []
        async with hand() as one, aiohttp.ClientSession() as session:
            for url in (one.world.control_url + "/health", one.world.control_url + "/nothing", one.world.token_url):
                for sent in ("mine-1", "no good"):
                    async with session.get(url, headers={"X-Correlation-ID": sent}) as answer:
                        found.append(answer.headers.get("X-Correlation-ID"))
        return found

    assert asyncio.run(run()) == ["mine-1", None] * 3
