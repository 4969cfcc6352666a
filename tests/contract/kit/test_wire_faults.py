"""Connection and answer faults on a real socket: what the client sees, what the books say, what the history says."""

import asyncio
from typing import Any

import aiohttp
import pytest

from mocks.kit.operation import Refs
from mocks.kit.settings import Settings
from tests.contract.kit.toy import Stage, stage

pytestmark = pytest.mark.requirement("R08.03")

SHORT = Settings(client_timeout_ms=200, late_commit_ms=80, event_delay_ms=50, webhook_schedule_ms=(0, 50))


async def failing(stage: Stage, error: type[Exception] = aiohttp.ClientError, **headers: str) -> None:
    """A create that must end with this error."""
    with pytest.raises(error):
        await stage.create(**headers)


def story(stage: Stage) -> list[tuple[str, Any]]:
    """Kinds of rows of the first request, with what matters of each."""
    shown = {"request": "attempt", "commit": "entity_id", "decision": "server_outcome", "fault_fired": "fault_id", "conn_event": "reason"}
    first = next(row["op_id"] for row in stage.rows("request"))
    rows = [row for row in stage.rows() if row.get("op_id") == first]
    return [(row["kind"], row.get(shown.get(row["kind"], "client_view"))) for row in rows if row["kind"] != "commit"]


async def before_and_after(fault: str, mode: str, error: type[Exception] | None, orders_after_first: int) -> list[tuple[str, Any]]:
    """The first create meets the fault; the second, with the same key, must end with one order."""
    async with stage(SHORT, client_timeout_s=0.2) as toy:
        toy.arm("erp.po.create", fault, mode)
        if error is not None:
            await failing(toy, error, Idempotency_Key="k1")
        else:
            await toy.create(Idempotency_Key="k1")
        assert len(toy.system.orders) == orders_after_first
        status, _, _ = await toy.create(Idempotency_Key="k1")
        assert status == 201
        assert len(toy.system.orders) == 1
        await asyncio.sleep(0.05)
        return story(toy)


def test_reset_before_commit() -> None:
    """F-A2: RST, nothing in the books, view unknown."""
    found = asyncio.run(before_and_after("F-A2", "reset", aiohttp.ClientOSError, 0))
    assert found == [
        ("request", 1),
        ("decision", "not_reached"),
        ("fault_fired", "F-A2"),
        ("conn_event", "reset"),
        ("response_end", "info"),
    ]


def test_reset_is_a_reset() -> None:
    """F-A2 sends RST, not FIN: the client reads `connection reset`, not an end of file."""

    async def run() -> None:
        async with stage(SHORT) as toy:
            toy.arm("erp.po.create", "F-A2", "reset")
            reader, writer = await asyncio.open_connection("127.0.0.1", toy.server.port)
            body = b'{"total":"1.00","external_ref":"REQ-TEST-1"}'
            head = f"POST /purchase-orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {toy.token}\r\ncontent-type: application/json\r\n"
            writer.write(head.encode() + f"content-length: {len(body)}\r\n\r\n".encode() + body)
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.close()

    asyncio.run(run())


def test_response_lost_after_commit() -> None:
    """F-A3: the books have the order, the client gets an end of file; the same key replays it."""
    found = asyncio.run(before_and_after("F-A3", "drop", aiohttp.ServerDisconnectedError, 1))
    assert [row for row in found if row[0] in {"decision", "conn_event", "response_end"}] == [
        ("decision", "committed"),
        ("conn_event", "closed_without_answer"),
        ("response_end", "info"),
    ]


def test_timeout_before_and_after_commit() -> None:
    """F-A4 and F-A5: the client times out; without and with an order in the books."""
    before = asyncio.run(before_and_after("F-A4", "hold", TimeoutError, 0))
    after = asyncio.run(before_and_after("F-A5", "hold", TimeoutError, 1))
    assert ("decision", "not_reached") in before
    assert ("decision", "committed") in after
    assert ("conn_event", "client_left") in before + after


def test_an_answer_that_an_outage_cut_off_is_told() -> None:
    """No fault of this request's own: the connection goes between what was decided and its answer."""

    async def run() -> list[tuple[str, Any]]:
        async with stage(SHORT) as toy:

            class CutOff(dict[str, Any]):
                def __setitem__(self, number: str, order: Any) -> None:
                    super().__setitem__(number, order)
                    toy.server.begin_outage()

            toy.system.orders = CutOff()
            await failing(toy)
            return story(toy)

    assert asyncio.run(run()) == [("request", 1), ("decision", "committed"), ("conn_event", "client_left"), ("response_end", "info")]


def test_hold_ends_when_the_client_never_leaves() -> None:
    """A patient client is left after 1.5 of its declared timeouts, without a byte."""

    async def run() -> float:
        async with stage(SHORT, client_timeout_s=5) as toy:
            toy.arm("erp.po.create", "F-A4", "hold")
            began = asyncio.get_running_loop().time()
            await failing(toy, aiohttp.ServerDisconnectedError)
            return asyncio.get_running_loop().time() - began

    assert 0.28 <= asyncio.run(run()) < 1.0


@pytest.mark.parametrize("keyed", [True, False])
def test_late_commit_with_and_without_key(keyed: bool) -> None:
    """F-A6: the key is in progress until the late commit and then replays it; without key or reference the retry makes a second order."""

    async def run() -> tuple[list[int], int, list[str]]:
        async with stage(SHORT, client_timeout_s=0.2) as toy:
            toy.arm("erp.po.create", "F-A6", "hold")
            headers = {"Idempotency_Key": "k1"} if keyed else {}
            body = {"total": "9.80", "source": "REQ-TEST-1"}
            with pytest.raises(TimeoutError):
                await toy.call("POST", "/purchase-orders", body, **headers)
            during = (await toy.call("POST", "/purchase-orders", body, **headers))[0]
            await asyncio.sleep(0.2)
            after = (await toy.call("POST", "/purchase-orders", body, **headers))[0]
            outcomes = [row["server_outcome"] for row in toy.rows("decision") if row["op_id"] == 1]
            return [during, after], len(toy.system.orders), outcomes

    statuses, orders, outcomes = asyncio.run(run())
    assert outcomes == ["deferred", "committed"]
    assert (statuses, orders) == (([409, 201], 1) if keyed else ([201, 201], 3))


def test_late_commit_of_a_used_reference_has_no_effect() -> None:
    """F-A6: when the retry created the document by its unique reference, the late half finds it and does nothing."""

    async def run() -> tuple[int, list[str]]:
        async with stage(SHORT, client_timeout_s=0.2) as toy:
            toy.arm("erp.po.create", "F-A6", "hold")
            await failing(toy, TimeoutError)
            assert (await toy.create())[0] == 201
            await asyncio.sleep(0.2)
            return len(toy.system.orders), [row["server_outcome"] for row in toy.rows("decision") if row["op_id"] == 1]

    assert asyncio.run(run()) == (1, ["deferred", "no_effect"])


def test_flush_carries_out_a_late_commit_now() -> None:
    """The end of a run does not wait for timers."""

    async def run() -> int:
        settings = Settings(client_timeout_ms=100, late_commit_ms=60_000)
        async with stage(settings, client_timeout_s=0.1) as toy:
            toy.arm("erp.po.create", "F-A6", "hold")
            await failing(toy, TimeoutError)
            await asyncio.sleep(0.05)
            assert len(toy.mechanics.scheduler) == 1
            toy.mechanics.scheduler.flush()
            return len(toy.system.orders)

    assert asyncio.run(run()) == 1


def test_drip_under_and_over_the_timeout() -> None:
    """F-A8: a slow answer arrives whole inside the timeout, and never outside of it; committed both times."""

    async def run(mode: str) -> tuple[bool, int, str]:
        async with stage(SHORT, client_timeout_s=0.2) as toy:
            toy.arm("erp.po.create", "F-A8", mode)
            try:
                arrived = (await toy.create())[0] == 201
            except TimeoutError:
                arrived = False
            await asyncio.sleep(0.05)
            return arrived, len(toy.system.orders), toy.rows("response_end")[0]["client_view"]

    assert asyncio.run(run("under_timeout")) == (True, 1, "ok")
    assert asyncio.run(run("over_timeout")) == (False, 1, "info")


@pytest.mark.requirement("R08.05")
def test_truncated_malformed_html() -> None:
    """F-A9, F-A10, F-A11: half a body, a body that is no JSON, a page instead of an answer; bytes are counted, the view is unknown."""

    async def run(fault: str, mode: str) -> tuple[str, int, str, int]:
        async with stage(SHORT) as toy:
            toy.arm("erp.po.create", fault, mode)
            headers = {"Authorization": f"Bearer {toy.token}"}
            body = {"total": "9.80", "external_ref": "REQ-TEST-1"}
            try:
                async with toy.session.post(toy.url + "/purchase-orders", json=body, headers=headers) as answer:
                    await answer.json()
                    seen = "json"
            except aiohttp.ContentTypeError:
                seen = "wrong type"
            except aiohttp.ClientPayloadError:
                seen = "cut"
            except ValueError:
                seen = "no json"
            end = toy.rows("response_end")[0]
            return seen, len(toy.system.orders), end["client_view"], toy.rows("bytes_out")[0]["bytes_out"]

    assert asyncio.run(run("F-A9", "truncated"))[:3] == ("cut", 1, "info")
    assert asyncio.run(run("F-A10", "malformed"))[:3] == ("no json", 1, "info")
    seen, orders, view, count = asyncio.run(run("F-A11", "html"))
    assert (seen, orders, view) == ("wrong type", 0, "info")
    assert count > 50


@pytest.mark.parametrize(
    ("fault", "mode", "status", "view", "orders"),
    [
        ("F-B1", "seconds", 429, "fail", 0),
        ("F-B2", "http_date", 429, "fail", 0),
        ("F-B3", "no_hint", 429, "fail", 0),
        ("F-B6", "503", 503, "fail", 0),
        ("F-B7", "500", 500, "info", 0),
        ("F-B8", "500", 500, "info", 1),
        ("F-B9", "502_before", 502, "info", 0),
        ("F-B9", "504_after", 504, "info", 1),
        ("F-B17", "existing_id", 409, "ok", 1),
        ("F-B20", "422", 422, "fail", 0),
        ("F-H1", "always_500", 500, "info", 0),
    ],
)
def test_status_faults(fault: str, mode: str, status: int, view: str, orders: int) -> None:
    """Each answers its status with a problem document; the books and the view are as the vocabulary says."""

    async def run() -> None:
        async with stage(SHORT) as toy:
            toy.arm("erp.po.create", fault, mode)
            found, headers, body = await toy.create()
            assert (found, len(toy.system.orders)) == (status, orders)
            assert headers["content-type"] == "application/problem+json"
            end = toy.rows("response_end")[0]
            assert (end["client_view"], end["status"], end["code"]) == (view, status, body["code"])
            assert ("retry-after" in headers) == (fault in {"F-B1", "F-B2"})
            if fault == "F-B17":
                assert body["existing_id"] in toy.system.orders

    asyncio.run(run())


def test_a_fault_fires_once_and_a_standing_one_until_healed() -> None:
    """F-B6 is used up by the attempt that it is keyed to; F-B20 meets every attempt until the run heals."""

    async def run(fault: str, mode: str) -> list[int]:
        async with stage(SHORT) as toy:
            toy.arm("erp.po.create", fault, mode)
            found = [(await toy.create())[0] for _ in range(2)]
            toy.mechanics.plans.heal()
            return [*found, (await toy.create("REQ-TEST-1/b"))[0]]

    assert asyncio.run(run("F-B6", "503")) == [503, 201, 201]
    assert asyncio.run(run("F-B20", "422")) == [422, 422, 201]


def test_what_was_committed_is_not_told_anywhere_until_healed() -> None:
    """F-B31: the create is carried out once and always answered 500; who looks for it is told 500 too, but only from then on."""

    async def run() -> tuple[list[int], list[int], int, list[tuple[str, str]]]:
        async with stage(SHORT) as toy:
            toy.arm("erp.po.create", "F-B31", "500", attempt=0)
            toy.mechanics.index.learn_call("t1", Refs(ext_ref="REQ-TEST-1"), None)
            look_up = "/purchase-orders?external_ref=REQ-TEST-1"
            before = [(await toy.call("GET", look_up))[0], (await toy.create())[0], (await toy.create())[0]]
            one = f"/purchase-orders/{next(iter(toy.system.orders))}"
            hidden = [(await toy.call("GET", path))[0] for path in (look_up, one)]
            toy.mechanics.plans.heal()
            after = [(await toy.call("GET", path))[0] for path in (look_up, one)]
            fired = [(row["call_point"], row["fault_id"]) for row in toy.rows("fault_fired")]
            return [*before, *hidden], after, len(toy.system.orders), fired

    told, after, orders, fired = asyncio.run(run())
    assert (told, after, orders) == ([200, 500, 500, 500, 500], [200, 200], 1)
    assert fired == [(point, "F-B31") for point in ("erp.po.create", "erp.po.create", "erp.po.find", "erp.po.read")]


def test_version_conflict_has_a_newer_version() -> None:
    """F-B15: somebody edits first, so the version that the client has is old; nothing of the client's change is done."""

    async def run() -> tuple[int, str, int, list[str]]:
        async with stage(SHORT) as toy:
            toy.arm("erp.po.cancel", "F-B15", "newer_version")
            number = (await toy.create())[2]["number"]
            status, _, body = await toy.call("POST", f"/purchase-orders/{number}/cancel", {"reason": "x"}, If_Match='"1"')
            order = toy.system.orders[number]
            return status, body["code"], order.version, [row["state"] for row in toy.rows("source_action")]

    assert asyncio.run(run()) == (409, "VERSION_CONFLICT", 2, ["created"])


def test_then_happens_after_the_answer() -> None:
    """F-F1: the people's step is called for after the whole answer was sent."""

    async def run() -> tuple[int, list[tuple[str, str]]]:
        async with stage(SHORT) as toy:
            called: list[tuple[str, str]] = []
            toy.mechanics.then = lambda action, txn_id: called.append((action, txn_id))
            toy.arm("erp.po.create", "F-F1", "after_answer")
            return (await toy.create())[0], called

    assert asyncio.run(run()) == (201, [("reverse_approval", "t1")])


def test_then_happens_after_an_answer_that_is_lost() -> None:
    """F-F1: the document is in the books, nobody is told, and the approval is taken back all the same."""

    async def run() -> tuple[list[tuple[str, str]], int]:
        async with stage(SHORT) as toy:
            called: list[tuple[str, str]] = []
            toy.mechanics.then = lambda action, txn_id: called.append((action, txn_id))
            toy.arm("erp.po.create", "F-F1", "answer_lost")
            with pytest.raises(aiohttp.ClientError):
                await toy.create()
            return called, len(toy.system.orders)

    assert asyncio.run(run()) == ([("reverse_approval", "t1")], 1)


def test_faults_of_others_are_not_met() -> None:
    """A request of another transaction, or of none, passes untouched."""

    async def run() -> int:
        async with stage(SHORT) as toy:
            toy.arm("erp.po.create", "F-B6", "503")
            return (await toy.create("REQ-TEST-2"))[0]

    assert asyncio.run(run()) == 201
