"""The world as the provider of contracts: fresh books for every state, a token, and the events that come of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from contracts.catalog import load_catalog
from mocks.provider_states.desk import listing
from mocks.systems.registry import SYSTEMS
from mocks.world import World, WorldConfig

SEED, RUN_ID = 0, "pact"
TOKEN_PATH = "/oauth/token"  # noqa: S105 (no secret)
EVENT_BYTES_MAX = 1024 * 1024
DELIVERY_S = 3.0
TICK_S = 0.005
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature", "x-correlation-id", "traceparent")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One event as it came over the wire."""

    type: str
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class MockProvider:
    """Our mocks, and their control port."""

    urls: dict[str, str]
    token: str
    _world: World
    _http: aiohttp.ClientSession
    arrived: list[Arrived] = field(default_factory=list)

    async def set_state(self, change: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
        """Set or tear down a state through the control port: its values, and what went wrong."""
        if change.get("action") == "teardown":
            await self._delivered()
            self.arrived.clear()
        headers = {"Authorization": f"Bearer {self._world.control_token}"}
        async with self._http.post(f"{self._world.control_url}/provider-state", json=change, headers=headers) as answer:
            body = await answer.json(content_type=None)
        return (body, None) if answer.status == 200 else ({}, str(body.get("detail", f"the control port answered {answer.status}")))

    async def take_event(self, type_: str) -> Arrived | None:
        """The last event of this type that the present state has caused; None when there is none."""
        await self._delivered()
        return next((each for each in reversed(self.arrived) if each.type == type_), None)

    async def _delivered(self) -> None:
        """Deliveries run beside the states that cause them."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DELIVERY_S):
                while self._world.pending()["deliveries"]:  # noqa: ASYNC110 (a loopback delivery takes milliseconds; the world has no event for it)
                    await asyncio.sleep(TICK_S)

    async def receive(self, request: web.Request) -> web.Response:
        """A receiver of events that keeps what it gets."""
        body = await request.read()
        envelope = msgspec.json.decode(body)
        headers = {name: request.headers[name] for name in HEADERS if name in request.headers}
        self.arrived.append(Arrived(str(envelope["type"]), body, headers))
        return web.Response(status=202)


def provider_states() -> list[dict[str, Any]]:
    """Every state that a world knows: its name, what it brings about, its parameters with their defaults."""
    return listing(load_catalog(), SYSTEMS)


@contextlib.asynccontextmanager
async def mock_provider() -> AsyncIterator[MockProvider]:
    """A world of its own, subscribed to by a receiver on loopback; all gone at the end."""
    async with World.open(WorldConfig(seed=SEED, run_id=RUN_ID, history_path=None)) as world, aiohttp.ClientSession() as http:
        tokens = world.token_url.removesuffix(TOKEN_PATH)
        urls = {**world.urls, **dict.fromkeys(world.catalog.token_services, tokens)}
        provider = MockProvider(urls, await _token(world, http), world, http)
        app = web.Application(client_max_size=EVENT_BYTES_MAX)
        app.router.add_post("/events", provider.receive)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            world.subscribe(f"http://127.0.0.1:{runner.addresses[0][1]}/events", {}, ack_timeout_ms=2000)
            yield provider
        finally:
            world.unsubscribe()
            await runner.cleanup()


async def _token(world: World, http: aiohttp.ClientSession) -> str:
    form = {"grant_type": "client_credentials", "client_id": world.client_id, "client_secret": world.client_secret}
    async with http.post(world.token_url, data=form) as answer:
        return str((await answer.json())["access_token"])
