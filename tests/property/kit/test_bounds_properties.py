"""Nothing a stranger sends gets past the bounds or breaks them."""

import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocks.kit.clock import BusinessClock, WorldClock
from mocks.kit.limits import DEPTH_MAX, RateLimiter, too_deep
from mocks.kit.paging import Cursors
from mocks.kit.streams import Streams

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(alphabet='ab"[]{}\\,: é', max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='x"[{\\', max_size=3), inner, max_size=3),
    max_leaves=25,
)
KEY_PARTS = st.text(max_size=20) | st.integers(-(2**31), 2**31) | st.datetimes().map(lambda moment: moment.replace(tzinfo=UTC))


def depth(value: object) -> int:
    """How deep arrays and objects nest."""
    if isinstance(value, dict):
        return 1 + max((depth(each) for each in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((depth(each) for each in value), default=0)
    return 0


@given(JSON, st.integers(0, 6))
def test_depth_is_the_depth(value: object, limit: int) -> None:
    """The scan of the bytes agrees with the decoded value, whatever is inside strings."""
    assert too_deep(msgspec.json.encode(value), limit) == (depth(value) > limit)


@given(st.binary(max_size=2000))
def test_depth_of_anything(raw: bytes) -> None:
    """Bytes that are no JSON do not break the scan."""
    assert too_deep(raw, DEPTH_MAX) in {True, False}


def test_depth_takes_linear_time() -> None:
    """A body of quotes that never close is scanned once, not once for each quote (which took four minutes)."""
    began = time.perf_counter()
    assert too_deep(b"[" * (DEPTH_MAX + 1) + b'"' + b'\\"' * 130_000)
    assert time.perf_counter() - began < 1


@given(st.lists(KEY_PARTS, min_size=1, max_size=3).map(tuple))
def test_cursor_round_trip(key: tuple[object, ...]) -> None:
    """The list that issued a cursor gets its sort key back, date-times included; another list gets nothing."""
    cursors = Cursors(b"secret")
    cursor = cursors.encode("erp.po.list", key)
    assert cursors.decode("erp.po.list", cursor) == key
    assert cursors.decode("erp.po.find", cursor) is None
    assert Cursors(b"other").decode("erp.po.list", cursor) is None


@given(st.text(max_size=100) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_invented_cursors_are_refused(cursor: str) -> None:
    """Nobody guesses a cursor, and no text breaks the decoder."""
    assert Cursors(b"secret").decode("erp.po.list", cursor) is None


@pytest.mark.requirement("R08.02")
@given(st.lists(st.integers(0, 2_000_000_000), min_size=1, max_size=60), st.integers(1, 20))
def test_rate_is_never_exceeded(gaps_ns: list[int], per_s: int) -> None:
    """In any second at most twice the rate passes (a full bucket and its refill), and a refusal names a wait of at least one second."""
    limiter = RateLimiter(per_s)
    now, passed = 0, []
    for gap in gaps_ns:
        now += gap
        allowance = limiter.take("c", now)
        if allowance.allowed:
            passed.append(now)
        assert allowance.reset_s >= 1
    for start in passed:
        assert sum(start <= moment < start + 1_000_000_000 for moment in passed) <= 2 * per_s


@given(st.lists(st.sampled_from(["now", "peek", "tick", "advance"]), max_size=40))
def test_business_time_of_changes_strictly_increases(moves: list[str]) -> None:
    """Two changes never have the same business time, however fast they follow each other."""
    ticks = [0]
    clock = BusinessClock(WorldClock(0.0, lambda: ticks[0]), datetime(2026, 10, 28, tzinfo=UTC))
    last = None
    for move in moves:
        if move == "tick":
            ticks[0] += 700
        elif move == "advance":
            clock.advance(timedelta(days=1))
        elif move == "peek":
            clock.peek()
        else:
            moment = clock.now()
            assert last is None or moment > last
            last = moment


@given(st.integers(0, 2**64), st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), unique=True, min_size=2, max_size=10))
def test_draws_depend_on_their_key_alone(seed: int, keys: list[tuple[str, str]]) -> None:
    """In whatever order draws are made, each key gives its number; different keys give different numbers."""
    forward = [Streams(seed).draw(*key) for key in keys]
    streams = Streams(seed)
    backward = [streams.drawer(key[0])(key[1]) for key in reversed(keys)][::-1]
    assert forward == backward
    if not any("\x1f" in part for key in keys for part in key):
        assert len(set(forward)) == len(keys)
