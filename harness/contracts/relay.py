"""Loopback servers for one verification: states and messages for the verifier, and the door in front of the provider.

A state handler that fails makes Pact's verifier try again for two minutes; so a failure is noted here and answered with success,
and the interaction counts as not verified.
"""

import base64
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from harness.contracts.door import Door

SetState = Callable[[dict[str, Any]], Awaitable[tuple[dict[str, Any], str | None]]]  # values, and what went wrong
TakeEvent = Callable[[str], Awaitable["Event | str | None"]]  # the event, or why there can be none
HOST = "127.0.0.1"
EVENT_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it arrived: body, and the headers that a receiver relies on."""

    type: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class Relay:
    """What the verifier was told, and what went wrong meanwhile. `event_types`: CloudEvents type by description of the message."""

    set_state: SetState
    take_event: TakeEvent
    event_types: Mapping[str, str | None]
    state_errors: dict[str, str] = field(default_factory=dict)  # by name of the state
    missing: dict[str, str] = field(default_factory=dict)  # by description of the message
    port: int = 0

    async def state(self, request: web.Request) -> web.Response:
        """POST /state, as the verifier sends it."""
        change = await request.json()
        values, wrong = await self.set_state(change)
        if wrong is not None:
            self.state_errors.setdefault(str(change.get("state", "")), wrong)
        return web.json_response(values)

    async def message(self, request: web.Request) -> web.Response:
        """POST /message: the event that the states have brought about."""
        description = str((await request.json()).get("description", ""))
        wanted = self.event_types.get(description)
        event = await self.take_event(wanted) if wanted is not None else None
        if event is None or isinstance(event, str):
            which = f"no event of type {wanted!r} was sent" if wanted else "its example names no event: expected a CloudEvents `type`"
            self.missing[description] = event or which
            return web.json_response({})
        metadata = {"contentType": "application/json", **event.headers}
        encoded = base64.b64encode(json.dumps(metadata).encode()).decode()
        return web.Response(body=event.body, content_type="application/json", headers={"Pact-Message-Metadata": encoded})


@contextlib.asynccontextmanager
async def serving(relay: Relay) -> AsyncIterator[str]:
    """The relay's base address."""
    app = web.Application(client_max_size=EVENT_BYTES_MAX)
    app.router.add_post("/state", relay.state)
    app.router.add_post("/message", relay.message)
    async with _listening(app) as port:
        yield f"http://{HOST}:{port}"


@contextlib.asynccontextmanager
async def open_door(door: Door) -> AsyncIterator[str]:
    """The door's base address: the verifier's provider."""
    app = web.Application(client_max_size=EVENT_BYTES_MAX)
    app.router.add_route("*", "/{path:.*}", door.pass_on)
    await door.open()
    try:
        async with _listening(app) as port:
            yield f"http://{HOST}:{port}"
    finally:
        await door.close()


@contextlib.asynccontextmanager
async def _listening(app: web.Application) -> AsyncIterator[int]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
