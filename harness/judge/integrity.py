"""Is the evidence all there? What was planned stands in the history, what was asked is what the run was made with, nothing was changed.

Every sentence here takes a PASS away: a run that nobody can check proves nothing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from harness.judge.invariants import Invariant
from harness.judge.parsed import ask
from harness.judge.queries import query, sections
from harness.judge.reference import TRUTH, Run

RECORD = Path(__file__).parent / "record.sql"
SHOWN = 5
PLACES_MAX = 120
# what plan.json and the row of an experiment both say: member and column
PLANNED = {**{name: name for name in ("flow", "wave", "role", "template")}, "plan": "detail"}
Armed = tuple[str, str, str, str]  # transaction, call point, fault, mode
FIRED = "select distinct t.flow, s.call_point, s.fault_id, s.mode from step s join txn t using (txn_id) where s.has_fired"
VOID_SHARE_MAX = 0.02  # more experiments than this without a fault that fired are no footnote


def planned(con: duckdb.DuckDBPyConnection, run: Run) -> Iterator[str]:
    """Experiments and steps of plan.json that the history does not know, or knows twice."""
    if not run.has_plan:
        yield "plan.json is missing, so nobody can tell what was planned and not played"
        return
    told = ", ".join(f"any_value({name})" for name in PLANNED.values())
    rows = con.execute(f"select txn_id, count(*), {told} from h where kind = 'experiment' group by 1").fetchall()  # noqa: S608 (names are ours)
    played = {str(txn_id): int(n) for txn_id, n, *_ in rows}
    entries = [entry for entry in run.experiments() if entry.get("wave")]
    ids = [str(entry["txn_id"]) for entry in entries]
    yield from _some("planned experiments are missing from the history", [txn_id for txn_id in ids if txn_id not in played])
    yield from _some("experiments are in the history more than once", [txn_id for txn_id, n in played.items() if n > 1])
    known = {str(entry["txn_id"]) for entry in run.experiments()}
    unknown = [str(row[0]) for row in rows if str(row[0]) not in known and row[2 + list(PLANNED).index("role")] != "load"]
    yield from _some("experiments are in the history that plan.json does not know", sorted(unknown))
    said = {str(txn_id): dict(zip(PLANNED, values, strict=True)) for txn_id, _, *values in rows}
    yield from _some("experiments are not what plan.json says", [str(entry["txn_id"]) for entry in entries if _differs(entry, said)])
    there = [entry for entry in entries if str(entry["txn_id"]) in played]
    armed, planned_steps = _armed(con), {step for entry in there for step in _steps(entry)}
    yield from _some("steps of plan.json were never armed", [_step_name(step) for step in sorted(planned_steps - armed)])
    ours = {str(entry["txn_id"]) for entry in there}
    yield from _some(
        "steps were armed that plan.json does not know", [_step_name(step) for step in sorted(armed - planned_steps) if step[0] in ours]
    )


def _differs(entry: Mapping[str, Any], said: Mapping[str, Mapping[str, Any]]) -> bool:
    """What the plan leaves out, and what was not played, differs from nothing."""
    row = said.get(str(entry["txn_id"]), {})
    return any(entry.get(name) is not None and row.get(name) is not None and entry[name] != row[name] for name in PLANNED)


def cells(con: duckdb.DuckDBPyConnection, run: Run) -> Iterator[str]:
    """Cells that were played and that plan.json does not name as played, and windows that it does not name although the wave met one.
    A cell whose call was planned and never came may be not applicable."""
    there = {_cell(cell): cell.get("status") for cell in run.cells()}
    played = {cell for entry in run.experiments() for cell in _cells_of(entry)}
    lost = [" ".join(cell) for cell in sorted(played) if cell not in there]
    yield from _some("cells were played that plan.json does not know", lost)
    met_by = {tuple(map(str, row)) for row in ask(con, FIRED).fetchall()}
    denied = [" ".join(cell) for cell in sorted(played & met_by) if there.get(cell) == "not_applicable"]
    yield from _some("cells were played that plan.json calls not applicable", denied)
    # Who is done before the fault begins meets none of it: of a wave in which somebody meets it they are no gap.
    met = {entry.get("wave") for entry in run.experiments() if entry.get("window")}
    bare = [str(entry["txn_id"]) for entry in run.experiments() if entry.get("role") == "run" and entry.get("wave") not in met]
    yield from _some("experiments met a fault of the whole run that plan.json does not name", bare)


def _cell(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(entry[name]) for name in ("flow", "call_point", "fault_id", "mode"))


def _cells_of(entry: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Of its steps and its window. A plan that does not say of which flow an experiment is was not written by a run."""
    window, flow = entry.get("window"), entry.get("flow")
    if flow is None:
        return
    for step in entry.get("steps") or ():
        yield _cell({"flow": flow, **step})
    if isinstance(window, Mapping) and window.get("mode") and window.get("target"):
        yield _cell({"flow": flow, "call_point": window["target"], "fault_id": window["fault_id"], "mode": window["mode"]})


def same_run(con: duckdb.DuckDBPyConnection, run: Run) -> Iterator[str]:
    """What manifest.json and the first row of the history say of the run itself; a copy says whose rows they are."""
    row = con.execute("select run_id, detail from h where kind = 'run_start' order by seq limit 1").fetchone()
    if row is None:
        return
    try:
        told = json.loads(row[1] or "{}")
    except ValueError:
        told = None
    if not isinstance(told, dict):
        yield "the first row of the history does not say with which seed it was made, so nobody can tell whose it is"
        return
    said = {"run_id": row[0], "seed": told.get("seed")}
    origin = run.manifest.get("copied_from") if "attached_after" in told else None
    names = origin if isinstance(origin, dict) else run.manifest
    for name, value in said.items():
        known = names.get(name)
        if value is not None and known != value:
            yield f"manifest.json names the {name.replace('_', ' ')} {known!r}, and the history {value!r}: they are not of one run"


def _armed(con: duckdb.DuckDBPyConnection) -> set[Armed]:
    sql = "select distinct txn_id, call_point, fault_id, mode from h where kind = 'fault_armed' and txn_id is not null"
    return {(str(txn_id), str(point), str(fault), str(mode)) for txn_id, point, fault, mode in con.execute(sql).fetchall()}


def _steps(entry: Mapping[str, Any]) -> Iterator[Armed]:
    for step in entry.get("steps") or ():
        yield str(entry["txn_id"]), str(step["call_point"]), str(step["fault_id"]), str(step["mode"])


def _step_name(step: Armed) -> str:
    txn_id, call_point, fault_id, mode = step
    return f"{txn_id} {call_point} {fault_id}/{mode}"


def rules(run: Run, loaded: Sequence[Invariant]) -> Iterator[str]:
    """Rules of ours that the run was to be asked and that are not there; no rule at all."""
    if not loaded:
        yield "there is no rule to ask: this installation of dryclose is damaged"
    known = (run.manifest.get("rules") or {}).get("dryclose") if isinstance(run.manifest.get("rules"), Mapping) else None
    there = {one.id for one in loaded}
    yield from _some("rules that this run was made with are not installed", [name for name in known or () if name not in there])


def void(experiments: Mapping[str, int]) -> Iterator[str]:
    """More experiments without their fault than a footnote may hold."""
    n, total = experiments.get("void", 0), experiments.get("total", 0)
    if n > max(1, VOID_SHARE_MAX * total):  # a single one is no share
        yield f"{n} of {total} experiments are void ({n / total:.1%}): their fault never fired; at most {VOID_SHARE_MAX:.0%} may be"


def excused(n: int, total: int) -> Iterator[str]:
    """More experiments spoilt by a pause of dryclose itself than a footnote may hold."""
    if n > max(1, VOID_SHARE_MAX * total):
        yield f"dryclose itself stood still, so {n} of {total} experiments prove nothing; run it again, on a machine with time for it"


def unjudged(matrix: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Cells in which faults fired and nothing was decided. Disturbed waves, and faults that never fired, have sentences of their own."""
    cells = [row for row in matrix if row["fired"] and not row["judged"] and row["verdict"] == "inconclusive"]
    names = [f"{row['flow']} {row['call_point']} {row['fault_id']}/{row['mode']}" for row in cells]
    yield from _some("cells were not judged", names)


def comparable(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Rows that do not carry what a flow compares, or whose lines or final reads are not there."""
    rows = ask(con, query("not_comparable")).fetchall()
    yield from _some("kinds of row lack what is to be compared", [f"{n:,} {among} without {what}" for among, what, n in rows])


def strangers(con: duckdb.DuckDBPyConnection, run: Run) -> Iterator[str]:
    """Somebody else works in this world, so what came of it is not the connector's work alone."""
    capabilities = run.connector.get("capabilities")
    runs_already = isinstance(capabilities, Mapping) and capabilities.get("started_by") == "owner"
    for what, n, places in con.execute(query("strangers"), {"runs_already": runs_already}).fetchall():
        yield f"somebody else works here: {n:,} {what} ({places[:PLACES_MAX]}); end what an earlier run left, then run again"


def kills(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Kills after which the connector was still there: what they were to show is void."""
    sql = "select count(*), any_value(reason), (select count(distinct txn_id) from unkilled) from h where kind = 'proc_survived'"
    n, reason, txns = con.execute(sql).fetchone() or (0, None, 0)
    if n:
        yield f"{n:,} kills did not take the connector away ({reason}), so {txns:,} experiments about crashes are void"


def consistent(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Rows of the history that contradict each other."""
    rows = ask(con, query("contradictions")).fetchall()
    for sql in sections(RECORD).values():
        rows += ask(con, sql).fetchall()
    yield from _some("kinds of row contradict the rest of the history", [f"{n:,} {what}" for what, n in rows if n])


def evidence(run: Run, run_dir: Path) -> Iterator[str]:
    """Files that the judge relies on and that are not those of the run; or a manifest that no longer says which those were."""
    digests = _digests(run)
    made, kept = "started_at" in run.manifest, run.mappings.name == TRUTH  # by a run, and not put together by hand
    told = isinstance(run.manifest.get("rules"), Mapping) and bool(digests)
    lacks = run.manifest.get("status") == "complete" and run.has_plan and _evidence(run).get("plan") is None
    if (kept and not told) or (made and (lacks or not kept)):
        yield "manifest.json does not say what the run was judged by (evidence, rules), so nobody can tell whether that is what is here"
    there = {path.name for path in run.mappings.iterdir()} if kept and run.mappings.is_dir() else set()
    changed = [name for name in sorted({*digests, *there}) if _digest(run.mappings / name) != digests.get(name, "")]
    plan = _evidence(run).get("plan")
    if plan is not None and run.has_plan and _digest(run_dir / "plan.json") != plan:
        changed.append("plan.json")
    yield from _some("files that the judge takes the truth from were changed or removed since they were written", changed)


def changed_by_the_connector(run_dir: Path, run: Run) -> list[str]:
    """Crosswalk files in the connector's own folder that are not as it was given them."""
    return [name for name, digest in _digests(run).items() if _digest(run_dir / "mappings" / name) != digest]


def _digests(run: Run) -> Mapping[str, str]:
    found = _evidence(run).get("mappings")
    return found if isinstance(found, Mapping) else {}


def _evidence(run: Run) -> Mapping[str, Any]:
    found = run.manifest.get("evidence")
    return found if isinstance(found, Mapping) else {}


def _digest(path: Path) -> str | None:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _some(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        yield f"{len(names):,} {what}: {', '.join(names[:SHOWN])}{more}"
