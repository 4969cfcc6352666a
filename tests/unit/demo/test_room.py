"""The control room over HTTP: who gets in, what may press a button, what readers are told."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from mocks.room.room import READERS_MAX
from tests.unit.demo.stagehand import OURS, Visitor, visiting

INSIDE = ("/room/events", "/room/transactions/p2p-1")


def visit(deed: Callable[[Visitor], Awaitable[None]], *, show: bool = True) -> None:
    """Carry out one visit."""

    async def play() -> None:
        async with visiting(show=show) as visitor:
            await deed(visitor)

    asyncio.run(play())


def test_a_world_without_a_show_has_no_room() -> None:
    """`dryclose verify` and `dryclose up` have no live page: there is nothing to break into."""

    async def deed(visitor: Visitor) -> None:
        assert (await visitor.get("/room"))[0] == 404
        assert (await visitor.post("/room/session", {"code": "x"}))[0] == 404

    visit(deed, show=False)


def test_the_page_is_for_everybody_and_holds_nothing() -> None:
    """It is sent with its policy, kept by nobody, framed by nobody; what it shows needs a session."""

    async def deed(visitor: Visitor) -> None:
        status, text, headers = await visitor.get("/room")
        assert (status, text) == (200, "<p>page</p>")
        assert headers["content-security-policy"] == "default-src 'none'"
        assert (headers["cache-control"], headers["x-frame-options"], headers["referrer-policy"]) == ("no-store", "DENY", "no-referrer")
        assert [(await visitor.get(path))[0] for path in INSIDE] == [401, 401]
        assert (await visitor.post("/room/buttons", {"button": "lost"}))[0] == 401
        assert visitor.show.pressed == []

    visit(deed)


def test_a_code_becomes_a_cookie_that_scripts_cannot_read() -> None:
    """HttpOnly, SameSite=Strict, for the room alone; the code is dead afterwards, and the terminal is told."""

    async def deed(visitor: Visitor) -> None:
        code = visitor.door.code()
        status, text, headers = await visitor.post("/room/session", {"code": code})
        cookie = headers["set-cookie"]
        assert (status, text) == (204, "")
        assert [word in cookie for word in ("dryclose-room-rdemo=", "HttpOnly", "SameSite=strict", "Path=/room")] == [True] * 4
        assert code not in cookie
        assert (await visitor.get("/room/transactions/p2p-1"))[:2] == (200, '{"id":"p2p-1"}')
        assert (await visitor.get("/room/transactions/p2p-2"))[0] == 404
        visitor.http.cookie_jar.clear()
        assert (await visitor.post("/room/session", {"code": code}))[0] == 401
        assert visitor.show.knocks == [True, False]

    visit(deed)


def test_the_control_token_is_no_session_and_a_session_no_control_token() -> None:
    """Who watches the page may press its buttons, and nothing else of the control port."""

    async def deed(visitor: Visitor) -> None:
        assert (await visitor.get("/room/transactions/p2p-1", authorization=f"Bearer {visitor.world.control_token}"))[0] == 401
        await visitor.enter()
        assert (await visitor.get("/plans"))[0] == 401

    visit(deed)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-dryclose-room": "0"},
        {**OURS, "origin": "http://evil.example"},
        {**OURS, "origin": "http://127.0.0.1:1"},
        {**OURS, "origin": "null"},
        {**OURS, "sec-fetch-site": "same-site"},
        {**OURS, "sec-fetch-site": "cross-site"},
    ],
)
def test_other_pages_press_nothing(headers: dict[str, str]) -> None:
    """Also not those of another port of this machine, which a browser counts as the same site."""

    async def deed(visitor: Visitor) -> None:
        await visitor.enter()
        assert (await visitor.post("/room/buttons", {"button": "lost"}, headers))[0] == 403
        assert (await visitor.post("/room/session", {"code": visitor.door.code()}, headers))[0] == 403
        assert visitor.show.pressed == []

    visit(deed)


def test_our_page_presses_buttons() -> None:
    """With or without a position; what is wrong with a body is said."""

    async def deed(visitor: Visitor) -> None:
        await visitor.enter()
        own = {**OURS, "origin": visitor.world.control_url, "sec-fetch-site": "same-origin"}
        assert (await visitor.post("/room/buttons", {"button": "maintenance", "on": True}, own))[:2] == (200, '{"pressed":"maintenance"}')
        assert (await visitor.post("/room/buttons", {"button": "lost"}, own))[0] == 200
        assert visitor.show.pressed == [("maintenance", True), ("lost", None)]
        for wrong in ({"button": "none"}, {"button": ""}, {"button": "x", "on": "yes"}, {"button": "x", "more": 1}, []):
            assert (await visitor.post("/room/buttons", wrong, own))[0] == 422, wrong

    visit(deed)


async def read(visitor: Visitor, count: int, **headers: str) -> list[str]:
    """So many events of a stream."""
    async with visitor.http.get(visitor.world.control_url + "/room/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        found: list[str] = []
        while len(found) < count:
            piece = (await asyncio.wait_for(answer.content.readuntil(b"\n\n"), 5)).decode().strip()
            if piece.startswith("id:"):
                found.append(piece)
        return found


def test_a_reader_begins_with_everything_and_resumes_where_it_was() -> None:
    """A snapshot first; with a number that is still held, what came after it; with a lost one, a snapshot again."""

    async def deed(visitor: Visitor) -> None:
        await visitor.enter()
        feed = visitor.world.room.feed
        feed.tell("story", "before")
        assert await read(visitor, 1) == ['id: 1\nevent: snapshot\ndata: {"all":true}']
        feed.tell("story", "after")
        assert await read(visitor, 1, **{"last-event-id": "1"}) == ['id: 2\nevent: story\ndata: "after"']
        for lost in ("99", "x", "-1", "9" * 40):
            [first] = await read(visitor, 1, **{"last-event-id": lost})
            assert first.startswith("id: 2\nevent: snapshot")

    visit(deed)


def test_readers_are_counted() -> None:
    """So many pages and no more; one that leaves makes room."""

    async def deed(visitor: Visitor) -> None:
        await visitor.enter()
        url = visitor.world.control_url + "/room/events"
        streams = [await visitor.http.get(url) for _ in range(READERS_MAX)]
        for stream in streams:
            await stream.content.readuntil(b"\n\n")
        status, text, _ = await visitor.get("/room/events")
        assert (status, json.loads(text)["code"]) == (429, "RATE_LIMITED")
        for stream in streams:
            stream.close()
        for _ in range(100):
            try:
                await read(visitor, 1)
                return
            except AssertionError:
                await asyncio.sleep(0.02)
        raise AssertionError("nobody left")

    visit(deed)


def test_a_reader_that_takes_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection ends, and what it was not told costs no memory."""
    monkeypatch.setattr("mocks.room.room.SEND_S", 0.2)

    async def deed(visitor: Visitor) -> None:
        await visitor.enter()
        room = visitor.world.room
        async with visitor.http.get(visitor.world.control_url + "/room/events") as answer:
            await answer.content.readuntil(b"\n\n")
            for _ in range(200):
                room.feed.tell("story", "x" * 100_000)
                await asyncio.sleep(0.005)
                if room.readers == 0:
                    return
            for _ in range(200):
                await asyncio.sleep(0.02)
                if room.readers == 0:
                    return
            raise AssertionError("the reader is still there")

    visit(deed)
