"""The control port: health, clock, seed, fault plans, windows, history tail, shutdown. Everything but health needs the token."""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.fault_space import impossible
from mocks.abilities.system_type import SystemType
from mocks.control_bodies import answer, read_json, whole_number
from mocks.control_openapi import TAIL_DEFAULT, TAIL_MAX, control_document
from mocks.control_shapes import ClockAdvance, ClockSet, PlanStep, StateChange, WindowChange
from mocks.guests import Guests
from mocks.kit.arming import arm, armed_step
from mocks.kit.echo import Echo
from mocks.kit.mechanics import Mechanics
from mocks.kit.metrics import CONTENT_TYPE
from mocks.kit.operation import Refusal
from mocks.kit.plans import Armed
from mocks.kit.problems import PROBLEM_TYPE
from mocks.kit.windows import Window
from mocks.provider_states.desk import ProviderStates, listing

Handler = Callable[[Request], Awaitable[Response]]
READING = frozenset({"GET", "HEAD"})
CALL_MAX = 200  # of a path that somebody made up


class HasRoutes(Protocol):
    """Pages for people that the control port serves beside its operations."""

    def routes(self) -> Sequence[Route]: ...


class Controlled(Protocol):
    """What the control port drives."""

    mechanics: Mechanics
    control_token: str
    provider_states: ProviderStates

    urls: dict[str, str]
    token_url: str
    actor_client_id: str
    types: Mapping[str, SystemType]

    @property
    def room(self) -> HasRoutes: ...

    def identify(self) -> Mapping[str, Any]: ...
    def pending(self) -> dict[str, int]: ...
    def metrics(self) -> bytes: ...
    def set_phase(self, name: str) -> None: ...
    def admit_people(self, *, prefix: str, wave: str, role: str) -> None: ...
    def record(self, kind: str, **columns: Any) -> None: ...
    def final_views(self) -> None: ...
    def begin_window(self, fault_id: str, system: str) -> None: ...
    def end_window(self, fault_id: str, system: str) -> None: ...
    def clock_moved(self) -> None: ...
    def request_shutdown(self) -> None: ...


class Control:
    """The handlers of the control port."""

    def __init__(self, world: Controlled, *, version: str = "0") -> None:
        self._world = world
        self._mechanics = world.mechanics
        self._version = version

    def app(self) -> Starlette:
        """The application of the control server."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/clock", self._clock),
            ("PUT", "/clock", self._set_clock),
            ("POST", "/clock/advance", self._advance),
            ("GET", "/seed", self._seed),
            ("GET", "/plans", self._plans),
            ("POST", "/plans", self._arm),
            ("GET", "/windows", self._windows),
            ("POST", "/windows", self._change_window),
            ("GET", "/history", self._history),
            ("GET", "/provider-state", self._provider_states),
            ("POST", "/provider-state", self._set_provider_state),
            ("POST", "/shutdown", self._shutdown),
            *Guests(self._world).table(),
        )
        routes = [Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table]
        handlers = {404: self._unknown, 405: self._unknown, 500: self._unknown}
        # Prometheus has no token of a world that lives for one run, and there is nothing but counts to see.
        open_to_all = (("/health", self._health), ("/openapi.json", self._document), ("/metrics", self._metrics))
        public = [Route(path, handler, methods=["GET"]) for path, handler in open_to_all]
        served = [*public, *routes, *self._world.room.routes()]
        return Starlette(routes=served, exception_handlers=handlers, middleware=[Middleware(Echo)])

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            token = _token_of(request)
            if not self._knows(token):
                self._note(request, "control")
                if token is None:
                    return self._problem("TOKEN_MISSING", "the control port needs its bearer token", request)
                return self._problem("TOKEN_INVALID", "this is not the token of the control port", request)
            if request.method not in READING:
                self._note(request, "order")
            try:
                return await handler(request)
            except Refusal as refusal:
                return self._problem(refusal.code, refusal.detail, request)

        return guarded

    def _knows(self, token: str | None) -> bool:
        return token is not None and hmac.compare_digest(token.encode(), self._world.control_token.encode())

    def _note(self, request: Request, reason: str) -> None:
        """No connector has business here: who comes without the token, and every order that changes the world, is written down."""
        self._mechanics.recorder.write("stranger", "control", call_point=f"{request.method} {request.url.path}"[:CALL_MAX], reason=reason)

    async def _unknown(self, request: Request, error: Exception) -> Response:
        if not self._knows(_token_of(request)):
            self._note(request, "control")
        status = getattr(error, "status_code", 500)
        code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(status, "INTERNAL_ERROR")
        answered = self._problem(code, "the control port has no such operation", request)
        if status == 405:  # Starlette's own header names the methods of the first route of this path only
            routes = [each for each in request.app.routes if isinstance(each, Route) and each.path == request.url.path]
            answered.headers["allow"] = ", ".join(sorted({method for route in routes for method in route.methods or ()}))
        return answered

    def _problem(self, code: str, detail: str, request: Request) -> Response:
        problems = self._mechanics.problems
        headers = {"www-authenticate": 'Bearer realm="dryclose-control"'} if problems.status(code) == 401 else {}
        body = problems.body(code, detail, request.url.path)
        return Response(body, problems.status(code), headers=headers, media_type=PROBLEM_TYPE.decode())

    async def _health(self, _request: Request) -> Response:
        return answer({"status": "ok"})

    async def _document(self, _request: Request) -> Response:
        states = (row["state"] for row in listing(self._mechanics.catalog, self._world.types))
        return answer(control_document(self._mechanics.catalog, version=self._version, states=states))

    async def _metrics(self, _request: Request) -> Response:
        return Response(self._world.metrics(), headers={"content-type": CONTENT_TYPE})

    async def _seed(self, _request: Request) -> Response:
        return answer(self._world.identify())

    async def _clock(self, _request: Request) -> Response:
        clock = self._mechanics.business
        return answer({"time": clock.peek(), "speed": clock.speed})

    async def _set_clock(self, request: Request) -> Response:
        wanted = await read_json(request, ClockSet)
        try:
            self._mechanics.business.set(wanted.time, wanted.speed)
        except ValueError as error:
            raise Refusal("VALIDATION_FAILED", str(error)) from None
        self._world.clock_moved()
        return await self._clock(request)

    async def _advance(self, request: Request) -> Response:
        wanted = await read_json(request, ClockAdvance)
        try:
            self._mechanics.business.advance(timedelta(seconds=wanted.seconds))
        except (OverflowError, ValueError):
            raise Refusal("VALIDATION_FAILED", "the business clock cannot go that far; it stays in the years 2000 to 2099") from None
        self._world.clock_moved()
        return await self._clock(request)

    async def _plans(self, _request: Request) -> Response:
        return answer({"items": [plan_row(step) for step in self._mechanics.plans.listed()]})

    async def _arm(self, request: Request) -> Response:
        step = await read_json(request, PlanStep)
        armed = armed_step(self._mechanics.catalog, step, step.txn_id, f"{step.txn_id}.control")
        why_not = impossible(self._mechanics.catalog, armed.call_point, armed.fault, armed.mode)
        if why_not is not None:
            raise Refusal("VALIDATION_FAILED", why_not)
        arm(self._mechanics, armed)
        return answer(plan_row(armed), 201)

    async def _windows(self, _request: Request) -> Response:
        return answer({"items": [window_row(window) for window in self._mechanics.windows.listed()]})

    async def _change_window(self, request: Request) -> Response:
        wanted = await read_json(request, WindowChange)
        try:
            (self._world.begin_window if wanted.on else self._world.end_window)(wanted.fault_id, wanted.system)
        except ValueError as error:
            raise Refusal("VALIDATION_FAILED", str(error)) from None
        return await self._windows(request)

    async def _history(self, request: Request) -> Response:
        after = whole_number(request, "after", 0)
        limit = min(TAIL_MAX, whole_number(request, "limit", TAIL_DEFAULT))
        lines = self._mechanics.recorder.tail(after, limit)
        return Response(b"".join(line + b"\n" for line in lines), media_type="application/x-ndjson")

    async def _provider_states(self, _request: Request) -> Response:
        return answer({"items": listing(self._mechanics.catalog, self._world.types)})

    async def _set_provider_state(self, request: Request) -> Response:
        """The values of the state: a verifier puts them where the contract's generators ask for them."""
        wanted: StateChange = await read_json(request, StateChange)
        if wanted.action == "teardown":
            self._world.provider_states.reset()
            return answer({})
        return answer(self._world.provider_states.set(wanted.state, wanted.params or {}))

    async def _shutdown(self, _request: Request) -> Response:
        self._world.request_shutdown()
        return answer({"status": "stopping"}, 202)


def _token_of(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def plan_row(step: Armed) -> dict[str, Any]:
    """A step for people."""
    return {
        "txn_id": step.txn_id,
        "call_point": step.call_point,
        "attempt": step.attempt,
        "fault_id": step.fault.id,
        "fault": step.fault.name,
        "mode": step.mode.id,
        "plan_id": step.plan_id,
    }


def window_row(window: Window) -> dict[str, Any]:
    """A window for people."""
    return {"fault_id": window.fault.id, "fault": window.fault.name, "mode": window.mode.id, "system": window.system}
