"""A load that does not come to its end: its run directory says why, whatever happened and wherever the world was."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import DrycloseError
from harness.run.leave import give_up
from harness.run.progress import Progress
from harness.run.setup import Setup


@contextmanager
def or_given_up(setup: Setup, progress: Progress) -> Iterator[None]:
    """No way out of the body leaves a directory that says "running"."""
    try:
        yield
    except asyncio.CancelledError:
        give_up(setup, "interrupted", "interrupted by a signal (Ctrl-C or SIGTERM)", progress)
        raise
    except DrycloseError as error:
        give_up(setup, "failed", error.message, progress)
        raise
    except Exception as error:
        give_up(setup, "failed", f"internal error: {type(error).__name__}: {error}", progress)
        error.run_directory = setup.directory.path  # type: ignore[attr-defined]  # where the command line puts crash.txt
        raise
