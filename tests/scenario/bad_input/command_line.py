"""The command line as a person uses it: a process, its exit code, what it printed."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.scenario.warm import Command

DRYCLOSE = Path(sys.executable).parent / "dryclose"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one command ended."""

    code: int
    out: str
    err: str


def dryclose(*arguments: object, cwd: Path, timeout_s: float = 240, env: dict[str, str] | None = None) -> Outcome:
    """Run one command. Whatever happens, no traceback may reach the terminal."""
    command = Command(tuple(map(str, arguments)), {**os.environ, **(env or {})}, cwd)
    try:
        out, err = command.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        command.kill()
        raise
    assert "Traceback" not in out + err
    return Outcome(command.wait(), out, err)
