"""Named streams of draws from one seed: one more draw in a stream moves nothing in another.

Built on BLAKE2b alone, so that the same seed gives the same draws on every machine and Python version.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

_T = TypeVar("_T")


def draw(seed: int, *names: object) -> int:
    """A 64-bit number that depends on the seed and the names only."""
    text = "\x1f".join(str(name) for name in (seed, *names))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class Stream:
    """A sequence of draws with a name of its own."""

    __slots__ = ("_count", "_names", "_seed")

    def __init__(self, seed: int, *names: object) -> None:
        self._seed = seed
        self._names = names
        self._count = 0

    def below(self, limit: int) -> int:
        """The next number in [0, limit)."""
        self._count += 1
        return draw(self._seed, *self._names, self._count) % limit

    def pick(self, values: Sequence[_T]) -> _T:
        """One of the values."""
        return values[self.below(len(values))]
