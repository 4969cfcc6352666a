"""Canaries: scenarios that must fail. They prove that dryclose can see a bug.

A canary run ends like any other: with the exit code of its verdict, usually 1. When that verdict is not the expected one, dryclose
is blind, which is its own mistake: exit code 4.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from contracts.catalog import load_catalog
from harness.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_USAGE
from harness.scenario import Expect, load_scenario
from harness.stage.options import VerifyOptions


def expectation(scenario: str, rules: tuple[str, ...] = ()) -> Expect | None:
    """What the scenario says must come out, if it says so. rules: ids of the user's own invariants."""
    return load_scenario(scenario, load_catalog(), rules=rules).expect


def run_canary(options: VerifyOptions, expected: Expect, run: Callable[[VerifyOptions], int], say: Callable[[str], None]) -> int:
    """Run it and compare. Without --out its directory is runs/NAME, overwritten each time."""
    out = options.out or Path("runs") / Path(options.scenario).stem
    code = run(replace(options, out=out))
    if code in {EXIT_INTERRUPTED, EXIT_USAGE, EXIT_INTERNAL}:
        return code
    problems = missed(expected, code, json.loads((out / "verdict.json").read_text("utf-8")) if (out / "verdict.json").exists() else {})
    if problems:
        say(f"\nCANARY MISSED: dryclose did not see a bug that is there: {'; '.join(problems)}. Run directory: {out}")
        return EXIT_INTERNAL
    say(f"\nCANARY CAUGHT: this run had to end with exit code {expected.exit_code}{_broken(expected)}, and it did. Run directory: {out}")
    return code


def missed(expected: Expect, code: int, verdict: dict[str, Any]) -> list[str]:
    """What differs between the expectation and the run, in words."""
    violated = {entry.get("id") for entry in verdict.get("invariants", []) if entry.get("status") == "violated"}
    problems = [f"exit code {code} instead of {expected.exit_code}"] if code != expected.exit_code else []
    return problems + [f"{name} was not violated" for name in expected.invariants if name not in violated]


def _broken(expected: Expect) -> str:
    return f" and violate {', '.join(expected.invariants)}" if expected.invariants else ""
