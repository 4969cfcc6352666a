"""ctrf.json: the same test cases as junit.xml in the Common Test Report Format.

pass is `passed`, fail is `failed`; void, inconclusive and contaminated are `other` with the verdict as rawStatus; not-applicable
things are `skipped`. A run without enough evidence has the failed test `verdict`, so that it cannot look green.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from reports.fields import Record, number, rows, table, text
from reports.headline import headline, name_of, verdict_of
from reports.junit import experiment_name, invariant_name, invariant_says, judged_experiments, reason_of, story_lines
from reports.reading import RunFiles, read_run, write_whole
from reports.violations import by_transaction

SPEC_VERSION = "0.0.0"
STATUSES = ("passed", "failed", "skipped", "pending", "other")


def write_ctrf(run_dir: Path) -> Path:
    """Write ctrf.json into the run directory. Raises ReportError."""
    return write_whole(run_dir / "ctrf.json", json.dumps(ctrf_document(read_run(run_dir)), indent=1, ensure_ascii=True) + "\n")


def ctrf_document(files: RunFiles) -> dict[str, Any]:
    """The document as plain values."""
    verdict = files.verdict or {}
    violations = by_transaction(rows(verdict, "violations"))
    tests = [_verdict_test(files), *(_invariant_test(row) for row in rows(verdict, "invariants"))]
    tests += [_experiment_test(row, violations.get(text(row, "txn_id"), [])) for row in judged_experiments(verdict)]
    start = _epoch_ms(text(files.manifest, "started_at"))
    stop = _epoch_ms(text(files.manifest, "finished_at")) or start
    versions = table(files.manifest, "versions")
    return {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "generatedBy": "dryclose",
        "results": {
            "tool": {"name": "dryclose", "version": text(versions, "dryclose", "unknown")},
            "summary": _summary(tests) | {"start": start, "stop": max(start, stop), "extra": _extra(files)},
            "tests": tests,
            "environment": {
                "appName": name_of(verdict, "connector") or "connector",
                "extra": {name: text(versions, name) for name in versions},
            },
        },
    }


def _extra(files: RunFiles) -> dict[str, Any]:
    verdict = files.verdict or {}
    return {
        "run_id": files.run_id,
        "seed": text(verdict, "seed"),
        "scenario": name_of(verdict, "scenario"),
        "verdict": verdict_of(files.verdict),
    }


def _summary(tests: Iterable[dict[str, Any]]) -> dict[str, int]:
    statuses = [test["status"] for test in tests]
    return {"tests": len(statuses)} | {name: statuses.count(name) for name in STATUSES}


def _verdict_test(files: RunFiles) -> dict[str, Any]:
    banner = headline(files)
    test: dict[str, Any] = {
        "name": "verdict",
        "status": "passed" if banner.verdict == "pass" else "failed",
        "duration": _duration_ms(files),
        "suite": ["run"],
    }
    test["rawStatus"] = banner.verdict
    if banner.verdict != "pass":
        test["message"] = "\n".join((banner.title, *banner.reasons))
    return test


def _invariant_test(row: Record) -> dict[str, Any]:
    status = text(row, "status")
    vacuous = status in {"vacuous", "not_applicable"}
    bad = status in {"violated", "error"} or (status == "vacuous" and row.get("required") is True)
    return {
        "name": invariant_name(row),
        "status": "failed" if bad else "skipped" if vacuous else "passed",
        "rawStatus": status,
        "duration": 0,
        "suite": ["run", "invariants"],
        "message": invariant_says(row),
        "tags": [tag for tag in (text(row, "family"), text(row, "severity")) if tag],
        "extra": {"origin": text(row, "origin", "dryclose")},
    }


def _experiment_test(row: Record, broken: list[Record]) -> dict[str, Any]:
    kind = text(row, "verdict", "no verdict")
    test: dict[str, Any] = {
        "name": experiment_name(row),
        "status": {"pass": "passed", "fail": "failed"}.get(kind, "other"),
        "rawStatus": kind,
        "duration": 0,
        "suite": [text(row, "flow", "no flow"), text(row, "wave", "no wave")],
        "tags": list(dict.fromkeys(text(violation, "invariant") for violation in broken)),
        "extra": {name: text(row, name) for name in ("txn_id", "template", "role", "plan", "outcome", "solo") if text(row, name)}
        | ({"cause": text(broken[0], "cause")} if broken else {}),
    }
    if kind == "fail":
        test["message"] = text(broken[0], "story") if broken else reason_of(row)
        test["trace"] = "\n".join(story_lines(broken))
    elif kind != "pass":
        test["message"] = reason_of(row)
    return test


def _duration_ms(files: RunFiles) -> int:
    seconds = number(table(files.verdict or {}, "figures"), "duration_s") or number(table(files.manifest, "figures"), "duration_s") or 0
    return max(0, round(seconds * 1000))


def _epoch_ms(stamp: str) -> int:
    try:
        return max(0, round(datetime.fromisoformat(stamp).timestamp() * 1000))
    except (ValueError, OverflowError, OSError):
        return 0
