"""Codes that work once, sessions that end, and a feed that no reader can fill."""

import asyncio
from itertools import count

import pytest

from mocks.room.door import CODE_LIVES_S, CODES_MAX, SESSION_LIVES_S, SESSIONS_MAX, Door
from mocks.room.feed import PING, Feed, TooSlow


class Watch:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def door(watch: Watch) -> Door:
    """A door whose secrets can be told apart."""
    numbers = count()
    return Door(lambda: f"secret-{next(numbers)}", watch)


def test_a_code_opens_once() -> None:
    """What it leaves behind is a session; the code itself is dead."""
    one = door(Watch())
    code = one.code()
    session = one.exchange(code)
    assert session is not None
    assert one.admits(session)
    assert one.exchange(code) is None
    assert not one.admits(code)


def test_what_is_unknown_empty_or_foreign_opens_nothing() -> None:
    """Also letters that no code has."""
    one = door(Watch())
    one.code()
    assert [one.exchange(text) for text in ("", "secret-", "söcret-0", "\ud800")] == [None] * 4
    assert not one.admits(None)
    assert not one.admits("")


def test_codes_and_sessions_end() -> None:
    """A code that nobody used dies by itself, and a session with the day."""
    watch = Watch()
    one = door(watch)
    late, code = one.code(), one.code()
    session = one.exchange(code)
    watch.now = CODE_LIVES_S + 1
    assert one.exchange(late) is None
    assert one.admits(session)
    watch.now = SESSION_LIVES_S + 1
    assert not one.admits(session)


def test_codes_and_sessions_are_few() -> None:
    """The oldest ones go when too many are about."""
    one = door(Watch())
    codes = [one.code() for _ in range(CODES_MAX + 1)]
    assert one.exchange(codes[0]) is None
    sessions = [one.exchange(one.code()) for _ in range(SESSIONS_MAX + 1)]
    assert not one.admits(sessions[0])
    assert one.admits(sessions[-1])


def test_a_reader_gets_everything_after_its_number() -> None:
    """In order, with numbers, from the backlog and as it comes."""

    async def play() -> list[bytes]:
        feed = Feed(backlog=4)
        for number in range(3):
            feed.tell("story", number)
        reader = feed.read(1)
        first = [await anext(reader), await anext(reader)]
        feed.tell("story", "a\nb")
        return [*first, await anext(reader)]

    assert asyncio.run(play()) == [
        b"id: 2\nevent: story\ndata: 1\n\n",
        b"id: 3\nevent: story\ndata: 2\n\n",
        b'id: 4\nevent: story\ndata: "a\\nb"\n\n',
    ]


def test_a_reader_that_falls_behind_is_dropped() -> None:
    """The backlog is all that is kept; who needs more begins again."""

    async def play() -> None:
        feed = Feed(backlog=4)
        feed.tell("story", 0)
        reader = feed.read(0)
        await anext(reader)
        for number in range(5):
            feed.tell("story", number)
        with pytest.raises(TooSlow):
            await anext(reader)

    asyncio.run(play())


def test_a_silent_feed_pings() -> None:
    """So that both sides know that the other is there."""

    async def play() -> bytes:
        return await anext(Feed(ping_s=0.01).read(0))

    assert asyncio.run(play()) == PING


def test_a_number_of_another_life_is_not_held() -> None:
    """A browser may come back with the number of a feed that is gone."""
    feed = Feed(backlog=2)
    assert feed.holds(0)
    assert not feed.holds(7)
    for number in range(5):
        feed.tell("story", number)
    assert [feed.holds(number) for number in (2, 3, 5)] == [False, True, True]
