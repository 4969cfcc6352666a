"""Numbers beside the verdict: straight-through rate, parking, interference of the waves with their controls, noise of the baselines, speed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from harness.judge.checks import fetch
from harness.judge.verdict import Document

# A wave disturbed its controls when more of them met answers that no fault explains, than the baselines did.
CONTROLS_DISTURBED_MIN = 3
SHARE_ABOVE_BASELINE = 0.1


@dataclass(frozen=True, slots=True)
class Parked:
    """How the connector can declare parked items (http, file, command, nothing) and whether it can be re-driven."""

    declared_by: str
    redrive: bool


def straight_through(con: duckdb.DuckDBPyConnection) -> Document:
    """Posted without parking / expected to be posted, per fault family; "none" for transactions that met no fault."""
    rows = fetch(con, STRAIGHT_SQL)
    return {
        row["family"]: {
            "posted": row["posted"],
            "expected": row["expected"],
            "rate": round(row["posted"] / row["expected"], 4) if row["expected"] else None,
        }
        for row in rows
    }


STRAIGHT_SQL = """
with families as (
  select o.txn_id, coalesce(x.family, 'none') as family from outcome o
  left join (select distinct txn_id, family from experienced where how <> 'collateral') x using (txn_id) where o.role <> 'solo')
select f.family, count(*) filter (o.recoverable and o.expected = 'posted') as expected,
       count(*) filter (o.recoverable and o.expected = 'posted' and o.meaning = 'posted' and o.live_n = 1 and not o.was_parked) as posted
from families f join outcome o using (txn_id) group by 1 order by 1
"""


def parking(con: duckdb.DuckDBPyConnection, how: Parked, violated: Mapping[str, int]) -> Document:
    """Both directions: declared but posted (C04), neither posted nor declared (C03); and whether re-driving was proven.

    violated: violating rows by invariant."""
    row = fetch(con, PARKING_SQL)[0]
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


PARKING_SQL = """
select (select count(distinct entity_id) from parked) as items, (select count(*) from parked_now) as at_the_end,
       (select count(*) from parked_then where redrive_seq is not null) as redriven, (select count(*) from parked_then where retryable) as retryable,
       (select count(*) from parked_then p join outcome o using (txn_id) where p.redrive_seq is not null and o.live_n = 1 and not o.is_parked) as recovered,
       (select count(*) from parked_then where state = 'unknown') as parked_in_doubt, (select count(*) from parked_then where state = 'posted') as write_back_pending,
       (select count(distinct entity_id) from parked where txn_id is null) as unknown_references,
       (select count(*) from outcome where meaning = 'refused') as refused_to_source
"""


def interference(con: duckdb.DuckDBPyConnection) -> tuple[Document, set[str]]:
    """Per wave what its fault-free controls met, beside the baselines; and the waves that disturbed their controls."""
    rows = {row["wave"]: row for row in fetch(con, INTERFERENCE_SQL)}
    baseline = [row for row in rows.values() if row["baseline"]]
    normal = sum(row["disturbed"] for row in baseline) / max(1, sum(row["controls"] for row in baseline))
    result: Document = {}
    flagged: set[str] = set()
    for wave, row in rows.items():
        share = row["disturbed"] / row["controls"]
        is_worse = not row["baseline"] and row["disturbed"] >= CONTROLS_DISTURBED_MIN and share > normal + SHARE_ABOVE_BASELINE
        if is_worse:
            flagged.add(wave)
        counts = {name: row[name] for name in ("controls", "disturbed", "median_ms", "p95_ms")}
        result[wave] = {**counts, "share_disturbed": round(share, 4), "contaminated": is_worse}
    return result, flagged


# Looking for something that is not there, or finding that it is there already, is no disturbance.
INTERFERENCE_SQL = """
with upset as (
  select distinct op.txn_id from op
  where op.client_view <> 'ok' and op.call_kind in ('read', 'create', 'update') and coalesce(op.status, 0) <> 404 and coalesce(op.code, '') <> 'DUPLICATE_REFERENCE'
    and op.t_end is not null)
select o.wave, bool_and(o.role = 'baseline') as baseline, count(*) as controls, count(u.txn_id) as disturbed,
       round(median((o.settled_t - o.t0) / 1e6), 1) as median_ms, round(quantile_cont((o.settled_t - o.t0) / 1e6, 0.95), 1) as p95_ms
from outcome o left join upset u using (txn_id)
where o.role in ('baseline', 'control') and o.faults = 0
group by o.wave order by min(o.seq0)
"""


def noise(con: duckdb.DuckDBPyConnection) -> Document:
    """How far the two baselines differ although nothing was changed: the noise of the environment, per template."""
    rows = fetch(con, NOISE_SQL)
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


NOISE_SQL = """
with calls as (select o.txn_id, o.template, op.call_point, count(*) as n from outcome o join op using (txn_id) where o.role = 'baseline' group by 1, 2, 3),
path as (select txn_id, template, string_agg(call_point || ' x' || n, ', ' order by call_point) as path from calls group by 1, 2),
counted as (select template, path, count(*) as n from path group by 1, 2)
select template, sum(n)::bigint as transactions, count(*) as paths, max(n) as alike from counted group by 1 order by 1
"""


def speed(con: duckdb.DuckDBPyConnection, events: int, judge_s: float) -> Document:
    """experiments_per_s and concurrency_effective over the time in which experiments ran."""
    row = fetch(con, SPEED_SQL)[0]
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


SPEED_SQL = """
select (select max(t_mono_ns) - min(t_mono_ns) from h) as duration_ns, count(*) as n, max(coalesce(settled_t, t0)) - min(t0) as busy_ns,
       sum(settled_t - t0) filter (settled_t > t0)::bigint as worked_ns, (select count(*) from op) as requests, (select count(*) from delivery where acked) as acked
from outcome
"""


def plans(con: duckdb.DuckDBPyConnection, planned: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The plan line by transaction: from plan.json, else from the armed steps."""
    lines = {str(entry["txn_id"]): str(entry["plan"]) for entry in planned if entry.get("plan")}
    for row in fetch(con, PLAN_SQL):
        lines.setdefault(row["txn_id"], row["plan"])
    return lines


PLAN_SQL = """
select txn_id, string_agg(call_point || '@' || case attempt when 0 then '*' else attempt::varchar end || ' = ' || coalesce(fault_name, fault_id) || '/' || coalesce(mode, ''), ' ; '
       order by call_point, attempt) as plan from step group by 1
"""
