"""Signals end a run, and a dying connector ends it with its last words."""

import asyncio
import os
import signal

import pytest

from harness.errors import EXIT_INTERRUPTED, ConnectorError
from harness.stage.interrupt import or_interrupted
from harness.stage.watchdog import unless_it_dies


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_what_was_opened_and_exits_130(number: signal.Signals) -> None:
    """Contexts are left in order, also when a second signal comes meanwhile."""
    closed = []

    async def body() -> int:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(10)
        finally:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.05)
            closed.append("world")
        return 0

    assert asyncio.run(or_interrupted(body())) == EXIT_INTERRUPTED
    assert closed == ["world"]


def test_a_cancellation_that_no_signal_caused_goes_on() -> None:
    """Somebody else's cancellation is not turned into an exit code."""

    async def body() -> int:
        raise asyncio.CancelledError

    async def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            await or_interrupted(body())

    asyncio.run(run())


class Mortal:
    """A connector that ends after a while."""

    def __init__(self, lives_s: float) -> None:
        self.lives_s = lives_s

    async def lost(self) -> ConnectorError:
        """As Connector.lost."""
        await asyncio.sleep(self.lives_s)
        return ConnectorError("ended with 3")


def test_a_connector_that_dies_ends_the_run() -> None:
    """The phases are cancelled, and the error says how it ended."""
    cancelled = []

    async def body() -> int:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise
        return 0

    with pytest.raises(ConnectorError, match="ended with 3"):
        asyncio.run(unless_it_dies(Mortal(0.01), body()))  # type: ignore[arg-type]
    assert cancelled == [True]


def test_a_connector_that_lives_does_not_disturb() -> None:
    """The result of the phases is handed on, and so are their errors."""

    async def body(error: Exception | None = None) -> int:
        if error:
            raise error
        return 7

    assert asyncio.run(unless_it_dies(Mortal(10), body())) == 7  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="mine"):
        asyncio.run(unless_it_dies(Mortal(10), body(ValueError("mine"))))  # type: ignore[arg-type]
