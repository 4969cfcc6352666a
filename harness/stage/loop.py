"""The one way in which the command line starts a run."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from harness.stage.interrupt import SIGNALS

T = TypeVar("T")


def run_until_done(body: Coroutine[Any, Any, T]) -> T:
    """Run on a fresh event loop; what the body returns. From here on there is something to clean up, so an interruption is an exception."""
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    return asyncio.run(body)
