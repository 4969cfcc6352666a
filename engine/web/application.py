"""The engine's HTTP surface: health, webhooks, parked, redrive, idle. Thin: what it does is elsewhere."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import asyncpg
import msgspec
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from engine.model.progress import Parking
from engine.store.inbox import Fact
from engine.structured_log import say
from engine.work.facts import EventError, fact_of_event

LOG = logging.getLogger("engine.web")
EVENT_MAX_BYTES = 256 * 1024
DATABASE_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Documents(Protocol):
    """What the surface shows of the documents."""

    async def parked(self) -> list[tuple[str, str, Parking]]: ...

    async def redrive(self, source_id: str | None = None) -> int: ...


@dataclass(frozen=True, slots=True)
class Surface:
    """What the handlers need."""

    webhook: Webhook
    accept: Callable[[list[Fact]], Awaitable[None]]
    documents: Documents
    ready: Callable[[], Awaitable[bool]]
    idle: Callable[[], Awaitable[tuple[bool, int]]]  # at rest, and the number of documents that are not
    before_redrive: Callable[[], None]  # read the crosswalks again: they are what was repaired


def application(surface: Surface) -> web.Application:
    """The routes."""
    handlers = Handlers(surface)
    app = web.Application(client_max_size=EVENT_MAX_BYTES)
    app.add_routes(
        [
            web.get("/health", handlers.health),
            web.post("/webhooks", handlers.receive),
            web.get("/parked", handlers.parked),
            web.post("/redrive", handlers.redrive),
            web.get("/idle", handlers.idle),
        ]
    )
    return app


class Handlers:
    """One method for each route."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface

    async def health(self, _request: web.Request) -> web.Response:
        """200 when events are accepted."""
        ready = await self._surface.ready()
        return _json({"status": "ok" if ready else "starting"}, 200 if ready else 503)

    async def receive(self, request: web.Request) -> web.Response:
        """202 takes responsibility: the fact is committed. 401: the signature does not hold. 400: genuine, but not readable."""
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _problem(413, f"an event has at most {EVENT_MAX_BYTES} bytes")
        try:
            self._surface.webhook.verify(body, dict(request.headers), json_parse=False)
        # A malformed header or body leaves the library as some ValueError.
        except (WebhookVerificationError, ValueError) as error:
            say(LOG, logging.WARNING, "event.refused", reason=str(error), webhook_id=request.headers.get("webhook-id", "")[:100])
            return _problem(401, "the signature or the timestamp of the event does not hold")
        try:
            fact = fact_of_event(body, _trace_id(request.headers.get("traceparent")), request.headers.get("X-Correlation-ID"))
        except EventError as error:
            say(LOG, logging.WARNING, "event.unreadable", reason=str(error))
            return _problem(400, str(error))
        if fact is None:
            return _json({"accepted": False, "why": "not about a document of this connector"}, 202)
        try:
            await self._surface.accept([fact])
        except DATABASE_ERRORS:
            return _problem(503, "the event could not be saved; deliver it again")
        return _json({"accepted": True}, 202)

    async def parked(self, _request: web.Request) -> web.Response:
        """Every document that waits for a person."""
        items = [
            {
                "reference": source_id,
                "flow": flow,
                "reason": parking.reason,
                "code": parking.code,
                "class": parking.failure_class,
                "owner": parking.owner,
                "retryable": parking.retryable,
                "first_seen": parking.since,
                "attempts": parking.attempts,
                "outcome": parking.outcome,
            }
            for flow, source_id, parking in await self._surface.documents.parked()
        ]
        return _json({"items": items}, 200)

    async def redrive(self, request: web.Request) -> web.Response:
        """Try parked documents again: all, or the one that `reference` names."""
        reference = await _reference(request)
        self._surface.before_redrive()
        count = await self._surface.documents.redrive(reference)
        say(LOG, logging.INFO, "redrive", documents=count, reference=reference)
        return _json({"redriven": count}, 202)

    async def idle(self, _request: web.Request) -> web.Response:
        """At rest: no document in work, and polling found nothing new since the last change."""
        idle, pending = await self._surface.idle()
        return _json({"idle": idle, "pending": pending}, 200)


async def _reference(request: web.Request) -> str | None:
    try:
        body = msgspec.json.decode(await request.read() or b"{}")
    except msgspec.DecodeError:
        return None
    reference = body.get("reference") if isinstance(body, dict) else None
    return reference if isinstance(reference, str) else None


def _trace_id(traceparent: str | None) -> str | None:
    parts = (traceparent or "").split("-")
    good = len(parts) >= 4 and len(parts[1]) == 32 and set(parts[1]) <= set("0123456789abcdef") and set(parts[1]) != {"0"}
    return parts[1] if good else None


def _json(body: object, status: int) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


def _problem(status: int, detail: str) -> web.Response:
    body = {"type": "about:blank", "title": "not accepted", "status": status, "detail": detail}
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/problem+json")
