"""A connector of three engine processes on one PostgreSQL: one serves, two only work. Started by the manifest that `fleet` writes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from engine.cluster import cluster_of

WORKERS = 2
ENGINE = (sys.executable, "-P", "-m", "engine")


def fleet(folder: Path) -> Path:
    """The manifest: the reference engine's, with this file as its command."""
    own = Path(__file__).parents[3] / "engine" / "connector.toml"
    lines = own.read_text("utf-8").splitlines()
    head = [line for line in lines if not line.startswith(("name =", "command =", "pass_environment ="))]
    folder.mkdir()
    manifest = folder / "connector.toml"
    command = f'command = ["{{python}}", "{Path(__file__)}"]'
    manifest.write_text("\n".join(['name = "fleet"', command, *head]) + "\n", "utf-8")
    return manifest


def start(command: str, log: Path, address: str) -> "subprocess.Popen[bytes]":
    """One engine process with its own log."""
    with log.open("ab") as output:
        return subprocess.Popen([*ENGINE, command], env={**os.environ, "DATABASE_URL": address}, stdout=output, stderr=output)


def main() -> None:
    """All of them until SIGTERM."""
    state = Path(os.environ["STATE_DIR"])
    known = cluster_of(state).connection()
    address = f"postgresql://{known['user']}@/{known['database']}?host={known['host']}&port={known['port']}"
    names = ("serve", *(f"worker-{number}" for number in range(1, WORKERS + 1)))
    processes = [start("serve" if name == "serve" else "work", state / f"{name}.log", address) for name in names]
    signal.signal(signal.SIGTERM, lambda *_: [process.terminate() for process in processes])
    sys.exit(max(process.wait() for process in processes))


if __name__ == "__main__":
    main()
