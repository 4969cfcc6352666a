"""The harness's end of the guard: starts it, tells it what to watch, dismisses it."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")


class Guard:
    """One guard process; when this process ends without `dismiss`, it ends the connector."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def tell(self, **what: object) -> None:
        """A line for the guard; one that is gone cannot be told, and the run goes on."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
            self._process.stdin.flush()

    def dismiss(self) -> None:
        """Everything was closed properly."""
        self.tell(done=True)
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2.0)
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def guard(cleanup: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Guard]:
    """Beside one connector. In a session of its own: a closed terminal does not reach it."""
    process = subprocess.Popen(  # noqa: S603 (our own script)
        [sys.executable, "-P", str(GUARD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    standing = Guard(process)
    if cleanup:
        standing.tell(cleanup=list(cleanup), folder=str(folder), environment=dict(environment))
    try:
        yield standing
    finally:
        standing.dismiss()
