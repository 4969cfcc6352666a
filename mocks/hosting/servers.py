"""The servers of one world: their ports first, because the systems' documents name each other's addresses."""

import asyncio
from collections.abc import Mapping
from typing import Any

from mocks.hosting.server import HostedServer


class Servers:
    """Servers by name, each on its own slot from `port_base`, or on free ports. apart: hosts of servers that do not listen on `host`."""

    def __init__(
        self, slots: Mapping[str, int], host: str, *, port_base: int | None, public_host: str | None, apart: Mapping[str, str]
    ) -> None:
        self._host, self._apart = public_host or host, apart
        self._servers = {
            name: HostedServer(name, apart.get(name, host), port_base + slot if port_base else 0) for name, slot in slots.items()
        }

    def __getitem__(self, name: str) -> HostedServer:
        return self._servers[name]

    def bind(self) -> None:
        """Take every port. Raises PortInUse."""
        for server in self._servers.values():
            server.bind()

    def url(self, name: str) -> str:
        """The base URL of a server, as others reach it."""
        plain = self._apart.get(name, self._host)
        host = f"[{plain}]" if ":" in plain else plain
        return f"http://{host}:{self._servers[name].port}"

    async def start(self, apps: Mapping[str, Any]) -> None:
        """Serve these applications."""
        for name, app in apps.items():
            await self._servers[name].start(app)

    async def stop(self) -> None:
        """Close every port and connection."""
        await asyncio.gather(*(server.stop() for server in self._servers.values()), return_exceptions=True)
