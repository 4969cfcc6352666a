"""The command line as a person uses it: a process, its exit code, what it printed."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

DRYCLOSE = Path(sys.executable).parent / "dryclose"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one command ended."""

    code: int
    out: str
    err: str


def dryclose(*arguments: object, cwd: Path, timeout_s: float = 60, env: dict[str, str] | None = None) -> Outcome:
    """Run one command. Whatever happens, no traceback may reach the terminal."""
    command = [str(DRYCLOSE), *map(str, arguments)]
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=timeout_s, env={**os.environ, **(env or {})}, check=False
    )
    assert "Traceback" not in done.stdout + done.stderr
    return Outcome(done.returncode, done.stdout, done.stderr)
