"""load.json: every figure of a load, its limits, and the exit code together with the judge's word. Pure but for `write`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import EXIT_NOT_ENOUGH_EVIDENCE, EXIT_PASS, EXIT_VIOLATION
from harness.load import figures
from harness.load.drive import Driven
from harness.load.facts import Facts
from harness.load.limits import Held, limits_held, missed_texts, saturation, untested_texts
from harness.load.profile import Profile
from harness.load.search import Search

SCHEMA = 1
FILE = "load.json"
WORDS = {EXIT_PASS: "pass", EXIT_VIOLATION: "fail", EXIT_NOT_ENOUGH_EVIDENCE: "inconclusive"}


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What came of one load."""

    document: dict[str, Any]
    limits: tuple[Held, ...]
    exit_code: int


def outcome(profile: Profile, driven: Driven, facts: Facts, judged: dict[str, Any]) -> LoadResult:
    """profile.flows: those that are played; judged: run_id, seed, verdict, exit_code, connector, reasons of the judge's verdict."""
    window, drain_limit = driven.window, profile.limits.drain_s
    measured: dict[str, Any] = {
        "rates": figures.rates(driven, facts.journeys),
        "latency": figures.latency(facts.journeys, profile.flows, window, drain_limit),
        "people": figures.people(driven.clicks),
        "connector_calls": figures.connector(facts.calls),
        "throttling": figures.throttling(
            facts.throttled, facts.throttled_shared, profile.world.rate_limit_per_s if driven.hosted else None
        ),
        "maintenance": figures.maintenance(facts.journeys, window, profile.maintenance.system if profile.maintenance else ""),
        "series": figures.series(driven, facts.journeys),
        "cpu": figures.cpu(driven.cpu),
        "generator": {"processes": driven.processes},
    }
    held = limits_held(profile, facts.journeys, driven.clicks, window, measured)
    measured["saturation"], doubts = saturation(profile.saturation, driven)
    missed, untested = missed_texts(held), untested_texts(held)
    code = exit_code(judged["exit_code"], missed=bool(missed), doubtful=bool(doubts), untested=bool(untested))
    reasons = [*doubts, *(f"limit missed: {text}" for text in missed), *untested, *_judged(judged)]
    head = {
        "schema": SCHEMA,
        "run_id": judged["run_id"],
        "seed": judged["seed"],
        "connector": judged["connector"],
        "verdict": WORDS[code],
        "exit_code": code,
        "reasons": reasons,
        "judge": {"verdict": judged["verdict"], "exit_code": judged["exit_code"]},
        "attached": not driven.hosted,
        "profile": profile.resolved() if driven.hosted else {**profile.resolved(), "world": None},
        "limits": [one.row() for one in held],
    }
    return LoadResult({**head, **measured}, tuple(held), code)


def with_knee(result: LoadResult, search: Search, judged: int) -> LoadResult:
    """The outcome of the best probe, with the whole search: found is a pass, unless the judge says otherwise."""
    if judged == EXIT_VIOLATION or search.sustained is None:
        code = EXIT_NOT_ENOUGH_EVIDENCE if judged != EXIT_VIOLATION and search.broken is None else EXIT_VIOLATION
    else:
        code = EXIT_PASS if judged == EXIT_PASS and search.broken is not None else EXIT_NOT_ENOUGH_EVIDENCE
    reasons = [reason for reason in result.document["reasons"] if reason.startswith("judge: ")]
    if code != EXIT_PASS:
        reasons.append(search.sentence())
    head = {"verdict": WORDS[code], "exit_code": code, "reasons": reasons, "knee": search.document()}
    return LoadResult({**result.document, **head}, result.limits, code)


def exit_code(judged: int, *, missed: bool, doubtful: bool, untested: bool) -> int:
    """A violation is a proof, whatever the load. Without one, a doubtful measurement says nothing about limits; a limit that a sound one
    shows as missed is missed, whatever was not tested beside it."""
    if judged == EXIT_VIOLATION:
        return EXIT_VIOLATION
    if doubtful or judged != EXIT_PASS:
        return EXIT_NOT_ENOUGH_EVIDENCE
    if missed:
        return EXIT_VIOLATION
    return EXIT_NOT_ENOUGH_EVIDENCE if untested else EXIT_PASS


def _judged(judged: dict[str, Any]) -> list[str]:
    return [f"judge: {reason}" for reason in judged["reasons"]] if judged["exit_code"] != EXIT_PASS else []


def write(run_dir: Path, document: dict[str, Any]) -> Path:
    """Replace load.json in one step."""
    path = run_dir / FILE
    draft = run_dir / f"{FILE}.part"
    draft.write_text(json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8")
    draft.replace(path)
    return path
