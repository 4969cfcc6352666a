"""Keyed random streams: the same key gives the same number, whatever else happened before."""

from hashlib import blake2b

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SEPARATOR = "\x1f"  # occurs in no id, so two keys never join to one text


class Drawer:
    """Draws below a prefix that may become known later: what a handler is given as `Call.draw`."""

    __slots__ = ("_keyed", "prefix")

    def __init__(self, keyed: "blake2b", prefix: str = "") -> None:
        self._keyed = keyed
        self.prefix = prefix

    def __call__(self, name: str) -> int:
        hasher = self._keyed.copy()  # the key block is hashed once, in the original
        hasher.update((self.prefix + name).encode())
        return int.from_bytes(hasher.digest(), "big")


def joined(*parts: object) -> str:
    """A prefix for a Drawer: these parts, then room for the name."""
    return SEPARATOR.join([*map(str, parts), ""])


class Streams:
    """Draws of one seed. A draw depends on its key alone, so one more draw moves nothing else."""

    def __init__(self, seed: int, namespace: str = "") -> None:
        self._key = blake2b(f"{seed}{SEPARATOR}{namespace}".encode(), digest_size=32).digest()
        self._keyed = blake2b(key=self._key, digest_size=8)

    def draw(self, *parts: object) -> int:
        """A 64-bit number for this key."""
        hasher = self._keyed.copy()
        hasher.update(SEPARATOR.join(map(str, parts)).encode())
        return int.from_bytes(hasher.digest(), "big")

    def drawer(self, *prefix: object) -> Drawer:
        """Draws below a fixed prefix."""
        return Drawer(self._keyed, joined(*prefix) if prefix else "")

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
