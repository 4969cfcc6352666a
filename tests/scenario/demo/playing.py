"""`dryclose demo` as its own process, and what it says."""

import contextlib
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

from tests.scenario.running import start
from tests.scenario.warm import Command

LINK = re.compile(r"http://\S+/room#code=\S+")


class Demo:
    """A demo that is on; its output is read as it comes."""

    def __init__(self, process: Command) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def text(self) -> str:
        """Everything that it said so far."""
        return "\n".join(self.lines)

    def until(self, what: str | Callable[[str], object], limit_s: float = 30.0) -> None:
        """Wait until it said this."""
        ends = monotonic() + limit_s
        while not (what in self.text if isinstance(what, str) else what(self.text)):
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.text}\n{self.errors()}"
            assert monotonic() < ends, f"it never said {what!r}:\n{self.text}"
            sleep(0.05)

    def link(self) -> str:
        """The newest link of the live page."""
        self.until("/room#code=")
        return LINK.findall(self.text)[-1]

    def stop(self) -> str:
        """Ctrl-C, and everything that it said. Raises AssertionError when it does not end well."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=30) == 0, self.text + self.errors()
        self._reader.join(timeout=5)
        return self.text

    def errors(self) -> str:
        """Standard error of a process that has ended."""
        return self.process.stderr.read() if self.process.poll() is not None else ""


@contextlib.contextmanager
def demo(out: Path, *arguments: object) -> Iterator[Demo]:
    """A demo that plays; stopped in any case."""
    one = Demo(start("demo", "--out", out, *arguments))
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGINT)
            one.process.wait(timeout=30)
