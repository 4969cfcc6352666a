"""Ids as a system draws them: from the stream of the call that makes the object, so that the same call makes the same ids."""

from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from mocks.kit.operation import Call

ID_SPACE = 2**53  # an integer id survives JavaScript
NUMBER_SPACE = 10**8
DRAWS_MAX = 64

_T = TypeVar("_T", str, int)


def draw_id(call: Call, name: str) -> int:
    """An integer id."""
    return call.draw(f"{name}.id") % ID_SPACE


def draw_uuid(call: Call, name: str) -> str:
    """A version 4 UUID."""
    return str(UUID(int=call.draw(f"{name}.uuid.high") << 64 | call.draw(f"{name}.uuid.low"), version=4))


def free(make: Callable[[str], str], name: str, taken: Callable[[str], bool]) -> str:
    """The first id made of a draw that is not taken: a stream may collide with another transaction's. Raises RuntimeError."""
    return _first((make(name if attempt == 0 else f"{name}.{attempt}") for attempt in range(DRAWS_MAX)), taken, name)


def free_number(call: Call, name: str, id_of: Callable[[int], str], taken: Callable[[str], bool], *, space: int = NUMBER_SPACE) -> int:
    """The same where the id is made of a running number, which is kept too: the first number below `space`. Raises RuntimeError."""
    numbers = (call.draw(f"{name}.number.{attempt}") % space for attempt in range(DRAWS_MAX))
    return _first(numbers, lambda number: taken(id_of(number)), name)


def _first(made: Iterable[_T], taken: Callable[[_T], bool], name: str) -> _T:
    for found in made:
        if not taken(found):
            return found
    raise RuntimeError(f"{name}: {DRAWS_MAX} draws gave taken ids")
