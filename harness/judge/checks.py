"""Builds the views and asks every invariant. A query that fails is a crashed checker: its status is "error", never "ok".

Evidence is counted by flow: three orders that were examined say nothing about a receipt.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from contracts.catalog import Catalog
from harness.judge.building import build
from harness.judge.invariants import Invariant
from harness.judge.parsed import ask
from harness.judge.reference import Run, write_reference
from harness.shortage import shortage


@dataclass(frozen=True, slots=True)
class Checked:
    """What one invariant said. rows: every violating row by column name; error: why it could not be asked.

    examined: rows by flow (None: of no flow in particular); required: the flows of which it must have examined something;
    flow_of: the flow of each transaction, for counting violations; excused: rows that would fail the run if the world had not stood still.
    """

    invariant: Invariant
    required: tuple[str, ...]
    examined: Mapping[str | None, int]
    rows: tuple[dict[str, Any], ...]
    flow_of: Mapping[str, str] = field(default_factory=dict, repr=False)
    error: str | None = None
    excused: tuple[dict[str, Any], ...] = ()
    systematic: tuple[dict[str, Any], ...] = ()  # of a warning: rows for which the run fails

    def without(self, stalled: Container[str]) -> "Checked":
        """The same, but what it says of these transactions is excused."""
        excused = tuple(row for row in self.failing if row["txn_id"] in stalled)
        kept, often = (tuple(row for row in some if row["txn_id"] not in stalled) for some in (self.rows, self.systematic))
        return replace(self, rows=kept, excused=excused, systematic=often)

    @property
    def failing(self) -> tuple[dict[str, Any], ...]:
        """The rows for which a run fails: all of a rule that fails, the systematic ones of a warning."""
        return self.rows if self.invariant.kind == "fail" else self.systematic

    @property
    def candidates(self) -> int:
        """Rows examined, over all flows."""
        return sum(self.examined.values())

    @property
    def unexamined(self) -> tuple[str, ...]:
        """Flows of which something had to be examined, and nothing was."""
        return tuple(flow for flow in self.required if not self.examined.get(flow) and not self.examined.get(None))

    @property
    def status(self) -> str:
        """ok, violated, warned, vacuous, not_applicable, error."""
        if self.error:
            return "error"
        if self.failing:
            return "violated"
        if self.rows:
            return "warned"
        if self.unexamined:
            return "vacuous"
        return "ok" if self.candidates else "not_applicable"

    def by_flow(self, flows: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The same for each flow that it is about: candidates, violations, required, status."""
        return {flow: self._of_flow(flow) for flow in flows}

    def _of_flow(self, flow: str) -> dict[str, Any]:
        examined = self.examined.get(flow, 0)
        violations = sum(1 for row in self.rows if self.flow_of.get(row["txn_id"] or "") == flow)
        status = "ok" if examined else "vacuous" if flow in self.unexamined else "not_applicable"
        if self.error:
            status = "error"
        elif violations:
            fails = any(self.flow_of.get(row["txn_id"] or "") == flow for row in self.failing)
            status = "violated" if fails else "warned"
        return {"candidates": examined, "violations": violations, "required": flow in self.required, "status": status}


def build_views(con: duckdb.DuckDBPyConnection, catalog: Catalog, run: Run) -> None:
    """Everything that the invariants speak of. Raises InternalError when a view cannot be built."""
    write_reference(con, catalog, run)
    build(con)


def check(
    con: duckdb.DuckDBPyConnection,
    invariant: Invariant,
    *,
    required: tuple[str, ...],
    flow_of: Mapping[str, str],
    counts: bool = True,
) -> Checked:
    """Ask one invariant. counts: whether what it examined is counted."""
    examined: Counter[str | None] = Counter()
    try:
        for row in ask(con, invariant.candidates).fetchall() if counts else ():
            flow, n = row if len(row) > 1 else (None, *row)
            examined[flow] += int(n or 0)
        rows = tuple(sorted(fetch(con, invariant.violations), key=_order))
        often = _systematic(con, invariant) if invariant.systematic else ()
    except (duckdb.Error, ValueError, TypeError) as error:
        if (short := shortage(error)) is not None:
            raise short from None
        return Checked(invariant, required, {}, (), flow_of, error=str(error).splitlines()[0])
    return Checked(invariant, required, examined, rows, flow_of, systematic=often)


def _systematic(con: duckdb.DuckDBPyConnection, invariant: Invariant) -> tuple[dict[str, Any], ...]:
    ask(con, f"create or replace temp table slip as {invariant.violations}")
    return tuple(sorted(fetch(con, str(invariant.systematic)), key=_order))


def _order(row: dict[str, Any]) -> tuple[str, ...]:
    """Two judgements of one history say the same in the same order."""
    return tuple(str(row[name]) for name in ("txn_id", "call_point", "story"))


def fetch(con: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of a query, by column name."""
    cursor = con.execute(sql, parameters) if parameters else ask(con, sql)
    names = [str(column[0]) for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
