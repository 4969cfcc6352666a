"""What a connector says of itself, over HTTP or in a file: never more of it is read than anybody can mean."""

import json
from pathlib import Path
from typing import Any

import aiohttp

from harness.bounded import read_bounded
from harness.errors import ConfigError, UsageError

ANSWER_MAX = 50_000_000  # bytes: a hundred thousand parked items


async def answer_of(response: aiohttp.ClientResponse) -> Any:
    """The decoded JSON of an answer. Raises ValueError: it is none, it is too long, or it nests without end."""
    data = bytearray()
    async for block in response.content.iter_chunked(1 << 16):
        data += block
        if len(data) > ANSWER_MAX:
            raise ValueError(f"the answer of {response.url.path} is longer than {ANSWER_MAX:,} bytes")
    return decoded(bytes(data))


def said_in(path: Path) -> Any:
    """The decoded JSON of a file, an empty list of items when it is not there. Raises ValueError as above."""
    if not path.exists():
        return {"items": []}
    try:
        return decoded(read_bounded(path, ANSWER_MAX))
    except (ConfigError, UsageError) as error:
        raise ValueError(error.message) from None


def decoded(data: bytes | str) -> Any:
    """Raises ValueError for what is no JSON, also when it nests deeper than anything can follow."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("the answer nests without end") from None
