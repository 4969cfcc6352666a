"""The routes of the control room on the control port: page, exchange of the code, events, traces, buttons.

What is shown and what a button does is the harness's (`Show`); here is only how it gets to a browser and back, safely.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Protocol
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mocks.control_bodies import read_json
from mocks.kit.operation import Refusal
from mocks.kit.problems import PROBLEM_TYPE, Problems
from mocks.room.door import SESSION_LIVES_S, Door
from mocks.room.feed import RETRY_MS, Feed, TooSlow, wire

PATH = "/room"
READERS_MAX = 16
SEND_S = 10.0  # a browser that takes nothing for so long is dropped; it comes back by itself
ASKS = "x-dryclose-room"  # a form or an image of another page cannot send this header
LOCKED = "this page needs the link that `dryclose demo` prints; every link opens once"
Handler = Callable[[Request], Awaitable[Response]]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Show(Protocol):
    """What is played in the room."""

    def page(self) -> tuple[bytes, str]:
        """The page as HTML, and its Content-Security-Policy."""
        ...

    def snapshot(self) -> Mapping[str, Any]:
        """Everything that the page shows now."""
        ...

    def trace(self, txn_id: str) -> Mapping[str, Any] | None:
        """Every hop of one transaction."""
        ...

    def press(self, button: str, on: bool | None) -> Mapping[str, Any]:
        """A button was pressed. Raises Refusal for one that does not exist."""
        ...

    def knocked(self, *, opened: bool) -> None:
        """Somebody handed in a code, a live one or not."""
        ...


class Code(msgspec.Struct, forbid_unknown_fields=True):
    """POST /room/session."""

    code: Text


class Press(msgspec.Struct, forbid_unknown_fields=True):
    """POST /room/buttons: which one, and for a switch where it goes."""

    button: Text
    on: bool | None = None


class ControlRoom:
    """Closed (404) until a show opens it."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._show: Show | None = None
        self._door: Door | None = None
        self._cookie = "dryclose-room"
        self.readers = 0  # streams that are open
        self.feed = Feed()

    def open(self, show: Show, door: Door, *, name: str) -> None:
        """The show begins. `name` (letters and digits) sets its cookie apart from that of another world on this machine:
        browsers do not separate cookies by port."""
        self._show, self._door, self._cookie = show, door, f"dryclose-room-{name}"

    def routes(self) -> list[Route]:
        """Of the control port."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "", self._page),
            ("POST", "/session", self._session),
            ("GET", "/events", self._inside(self._events)),
            ("GET", "/transactions/{txn_id}", self._inside(self._trace)),
            ("POST", "/buttons", self._inside(self._press)),
        )
        return [Route(PATH + path, self._told(handler), methods=[method]) for method, path, handler in table]

    # --- who may

    def _told(self, handler: Handler) -> Handler:
        async def told(request: Request) -> Response:
            try:
                if self._show is None:
                    raise Refusal("NOT_FOUND", "no show is on: the live page belongs to `dryclose demo`")
                if request.method == "POST":
                    from_this_page(request)
                return await handler(request)
            except Refusal as refusal:
                return self._problem(refusal, request)

        return told

    def _inside(self, handler: Handler) -> Handler:
        async def inside(request: Request) -> Response:
            assert self._door is not None
            if not self._door.admits(request.cookies.get(self._cookie)):
                raise Refusal("TOKEN_MISSING", LOCKED)
            return await handler(request)

        return inside

    def _problem(self, refusal: Refusal, request: Request) -> Response:
        body = self._problems.body(refusal.code, refusal.detail, request.url.path)
        return Response(body, self._problems.status(refusal.code), headers=NO_STORE, media_type=PROBLEM_TYPE.decode())

    # --- what is there

    async def _page(self, _request: Request) -> Response:
        assert self._show is not None
        html, policy = self._show.page()
        return Response(html, headers={**PAGE_HEADERS, "content-security-policy": policy}, media_type="text/html; charset=utf-8")

    async def _session(self, request: Request) -> Response:
        assert self._show is not None
        assert self._door is not None
        given = await read_json(request, Code)
        session = self._door.exchange(given.code)
        self._show.knocked(opened=session is not None)
        if session is None:
            raise Refusal("TOKEN_INVALID", "this link was used before or is too old; the terminal prints a new one")
        response = Response(status_code=204, headers=NO_STORE)
        response.set_cookie(self._cookie, session, max_age=int(SESSION_LIVES_S), path=PATH, httponly=True, samesite="strict")
        return response

    async def _events(self, request: Request) -> Response:
        if self.readers >= READERS_MAX:
            raise Refusal("RATE_LIMITED", f"{READERS_MAX} pages watch already; close one")
        last = request.headers.get("last-event-id", "")
        return Events(self, int(last) if last.isascii() and last.isdigit() and len(last) < 16 else None)

    async def _trace(self, request: Request) -> Response:
        assert self._show is not None
        found = self._show.trace(request.path_params["txn_id"])
        if found is None:
            raise Refusal("NOT_FOUND", "no such transaction, or it is so old that its trace was let go; the history has it")
        return answer(found)

    async def _press(self, request: Request) -> Response:
        assert self._show is not None
        given = await read_json(request, Press)
        return answer(self._show.press(given.button, given.on))

    async def stream(self, after: int | None, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Everything a reader is told, until it leaves, falls behind, or takes nothing any more."""
        assert self._show is not None
        self.readers += 1
        try:
            await send(b"retry: %d\n\n" % RETRY_MS)
            if after is None or not self.feed.holds(after):
                after = self.feed.number
                await send(wire("snapshot", self._show.snapshot(), after))
            async for piece in self.feed.read(after):
                async with asyncio.timeout(SEND_S):
                    await send(piece)
        except (TooSlow, TimeoutError):
            return  # the connection ends; the browser comes back with its last number and gets a snapshot
        finally:
            self.readers -= 1


class Events(Response):
    """A stream of server-sent events."""

    media_type = "text/event-stream"

    def __init__(self, room: ControlRoom, after: int | None) -> None:
        super().__init__(headers={**NO_STORE, "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._room = room
        self._after = after

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the client leaves."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})

        async def piece(data: bytes) -> None:
            await send({"type": "http.response.body", "body": data, "more_body": True})

        telling = asyncio.ensure_future(self._room.stream(self._after, piece))
        leaving = asyncio.ensure_future(left(receive))
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if telling.done():
                telling.result()
        finally:
            for task in (telling, leaving):
                task.cancel()
            await asyncio.gather(telling, leaving, return_exceptions=True)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def left(receive: Receive) -> None:
    """Wait until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def from_this_page(request: Request) -> None:
    """Only our own page may cause anything. The cookie alone would not tell: another port of this machine is the same site to it.
    Raises Refusal."""
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    same = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    if request.headers.get(ASKS) != "1" or not same or (origin is not None and urlsplit(origin).netloc != host):
        raise Refusal("INSUFFICIENT_SCOPE", "this did not come from the page of the control room")


def answer(body: Any) -> Response:
    """A JSON answer that nobody keeps."""
    return Response(msgspec.json.encode(body), headers=NO_STORE, media_type="application/json")


NO_STORE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
PAGE_HEADERS = {**NO_STORE, "referrer-policy": "no-referrer", "x-frame-options": "DENY", "cross-origin-opener-policy": "same-origin"}
