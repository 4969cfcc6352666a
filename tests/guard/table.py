"""Runs the correct designs and prints what the judge said: `python -m tests.guard.table [--scenario NAME] [--seeds N] [DESIGN ...]`.

One run after the other, in the standard scenario with seed 1 unless it is asked otherwise. Columns: exit code, seconds, experiments that
were void, inconclusive and contaminated, and the rules that were violated (warnings too) with their number of rows. Every code must be 0,
and no rule may warn that the design does not declare.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import click

from harness.stage.connector import free_port
from tests.guard.designs import CONNECTOR, DESIGNS, Design
from tests.scenario.outside import exported, running_already
from tests.scenario.running import document, run

NOT_EVIDENCE = ("void", "inconclusive", "contaminated")
PORTS = 8  # of a world, and of the connector beside it
LIMIT_S = 900.0
BY_CHANCE = frozenset({"K07", "V01"})  # pauses that jitter made shorter, a fault that a late machine spoilt


@dataclass(frozen=True, slots=True)
class Trial:
    """One design after one run. text: what a person saw; verdict: verdict.json, empty when there is none."""

    design: Design
    seed: int
    exit_code: int
    seconds: float
    verdict: dict[str, Any]
    text: str

    @property
    def alarms(self) -> dict[str, int]:
        """Rules that were violated, warnings included, with their number of rows."""
        return {row["id"]: row["violations"] for row in self.verdict.get("invariants", ()) if row["violations"]}

    @property
    def is_right(self) -> bool:
        """It passed, and nobody warned of what is not the design's own way."""
        return self.exit_code == 0 and self.alarms.keys() <= self.design.warned | self.design.warned_of_refusals | BY_CHANCE

    def line(self) -> str:
        """One row of the table."""
        experiments = self.verdict.get("experiments", {})
        unproven = "/".join(str(experiments.get(name, "?")) for name in NOT_EVIDENCE)
        alarms = " ".join(f"{name}x{count}" for name, count in self.alarms.items()) or "-"
        return f"{self.design.name:<16} {self.seed:>4}  {self.exit_code:>4}  {self.seconds:>7.1f}  {unproven:>10}  {alarms}"


def trial(design: Design, folder: Path, *, seed: int, scenario: str) -> Trial:
    """Runs one design in `folder`."""
    began, out = monotonic(), folder / "run"
    options = ("--scenario", scenario, "--seed", str(seed))
    if design.outside:
        done = _outside(design, folder, out, options)
    else:
        done = run("verify", *options, "--connector", design.write(folder / "connector"), "--out", out, timeout_s=LIMIT_S)
    verdict = document(out) if (out / "verdict.json").exists() else {}
    return Trial(design, seed, done.returncode, monotonic() - began, verdict, done.stdout + done.stderr)


def _outside(design: Design, folder: Path, out: Path, options: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
    """A first world tells the connector ports and secrets, a second one has the same."""
    base = free_port()  # the world takes this one and the next four
    port = base + PORTS - 1
    manifest = design.write(folder / "connector", url=f"http://127.0.0.1:{port}")
    asked = (*options, "--port-base", base, "--credentials", folder / "my.secrets", "--connector", manifest)
    environment = exported(folder / "up", *asked) | design.variables
    with running_already(Path(CONNECTOR), folder / "outside.log", environment, port=port, poll_interval_s=2):
        return run("verify", *asked, "--out", out, timeout_s=LIMIT_S)


def main(arguments: list[str]) -> int:
    """Exit code 0 when every run was right."""
    parser = argparse.ArgumentParser(prog="python -m tests.guard.table")
    parser.add_argument("designs", nargs="*", help="names; all when none is given")
    parser.add_argument("--scenario", default="standard")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--keep", type=Path, help="a folder for the run directories; without it they are thrown away")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.designs) - {design.name for design in DESIGNS}:
        parser.error(f"there is no design {', '.join(sorted(unknown))}; there are {', '.join(design.name for design in DESIGNS)}")
    click.echo(f"{'design':<16} {'seed':>4}  {'exit':>4}  {'seconds':>7}  {'void/in/co':>10}  violated")
    passed = [
        _tried(design, seed, chosen.scenario, chosen.keep)
        for seed in range(chosen.first, chosen.first + chosen.seeds)
        for design in DESIGNS
        if not chosen.designs or design.name in chosen.designs
    ]
    return 0 if all(passed) else 1


def _tried(design: Design, seed: int, scenario: str, keep: Path | None) -> bool:
    """Prints one row; whether it is right."""
    with tempfile.TemporaryDirectory(prefix="dryclose-guard-") as folder:
        place = keep / f"{design.name}-{seed}" if keep else Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        made = trial(design, place, seed=seed, scenario=scenario)
    click.echo(made.line())
    return made.is_right


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
