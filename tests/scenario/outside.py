"""A connector that its owner starts, for a world whose ports and secrets are known before it opens."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.scenario.running import start


@contextmanager
def running_already(program: Path, log: Path, environment: Mapping[str, str], *, port: int, poll_interval_s: float) -> Iterator[None]:
    """The connector, started by its owner with the values that `dryclose up --env` printed, and with a port and hints of its own."""
    own = {"PORT": str(port), "POLL_INTERVAL_S": str(poll_interval_s), "RETRY_BASE_MS": "50"}
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, program], env={**os.environ, **environment, **own}, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def exported(folder: Path, *options: object) -> dict[str, str]:
    """What `dryclose up --env` prints; its world is closed again."""
    process = start("up", "--env", *options, "--out", folder)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("export POLL_INTERVAL_S"):
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0
    words = (shlex.split(line.removeprefix("export "))[0].partition("=") for line in lines)
    return {name: value for name, _, value in words}
