"""A connector that dies by itself, or whose database is killed, ends the run at once, with its last words."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

from harness.stage.connector import Connector

_T = TypeVar("_T")


async def unless_it_dies(connector: Connector, body: Coroutine[Any, Any, _T]) -> _T:
    """The result of `body`. Raises ConnectorError as soon as the connector's process ends although nobody asked it to, or a
    service that its `prepare` started is killed."""
    playing = asyncio.create_task(body)
    death = asyncio.create_task(connector.lost())
    try:
        await asyncio.wait({playing, death}, return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            return playing.result()
        raise death.result()
    finally:
        for task in (playing, death):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
