"""Where the database is. Apart from what talks to it, so that a command which only stops a server loads no driver."""

from dataclasses import dataclass
from typing import Any


class DatabaseError(Exception):
    """No database: where, why, what to try."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the database is: keyword arguments of asyncpg, and a name for messages that holds no password."""

    arguments: dict[str, Any]
    shown: str
