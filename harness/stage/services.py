"""What `prepare` left running, a database for instance: whether it still runs, and how it ended when it does not."""

import signal
from collections.abc import Iterable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Ended:
    """A service that is gone. code: as of a process that was waited for (negative: a signal); None when nobody knows."""

    pid: int
    name: str
    code: int | None

    @property
    def was_killed(self) -> bool:
        """A signal ended it, which is nothing that a service does by itself."""
        return self.code is not None and self.code < 0

    def words(self) -> str:
        """`postgres (pid 4711) was ended by SIGKILL`."""
        if self.code is None:
            how = "is gone"
        elif self.code >= 0:
            how = f"ended with exit code {self.code}"
        else:
            known = {number.value for number in signal.Signals}
            how = f"was ended by {signal.Signals(-self.code).name if -self.code in known else f'signal {-self.code}'}"
        return f"{self.name} (pid {self.pid}) {how}"


class Services:
    """The services of one connector."""

    def __init__(self, processes: Iterable[psutil.Process]) -> None:
        self._running = [(one, _name(one)) for one in processes]
        self._ended: list[Ended] = []

    def ended(self) -> list[Ended]:
        """Every one that is gone by now."""
        for one, name in list(self._running):
            try:
                code = one.wait(timeout=0)
            except psutil.TimeoutExpired:
                continue
            except psutil.Error:
                code = None
            self._running.remove((one, name))
            self._ended.append(Ended(one.pid, name, code))
        return list(self._ended)

    def forget(self) -> None:
        """What is gone by now went with the connector, by its own command."""
        self.ended()
        self._ended.clear()


def _name(one: psutil.Process) -> str:
    try:
        return one.name()[:40]
    except psutil.Error:
        return "a process"
