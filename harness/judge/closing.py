"""What a close looks at, from one history: reconciliations, GR/IR by age, accruals, and the cases that a page walks through.

closing(con, catalog, at) answers what reconciliation.json holds (contracts/schemas/reconciliation.schema.json). It is true of the moment at
which the history ends; `as_of` cuts a history off at any instant of business time before the tables are built.
"""

import contextlib
import datetime
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from contracts.catalog import Catalog
from harness.errors import RunUnreadable, UsageError
from harness.judge.building import build, named
from harness.judge.cases import cases
from harness.judge.checks import fetch
from harness.judge.load import open_history
from harness.judge.queries import sections
from harness.judge.reconciling import load_reconciliations, owner_of, reconcile, text, totals
from harness.judge.reference import Run, read_run, write_reference
from harness.judge.verdict import JsonObject
from harness.shortage import shortage

FILE = "reconciliation.json"
SCHEMA = 1
ROWS_MAX = 500
AGES = ("days_0_30", "days_31_60", "days_61_90", "days_over_90")
QUERIES = Path(__file__).parent / "closing.sql"


def as_of(run_dir: Path, catalog: Catalog, at: str | None = None) -> JsonObject:
    """The same of a stored run, at an instant of business time (ISO 8601; absent: at its end). Never writes. Raises RunUnreadable,
    UsageError for an instant that cannot be read or lies before the history."""
    instant = None if at is None else _instant(at)
    run = read_run(run_dir)
    with open_history(run_dir, catalog.history) as loaded:
        if instant is not None:
            loaded.con.execute("delete from h where t_biz::timestamptz > ?", [instant])
            if not fetch(loaded.con, "select count(*) as n from h")[0]["n"]:
                raise UsageError(f"{at}: the business time of this run began later")
        write_reference(loaded.con, catalog, run)
        build(loaded.con, named(_asked()))
        return closing(loaded.con, catalog, run)


def _instant(at: str) -> datetime.datetime:
    try:
        found = datetime.datetime.fromisoformat(at)
    except ValueError:
        raise UsageError(f"{at!r} is no instant; expected something like 2026-10-31T18:00:00+00:00") from None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def _asked() -> str:
    return "\n".join((*sections(QUERIES).values(), *(one.rows for one in load_reconciliations())))


def closing(con: duckdb.DuckDBPyConnection, catalog: Catalog, run: Run, failed: Collection[str] = ()) -> JsonObject:
    """All of it, from the tables of views/ and books.sql. failed: transactions whose cases are shown first. A history that these
    questions cannot be asked of keeps its verdict: `error` says why there is nothing more."""
    ends = fetch(con, "select arg_max(t_biz, seq) as at from h")[0]["at"]
    head = {"schema": SCHEMA, "run_id": str(run.manifest.get("run_id", "")), "as_of": ends}
    try:
        return {**head, "error": None, **_closed(con, catalog, datetime.date.fromisoformat(str(ends)[:10]), failed)}
    except (duckdb.Error, ValueError, TypeError) as error:
        if (short := shortage(error)) is not None:
            raise short from None
        return {**head, "error": str(error).splitlines()[0], "reconciliations": [], "gr_ir": None, "accruals": None, "cases": None}


def _closed(con: duckdb.DuckDBPyConnection, catalog: Catalog, today: datetime.date, failed: Collection[str]) -> JsonObject:
    return {
        "reconciliations": [reconcile(con, catalog, one, today) for one in load_reconciliations()],
        "gr_ir": _gr_ir(con, catalog, today),
        "accruals": _accruals(con, catalog, today),
        "cases": cases(con, catalog, failed),
    }


def _gr_ir(con: duckdb.DuckDBPyConnection, catalog: Catalog, today: datetime.date) -> JsonObject:
    rows = _ask(con, "gr_ir_ageing", today)
    lines = int(fetch(con, sections(QUERIES)["gr_ir_lines"])[0]["n"])
    return {
        "lines": lines,
        "open": len(rows),
        "status": "nothing to compare" if not lines else "open" if rows else "cleared",
        "total": {name: totals(rows, name, catalog) for name in ("balance_minor", *AGES)},
        "rows": [_aged(row, catalog) for row in rows[:ROWS_MAX]],
    }


def _aged(row: Mapping[str, Any], catalog: Catalog) -> JsonObject:
    head = {name: row[name] for name in ("key", "txn_id", "party", "company", "currency", "oldest_on", "age_days")}
    money = {name: text(row[name], row["currency"], catalog) for name in ("balance_minor", *AGES)}
    return {**head, "flow": row["flow"] or None, "owner": owner_of(row["flow"], catalog), "balance": money.pop("balance_minor"), **money}


def _accruals(con: duckdb.DuckDBPyConnection, catalog: Catalog, today: datetime.date) -> JsonObject:
    """PST-A01: what was received and not invoiced stands on GR/IR already. PST-X10: what is approved and not posted."""
    received = [row for row in _ask(con, "gr_ir_ageing", today) if row["balance_minor"] > 0]
    approved = _ask(con, "approved_not_posted", today)
    asked = int(fetch(con, sections(QUERIES)["approvable"])[0]["n"]) + int(fetch(con, sections(QUERIES)["gr_ir_lines"])[0]["n"])
    return {
        "status": "nothing to compare" if not asked else "open" if received or approved else "none",
        "received_not_invoiced": {"rows": len(received), "total": totals(received, "balance_minor", catalog)},
        "approved_not_posted": {
            "rows": len(approved),
            "total": totals(approved, "amount_minor", catalog),
            "documents": [_waiting(row, catalog) for row in approved[:ROWS_MAX]],
        },
    }


def _waiting(row: Mapping[str, Any], catalog: Catalog) -> JsonObject:
    head = {name: row[name] for name in ("key", "flow", "txn_id", "company", "state", "currency", "since", "age_days")}
    return {**head, "owner": owner_of(row["flow"], catalog), "amount": text(row["amount_minor"], row["currency"], catalog)}


def _ask(con: duckdb.DuckDBPyConnection, name: str, today: datetime.date) -> Sequence[Mapping[str, Any]]:
    return fetch(con, sections(QUERIES)[name], {"at": today.isoformat()})


def write_closing(run_dir: Path, document: JsonObject) -> Path:
    """Write reconciliation.json in one step and return its path. Raises NoRoom, RunUnreadable."""
    path, partial = run_dir / FILE, run_dir / f".{FILE}.part"
    try:
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise shortage(error) or RunUnreadable(f"{path}: cannot be written: {error.strerror or error}") from None
    return path
