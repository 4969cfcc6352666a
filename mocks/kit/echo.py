"""X-Correlation-ID comes back on every answer of the servers that have no exchanges: identity and control."""

from collections.abc import Awaitable, Callable

from mocks.kit.intake import Incoming, correlation_of
from mocks.kit.wire import Message, Receive, Scope, Send

NAME = b"x-correlation-id"


class Echo:
    """An ASGI application around another one."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and put the caller's correlation id on the answer when it is fit for that."""
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        correlation = correlation_of(Incoming(headers, "", {}, {}, b""))

        async def echoing(message: Message) -> None:
            if correlation and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (NAME, correlation.encode("latin-1"))]
            await send(message)

        await self.app(scope, receive, echoing)
