"""What a person may ask of a run; the command line fills these in."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the judge loads a database driver, and options are there before any command
    from harness.judge.guest_rules import GuestRule

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Network:
    """Where the mocks listen and whom they may call. port_base None: free ports; credentials: a file of secrets, None: new ones."""

    port_base: int | None = None
    host: str = "127.0.0.1"
    public_host: str | None = None
    control_host: str = "127.0.0.1"
    callback_hosts: tuple[str, ...] = LOOPBACK
    credentials: Path | None = None


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """`dryclose verify`.

    seed None: drawn and printed. connector None: the scenario's own, else the reference engine. out None: runs/<run id>.
    rules: the user's own, asked beside ours. strict: what is only warned of otherwise fails the run.
    """

    scenario: str = "standard"
    seed: int | None = None
    connector: Path | None = None
    out: Path | None = None
    network: Network = Network()
    quiet: bool = False
    rules: "tuple[GuestRule, ...]" = ()
    strict: bool = False


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """`dryclose replay RUN TXN`. out None: a folder `replay-TXN` inside the run."""

    run: Path
    txn_id: str
    repeats: int = 3
    out: Path | None = None
    network: Network = Network()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class RedriveOptions:
    """`dryclose redrive-check`. seed None: drawn. connector None: the reference engine. out None: runs/<run id>."""

    seed: int | None = None
    connector: Path | None = None
    out: Path | None = None
    network: Network = Network()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class UpOptions:
    """`dryclose up`: the world and a connector for people. env: print only export lines, start no connector."""

    scenario: str = "standard"
    seed: int | None = None
    connector: Path | None = None
    env: bool = False
    out: Path | None = None
    network: Network = Network()
