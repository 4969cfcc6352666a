"""Every process that a connector started, also in a session of its own: found by descent, so nothing else is ever killed.

On Linux this process adopts orphans of its descendants, so that one that detached itself is still found.
"""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Iterable

import psutil

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h

Known = frozenset[psutil.Process]  # alike by pid and birth since the machine started: pids come again, and clocks are set while we run


def adopt_orphans() -> None:
    """Descendants whose parent ends become children of this process. Does nothing where the platform cannot."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def known() -> Known:
    """The descendants of this process now."""
    return frozenset(_below(os.getpid()))


def since(before: Known) -> list[psutil.Process]:
    """Descendants of this process that were not there before. What a process starts that was there is its own business: a database
    that is a service has a process of its own for each connection."""
    return [one for child in adopted_since(before) for one in (child, *_below(child.pid))]


def adopted_since(before: Known) -> list[psutil.Process]:
    """Children of this process that were not there before: of a service the one that the others belong to."""
    return [child for child in _children(os.getpid()) if child not in before]


def below(pid: int) -> list[psutil.Process]:
    """Descendants of one process."""
    return _below(pid)


def kill(processes: Iterable[psutil.Process]) -> None:
    """SIGKILL. What has ended meanwhile is left alone."""
    for one in processes:
        with contextlib.suppress(psutil.Error):
            one.send_signal(signal.SIGKILL)


def still_alive(processes: Iterable[psutil.Process], timeout_s: float) -> list[psutil.Process]:
    """Those that are there after so long; a zombie is gone."""
    _, alive = psutil.wait_procs(list(processes), timeout=timeout_s)
    return [one for one in alive if _runs(one)]


def words(processes: Iterable[psutil.Process]) -> str:
    """`123 postgres, 124 python`."""
    found = []
    for one in processes:
        with contextlib.suppress(psutil.Error):
            found.append(f"{one.pid} {one.name()[:40]}")
    return ", ".join(found)


def _runs(one: psutil.Process) -> bool:
    try:
        return one.is_running() and one.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _children(pid: int) -> list[psutil.Process]:
    try:
        return [one for one in psutil.Process(pid).children() if _runs(one)]
    except psutil.Error:
        return []


def _below(pid: int) -> list[psutil.Process]:
    try:
        return [one for one in psutil.Process(pid).children(recursive=True) if _runs(one)]
    except psutil.Error:
        return []
