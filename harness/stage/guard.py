"""Ends a connector whose harness is gone: `python guard.py`, one process beside each connector, told by lines of JSON on its input.

{"watch": pid}                         this process and everything below it belong to the connector
{"cleanup": [...], "folder": "...", "environment": {...}}   what stops the services that its `prepare` started
{"done": true}                         the harness has seen to everything itself

When the input ends before `done`, the harness was killed (SIGKILL, a closed terminal, a crash): nothing of a run may live on and do the
work of the next one. A script of its own, so that it starts fast and shares no state with what it watches over.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from typing import Any

import psutil

LOOK_S = 1.0  # how often the tree is looked at: who leaves it later than that is still found below its parent
CLEANUP_S = 20.0


def main() -> None:
    """Until the input ends."""
    told: dict[str, Any] = {}
    tree: dict[tuple[int, float], psutil.Process] = {}
    buffer = b""
    while True:
        ready, _, _ = select.select([sys.stdin.fileno()], [], [], LOOK_S)
        if ready:
            read = os.read(sys.stdin.fileno(), 65_536)
            if not read:
                break
            *lines, buffer = (buffer + read).split(b"\n")
            for line in lines:
                told |= json.loads(line)
        if told.get("done"):
            return
        _look(told, tree)
    _end(told, tree)


def _look(told: dict[str, Any], tree: dict[tuple[int, float], psutil.Process]) -> None:
    with contextlib.suppress(psutil.Error, KeyError):
        root = psutil.Process(told["watch"])
        for one in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                tree.setdefault((one.pid, one.create_time()), one)


def _end(told: dict[str, Any], tree: dict[tuple[int, float], psutil.Process]) -> None:
    _look(told, tree)
    for one in tree.values():
        with contextlib.suppress(psutil.Error):
            one.send_signal(signal.SIGKILL)
    if told.get("cleanup"):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(  # noqa: S603 (the manifest's own command)
                told["cleanup"], cwd=told["folder"], env=told["environment"], timeout=CLEANUP_S, check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip


if __name__ == "__main__":
    main()
