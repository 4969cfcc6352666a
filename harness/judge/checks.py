"""Builds the views and asks every invariant. A query that fails is a crashed checker: its status is "error", never "ok"."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from contracts.catalog import Catalog
from harness.errors import InternalError
from harness.judge.invariants import Invariant
from harness.judge.reference import Run, write_reference

VIEWS = Path(__file__).parent / "views.sql"


@dataclass(frozen=True, slots=True)
class Checked:
    """What one invariant said. rows: every violating row by column name; error: why it could not be asked."""

    invariant: Invariant
    required: bool
    candidates: int
    rows: tuple[dict[str, Any], ...]
    error: str | None = None
    skipped: str | None = None

    @property
    def status(self) -> str:
        """ok, violated, warned, vacuous, not_applicable, error."""
        if self.error:
            return "error"
        if self.rows:
            return "violated" if self.invariant.kind == "fail" else "warned"
        if self.candidates:
            return "ok"
        return "vacuous" if self.required else "not_applicable"


def build_views(con: duckdb.DuckDBPyConnection, catalog: Catalog, run: Run) -> None:
    """Everything that the invariants speak of. Raises InternalError when a view cannot be built."""
    write_reference(con, catalog, run)
    for statement in con.extract_statements(VIEWS.read_text("utf-8")):
        try:
            con.execute(statement)
        except duckdb.Error as error:
            first = str(statement.query).strip().splitlines()[0]
            raise InternalError(f"views.sql, statement {first!r}: {error}") from None


def check(con: duckdb.DuckDBPyConnection, invariant: Invariant, *, required: bool) -> Checked:
    """Ask one invariant."""
    try:
        counted = con.execute(invariant.candidates).fetchone()
        rows = tuple(sorted(fetch(con, invariant.violations), key=_order))
    except duckdb.Error as error:
        return Checked(invariant, required, 0, (), error=str(error).splitlines()[0])
    return Checked(invariant, required, int(counted[0] or 0) if counted else 0, rows)


def _order(row: dict[str, Any]) -> tuple[str, ...]:
    """Two judgements of one history say the same in the same order."""
    return tuple(str(row[name]) for name in ("txn_id", "call_point", "story"))


def fetch(con: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of a query, by column name."""
    cursor = con.execute(sql, parameters) if parameters else con.execute(sql)
    names = [str(column[0]) for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
