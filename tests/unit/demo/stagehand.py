"""A world with a show in its control room, and a browser's side of it, without a browser."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any

import aiohttp

from mocks.kit.operation import Refusal
from mocks.room.door import Door
from mocks.world import World, WorldConfig

OURS = {"x-dryclose-room": "1"}


class Puppets:
    """A show that remembers what was asked of it."""

    def __init__(self) -> None:
        self.pressed: list[tuple[str, bool | None]] = []
        self.knocks: list[bool] = []

    def page(self) -> tuple[bytes, str]:
        """A small page."""
        return b"<p>page</p>", "default-src 'none'"

    def snapshot(self) -> Mapping[str, Any]:
        """Everything."""
        return {"all": True}

    def trace(self, txn_id: str) -> Mapping[str, Any] | None:
        """Of the one document that there is."""
        return {"id": txn_id} if txn_id == "p2p-1" else None

    def press(self, button: str, on: bool | None) -> Mapping[str, Any]:
        """Any button but `none`."""
        if button == "none":
            raise Refusal("VALIDATION_FAILED", "no such button")
        self.pressed.append((button, on))
        return {"pressed": button}

    def knocked(self, *, opened: bool) -> None:
        """Somebody handed in a code."""
        self.knocks.append(opened)


class Visitor:
    """Somebody at the control port."""

    def __init__(self, world: World, show: Puppets, door: Door, http: aiohttp.ClientSession) -> None:
        self.world, self.show, self.door, self.http = world, show, door, http

    async def get(self, path: str, **headers: str) -> tuple[int, str, Mapping[str, str]]:
        """Status, text and headers of a read."""
        async with self.http.get(self.world.control_url + path, headers=headers) as answer:
            return answer.status, await answer.text(), answer.headers

    async def post(self, path: str, body: object, headers: Mapping[str, str] = OURS) -> tuple[int, str, Mapping[str, str]]:
        """Status, text and headers of a button."""
        async with self.http.post(self.world.control_url + path, json=body, headers=dict(headers)) as answer:
            return answer.status, await answer.text(), answer.headers

    async def enter(self) -> None:
        """With a fresh code."""
        status, text, _ = await self.post("/room/session", {"code": self.door.code()})
        assert status == 204, text


@contextlib.asynccontextmanager
async def visiting(*, show: bool = True) -> AsyncIterator[Visitor]:
    """A world whose control room is open, or closed; cookies are kept, also those of an address without a name."""
    numbers = count()
    puppets, door = Puppets(), Door(lambda: f"unguessable-{next(numbers)}", lambda: 0.0)
    jar = aiohttp.CookieJar(unsafe=True)
    async with World.open(WorldConfig(seed=1, run_id="rdemo", history_path=None)) as world, aiohttp.ClientSession(cookie_jar=jar) as http:
        if show:
            world.room.open(puppets, door, name="rdemo")
        yield Visitor(world, puppets, door, http)
