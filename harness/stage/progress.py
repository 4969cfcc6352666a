"""What a person sees while a run is on: one line per phase, redrawn on a terminal, written once when done elsewhere."""

from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

Clock = Callable[[], float]  # monotonic seconds


class Phase:
    """One phase on the screen: `with progress.phase("wave-status") as phase: phase.show("12 of 40")`."""

    def __init__(self, console: Console | None, name: str, clock: Clock, *, live: bool) -> None:
        self._console = console
        self._live = live
        self._name = name
        self._clock = clock
        self._began = clock()
        self._text = ""
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if self._live and self._console is not None and self._console.is_terminal:
            self._status = self._console.status(Text(self._line()))
            self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._status is not None:
            self._status.stop()
        if self._console is not None:
            mark = "  " if kind is None else "! "
            self._console.print(f"{mark}{self._line()}", markup=False, highlight=False, soft_wrap=True)

    def show(self, text: str) -> None:
        """Replace the counts of this phase."""
        self._text = text
        if self._status is not None:
            self._status.update(Text(self._line()))

    def _line(self) -> str:
        return f"{self._name:<24} {self._clock() - self._began:6.1f} s  {self._text}"


def new_progress(*, quiet: bool) -> "Progress":
    """On standard error, so that standard output holds the result alone."""
    return Progress(None if quiet else Console(stderr=True), monotonic)


class Progress:
    """The screen of one run. console None: says nothing."""

    def __init__(self, console: Console | None, clock: Clock) -> None:
        self._console = console
        self._clock = clock

    def phase(self, name: str, *, live: bool = True) -> Phase:
        """A phase begins; use as a context. One beside another is not live: a terminal has one last line."""
        return Phase(self._console, name, self._clock, live=live)

    def say(self, text: str) -> None:
        """One line, at once."""
        if self._console is not None:
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)
