"""Named streams of chance: one more draw in one stream moves nothing in another."""

import hashlib
from random import Random


def stream(seed: int, *names: str) -> Random:
    """The stream of this name; the same seed and name give the same draws on every machine."""
    text = "/".join((str(seed), *names))
    return Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big"))  # noqa: S311 (reproducible on purpose)
