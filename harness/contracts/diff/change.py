"""One difference between two versions of a document."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["request", "response", "both"]


@dataclass(frozen=True, slots=True)
class Change:
    """Where (a JSON pointer, into the old document for what is gone or changed, into the new one for what was added) and what."""

    breaking: bool
    pointer: str
    text: str


def line(change: Change) -> str:
    """For people."""
    return f"{'BREAKING   ' if change.breaking else 'compatible '} {change.pointer}  {change.text}"


def opposite(direction: Direction) -> Direction:
    """Who sends and who reads, the other way round."""
    return {"request": "response", "response": "request", "both": "both"}[direction]  # type: ignore[return-value]
