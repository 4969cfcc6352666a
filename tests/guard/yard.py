"""A supervisor as people have them: connectors run inside it, and who started one holds nothing of it but a connection.

    prepare = ["{python}", "yard.py", "open"]      cleanup = ["{python}", "yard.py", "close"]
    command = ["{python}", "yard.py", "run", "{python}", "connector.py"]
    kill = ["{python}", "yard.py", "kill"]

Killing the process of `run` leaves the connector alone, as killing `docker run` does; only the supervisor takes it away. It listens on a
socket in the folder where it was opened.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

DOOR = "yard.sock"  # relative: the path of a socket may not be long
OPENS_WITHIN_S = 10


def ask(**request):
    """The answer of the yard, which comes when the request is done."""
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(DOOR)
        door.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(door.makefile().readline() or "null")


class Yard:
    """What runs here: one connector at most."""

    def __init__(self):
        self._inside = None

    def run(self, command, environment):
        """Starts it in a session of its own; its exit code."""
        self._inside = subprocess.Popen(command, env=environment, start_new_session=True, stdin=subprocess.DEVNULL)
        return self._inside.wait()

    def send(self, number):
        """Signals everything of it, and waits for its end."""
        if self._inside and self._inside.poll() is None:
            os.killpg(self._inside.pid, number)
            self._inside.wait()

    def answer(self, door):
        """One request of one client."""
        with door:
            line = door.makefile().readline()
            if not line:
                return  # somebody only looked whether it is open
            request = json.loads(line)
            code = self.run(request["command"], request["environment"]) if "command" in request else self.send(request["signal"])
            try:
                door.sendall(json.dumps(code).encode() + b"\n")
            except OSError:
                return  # whoever asked has gone
        if request.get("close"):
            os._exit(0)

    def serve(self):
        """Until it is closed."""
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(DOOR)
            door.listen()
            while True:
                threading.Thread(target=self.answer, args=(door.accept()[0],), daemon=True).start()


def open_yard():
    """Leaves it running and returns when it can be asked."""
    Path(DOOR).unlink(missing_ok=True)
    subprocess.Popen([sys.executable, __file__, "serve"], start_new_session=True)
    deadline = time.monotonic() + OPENS_WITHIN_S
    while not _is_open() and time.monotonic() < deadline:
        time.sleep(0.02)


def _is_open():
    with socket.socket(socket.AF_UNIX) as door:
        return door.connect_ex(DOOR) == 0


def run(command):
    """Stays as long as the connector does; SIGTERM is passed on."""
    signal.signal(signal.SIGTERM, lambda *_: ask(signal=signal.SIGTERM))
    return ask(command=command, environment=dict(os.environ))


def main(what, *command):
    """The exit code."""
    if what == "serve":
        Yard().serve()
    elif what == "open":
        open_yard()
    elif what == "run":
        return max(0, run(command))
    else:
        ask(signal=signal.SIGKILL, close=what == "close")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
