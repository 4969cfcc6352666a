"""The engine's HTTP surface: health, webhooks, parked, redrive, idle. Thin: what it does is elsewhere."""

import logging
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Protocol

import asyncpg
import msgspec
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from engine.mapping.rules import Unpostable
from engine.metrics import CONTENT_TYPE
from engine.model.checks import UNKNOWN as NOBODY_KNOWS
from engine.model.checks import BudgetQuestion, Said
from engine.model.progress import Parking
from engine.observability import Observer, Watched
from engine.store.inbox import Fact
from engine.structured_log import say
from engine.web.checks import REQUEST, Answering, answer_of, question_of
from engine.web.document import REFERENCE_PATTERN, REFERENCES_MAX, STATUSES, document
from engine.work.facts import EventError, fact_of_event

LOG = logging.getLogger("engine.web")
UNKNOWN = "unknown"  # a type that is not believed, or none of ours
EVENT_MAX_BYTES = 256 * 1024
TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}.*")
HEADER_TEXT = re.compile(r"[\x21-\x7e]{1,128}")
BY_STATUS = {status: code for code, status in STATUSES.items()}
DATABASE_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


Reference = Annotated[str, msgspec.Meta(max_length=64, pattern=REFERENCE_PATTERN)]


class Redrive(msgspec.Struct):
    """POST /redrive: one document, several, or all when nobody is named."""

    reference: Reference | None = None
    references: Annotated[list[Reference], msgspec.Meta(max_length=REFERENCES_MAX)] | None = None

    @property
    def named(self) -> frozenset[str] | None:
        """Who is named; None: nobody, which means all."""
        one = [] if self.reference is None else [self.reference]
        return None if self.reference is None and self.references is None else frozenset([*one, *(self.references or ())])


_REDRIVE = msgspec.json.Decoder(Redrive)


class Documents(Protocol):
    """What the surface shows of the documents."""

    async def parked(self) -> list[tuple[str, str, Parking]]: ...

    async def redrive(self, source_ids: Collection[str] | None = None) -> int: ...


Gauges = Mapping[str, Mapping[tuple[str, ...], float]]


async def no_answer(_question: BudgetQuestion, _correlation_id: str | None) -> Said:
    """Of an engine that answers no questions."""
    return NOBODY_KNOWS


async def no_gauges() -> Gauges:
    """Nothing but what was counted."""
    return {}


@dataclass(frozen=True, slots=True)
class Surface:
    """What the handlers need."""

    webhook: Webhook
    accept: Callable[[list[Fact]], Awaitable[None]]
    documents: Documents
    ready: Callable[[], Awaitable[bool]]
    idle: Callable[[], Awaitable[tuple[bool, int]]]  # at rest, and the number of documents that are not
    before_redrive: Callable[[], None]  # read the crosswalks again: they are what was repaired
    observer: Observer = field(default_factory=Observer)
    gauges: Callable[[], Awaitable[Gauges]] = no_gauges
    questions: Mapping[str, Answering] = field(default_factory=dict)  # by the question's name
    minor_units: Mapping[str, int] = field(default_factory=dict)


def application(surface: Surface) -> web.Application:
    """The routes."""
    handlers = Handlers(surface)
    app = web.Application(client_max_size=EVENT_MAX_BYTES, middlewares=[answer_everything])
    app.add_routes(
        [
            web.get("/openapi.json", handlers.openapi),
            web.get("/health", handlers.health),
            web.post("/webhooks", handlers.receive),
            web.post("/check", handlers.check),
            web.get("/parked", handlers.parked),
            web.post("/redrive", handlers.redrive),
            web.post("/redrive/dry-run", handlers.dry_run),
            web.get("/idle", handlers.idle),
            web.get("/metrics", handlers.metrics),
        ]
    )
    return app


class Handlers:
    """One method for each route."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface

    async def openapi(self, _request: web.Request) -> web.Response:
        """What this surface takes and answers."""
        return _json(document(), 200)

    async def health(self, _request: web.Request) -> web.Response:
        """200 when events are accepted."""
        ready = await self._surface.ready()
        return _json({"status": "ok" if ready else "starting"}, 200 if ready else 503)

    async def receive(self, request: web.Request) -> web.Response:
        """202 takes responsibility: the fact is committed. 401: the signature does not hold. 400: genuine, but not readable."""
        body = await request.read()
        with self._surface.observer.event(_trace(request.headers.get("traceparent"))) as watched:
            answer, type_, outcome = await self._take(request, body, watched)
            watched.ended(outcome, answer.status)
            watched.describe("dryclose.event.type", type_)
            watched.describe("dryclose.correlation_id", request.headers.get("X-Correlation-ID", "")[:128])
        self._surface.observer.meter.count("dryclose_engine_events_received_total", type_, outcome)
        return answer

    async def _take(self, request: web.Request, body: bytes, watched: Watched) -> tuple[web.Response, str, str]:
        """The answer, the event's type (not believed before the signature holds), and what became of it."""
        try:
            self._surface.webhook.verify(body, dict(request.headers), json_parse=False)
        # A malformed header or body leaves the library as some ValueError.
        except (WebhookVerificationError, ValueError) as error:
            say(LOG, logging.WARNING, "event.refused", reason=str(error), webhook_id=request.headers.get("webhook-id", "")[:100])
            return problem("SIGNATURE_INVALID", "the signature or the timestamp of the event does not hold"), UNKNOWN, "refused"
        try:
            fact = fact_of_event(body, watched.context, request.headers.get("X-Correlation-ID"))
        except EventError as error:
            say(LOG, logging.WARNING, "event.unreadable", reason=str(error))
            return problem("MALFORMED_REQUEST", str(error)), UNKNOWN, "unreadable"
        if fact is None:
            return _json({"accepted": False, "why": "not about a document of this connector"}, 202), UNKNOWN, "ignored"
        try:
            await self._surface.accept([fact])
        except DATABASE_ERRORS:
            return problem("UNAVAILABLE", "the event could not be saved; deliver it again"), fact.type, "not_saved"
        return _json({"accepted": True}, 202), fact.type, "accepted"

    async def check(self, request: web.Request) -> web.Response:
        """200 with what is known, within the time that the question gives. 401: the signature does not hold."""
        body = await request.read()
        try:
            self._surface.webhook.verify(body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            say(LOG, logging.WARNING, "check.refused", reason=str(error), webhook_id=request.headers.get("webhook-id", "")[:100])
            return problem("SIGNATURE_INVALID", "the signature or the timestamp of the question does not hold")
        try:
            asked = REQUEST.decode(body)
            question = question_of(asked, self._surface.minor_units)
        except (msgspec.ValidationError, Unpostable) as error:
            return problem("VALIDATION_FAILED", str(error)[:300])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return problem("MALFORMED_REQUEST", "the body is not JSON")
        answering = self._surface.questions.get(asked.question)
        if answering is None:
            return problem("VALIDATION_FAILED", f"question {asked.question!r} is none that is answered here")
        correlation = request.headers.get("X-Correlation-ID", "")
        said = await answering(question, correlation if HEADER_TEXT.fullmatch(correlation) else None)
        self._surface.observer.meter.count("dryclose_engine_checks_total", said.word)
        return _json(answer_of(said), 200)

    async def metrics(self, _request: web.Request) -> web.Response:
        """What was counted, and how the queue stands, for Prometheus."""
        text = self._surface.observer.snapshot(await self._surface.gauges())
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE})

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
        """Try parked documents again: all, or those that are named."""
        wanted = await _wanted(request)
        if isinstance(wanted, web.Response):
            return wanted
        self._surface.before_redrive()
        count = await self._surface.documents.redrive(wanted.named)
        say(LOG, logging.INFO, "redrive", documents=count, references=None if wanted.named is None else sorted(wanted.named))
        return _json({"redriven": count}, 202)

    async def dry_run(self, request: web.Request) -> web.Response:
        """What a redrive of the same body would take up; nothing is done."""
        wanted = await _wanted(request)
        if isinstance(wanted, web.Response):
            return wanted
        parked = await self._surface.documents.parked()
        return _json({"items": [{"reference": one} for _, one, _ in parked if wanted.named is None or one in wanted.named]}, 200)

    async def idle(self, _request: web.Request) -> web.Response:
        """At rest: no document in work, and polling found nothing new since the last change."""
        idle, pending = await self._surface.idle()
        return _json({"idle": idle, "pending": pending}, 200)


async def _wanted(request: web.Request) -> Redrive | web.Response:
    """Whom a redrive is about, or the refusal of a body that cannot be read."""
    try:
        return _REDRIVE.decode(await request.read() or b"{}")
    except msgspec.ValidationError as error:
        return problem("VALIDATION_FAILED", str(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return problem("MALFORMED_REQUEST", "the body is not JSON; expected nothing, {}, a reference or references")


@web.middleware
async def answer_everything(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Every refusal is a problem, whoever made it; what breaks inside is logged, never shown; the correlation id comes back."""
    try:
        answer = await handler(request)
    except web.HTTPException as error:
        code = BY_STATUS.get(error.status, "MALFORMED_REQUEST")
        answer = problem(code, error.reason, {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {})
    except DATABASE_ERRORS:
        answer = problem("UNAVAILABLE", "the database cannot be reached; try again")
    except Exception:  # the last line: nothing of the inside is shown
        LOG.exception("surface.failed")
        answer = problem("INTERNAL_ERROR", "the engine failed while it served the request")
    correlation = request.headers.get("X-Correlation-ID", "")
    if HEADER_TEXT.fullmatch(correlation):
        answer.headers["X-Correlation-ID"] = correlation
    return answer


def _trace(traceparent: str | None) -> tuple[str, str] | None:
    """Trace and span of a W3C traceparent."""
    found = TRACEPARENT.fullmatch(traceparent or "")
    return (found.group(1), found.group(2)) if found else None


def _json(body: object, status: int) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


def problem(code: str, detail: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """RFC 9457, with one of the codes of the surface's document."""
    status = STATUSES[code]
    body = {"type": f"urn:dryclose-engine:problem:{code}", "title": "not accepted", "status": status, "detail": detail, "code": code}
    return web.Response(body=msgspec.json.encode(body), status=status, headers=headers, content_type="application/problem+json")
