"""What a person may ask of a load; the command line fills these in."""

from dataclasses import dataclass, field
from pathlib import Path

from harness.stage.options import Network

DEFAULT_MASTER_PORT = 5557  # Locust's own


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """`dryclose load`.

    workers: Locust processes on this machine (1: one process alone). remote: wait for so many workers from other machines at
    master_host:master_port. attach: addresses of a running world (its control port) instead of one of our own.
    """

    profile: str = "smoke"
    seed: int | None = None
    connector: Path | None = None
    attach: tuple[str, ...] = ()
    workers: int = 1
    remote: int = 0
    master_host: str = "127.0.0.1"
    master_port: int | None = None
    find_knee: bool = False
    out: Path | None = None
    network: Network = field(default_factory=Network)
    quiet: bool = False
