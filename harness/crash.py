"""When dryclose itself is wrong: one sentence for the terminal, the details in crash.txt of the run directory."""

import platform
import traceback
from collections.abc import Sequence
from pathlib import Path

from harness.addresses import without_credentials

FILE = "crash.txt"


def crash_message(error: BaseException, arguments: Sequence[str]) -> str:
    """Write the details and say where they are. The directory is `error.run_directory` when the run had one, else the current one."""
    folder = Path(getattr(error, "run_directory", ".")).absolute()
    head = f"internal error: {type(error).__name__}: {str(error)[:300]}"
    for path in (folder / FILE, Path.home() / f"dryclose-{FILE}"):
        try:
            path.write_text(_details(error, arguments), "utf-8")
        except OSError:
            continue
        return f"{head}\nThis is a mistake of dryclose, not of the connector. Details: {path}"
    return f"{head}\nThis is a mistake of dryclose, not of the connector. The details could not be written anywhere."


def _details(error: BaseException, arguments: Sequence[str]) -> str:
    head = f"dryclose {' '.join(arguments)}\nPython {platform.python_version()} on {platform.platform()}\n\n"
    return without_credentials(head + "".join(traceback.format_exception(error)))
