"""How long to wait, and when not to call at all."""

from datetime import UTC, datetime

import pytest

from engine.clock import Entropy
from engine.model.failures import SystemDown
from engine.peers.breaker import OPENS_AFTER, Breaker
from engine.peers.waits import CAP_FACTOR, backoff_s, retry_after_s

pytestmark = pytest.mark.requirement("R09.05")

NOW = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)


def test_backoff_grows_and_is_capped() -> None:
    """Each wait is at least the one before until the cap; jitter only adds."""
    entropy = Entropy(1)
    waits = [backoff_s(0.05, attempt, entropy) for attempt in range(1, 12)]
    assert all(0.05 * 2**index <= wait <= 0.05 * 2**index * 1.25 for index, wait in enumerate(waits[:5]))
    assert max(waits) <= 0.05 * CAP_FACTOR * 1.25


@pytest.mark.parametrize(
    ("header", "server_date", "least", "most"),
    [
        ("3", None, 3, 3),
        (" 0 ", None, 0, 0),
        ("Sat, 21 Nov 2026 10:00:02 GMT", None, 2, 2.2),
        # Our clock is 5 s ahead of theirs: what counts is the distance that they meant.
        ("Sat, 21 Nov 2026 09:59:57 GMT", "Sat, 21 Nov 2026 09:59:55 GMT", 2, 2.2),
        ("Sat, 21 Nov 2026 09:00:00 GMT", None, 0, 0.2),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(header: str, server_date: str | None, least: float, most: float) -> None:
    """Too late is harmless, too early is not."""
    wait = retry_after_s(header, NOW, server_date)
    assert wait is not None
    assert least <= wait <= most


@pytest.mark.parametrize("header", [None, "", "soon", "-1", "1.5.2"])
def test_an_unreadable_retry_after_is_no_hint(header: str | None) -> None:
    """Backoff takes over."""
    assert retry_after_s(header, NOW) is None


class Ticks:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def breaker(ticks: Ticks) -> Breaker:
    """With a base of 100 ms and probes of 3 s."""
    return Breaker("erp", 0.1, 3.0, ticks, Entropy(1))


def opened(ticks: Ticks, retry_after: float | None = None) -> Breaker:
    """After enough evidence."""
    one = breaker(ticks)
    for _ in range(OPENS_AFTER):
        one.outage(retry_after)
    return one


def test_it_opens_only_after_several_outages_in_a_row() -> None:
    """One refused connection, or four with an answer between them, is not an outage."""
    ticks = Ticks()
    one = breaker(ticks)
    for _ in range(3):
        assert [one.outage(None) for _ in range(OPENS_AFTER - 1)] == [False] * (OPENS_AFTER - 1)
        one.answered()
    assert one.closed
    assert opened(ticks).closed is False


def test_an_open_breaker_refuses_and_says_how_long() -> None:
    """Retry-After of the system is obeyed."""
    ticks = Ticks()
    with pytest.raises(SystemDown) as down:
        opened(ticks, retry_after=2.0).admit("erp.po.create")
    assert down.value.retry_after_s == pytest.approx(2.0, abs=0.1)


def test_one_probe_at_a_time_and_an_answer_closes_it() -> None:
    """While the probe is on its way all others wait, but not for its whole deadline."""
    ticks = Ticks()
    one = opened(ticks)
    ticks.now += 1
    one.admit("probe")
    wait = one.waits_s()
    assert wait is not None
    assert wait < 1
    assert one.answered()
    assert one.waits_s() is None
    assert one.take_recovered()
    assert not one.take_recovered()


def test_a_failed_probe_makes_the_next_pause_longer() -> None:
    """Up to a cap."""
    ticks = Ticks()
    one = opened(ticks)
    pauses = []
    for _ in range(8):
        pauses.append(one.waits_s() or 0)
        ticks.now += 10
        one.admit("probe")
        one.outage(None)
    assert pauses[1] > pauses[0]
    assert max(pauses) <= 0.1 * 16 * 1.25


def test_a_probe_without_verdict_makes_room_for_another() -> None:
    """A timeout proves nothing either way."""
    ticks = Ticks()
    one = opened(ticks)
    ticks.now += 10
    one.admit("probe")
    one.no_verdict()
    assert one.closed is False
    ticks.now += 10
    one.admit("another probe")


def test_calls_that_were_under_way_do_not_lengthen_the_pause() -> None:
    """Fifty calls that fail together are one outage."""
    ticks = Ticks()
    one = opened(ticks)
    before = one.waits_s()
    for _ in range(50):
        one.outage(None)
    assert one.waits_s() == before
