"""A world that runs already, as seen over its control port: what is asked of it, how often it is asked, and what goes wrong with it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from harness.errors import ConnectorError, UsageError
from harness.load.attach import ending, lags_of, load_attached
from harness.load.attached import SECRET, TOKEN, AttachedGround, Door, attached
from harness.load.options import LoadOptions
from harness.stage.connector import free_port
from tests.unit.load.values import click, driven

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ROWS = 50


def people(url: str) -> dict[str, Any]:
    """What a world on this machine says."""
    who = {"run_id": "r1", "seed": 1, "client_id": "people"}
    return {**who, "urls": {"erp": f"{url}/erp"}, "token_url": f"{url}/oauth/token", "pending": {}}


async def history(request: web.Request) -> web.Response:
    """Fifty rows, and time to ask for them twice meanwhile."""
    after = int(request.query["after"])
    await asyncio.sleep(0.05)
    return web.Response(body=b"".join(json.dumps({"seq": seq}).encode() + b"\n" for seq in range(after + 1, ROWS + 1)))


@asynccontextmanager
async def control(**changed: Handler) -> AsyncIterator[str]:
    """The address of a control port. changed: handlers by path in place of a quiet world's."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    def told(body: Any) -> Handler:
        async def handler(_request: web.Request) -> web.Response:
            return web.json_response(body)

        return handler

    quiet: dict[str, Handler] = {"people": told(people(url)), "seed": told({"seq": 0}), "health": told({}), "history": history}
    app = web.Application()
    for path, handler in (quiet | changed).items():
        app.router.add_get(f"/{path}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield url
    finally:
        await runner.cleanup()


@asynccontextmanager
async def ground(folder: Path, **changed: Handler) -> AsyncIterator[AttachedGround]:
    """Attached to a control port."""
    async with control(**changed) as url, attached(Door(url, (), "t", "s"), folder / "history.ndjson") as one:
        yield one


def says(**changes: Any) -> Handler:
    """An answer of /people with something else in it."""

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({**people(f"http://127.0.0.1:{request.url.port}"), **changes})

    return handler


async def redirects(_request: web.Request) -> web.Response:
    """Elsewhere."""
    raise web.HTTPTemporaryRedirect("http://192.0.2.1:9/people")


async def fails(_request: web.Request) -> web.Response:
    """A world in trouble."""
    return web.Response(status=500)


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (says(urls={"erp": "http://192.0.2.1:8000"}), "192.0.2.1 is not this machine"),
        (says(token_url="http://example.com:8000/oauth/token"), "example.com is not this machine"),
        (says(token_url="http://127.0.0.1:80@example.com:8000/t"), "example.com is not this machine"),
        (says(urls={"erp": "https://127.0.0.1:8000"}), "expected an address such as"),
        (says(urls=None), "expected run_id, seed, urls, token_url and client_id"),
        (redirects, "there is no control port of a world"),
    ],
)
def test_load_and_secret_stay_on_this_machine(tmp_path: Path, handler: Handler, message: str) -> None:
    """Whatever the world says: its answer names the addresses to which everything is sent."""

    async def run() -> None:
        async with ground(tmp_path, people=handler):
            pass

    with pytest.raises(UsageError, match=message):
        asyncio.run(run())


def test_a_world_that_ends_under_a_load_is_no_wrong_address(tmp_path: Path) -> None:
    """It was there when the load began: what is told is that it is gone, not how to start one."""

    async def run() -> None:
        async with attached_to_nobody(tmp_path) as one:
            await one.quiet("begin", "")

    with pytest.raises(ConnectorError, match=r"the attached world (is gone|stopped answering): POST"):
        asyncio.run(run())


@asynccontextmanager
async def attached_to_nobody(folder: Path) -> AsyncIterator[AttachedGround]:
    """Attached to a control port that was there a moment ago."""
    async with AsyncExitStack() as world:
        url = await world.enter_async_context(control())
        async with attached(Door(url, (), "t", "s"), folder / "history.ndjson") as one:
            await world.aclose()
            yield one


def test_the_copy_holds_every_row_once(tmp_path: Path) -> None:
    """Also when it is made whole while the regular copying waits for an answer."""

    async def run() -> list[int]:
        async with ground(tmp_path) as one, one.watching():
            await asyncio.gather(one.pump(), one.pump())
            return [json.loads(line)["seq"] for line in one.copy.read_bytes().splitlines()]

    assert asyncio.run(run()) == list(range(1, ROWS + 1))


def test_silence_of_the_world_is_measured(tmp_path: Path) -> None:
    """A world that breaks every connection for half a second was late for all of it; the probe goes on, and so does the copying."""
    until = 0.0

    async def silent(request: web.Request) -> web.Response:
        if asyncio.get_running_loop().time() < until:
            assert request.transport is not None
            with closing(request.transport):
                return web.Response()
        return web.json_response({})

    async def run() -> list[float]:
        nonlocal until
        async with ground(tmp_path, health=silent) as one:
            async with one.watching():
                await asyncio.sleep(0.3)
                until = asyncio.get_running_loop().time() + 0.5
                await asyncio.sleep(1.0)
            return [ms for _, ms in one.lags]

    lags = asyncio.run(run())
    assert max(lags) > 400
    assert sum(ms > 150 for ms in lags) >= 3
    assert len(lags) >= 11
    assert min(lags[-3:]) < 150


def test_what_kills_the_watch_is_told(tmp_path: Path) -> None:
    """A failure that is no missing answer ends the load with its reason, at the latest at its end."""

    async def run() -> None:
        async with ground(tmp_path) as one:
            one.copy = tmp_path  # a directory cannot be written to
            async with one.watching():
                await asyncio.sleep(0.3)

    with pytest.raises(IsADirectoryError):
        asyncio.run(run())


@pytest.mark.parametrize("handler", [fails, redirects, says()])
def test_a_history_that_cannot_be_read_is_one_message(tmp_path: Path, handler: Handler) -> None:
    """No answer that is not a history is copied."""

    async def run() -> None:
        async with ground(tmp_path, history=handler) as one:
            await one.pump()

    with pytest.raises(ConnectorError, match="history"):
        asyncio.run(run())
    assert not (tmp_path / "history.ndjson").exists()


def test_a_load_that_could_not_attach_does_not_stay_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when what went wrong is no error of ours: the manifest says failed, and why."""

    async def breaks(*_: Any) -> None:
        raise KeyError("load-1")

    async def run() -> None:
        async with control() as url:
            await load_attached(LoadOptions(attach=(url,), out=tmp_path / "run", quiet=True))

    monkeypatch.setenv(TOKEN, "t")
    monkeypatch.setenv(SECRET, "s")
    monkeypatch.setattr("harness.load.attach._play", breaks)
    with pytest.raises(KeyError):
        asyncio.run(run())
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (manifest["status"], manifest["why"]) == ("failed", "internal error: KeyError: 'load-1'")


def test_only_the_time_of_the_clicks_is_measured() -> None:
    """The waiting afterwards is no sample of a world under load."""
    one = replace(driven(clicks=(click(0.0), click(2.0))), begun=100.0)
    lags = [(99.0, 500.0), (100.5, 300.0), (101.9, 400.0), (102.5, 1.0), (110.0, 1.0)]
    assert lags_of(lags, one) == ((0.5, 300.0), (1.9, 400.0))


def test_waiting_for_an_attached_connector_ends() -> None:
    """Settled, stuck, or at bounds.settle_s: with progress until then, time was short; without, it would be for nothing."""
    assert ending(0, still_s=1.5, waited_s=2.0, limit_s=20.0) == "settled"
    assert ending(3, still_s=1.5, waited_s=2.0, limit_s=20.0) == ""
    assert ending(3, still_s=15.5, waited_s=16.0, limit_s=60.0) == "stuck"
    assert ending(3, still_s=0.5, waited_s=20.0, limit_s=20.0) == "deadline"
    assert ending(3, still_s=5.0, waited_s=20.0, limit_s=20.0) == "stuck"
