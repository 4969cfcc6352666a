"""How long a person waits for an answer, on a machine that may stand still."""

import asyncio
from time import monotonic_ns
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from mocks.kit.asking import Asker, Question, Reaction

QUESTION = Question("ask.thing", "shop", "thing", "T-1", "txn-1", budget_ms=400)


def asker(mono_ns: Any) -> tuple[Asker, list[dict[str, Any]]]:
    """One that asks by this watch, and the rows that it writes."""
    rows: list[dict[str, Any]] = []
    mechanics: Any = SimpleNamespace(
        recorder=SimpleNamespace(write=lambda kind, _node, **row: rows.append({"kind": kind, **row})),
        traffic=SimpleNamespace(op_id=lambda: 7, arrival=lambda *_: 1, saw_event=lambda *_: None),
        books=SimpleNamespace(flow_of=lambda _: "f", asked=lambda _: None, answered=lambda _: None),
        settings=SimpleNamespace(callback_hosts=("127.0.0.1",), namespace="n"),
        clock=SimpleNamespace(mono_ns=mono_ns, wall_s=lambda: 1.0),
    )
    return Asker(mechanics, secret=b"secret"), rows


async def put(one: Asker, answer_after_s: float) -> Reaction:
    """The question, to a connector that thinks so long."""

    async def think(_: web.Request) -> web.Response:
        await asyncio.sleep(answer_after_s)
        return web.json_response({"answer": "yes"})

    app = web.Application()
    app.router.add_post("/check", think)
    async with TestServer(app) as server:
        one.at(str(server.make_url("/check")), {})
        return await one.ask(QUESTION, "c-1")


def standing_still() -> Any:
    """A watch on which five seconds pass between any two looks."""
    seen = iter(range(0, 10_000 * 5_000_000_000, 5_000_000_000))
    return lambda: next(seen)


def test_nobody_is_late_because_the_world_stood_still() -> None:
    """Of a beat that took seconds, two beats count."""
    one, rows = asker(standing_still())
    assert asyncio.run(put(one, 0.06)) == Reaction("yes", None, in_time=True)
    assert [row["kind"] for row in rows] == ["query_sent", "query_answer"]


@pytest.mark.parametrize("watch", [standing_still, lambda: monotonic_ns], ids=["stalled", "running"])
def test_a_wait_ends(watch: Any) -> None:
    """After two budgets there is no answer, however the machine is."""
    one, rows = asker(watch())
    assert asyncio.run(put(one, 30)) == Reaction(None)
    assert rows[-1]["reason"] == "TimeoutError"
