"""Answers of the identity server that are none: broken off, cut short, or a page for people."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mocks.kit.faults import HTML, HTML_TYPE
from mocks.kit.wire import Headers, Wire

JSON_TYPE = (b"content-type", b"application/json")


class SpoiltAnswer(Response):
    """How: `send` of contracts/faults.yaml (reset, hold, malformed, html). whole: the answer that is spoilt, where it is one."""

    def __init__(self, how: str, whole: bytes, hold_s: float) -> None:
        super().__init__(whole)
        self._how = how
        self._hold_s = hold_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """On the wire."""
        wire = Wire(scope, receive, send)
        if self._how == "reset":
            wire.reset()
        elif self._how == "hold":
            if not await wire.wait_left(self._hold_s):
                wire.drop()
        elif self._how == "malformed":
            await _answer(wire, JSON_TYPE, bytes(self.body)[: 2 * len(self.body) // 3])
        elif self._how == "html":
            await _answer(wire, HTML_TYPE, HTML)
        else:
            raise ValueError(f"the identity server has no answer of kind {self._how!r}")


async def _answer(wire: Wire, content_type: tuple[bytes, bytes], body: bytes) -> None:
    headers: Headers = [content_type, (b"content-length", str(len(body)).encode())]
    await wire.answer(200, headers, body)
