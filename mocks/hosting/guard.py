"""The last line: whatever breaks inside an application is logged here, and the client gets a problem document without a trace."""

import logging
from collections.abc import Awaitable, Callable

from mocks.kit.problems import PROBLEM_TYPE
from mocks.kit.wire import Headers, Receive, Scope, Send

LOG = logging.getLogger("dryclose.world")
BODY = (
    b'{"type":"urn:dryclose:problem:INTERNAL_ERROR","title":"Internal error","status":500,'
    b'"detail":"the system failed while it served the request","instance":"","code":"INTERNAL_ERROR"}'
)
HEADERS: Headers = [(b"content-type", PROBLEM_TYPE), (b"content-length", str(len(BODY)).encode()), (b"connection", b"close")]


App = Callable[[Scope, Receive, Send], Awaitable[None]]


def _correlation(scope: Scope) -> str:
    """The client's correlation id, cut to what a line can bear."""
    sent: bytes = dict(scope.get("headers", ())).get(b"x-correlation-id", b"")
    return sent[:128].decode("latin-1")


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; an exception becomes a 500 when nothing was sent yet, otherwise the end of the connection."""
        try:
            await self.app(scope, receive, send)
        except Exception:  # nothing above would tell anybody: uvicorn is silent, because planned outages cut off requests too
            LOG.exception("a request to %s failed", scope.get("path"), extra={"fields": {"correlation_id": _correlation(scope)}})
            await send({"type": "http.response.start", "status": 500, "headers": HEADERS})
            await send({"type": "http.response.body", "body": BODY})
