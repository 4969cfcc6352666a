"""When the kill after an acknowledgement counts."""

import asyncio

import pytest

from harness.run import kills


def test_an_acknowledgement_that_is_seen_at_once_counts() -> None:
    """It comes while the harness looks every millisecond."""
    acked: list[str] = []

    async def play() -> bool:
        asyncio.get_running_loop().call_later(0.01, acked.append, "t1")
        return await kills._acked_now(acked, "t1")

    assert asyncio.run(play())


def test_no_acknowledgement_is_a_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's does not count, and the wait has an end."""
    monkeypatch.setattr(kills, "ACK_WAIT_S", 0.02)

    assert not asyncio.run(kills._acked_now(["t2"], "t1"))


def test_one_that_may_be_old_is_a_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the harness could not look for longer than that, the document may be finished already."""
    monkeypatch.setattr(kills, "ACK_TICK_S", 0.03)
    acked: list[str] = []

    async def play() -> bool:
        asyncio.get_running_loop().call_later(0.001, acked.append, "t1")
        return await kills._acked_now(acked, "t1")

    assert not asyncio.run(play())
