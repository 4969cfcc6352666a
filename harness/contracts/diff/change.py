"""One difference between two versions of a document."""

import json
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal["request", "response", "both"]
TEXT_MAX = 80


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


def shown(value: Any) -> str:
    """A value for people."""
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "..."
