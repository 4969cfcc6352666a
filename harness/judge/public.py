"""What rules of users may read: the history and the tables derived from it, as an interface with a version.

`-- public NAME: meaning` in a file of views/ (and in queries.sql) declares a table public; docs/history.md is the page of it.
"""

import contextlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from contracts.catalog import Catalog
from harness.judge.building import VIEWS
from harness.judge.checks import build_views
from harness.judge.load import connect, readable
from harness.judge.queries import FILE as QUERIES
from harness.judge.queries import query
from harness.judge.reference import Run

# Raised when a public table or column goes, or means something else: a rule that declares another version is then refused.
VIEWS_VERSION = 1
TIMELINE = "timeline"  # exists only while stories are told, so only `explain` may read it
MACROS = {
    "words": "-> VARCHAR: `late_commit` as people write it",
    "month_number": "-> INTEGER: months since year 0 of a period `YYYY-MM`, so that periods can be subtracted",
}
_MACRO = re.compile(r"^create macro (\w+)(\(\w+\) as .+);$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PublicTable:
    """One table that rules may read. columns: SQL type by name."""

    name: str
    meaning: str
    columns: dict[str, str]


def meanings() -> dict[str, str]:
    """What each public table holds, in the order of the files."""
    found: dict[str, str] = {}
    for path in (*VIEWS, QUERIES):
        name = ""
        for line in path.read_text("utf-8").splitlines():
            declared = re.match(r"-- public (\w+): (.+)", line)
            if declared:
                name = declared[1]
                found[name] = declared[2].strip()
            elif name and line.startswith("-- "):
                found[name] += " " + line.removeprefix("-- ").strip()
            else:
                name = ""
    return found


def macros() -> dict[str, str]:
    """Parameters and body of each public macro."""
    found = (each for path in VIEWS for each in _MACRO.findall(path.read_text("utf-8")))
    return {name: body for name, body in found if name in MACROS}


@contextlib.contextmanager
def empty_history(catalog: Catalog) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that holds every table of a judgement, without a row of history."""
    with tempfile.TemporaryDirectory(prefix="dryclose-judge-") as folder:
        con = connect(Path(folder), threads=1)
        try:
            con.execute("create table h (" + ", ".join(f'"{name}" {kind}' for name, kind in readable(catalog.history).items()) + ")")
            build_views(con, catalog, Run({}, {}, Path(folder)))
            con.execute("create table told (txn_id varchar)")
            con.execute(query(TIMELINE))
            yield con
        finally:
            con.close()


def public_tables(catalog: Catalog) -> tuple[PublicTable, ...]:
    """Every public table with its columns."""
    with empty_history(catalog) as con:
        return tuple(PublicTable(name, meaning, _columns(con, name)) for name, meaning in meanings().items())


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in con.execute(f"describe {table}").fetchall()}
