"""Runs the seeded bugs and prints what was detected: `python -m tests.zoo.table [--standard] [--seed N] [BUG ...]`.

Each bug meets the faults that are declared for it (or, with --standard, the standard scenario). Columns: reached (its line was executed),
violated (what the judge said), verdict, and whether that is the declared reason.
"""

import argparse
import asyncio
import contextlib
import io
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from harness.run.verify import verify
from harness.stage.options import VerifyOptions
from tests.puppet.manifest import puppet_manifest
from tests.zoo.bugs import BUGS, Bug

SCENARIO = """\
name: zoo-{number}
title: "{title}"
volume: {{baseline: 2, repeats: 1}}
faults: {{include: [{faults}]}}
limits: {{discovery_rounds: 1, settle_s: 8, quiesce_s: 8, redrive_s: 8, solo: 0}}
"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One bug after its run. violated: ids with their number of rows; warned: the same for conduct."""

    bug: Bug
    reached: int
    exit_code: int
    violated: dict[str, int]
    seconds: float

    @property
    def detected(self) -> bool:
        """Any invariant spoke."""
        return bool(self.violated)

    @property
    def right_reason(self) -> bool:
        """One of the declared invariants spoke, and a bug that is more than conduct failed the run."""
        return bool(set(self.bug.accept) & set(self.violated)) and (self.bug.conduct or self.exit_code == 1)


def observe(bug: Bug, folder: Path, *, seed: int, standard: bool = False) -> Sighting:
    """Runs one bug in `folder`."""
    manifest = puppet_manifest(folder / "puppet", {bug.behaviour: {}})
    scenario = folder / "scenario.yaml"
    scenario.write_text(SCENARIO.format(number=bug.number, title=bug.title.replace('"', "'"), faults=", ".join(bug.faults)), "utf-8")
    run = folder / "run"
    options = VerifyOptions(scenario="standard" if standard else str(scenario), seed=seed, connector=manifest, out=run, quiet=True)
    with contextlib.redirect_stdout(io.StringIO()):
        code = asyncio.run(verify(options))
    verdict = json.loads((run / "verdict.json").read_text("utf-8"))
    violated = {row["id"]: row["violations"] for row in verdict["invariants"] if row["violations"] and row["id"] != "V01"}
    reached = (run / "connector.log").read_text("utf-8", "replace").count(f"canary {bug.behaviour}")
    return Sighting(bug, reached, code, violated, verdict["figures"].get("duration_s") or 0.0)


def line(sighting: Sighting) -> str:
    """One row of the table."""
    bug = sighting.bug
    words = " ".join(f"{name}x{count}" for name, count in sighting.violated.items()) or "-"
    mark = "yes" if sighting.right_reason else ("other" if sighting.detected else "NO")
    return f"{bug.number:>3}  {bug.behaviour:<28} {sighting.reached:>7}  {sighting.exit_code:>4}  {mark:<6} {words}"


def main(arguments: list[str]) -> int:
    """Exit code 0 when every bug was detected for its declared reason."""
    parser = argparse.ArgumentParser(prog="python -m tests.zoo.table")
    parser.add_argument("bugs", nargs="*", type=int, help="numbers; all when none is given")
    parser.add_argument("--standard", action="store_true", help="the standard scenario instead of the smallest one")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    sightings = []
    click.echo(f"{'#':>3}  {'bug':<28} {'reached':>7}  {'exit':>4}  {'right':<6} violated")
    for bug in BUGS:
        if chosen.bugs and bug.number not in chosen.bugs:
            continue
        with tempfile.TemporaryDirectory(prefix="dryclose-zoo-") as folder:
            sightings.append(observe(bug, Path(folder), seed=chosen.seed, standard=chosen.standard))
        click.echo(line(sightings[-1]))
    right = sum(sighting.right_reason for sighting in sightings)
    click.echo(f"{right} of {len(sightings)} detected for the declared reason")
    return 0 if right == len(sightings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
