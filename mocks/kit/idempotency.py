"""Idempotency-Key, profile `ietf` (draft-ietf-httpapi-idempotency-key-header-07), as a pure core.

Only outcomes of executed operations are kept. A refusal changed nothing, so the same key may succeed once its cause is
repaired; that is what lets a connector with deterministic keys re-drive a parked item.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

Kept = TypeVar("Kept")

KEY_LENGTH_MAX = 255
NS_PER_MS = 1_000_000
BARE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
QUOTED = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"')


class Scope(NamedTuple):
    """Keys of different clients or operations never meet."""

    client_id: str
    operation: str  # method and concrete path
    key: str


@dataclass(frozen=True, slots=True)
class Verdict(Generic[Kept]):
    """What to do with a request that carries a key. `outcome` is set for a replay."""

    what: Literal["fresh", "replay", "in_progress", "reused"]
    outcome: Kept | None = None


@dataclass(slots=True)
class _Entry(Generic[Kept]):
    payload_hash: str
    outcome: Kept | None
    kept_ns: int = 0  # when the outcome was


def parse_key(header: str) -> str | None:
    """The key of a header value: a quoted structured-field string or a bare token. None when it is neither, or too long."""
    value = header.strip()
    quoted = QUOTED.fullmatch(value)
    if quoted:
        value = re.sub(r"\\(.)", r"\1", quoted.group(1))
    elif not BARE.fullmatch(value):
        return None
    return value if 0 < len(value) <= KEY_LENGTH_MAX else None


class IdempotencyStore(Generic[Kept]):
    """Keys seen. ttl_ms: how long one is kept after its request was carried out; 0: for the lifetime of the world."""

    def __init__(self, now_ns: Callable[[], int] = lambda: 0, ttl_ms: int = 0) -> None:
        self._entries: dict[Scope, _Entry[Kept]] = {}
        self._now_ns = now_ns
        self._ttl_ns = ttl_ms * NS_PER_MS

    def begin(self, scope: Scope, payload_hash: str) -> Verdict[Kept]:
        """A request arrives. `fresh` reserves the key until `finish` or `abandon`."""
        entry = self._entries.get(scope)
        if entry is None or self._is_forgotten(entry):
            self._entries[scope] = _Entry(payload_hash, None)
            return Verdict("fresh")
        if entry.payload_hash != payload_hash:
            return Verdict("reused")
        if entry.outcome is None:
            return Verdict("in_progress")
        return Verdict("replay", entry.outcome)

    def finish(self, scope: Scope, outcome: Kept) -> None:
        """The operation was executed; from now on the key replays this. Raises KeyError when the key was not begun."""
        entry = self._entries[scope]
        entry.outcome, entry.kept_ns = outcome, self._now_ns()

    def _is_forgotten(self, entry: _Entry[Kept]) -> bool:
        """A request that is still being carried out keeps its key, however long it takes."""
        return bool(self._ttl_ns) and entry.outcome is not None and self._now_ns() - entry.kept_ns >= self._ttl_ns

    def abandon(self, scope: Scope) -> None:
        """Nothing was executed: the key is free again."""
        self._entries.pop(scope, None)

    def clear(self) -> None:
        """Every key is free again: the books that they spoke of are gone."""
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)
