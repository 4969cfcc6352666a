"""Reconciliations: two sides of the books that have to say the same, one SQL file each, held against each other row by row.

A file of `reconciliations/`:

    -- id: commitments                    the file's name
    -- title: Open order value and open encumbrance
    -- left: open order value             what the two sides are called
    -- right: encumbrance
    -- text without a key is a comment: what a row is, and what is not compared
    -- section: rows                      key, flow, txn_id, currency, left_minor, right_minor, left_word, right_word, since: one row for
                                          each key that either side knows; since: business time of the last thing that was said of it

A row whose sides differ, in money or in word, is a break. It is no violation: whoever reads it may know why it is there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from contracts.catalog import Catalog
from harness.errors import InternalError
from harness.judge.checks import fetch
from harness.judge.invariants import declaration
from harness.judge.queries import sections
from harness.judge.verdict import JsonObject, decimal_text

FOLDER = Path(__file__).parent / "reconciliations"
HEADER = ("id", "title", "left", "right")
BREAKS_MAX = 200
IS_BREAK = "left_minor is distinct from right_minor or left_word is distinct from right_word"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One declaration: what its sides are called, and the rows as SQL text."""

    id: str
    title: str
    left: str
    right: str
    rows: str


@cache
def load_reconciliations(folder: Path = FOLDER) -> tuple[Reconciliation, ...]:
    """Every file, by id. Raises InternalError for one that does not keep the form."""
    return tuple(_parse(path) for path in sorted(folder.glob("*.sql")))


def _parse(path: Path) -> Reconciliation:
    said = dict(declaration(line) for line in path.read_text("utf-8").splitlines())
    rows = sections(path).get("rows")
    missing = [key for key in HEADER if not said.get(key)] + ([] if rows else ["section rows"])
    if missing or rows is None:
        raise InternalError(f"{path.name}: a reconciliation declares {', '.join(HEADER)} and section rows; missing: {', '.join(missing)}")
    if said["id"] != path.stem:
        raise InternalError(f"{path.name}: declares id {said['id']!r}; the file name says {path.stem!r}")
    return Reconciliation(said["id"], said["title"], said["left"], said["right"], rows)


def reconcile(con: duckdb.DuckDBPyConnection, catalog: Catalog, one: Reconciliation, at: date) -> JsonObject:
    """One reconciliation as in reconciliation.json. at: the business day from which the age of a break is counted."""
    con.execute(f"create or replace temp table reconciled as {one.rows}")
    counts = fetch(con, f"select count(*) as compared, count(*) filter ({IS_BREAK}) as breaks from reconciled")[0]  # noqa: S608 (ours)
    shown = f"select * from reconciled where {IS_BREAK} order by since, key limit {BREAKS_MAX}"  # noqa: S608 (ours)
    away = (
        f"select currency, sum(abs(coalesce(left_minor, 0) - coalesce(right_minor, 0)))::bigint as minor from reconciled where {IS_BREAK} "  # noqa: S608
        "and currency is not null group by 1 order by 1"
    )
    compared, breaks = int(counts["compared"]), int(counts["breaks"])
    return {
        "id": one.id,
        "title": one.title,
        "left": one.left,
        "right": one.right,
        "status": "nothing to compare" if not compared else "breaks" if breaks else "agrees",
        "compared": compared,
        "breaks": breaks,
        "difference": {str(row["currency"]): text(row["minor"], row["currency"], catalog) for row in fetch(con, away) if row["minor"]},
        "rows": [_break(row, catalog, at) for row in fetch(con, shown)],
    }


def _break(row: Mapping[str, Any], catalog: Catalog, at: date) -> JsonObject:
    left, right, currency = row["left_minor"], row["right_minor"], row["currency"]
    return {
        "key": str(row["key"]),
        "flow": row["flow"],
        "txn_id": row["txn_id"],
        "owner": owner_of(row["flow"], catalog),
        "left": text(left, currency, catalog),
        "right": text(right, currency, catalog),
        "left_word": row["left_word"],
        "right_word": row["right_word"],
        "difference": text((left or 0) - (right or 0), currency, catalog),
        "currency": currency,
        "since": row["since"],
        "age_days": age(row["since"], at),
    }


def owner_of(flow: str | None, catalog: Catalog) -> str | None:
    """Who answers for what is open of a flow, as it declares."""
    declared = catalog.flows.get(flow or "")
    return declared.owner if declared is not None else None


def text(minor: int | None, currency: str | None, catalog: Catalog) -> str | None:
    """Money as decimal text; None where a side knows nothing of the key."""
    return None if minor is None else decimal_text(int(minor), currency or "", catalog.minor_units)


def age(since: str | None, at: date) -> int | None:
    """Days of business time."""
    return None if since is None else max(0, (at - date.fromisoformat(since[:10])).days)


def totals(rows: Iterable[Mapping[str, Any]], column: str, catalog: Catalog) -> dict[str, str]:
    """Decimal text by currency."""
    found: dict[str, int] = {}
    for row in rows:
        found[row["currency"]] = found.get(row["currency"], 0) + int(row[column])
    return {currency: decimal_text(minor, currency, catalog.minor_units) for currency, minor in sorted(found.items())}
