"""What really goes on the wire: whole answers, and every way to break one, on the socket itself."""

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from time import monotonic
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Header = tuple[bytes, bytes]
Headers = list[Header]
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PROTOCOL = "dryclose.protocol"
LINGER_NOTHING = struct.pack("ii", 1, 0)
DRIP_PIECES_MAX = 64


class FaultyProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, reachable from the ASGI scope, so that a handler can break the connection it answers on."""

    def on_message_begin(self) -> None:
        """Put the protocol into the scope of the request that begins."""
        super().on_message_begin()
        cast("Scope", self.scope)[PROTOCOL] = self

    def reset(self) -> None:
        """RST: unsent bytes are thrown away and the peer gets `connection reset`."""
        self._disown()
        linger_nothing(self.transport)
        self.transport.abort()

    def drop(self) -> None:
        """FIN: what was written goes out, nothing more."""
        self._disown()
        self.transport.close()

    def send_now(self, data: bytes) -> int:
        """Bytes that the kernel took at once; event loops batch their writes until the end of an iteration."""
        plain = self.transport.get_extra_info("socket")
        try:
            return os.write(plain.fileno(), data)
        except OSError:
            return 0

    def _disown(self) -> None:
        # uvicorn answers 500 for an application that returns without an answer, unless the client is gone
        self.cycle.disconnected = True
        self.cycle.message_event.set()


def linger_nothing(transport: asyncio.BaseTransport) -> None:
    """Make the close of this connection send RST. The option belongs to the socket, so a duplicate descriptor can set it."""
    plain = transport.get_extra_info("socket")
    if plain is None or plain.fileno() < 0:
        return
    with socket.socket(fileno=os.dup(plain.fileno())) as duplicate:
        duplicate.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOTHING)


class Wire:
    """One request's connection: what a fault or a normal answer does with it. Counts the bytes of bodies that were written."""

    __slots__ = ("_protocol", "_receive", "_send", "bytes_out")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._protocol: FaultyProtocol | None = scope.get(PROTOCOL)
        self._receive = receive
        self._send = send
        self.bytes_out = 0

    @property
    def left(self) -> bool:
        """Whether the client is known to be gone."""
        protocol = self._protocol
        return protocol is not None and (protocol.cycle.disconnected or protocol.transport.is_closing())

    async def answer(self, status: int, headers: Headers, body: bytes) -> bool:
        """A whole answer. False when the client had left before."""
        if self.left:
            return False
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
        self.bytes_out = len(body)
        return True

    def reset(self) -> None:
        """Break the connection with RST and no byte."""
        self._broken().reset()

    def drop(self) -> None:
        """Close the connection without a byte."""
        self._broken().drop()

    def close_if_open(self) -> None:
        """Close without another byte, unless the client has left already."""
        if self._protocol is not None and not self.left:
            self._protocol.drop()

    def push(self, status: int, headers: Headers, body: bytes) -> None:
        """A whole answer straight to the kernel, for a moment when the loop will not run again in time."""
        protocol = self._broken()
        if not self.left:
            data = head_bytes(status, headers) + body
            self.bytes_out = len(body) if protocol.send_now(data) == len(data) else 0
            protocol.drop()

    def truncated(self, status: int, headers: Headers, body: bytes) -> None:
        """A Content-Length that promises the whole body, half of it, and the end."""
        protocol = self._broken()
        part = body[: max(1, len(body) // 2)]
        protocol.transport.write(head_bytes(status, headers) + part)
        self.bytes_out = len(part)
        protocol.drop()

    async def drip(self, status: int, headers: Headers, body: bytes, total_s: float) -> bool:
        """The answer in small pieces over `total_s` seconds. False when the client left before the end.

        Each piece has its moment: what one of them was late, on a busy machine, is not added to the next.
        """
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        size = max(1, -(-len(body) // DRIP_PIECES_MAX))
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        began = monotonic()
        for number, piece in enumerate(pieces, start=1):
            if await self.wait_left(max(0.0, began + total_s * number / len(pieces) - monotonic())):
                return False
            await self._send({"type": "http.response.body", "body": piece, "more_body": number < len(pieces)})
            self.bytes_out += len(piece)
        return not self.left

    async def wait_left(self, timeout_s: float) -> bool:
        """Wait until the client leaves, at most so long. Answers whether it left."""
        try:
            async with asyncio.timeout(timeout_s):
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return False
        return True

    def _broken(self) -> FaultyProtocol:
        if self._protocol is None:
            raise RuntimeError("connection faults need the world's own server; this application was called without one")
        return self._protocol


def head_bytes(status: int, headers: Headers) -> bytes:
    """Status line and headers as they go on the wire."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()]
    lines += [name + b": " + value + b"\r\n" for name, value in headers]
    return b"".join(lines) + b"\r\n"
