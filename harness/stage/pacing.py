"""Waiting for something that no event announces, and for several things at once."""

import asyncio
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any

TICK_S = 0.002


async def until(condition: Callable[[], bool], limit_s: float, tick_s: float = TICK_S) -> bool:
    """Whether the condition came true within the limit."""
    deadline = monotonic() + limit_s
    while not condition():
        if monotonic() >= deadline:
            return False
        await asyncio.sleep(tick_s)
    return True


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """All of them, beside each other. The first error ends the others and is raised as it is."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
