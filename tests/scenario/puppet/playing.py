"""One small run with a puppet, and what came of it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.puppet.manifest import puppet_manifest
from tests.scenario.running import run

LIMITS = "limits: {settle_s: 6, quiesce_s: 6, redrive_s: 6, solo: 0, discovery_rounds: 0}"


@dataclass(frozen=True, slots=True)
class Played:
    """A run that is over. verdict: verdict.json, empty when there is none; text: what a person saw."""

    exit_code: int
    verdict: dict[str, Any]
    text: str

    @property
    def violated(self) -> dict[str, int]:
        """Invariants with the number of their violations."""
        return {row["id"]: row["violations"] for row in self.verdict["invariants"] if row["violations"]}

    def experiments(self, verdict: str) -> int:
        """How many experiments ended so."""
        return int(self.verdict["experiments"][verdict])


def play(
    folder: Path,
    script: dict[str, dict[str, Any]],
    *,
    faults: str = "none: true",
    extra: str = "",
    limits: str = LIMITS,
    number: int | None = None,
    **manifest: Any,
) -> Played:
    """A puppet through a scenario of its own, seed 1. faults: body of the scenario's `faults`; extra: further lines of it."""
    scenario = folder / "scenario.yaml"
    scenario.write_text(f"name: puppet\ntitle: one puppet\nfaults: {{{faults}}}\n{limits}\n{extra}\n", "utf-8")
    return play_in(str(scenario), folder, script, number=number, **manifest)


def play_in(scenario: str, folder: Path, script: dict[str, dict[str, Any]], *, number: int | None = None, **manifest: Any) -> Played:
    """A puppet through a scenario that is there, by name or path, seed 1."""
    connector = puppet_manifest(folder / "puppet", script, number=number, **manifest)
    out = folder / "run"
    done = run("verify", "--scenario", scenario, "--seed", 1, "--connector", connector, "--out", out)
    file = out / "verdict.json"
    verdict = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return Played(done.returncode, verdict, done.stdout + done.stderr)
