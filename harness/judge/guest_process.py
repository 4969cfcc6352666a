"""The process in which rules of users are asked: `python -m harness.judge.guest_process`, a Job on standard input, answers on output.

Nothing of a rule is trusted. It runs in a process of its own, over a copy of the public tables that is open for reading only; DuckDB may
open no other file, no network and no extension, and its settings are locked. Before a query is asked its parse tree is looked at: one
SELECT over public tables, with functions that read nothing but their arguments. Time, memory, rows and text are bounded.
"""

import faulthandler
import json
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any

import duckdb
import msgspec

COLUMNS = ("txn_id", "call_point", "money_minor", "currency", "story")
MEMORY_LIMIT = "512MB"
PROCESS_BYTES_MAX = 2 << 30  # of addresses: what escapes DuckDB's own limit
GRACE_MS = 2_000  # an interrupted query gets so long to stop; then the process ends
CANDIDATE_ROWS_MAX = 1_000
ROWS_MAX = 10_000  # violating rows that are counted
EVIDENCE_ROWS_MAX = 200  # of them, those that keep their evidence columns
ROWS_AT_ONCE = 100
COLUMNS_MAX = 40
TEXT_MAX = 2_000  # characters of one value
MARKS_MAX = 1_000
INTEGER_MAX = 2**63
NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
REFERENCES = {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT"}
SYSTEM = ("duckdb_", "pragma_", "pg_", "sqlite_")
TIMELINE = "timeline"  # of explain alone
TABLE_FUNCTIONS = {"range", "generate_series", "unnest", "json_each", "json_tree"}


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """The SQL of one rule; explain is asked for the transactions of `txn_ids`. prove: explain is asked once, for none."""

    id: str
    candidates: str = ""
    violations: str = ""
    explain: str = ""
    txn_ids: tuple[str, ...] = ()
    prove: bool = False


class GuestTask(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is asked for. database: the copy of the public tables."""

    database: str
    public: tuple[str, ...]
    limit_ms: int
    queries: tuple[Query, ...]


class GuestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule said, one line of output. error: why it could not be asked, with the section and its line, when known."""

    id: str
    examined: tuple[tuple[str | None, int], ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    marks: dict[str, tuple[int, ...]] = {}
    error: str | None = None
    section: str | None = None
    line: int | None = None


class RefusedError(Exception):
    """A query that is not asked, or an answer that is none. line: of the section."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Sandbox:
    """One database, open for reading only, and who may be read in it."""

    def __init__(self, job: GuestTask) -> None:
        self._job = job
        self._con = duckdb.connect(job.database, read_only=True, config=_settings())
        volatile = self._con.execute("select distinct function_name from duckdb_functions() where stability <> 'CONSISTENT'").fetchall()
        self._volatile = {str(row[0]) for row in volatile}

    def answer(self, query: Query) -> GuestAnswer:
        """Ask one rule; whatever goes wrong is its answer."""
        section = ""
        con, over = self._con.cursor(), threading.Event()  # a cursor of its own: no rule sees what another one set
        try:
            with _bounded(con, self._job.limit_ms, over):
                examined: tuple[tuple[str | None, int], ...] = ()
                rows: tuple[dict[str, Any], ...] = ()
                if query.candidates:
                    section = "candidates"
                    examined = _examined(self._ask(con, query.candidates, CANDIDATE_ROWS_MAX + 1))
                    section = "violations"
                    rows = _violating(self._ask(con, query.violations, ROWS_MAX))
                section = "explain"
                marks = {txn: self._marks(con, query.explain, txn) for txn in (("",) if query.prove else query.txn_ids)}
                _in_time(over)
                return GuestAnswer(id=query.id, examined=examined, rows=rows, marks=marks)
        except RefusedError as error:
            return GuestAnswer(id=query.id, error=str(error), section=section, line=error.line)
        except Exception as error:  # noqa: BLE001 (a rule that brings anything down is an error, and the next one is asked)
            said = _too_slow(self._job.limit_ms) if over.is_set() else _first_line(error)
            return GuestAnswer(id=query.id, error=said, section=section, line=_line_of(error))
        finally:
            con.close()

    def _ask(self, con: duckdb.DuckDBPyConnection, sql: str, most: int, txn: str | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        self._vet(con, sql, {*self._job.public} - ({TIMELINE} if txn is None else set()))
        cursor = con.execute(sql, {"txn": txn}) if txn is not None and "$txn" in sql else con.execute(sql)
        names = [str(column[0]) for column in cursor.description or ()]
        if len(names) > COLUMNS_MAX:
            raise RefusedError(f"it gives {len(names)} columns; expected {COLUMNS_MAX} at most")
        return names, _fetched(cursor, most)

    def _marks(self, con: duckdb.DuckDBPyConnection, sql: str, txn: str) -> tuple[int, ...]:
        names, rows = self._ask(con, sql, MARKS_MAX, txn)
        if "seq" not in names:
            raise RefusedError(f"explain gives {', '.join(names)}; expected the column seq")
        place = names.index("seq")
        numbers = [_whole(row[place]) for row in rows if row[place] is not None]
        if None in numbers:
            raise RefusedError("explain gives a seq that is no whole number; expected the seq of rows of timeline")
        return tuple(number for number in numbers if number is not None)

    def _vet(self, con: duckdb.DuckDBPyConnection, sql: str, tables: set[str]) -> None:
        """One SELECT, over these tables only, and what the query names itself (WITH)."""
        kinds = [statement.type.name for statement in con.extract_statements(sql)]
        if kinds != ["SELECT"]:
            raise RefusedError(f"expected one SELECT; this is {', '.join(kinds[:5]) or 'nothing'}")
        tree = json.loads((con.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone() or ("{}",))[0])
        if tree.get("error") is not False:
            raise RefusedError(f"expected one plain SELECT: {str(tree.get('error_message'))[:200]}")
        nodes = list(_nodes(tree))
        named = {str(entry.get("key")).lower() for node in nodes for entry in _entries(node)}
        named |= {str(node["cte_name"]).lower() for node in nodes if isinstance(node.get("cte_name"), str)}
        tables |= {name for name in named if not name.startswith(SYSTEM)}
        for node in nodes:
            if problem := self._problem(node, tables):
                place = node.get("query_location")
                is_known = isinstance(place, int) and place <= len(sql.encode())
                raise RefusedError(problem, sql.encode()[:place].count(b"\n") + 1 if is_known else None)

    def _problem(self, node: Mapping[str, Any], tables: set[str]) -> str | None:
        """Why this part of a query is refused, or None."""
        kind, is_expression = str(node.get("type", "")), "class" in node
        if not is_expression and kind.endswith("_NODE") and kind not in NODES:
            return f"expected one SELECT; there is a {kind.removesuffix('_NODE').removesuffix('_QUERY')} in it"
        if not is_expression and "sample" in node and "alias" in node and kind not in REFERENCES:
            return f"{kind} is not available to a rule"
        if kind == "BASE_TABLE":
            return _table_problem(node, tables)
        name = str(node.get("function_name", "")).lower()
        if kind == "TABLE_FUNCTION":
            name = str((node.get("function") or {}).get("function_name", "")).lower()
            return None if name in TABLE_FUNCTIONS else f"{name}() is not available to a rule; it reads what is no part of the history"
        if name in self._volatile or name.startswith(SYSTEM) or name == "getenv":
            return f"{name}() is not available to a rule; its value is no part of the history"
        return None


def _table_problem(node: Mapping[str, Any], tables: set[str]) -> str | None:
    table, outside = str(node.get("table_name", "")), node.get("schema_name") or node.get("catalog_name")
    if not outside and table.lower() in tables:
        return None
    full = ".".join(str(part) for part in (node.get("catalog_name"), node.get("schema_name"), table) if part)
    return f"there is no public table {full[:80]!r}; docs/history.md has those that a rule may read"


def _settings() -> dict[str, str | bool | int | float | list[str]]:
    return {
        "enable_external_access": "false",
        "lock_configuration": "true",
        "memory_limit": MEMORY_LIMIT,
        "threads": "1",  # also: rows come in the same order every time
        "temp_directory": "",  # nothing is spilled to disk
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "python_enable_replacements": "false",
    }


@contextmanager
def _bounded(con: duckdb.DuckDBPyConnection, limit_ms: int, over: threading.Event) -> Iterator[None]:
    """Interrupts the connection when the time is up, again and again until the body ends; ends the process when that does not help."""
    done = threading.Event()

    def watch() -> None:
        if not done.wait(limit_ms / 1000):
            over.set()
            while not done.wait(0.02):
                con.interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    faulthandler.dump_traceback_later((limit_ms + GRACE_MS) / 1000, exit=True)  # no lock that a query holds can stop it
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        faulthandler.cancel_dump_traceback_later()


def _fetched(cursor: duckdb.DuckDBPyConnection, most: int) -> list[tuple[Any, ...]]:
    """At most so many rows, a few at a time, so that long texts are cut before many of them are here."""
    rows: list[tuple[Any, ...]] = []
    while len(rows) < most and (some := cursor.fetchmany(min(ROWS_AT_ONCE, most - len(rows)))):
        rows += [tuple(value[:TEXT_MAX] if isinstance(value, str) else value for value in row) for row in some]
    return rows


def _in_time(over: threading.Event) -> None:
    if over.is_set():
        raise TimeoutError


def _too_slow(limit_ms: int) -> str:
    return f"it took longer than the {limit_ms:,} ms that a rule may take"


def _examined(found: tuple[list[str], list[tuple[Any, ...]]]) -> tuple[tuple[str | None, int], ...]:
    """One number, or rows (flow, n)."""
    names, rows = found
    if len(names) not in (1, 2):
        raise RefusedError(f"candidates gives {len(names)} columns; expected one number, or rows (flow, n)")
    if len(rows) > CANDIDATE_ROWS_MAX:
        raise RefusedError(f"candidates gives more than {CANDIDATE_ROWS_MAX:,} rows; expected one number, or one row for each flow")
    return tuple((None if len(names) == 1 or row[0] is None else str(row[0])[:TEXT_MAX], _count(row[-1])) for row in rows)


def _count(value: Any) -> int:
    n = 0 if value is None else _whole(value)
    if n is None or n < 0:
        raise RefusedError(f"candidates gives {str(value)[:60]!r}; expected a count of rows, a whole number from 0 on")
    return n


def _whole(value: Any) -> int | None:
    """A number without a fraction that fits into 64 bits, else None."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, Decimal) and value != value.to_integral_value():
        return None
    n = int(value)
    return n if abs(n) < INTEGER_MAX else None


def _violating(found: tuple[list[str], list[tuple[Any, ...]]]) -> tuple[dict[str, Any], ...]:
    names, rows = found
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise RefusedError(f"violations lacks {', '.join(missing)}; expected {', '.join(COLUMNS)}, then evidence")
    if len(set(names)) != len(names) or any(len(name) > 60 for name in names):
        raise RefusedError("violations gives two columns of one name, or a name of more than 60 characters")
    ordered = sorted((dict(zip(names, row, strict=True)) for row in rows), key=lambda row: [str(row[name]) for name in COLUMNS])
    return tuple(_row(row, names if number < EVIDENCE_ROWS_MAX else COLUMNS) for number, row in enumerate(ordered))


def _row(row: Mapping[str, Any], names: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """One violating row with values of the right types."""
    shown = {name: _shown(row[name]) for name in names}
    for name in ("txn_id", "call_point", "currency"):
        shown[name] = None if row[name] is None else str(row[name])[:TEXT_MAX]
    money = None if row["money_minor"] is None else _whole(row["money_minor"])
    if money is None and row["money_minor"] is not None:
        raise RefusedError(f"violations gives money_minor {_shown(row['money_minor'])!r}; expected whole minor units, or null")
    if shown["currency"] is not None and not re.fullmatch(r"[A-Z]{3}", shown["currency"]):
        raise RefusedError(f"violations gives currency {shown['currency'][:40]!r}; expected an ISO 4217 code such as USD, or null")
    story = "" if row["story"] is None else str(row["story"])[:TEXT_MAX].strip()
    return {**shown, "money_minor": money, "story": story}


def _shown(value: Any) -> Any:
    """A value as it may stand in a document: bounded."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < INTEGER_MAX:
        return value
    return str(value)[:TEXT_MAX]


def _nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _entries(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The queries that this one names (WITH)."""
    ctes = node.get("cte_map")
    found = ctes.get("map") if isinstance(ctes, dict) else None
    return [entry for entry in found or () if isinstance(entry, dict)]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:400]


def _line_of(error: BaseException) -> int | None:
    found = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
    return int(found[1]) if found else None


def _bound_process() -> None:
    """The operating system's own limits, where it has them."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 (not on Windows)

        for limit, value in ((resource.RLIMIT_AS, PROCESS_BYTES_MAX), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
            resource.setrlimit(limit, (value, value))


def main() -> None:
    """The process."""
    _bound_process()
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=GuestTask)
    sandbox = Sandbox(job)
    for query in job.queries:
        sys.stdout.buffer.write(msgspec.json.encode(sandbox.answer(query)) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
