"""The one way in which the command line starts a run."""

import asyncio
from collections.abc import Coroutine
from typing import Any


def run_until_done(body: Coroutine[Any, Any, int]) -> int:
    """Run on a fresh event loop; the exit code."""
    return asyncio.run(body)
