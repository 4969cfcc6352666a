"""Waiting for something that no event announces."""

import asyncio
from collections.abc import Callable
from time import monotonic

TICK_S = 0.002


async def until(condition: Callable[[], bool], limit_s: float, tick_s: float = TICK_S) -> bool:
    """Whether the condition came true within the limit."""
    deadline = monotonic() + limit_s
    while not condition():
        if monotonic() >= deadline:
            return False
        await asyncio.sleep(tick_s)
    return True
