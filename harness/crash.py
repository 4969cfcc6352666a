"""When dryclose itself is wrong: one sentence for the terminal, the details in a file: crash.txt of the run directory, if there is one."""

import contextlib
import os
import platform
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from harness.addresses import without_credentials

FILE = "crash.txt"


def crash_message(error: BaseException, arguments: Sequence[str]) -> str:
    """Write the details and say where they are: in the run directory when the run had one, else in a file of its own among the
    temporary ones. The folder from which somebody called is nobody's place to write to."""
    head = f"internal error: {type(error).__name__}: {str(error)[:300]}\nThis is a mistake of dryclose, not of the connector."
    try:
        return f"{head} Details: {_written(_details(error, arguments), getattr(error, 'run_directory', None))}"
    except OSError:
        return f"{head} The details could not be written anywhere."


def _written(details: str, folder: Path | None) -> Path:
    if folder is not None:
        with contextlib.suppress(OSError):
            (folder / FILE).write_text(details, "utf-8")
            return (folder / FILE).absolute()
    descriptor, name = tempfile.mkstemp(prefix="dryclose-", suffix=f"-{FILE}")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(details)
    return Path(name)


def _details(error: BaseException, arguments: Sequence[str]) -> str:
    head = f"dryclose {' '.join(arguments)}\nPython {platform.python_version()} on {platform.platform()}\n\n"
    return without_credentials(head + "".join(traceback.format_exception(error)))
