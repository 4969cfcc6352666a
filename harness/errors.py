"""Everything that dryclose says when it cannot do what was asked, with the exit code of each.

    DrycloseError
    ├── UsageError        3  an argument, a path or a name that does not exist
    │   ├── ConfigError   3  a scenario or a manifest is wrong: file:line, what came, what would be valid
    │   ├── RunUnreadable 3  a directory is not a run, or is a damaged one
    │   └── MachineError  3  this machine has too little of something: memory, processes, open files
    ├── ConnectorError    2  the connector never started, died, or never received anything: no verdict is possible
    │   └── KillFailed    2  it was killed and is still there: caught where the run can go on
    ├── NoRoom            2  the disk is full: what is not written down proves nothing
    └── InternalError     4  dryclose itself is wrong

The command line prints the message and nothing else: no traceback reaches a terminal.
A message says what came, what was expected, where, and what to try next.
"""

from collections.abc import Iterable
from difflib import get_close_matches

EXIT_PASS = 0
EXIT_VIOLATION = 1
EXIT_NOT_ENOUGH_EVIDENCE = 2
EXIT_USAGE = 3
EXIT_INTERNAL = 4
EXIT_INTERRUPTED = 130


class DrycloseError(Exception):
    """The root: a message for a person, and the exit code of the process."""

    exit_code = EXIT_INTERNAL

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(DrycloseError):
    """The caller asked for something that does not exist or is not possible."""

    exit_code = EXIT_USAGE


class ConfigError(UsageError):
    """A scenario or a manifest is wrong. `where` is "file:line" or "file"."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where


class RunUnreadable(UsageError):  # noqa: N818 (the name that the judge's readers know)
    """A directory is not a run directory, or what is in it cannot be read."""


class MachineError(UsageError):
    """The machine gives less than this takes: memory, processes, open files."""


class NoRoom(DrycloseError):  # noqa: N818 (what there is none of)
    """The history or another file of the run cannot be written any more."""

    exit_code = EXIT_NOT_ENOUGH_EVIDENCE


class ConnectorError(DrycloseError):
    """The connector under test could not be brought to work, so nothing was judged."""

    exit_code = EXIT_NOT_ENOUGH_EVIDENCE


class KillFailed(ConnectorError):  # noqa: N818 (what happened)
    """The connector is still there after it was killed; nothing about crashes can be said. what: the evidence, in a few words."""

    def __init__(self, message: str, what: str) -> None:
        super().__init__(message)
        self.what = what


class InternalError(DrycloseError):
    """A mistake of dryclose, never of the connector."""

    exit_code = EXIT_INTERNAL


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """The end of a message about an unknown name: "did you mean 'standard'? Valid are: ..."."""
    choices = sorted(valid)
    close = get_close_matches(name, choices, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}Valid are: {', '.join(choices) or 'none'}"
