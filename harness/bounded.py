"""Files that somebody names: never more of them is read, nested or waited for than their kind can need.

A path may lead to a device without an end (`/dev/zero`), to a pipe into which nobody writes, or to a text of nothing but brackets.
"""

import os
import select
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from harness.errors import ConfigError, UsageError

WAIT_S = 10.0  # for what comes through a pipe, such as `<(generate-it)`
DEPTH_MAX = 100
_BLOCK = 1 << 16


def read_bounded(file: Path, most: int) -> bytes:
    """What is in the file. Raises UsageError: not there, not readable, silent; ConfigError: longer than `most` bytes."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            return _all_of(file, descriptor, most)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise UsageError(f"{file}: there is no such file") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}") from None


def _all_of(file: Path, descriptor: int, most: int) -> bytes:
    comes_later = not stat.S_ISREG(os.fstat(descriptor).st_mode)
    found = bytearray()
    while len(found) <= most:
        if comes_later and not select.select([descriptor], [], [], WAIT_S)[0]:
            raise UsageError(f"{file}: nothing came out of it within {WAIT_S:g} s, and it has no end; expected a file")
        block = os.read(descriptor, _BLOCK)
        if not block:
            return bytes(found)
        found += block
    raise ConfigError(str(file), f"it has more than {most:,} bytes; a file of its kind is smaller")


def read_text(file: Path, most: int, encoding: str = "utf-8") -> str:
    """The same as text. Raises ConfigError too when it is none."""
    try:
        return read_bounded(file, most).decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ConfigError(str(file), f"cannot be read: the file is not UTF-8 text (byte {error.start})") from None


def too_deep(text: str | bytes) -> int | None:
    """The line at which YAML nests deeper than anybody means, or None. Asked before anything recursive sees the text: a composer
    may end the whole process, and Python's own needs minutes for a text of brackets. Raises yaml.YAMLError."""
    return too_deep_events(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def too_deep_events(events: Iterable[Any]) -> int | None:
    """The same of events of a parser."""
    depth = 0
    for event in events:
        name = type(event).__name__
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        if depth > DEPTH_MAX:
            return int(event.start_mark.line) + 1
    return None
