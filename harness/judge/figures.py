"""Numbers beside the verdict: straight-through rate, parking, interference of waves with their controls, noise, speed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from harness.judge.checks import fetch
from harness.judge.queries import query
from harness.judge.verdict import JsonObject

# A wave disturbed its controls when more of them met answers that no fault explains, than the baselines did.
CONTROLS_DISTURBED_MIN = 3
SHARE_ABOVE_BASELINE = 0.1


@dataclass(frozen=True, slots=True)
class Parked:
    """How the connector can declare parked items (http, file, command, nothing) and whether it can be re-driven."""

    declared_by: str
    redrive: bool


def straight_through(con: duckdb.DuckDBPyConnection) -> JsonObject:
    """Posted without parking / expected to be posted, per fault family; "none" for transactions that met no fault, "all" in total."""
    rows = fetch(con, query("straight_through"))
    return {
        row["family"]: {
            "posted": row["posted"],
            "expected": row["expected"],
            "rate": round(row["posted"] / row["expected"], 4) if row["expected"] else None,
        }
        for row in rows
    }


def parking(con: duckdb.DuckDBPyConnection, how: Parked, violated: Mapping[str, int]) -> JsonObject:
    """Both directions: declared but posted (C04), neither posted nor declared (C03); and whether re-driving was proven.

    violated: violating rows by invariant."""
    row = fetch(con, query("parking"))[0]
    retryable = int(row["retryable"])
    if not row["items"]:
        recovery = "nothing was parked"
    elif not how.redrive or not row["redriven"]:
        recovery = "unproven: the connector declares no redrive" if not how.redrive else "unproven: nothing was re-driven"
    else:
        recovery = "failed" if violated.get("L08") else "proven" if retryable else "unproven: nothing parked was retryable"
    counts = {name: int(value or 0) for name, value in row.items()}
    return {
        "declared_by": how.declared_by,
        **counts,
        "declared_but_posted": violated.get("C04", 0),
        "lost": violated.get("C03", 0),
        "recovery": recovery,
    }


def interference(con: duckdb.DuckDBPyConnection) -> tuple[JsonObject, set[str]]:
    """Per wave what its fault-free controls met, beside the baselines; and the waves that disturbed their controls."""
    rows = {row["wave"]: row for row in fetch(con, query("interference"))}
    baseline = [row for row in rows.values() if row["baseline"]]
    normal = sum(row["disturbed"] for row in baseline) / max(1, sum(row["controls"] for row in baseline))
    result: JsonObject = {}
    flagged: set[str] = set()
    for wave, row in rows.items():
        share = row["disturbed"] / row["controls"]
        is_worse = not row["baseline"] and row["disturbed"] >= CONTROLS_DISTURBED_MIN and share > normal + SHARE_ABOVE_BASELINE
        if is_worse:
            flagged.add(wave)
        counts = {name: row[name] for name in ("controls", "disturbed", "median_ms", "p95_ms")}
        result[wave] = {**counts, "share_disturbed": round(share, 4), "contaminated": is_worse}
    return result, flagged


def noise(con: duckdb.DuckDBPyConnection) -> JsonObject:
    """How far the two baselines differ although nothing was changed: the noise of the environment, per template."""
    rows = fetch(con, query("noise"))
    total = sum(row["transactions"] for row in rows)
    other = sum(row["transactions"] - row["alike"] for row in rows)
    return {
        "transactions": total,
        "divergent": other,
        "share": round(other / total, 4) if total else None,
        "by_template": {
            row["template"]: {"transactions": row["transactions"], "paths": row["paths"], "divergent": row["transactions"] - row["alike"]}
            for row in rows
        },
    }


def untwinned(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The templates of which nobody was held against a fault-free twin, because there are too few."""
    for row in fetch(con, query("untwinned")):
        few = f"{row['twins']} fault-free twins ended as they should, {row['needed']} are needed"
        yield f"{row['n']} transactions of the template {row['template']} were compared with none: {few} (D01, D02)"


def speed(con: duckdb.DuckDBPyConnection, events: int, judge_s: float) -> JsonObject:
    """experiments_per_s and concurrency_effective over the time in which experiments ran."""
    row = fetch(con, query("speed"))[0]
    busy_s = (row["busy_ns"] or 0) / 1e9
    return {
        "events": events,
        "judge_s": round(judge_s, 3),
        "duration_s": round((row["duration_ns"] or 0) / 1e9, 3),
        "experiments_per_s": round(row["n"] / busy_s, 2) if busy_s else None,
        "concurrency_effective": round((row["worked_ns"] or 0) / (row["busy_ns"] or 1), 2) if busy_s else None,
        "requests": int(row["requests"] or 0),
        "events_acknowledged": int(row["acked"] or 0),
    }


def latency(con: duckdb.DuckDBPyConnection) -> JsonObject:
    """By flow how long its baselines took, in milliseconds, beside its target (rule L11)."""
    return {
        row["flow"]: {name: row[name] for name in ("transactions", "median_ms", "p95_ms", "target_ms")}
        for row in fetch(con, query("latency"))
    }


def plans(con: duckdb.DuckDBPyConnection, planned: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The plan line by transaction: from plan.json, else from the armed steps."""
    lines = {str(entry["txn_id"]): str(entry["plan"]) for entry in planned if entry.get("plan")}
    for row in fetch(con, query("plan_lines")):
        lines.setdefault(row["txn_id"], row["plan"])
    return lines
