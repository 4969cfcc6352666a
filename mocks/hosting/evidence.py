"""A world without a history is no witness: when its file takes no more rows, everything that goes on in it ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from mocks.kit.recorder import Recorder


class HistoryLost(Exception):  # noqa: N818 (what happened)
    """The history cannot be written any more; what was written before is whole."""


class Evidence:
    """Ends the current task when the recorder loses its file."""

    def __init__(self, recorder: Recorder) -> None:
        self._task = asyncio.current_task()
        self._ends = True
        self.lost: OSError | None = None
        recorder.on_lost = self._take

    def _take(self, error: OSError) -> None:
        self.lost = error
        if self._ends and self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """From here on the world is being stopped, which nothing may cut short."""
        cancelled = self._ends and self.lost is not None and self._task is not None
        self._ends = False
        if cancelled:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0)  # takes the cancellation when nobody else has
            if self._task is not None:
                self._task.uncancel()


@contextlib.asynccontextmanager
async def kept_evidence(recorder: Recorder) -> AsyncIterator[Evidence]:
    """Raises HistoryLost in place of whatever the body comes to after its history was lost."""
    evidence = Evidence(recorder)
    try:
        yield evidence
    except BaseException as error:
        if evidence.lost is not None:
            raise HistoryLost(_words(evidence.lost)) from error
        raise
    if evidence.lost is not None:
        raise HistoryLost(_words(evidence.lost))


def _words(error: OSError) -> str:
    return f"the history cannot be written any more: {error.strerror or error}"
