"""One uvicorn server inside the running loop, that can be taken down and brought back on its port."""

import asyncio
import contextlib
import errno
import socket
from typing import Any

import uvicorn

from mocks.hosting.guard import Guard
from mocks.kit.wire import FaultyProtocol, linger_nothing

BACKLOG = 2048
STOP_S = 2.0
DATE_TICK_S = 1.0


class PortInUse(Exception):  # noqa: N818 (named after what the user sees)
    """The address that was asked for cannot be listened on, most often because another process does."""

    def __init__(self, name: str, host: str, port: int, reason: str, *, taken: bool) -> None:
        remedy = "Choose another --port-base, or none for free ports" if taken else "Is --host an address of this machine?"
        where = f"port {port} on {host}" if port else host
        super().__init__(f"{where}, wanted for {name}, cannot be used: {reason}. {remedy}")
        self.name = name
        self.host = host
        self.port = port


class HostedServer:
    """One port and what serves on it. `port` 0 takes a free one; an outage refuses connections for real."""

    def __init__(self, name: str, host: str, port: int = 0) -> None:
        self.name = name
        self.host = host
        self.port = port
        self._listener: socket.socket | None = None
        self._reserved: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._reviving: asyncio.Task[None] | None = None

    def bind(self) -> None:
        """Take the port. Raises PortInUse."""
        self._listener = bound(self.name, self.host, self.port, listen=True)
        self.port = self._listener.getsockname()[1]

    async def start(self, app: Any) -> None:
        """Serve one ASGI application on the port that `bind` took."""
        config = uvicorn.Config(
            Guard(app),
            http=FaultyProtocol,
            lifespan="off",
            ws="none",
            access_log=False,
            log_config=None,
            log_level="critical",  # a request cut off by a planned outage is no news; what breaks by itself is logged by the application
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        config.load()
        self._server.lifespan = config.lifespan_class(config)
        await self._serve()
        self._ticking = asyncio.create_task(self._tick())

    async def _serve(self) -> None:
        assert self._server is not None
        assert self._listener is not None
        await self._server.startup(sockets=[self._listener])

    async def _tick(self) -> None:
        """uvicorn renews its Date header here; its own main loop would also wait for signals, which belong to the harness."""
        assert self._server is not None
        while True:
            await self._server.on_tick(0)
            await asyncio.sleep(DATE_TICK_S)

    def begin_outage(self) -> None:
        """From now on connections are refused, and those that exist are reset. The port stays ours: bound, but nobody listens."""
        self._close_listeners()
        self._reset_connections()
        self._reserved = bound(self.name, self.host, self.port, listen=False)

    def end_outage(self) -> None:
        """Listen again on the same port; connections succeed as soon as this returns."""
        if self._reserved is None:
            return
        self._listener, self._reserved = self._reserved, None
        self._listener.listen(BACKLOG)
        self._reviving = asyncio.get_running_loop().create_task(self._serve())

    def _close_listeners(self) -> None:
        assert self._server is not None
        for server in self._server.servers:
            server.close()
        self._server.servers.clear()
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.close()
            self._listener = None

    def _reset_connections(self) -> None:
        assert self._server is not None
        for connection in list(self._server.server_state.connections):
            linger_nothing(connection.transport)
            connection.transport.abort()

    async def stop(self) -> None:
        """Close the port and every connection, and wait for their tasks."""
        for task in (self._ticking, self._reviving):
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in (self._ticking, self._reviving) if task is not None), return_exceptions=True)
        if self._server is not None and self._server.started:
            self._close_listeners()
            state = self._server.server_state
            for connection in list(state.connections):
                connection.transport.abort()
            for request in list(state.tasks):
                request.cancel()
            if state.tasks:
                await asyncio.wait(state.tasks, timeout=STOP_S)
        for sock in (self._listener, self._reserved):
            if sock is not None:
                sock.close()


def bound(name: str, host: str, port: int, *, listen: bool) -> socket.socket:
    """A socket on this port. Raises PortInUse."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named: asyncio switches Nagle off only then, and with it the body of an answer waits 40 ms for the client's ACK.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind((host, port))
        if listen:
            sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        taken = error.errno in {errno.EADDRINUSE, errno.EACCES}
        reason = "another process uses it" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
        raise PortInUse(name, host, port, reason, taken=taken) from error
    return sock
