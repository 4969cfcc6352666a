"""Keyed random streams: the same key gives the same number, whatever else happened before."""

from collections.abc import Callable
from hashlib import blake2b

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SEPARATOR = "\x1f"  # occurs in no id, so two keys never join to one text


class Streams:
    """Draws of one seed. A draw depends on its key alone, so one more draw moves nothing else."""

    def __init__(self, seed: int, namespace: str = "") -> None:
        self._key = blake2b(f"{seed}{SEPARATOR}{namespace}".encode(), digest_size=32).digest()

    def draw(self, *parts: object) -> int:
        """A 64-bit number for this key."""
        text = SEPARATOR.join([str(part) for part in parts])
        return int.from_bytes(blake2b(text.encode(), key=self._key, digest_size=8).digest(), "big")

    def drawer(self, *prefix: object) -> Callable[[str], int]:
        """Draws below a fixed prefix: what a handler is given as `Call.draw`."""
        head = SEPARATOR.join([str(part) for part in prefix]) + SEPARATOR
        key = self._key

        def draw(name: str) -> int:
            return int.from_bytes(blake2b((head + name).encode(), key=key, digest_size=8).digest(), "big")

        return draw

    def text(self, length: int, *parts: object) -> str:
        """Letters and digits for this key: tokens, event ids. At most 48 characters carry chance."""
        digest = blake2b(SEPARATOR.join([str(part) for part in parts]).encode(), key=self._key, digest_size=32).digest()
        number = int.from_bytes(digest, "big")
        letters = []
        for _ in range(length):
            number, rest = divmod(number, len(ALPHABET))
            letters.append(ALPHABET[rest])
        return "".join(letters)

    def secret(self, size: int, *parts: object) -> bytes:
        """At most 64 bytes for this key."""
        return blake2b(SEPARATOR.join([str(part) for part in parts]).encode(), key=self._key, digest_size=size).digest()
