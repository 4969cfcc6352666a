"""Standard output and error that may lose their reader: what then cannot be read is dropped, and the exit code stays that of the work.

`dryclose verify | head -2` is a person who has seen enough, not a verdict. A disk that is full is another thing: what was asked for is not
there, and whoever writes to it is told.
"""

import errno
import io
import os
import sys
from typing import Any, TextIO

GONE = (errno.EPIPE, errno.EIO)  # EIO: the terminal was closed


class _Outlet(io.RawIOBase):
    """A descriptor from which a reader may walk away."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: Any, /) -> int:
        try:
            return os.write(self._descriptor, data)
        except OSError as error:
            if error.errno not in GONE:
                raise
            _to_nowhere(self._descriptor)
            return len(data)


def forgive_readers() -> None:
    """Replace both streams of this process. A stream that was closed before the start (`>&-`) leads nowhere, so that no file of a run
    takes its number."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            _to_nowhere(descriptor)
    sys.stdout, sys.stderr = _stream(1, sys.stdout), _stream(2, sys.stderr)


def _stream(descriptor: int, before: TextIO | None) -> TextIO:
    encoding = getattr(before, "encoding", None) or "utf-8"
    errors = "backslashreplace" if descriptor == 2 else getattr(before, "errors", None) or "strict"
    return io.TextIOWrapper(io.BufferedWriter(_Outlet(descriptor)), encoding=encoding, errors=errors, line_buffering=True)


def _to_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != descriptor:
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def close_outlets() -> None:
    """Nothing more is said. What a full disk did not take would raise once more when the interpreter ends, with an exit code of its own."""
    for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
        except OSError:
            _to_nowhere(descriptor)
