"""`dryclose ...` in processes of their own that need not import it again.

Starting Python and loading dryclose is a good part of what a short run costs, so one process per tester loads it once, and forks for every
command. What is forked has its own standard streams, environment, directory and signals, and ends like any process. How dryclose itself
starts is for tests/scenario/bad_input/test_streams_and_shortage.py and test_bad_connectors.py, which begin from nothing.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
LOADED = (
    "harness.cli",
    "harness.commands",
    "harness.run.verify",
    "harness.run.replay",
    "harness.run.check",
    "harness.run.redrive_check",
    "harness.stage.up",
    "harness.demo.demo",
    "harness.load.command",
)
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
MESSAGE_BYTES = 1 << 20


class Command:
    """A running command; the members of `subprocess.Popen` that tests use, in text."""

    def __init__(self, arguments: tuple[str, ...], environment: Mapping[str, str], directory: Path) -> None:
        self.args = ("dryclose", *arguments)
        ours, theirs = socket.socketpair()
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        message = {"arguments": arguments, "environment": dict(environment), "directory": str(directory)}
        _ask(json.dumps(message).encode(), (out_write, err_write, theirs.fileno()))
        for descriptor in (out_write, err_write):
            os.close(descriptor)
        theirs.close()
        self._answers = ours.makefile("r")
        ours.close()
        self.stdout = os.fdopen(out_read, "r", encoding="utf-8")
        self.stderr = os.fdopen(err_read, "r", encoding="utf-8")
        self.pid = int(self._answers.readline())
        self.returncode: int | None = None
        self._ended = threading.Event()
        self._texts: dict[str, str] = {}
        threading.Thread(target=self._wait_for_it, daemon=True).start()

    def _wait_for_it(self) -> None:
        line = self._answers.readline()
        self.returncode = int(line) if line else -int(signal.SIGKILL)
        self._answers.close()
        self._ended.set()

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
        assert self.returncode is not None
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it said that nobody has read yet, when it has ended."""
        if not hasattr(self, "_readers"):
            self._readers = [threading.Thread(target=self._read, args=(name,), daemon=True) for name in ("stdout", "stderr")]
            for reader in self._readers:
                reader.start()
        self.wait(timeout)
        for reader in self._readers:
            reader.join()
        return self._texts["stdout"], self._texts["stderr"]

    def _read(self, name: str) -> None:
        self._texts[name] = getattr(self, name).read()

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@cache
def _loader() -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
    """The process that has loaded everything, and the connection to it; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MESSAGE_BYTES)
    command = [sys.executable, "-m", "tests.scenario.warm", str(theirs.fileno())]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL)
    theirs.close()
    return ours, process


def _ask(message: bytes, descriptors: tuple[int, ...]) -> None:
    connection, process = _loader()
    try:
        socket.send_fds(connection, [message], descriptors)
    except BrokenPipeError as error:
        raise AssertionError(f"the process that starts commands ended with {process.wait(10)}: an earlier test ended it") from error


def _serve(connection: socket.socket) -> None:
    """Fork for every message until nobody sends any more."""
    for module in LOADED:
        import_module(module)
    threads = list(Path("/proc/self/task").iterdir())
    assert len(threads) == 1, "a process with threads cannot be forked"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the minders
    while True:
        message, descriptors, _, _ = socket.recv_fds(connection, MESSAGE_BYTES, 3)
        if not message:
            return
        if os.fork() == 0:
            connection.close()
            _mind(json.loads(message), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _mind(message: dict[str, Any], out: int, err: int, answers: int) -> NoReturn:
    """Start the command, tell its number, wait for it, tell its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(answers)
        _become(message, out, err)
    for descriptor in (out, err):
        os.close(descriptor)
    for name in SIGNALS:  # what is meant for the command is not meant for its minder
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    os.write(answers, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(answers, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(message: dict[str, Any], out: int, err: int) -> NoReturn:
    """This process is the command from here on, and ends as a Python that was started for it would."""
    from harness.cli import main

    os.dup2(out, 1)
    os.dup2(err, 2)
    os.closerange(3, max(out, err) + 1)
    os.chdir(str(message["directory"]))
    os.environ.clear()
    os.environ.update(message["environment"])
    sys.argv = ["dryclose", *message["arguments"]]
    main()
    sys.exit(0)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
