"""Reads a run directory's history into DuckDB: whole lines only, the declared columns only, bounded memory."""

# ruff: noqa: S608 (the SQL is put together from the declared schema and from quoted paths, never from what a history says)
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from contracts.catalog import History
from harness.errors import RunUnreadable
from harness.shortage import require_address_space, shortage

NDJSON = "history.ndjson"
PARQUET = "history.parquet"
MEMORY_LIMIT = "1GB"  # beyond it DuckDB spills to the temporary folder
SMALL_BYTES = 128 << 20  # below it, dividing a question's work over threads costs more than it saves (measured)
_TAIL = 1 << 20
COUNTED = "count(*), count(*) filter (kind = 'run_end'), max(seq) - min(seq) + 1, count(distinct seq)"
PATTERN = "*?[{"  # what a reader of files would take for a pattern
# For people and for other tools: no rule reads these, and their values, all different, are most of what a row weighs.
UNREAD = frozenset({"t_wall", "conn_id", "deadline_seen", "etag_in", "etag_out", "body_ref", "headers_hash", "commit_seq"})


@dataclass(frozen=True, slots=True)
class _Shape:
    """Rows, whether it has its last row, what `seq` counts, how many different numbers there are, whether it has its first row."""

    rows: int
    ended: bool
    span: int
    distinct: int
    begun: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """A history in the table `h` of `con`, in no order. truncated: why it is not complete, or None."""

    con: duckdb.DuckDBPyConnection
    rows: int
    truncated: str | None


@contextlib.contextmanager
def open_history(run_dir: Path, schema: History) -> Iterator[Loaded]:
    """The history of `run_dir`, from Parquet when there is one, else from NDJSON. Raises RunUnreadable."""
    with tempfile.TemporaryDirectory(prefix="dryclose-judge-") as folder:
        scratch = Path(folder)
        con = connect(scratch, threads=threads_for(run_dir))
        try:
            torn = _read(con, run_dir, schema, scratch)
            rows, ended, span, distinct = _one(con, f"select {COUNTED} from h")
            begun = con.execute("select arg_min(kind, seq) = 'run_start' from h").fetchone() == (True,)
            shape = _Shape(int(rows), bool(ended), int(span or 0), int(distinct), begun)
            why = _incomplete(shape, torn=torn, lines=_lines(run_dir))
            yield Loaded(con, int(rows), why and f"the history is truncated: {why}")
        finally:
            con.close()


def readable(schema: History) -> dict[str, str]:
    """The columns of the table `h` with their types."""
    return {name: kind for name, kind in schema.columns.items() if name not in UNREAD}


def _incomplete(shape: _Shape, *, torn: bool, lines: int | None) -> str | None:
    """Why this is not all that the world wrote, or None. lines: of the NDJSON beside it."""
    rows, span = shape.rows, shape.span
    counts = f"seq counts {span:,}, it holds {rows:,}"
    wrong = (
        (torn, "its last line is torn"),
        (not shape.begun, "it does not begin with the run_start row: what came before is missing"),
        (not shape.ended, "it has no run_end row"),
        (shape.distinct != rows or rows > span, f"{max(rows - shape.distinct, rows - span):,} rows are there twice: {counts}"),
        (rows < span, f"{span - rows:,} rows are missing: {counts}"),
        (lines not in (None, rows), f"{NDJSON} holds {lines or 0:,} rows and {PARQUET} {rows:,}; they were written as the same history"),
    )
    return next((why for is_so, why in wrong if is_so), None)


def _lines(run_dir: Path) -> int | None:
    """Lines of the NDJSON, when it stands beside a Parquet file that should hold the same rows."""
    if not (run_dir / PARQUET).is_file() or not (run_dir / NDJSON).is_file():
        return None
    with (run_dir / NDJSON).open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def finish_history(run_dir: Path, schema: History) -> Path:
    """Write history.parquet from history.ndjson (which stays) and return its path. Raises RunUnreadable.

    Written under another name first, so that a reader never sees half of it.
    """
    with tempfile.TemporaryDirectory(prefix="dryclose-judge-") as folder:
        con = connect(Path(folder), threads=threads_for(run_dir))
        try:
            source = _whole_lines(_plain(_ndjson_of(run_dir), Path(folder)), Path(folder))[0]
            names = ", ".join(f'"{name}"' for name in schema.columns)
            partial = run_dir / f".{PARQUET}.part"
            rows = f"select {names} from {_reader(source, schema.columns)} order by seq"
            _run(con, f"copy ({rows}) to '{_quoted(partial)}' (format parquet, compression zstd)", run_dir)
            partial.replace(run_dir / PARQUET)
        finally:
            con.close()
    return run_dir / PARQUET


def threads_for(run_dir: Path) -> int:
    """How many threads share the work of one question."""
    path = run_dir / NDJSON
    return 1 if path.is_file() and path.stat().st_size < SMALL_BYTES else max(2, min(4, os.cpu_count() or 2))


def connect(scratch: Path, *, threads: int) -> duckdb.DuckDBPyConnection:
    """A database in memory, bounded, that spills into `scratch`. Raises MachineError."""
    require_address_space()
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "threads": str(threads),
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": "false",  # a judge that downloads code is no judge
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
        "checkpoint_threshold": "1TB",  # nothing outlives this database, so compressing its tables on the way is lost time
    }
    con = duckdb.connect(":memory:", config=settings)
    if threads == 1:
        con.execute("set disabled_optimizers = $names", {"names": _not_worth_it()})
    return con


@cache
def _not_worth_it() -> str:
    """Optimizers that take longer over our questions than they save on a small history (measured up to 25 MB): all but the one that turns
    conditions into joins."""
    with duckdb.connect(":memory:") as con:
        names = (str(name) for (name,) in con.execute("from duckdb_optimizers()").fetchall())
        return ",".join(name for name in names if name != "filter_pushdown")


def _read(con: duckdb.DuckDBPyConnection, run_dir: Path, schema: History, scratch: Path) -> bool:
    """Fills `h`; true when the last line was torn."""
    parquet = run_dir / PARQUET
    if parquet.is_file():
        _read_parquet(con, _plain(parquet, scratch), schema, run_dir)
        return False
    source, torn = _whole_lines(_plain(_ndjson_of(run_dir), scratch), scratch)
    _run(con, f"create table h as select * from {_reader(source, readable(schema))}", run_dir)
    return torn


def _read_parquet(con: duckdb.DuckDBPyConnection, parquet: Path, schema: History, run_dir: Path) -> None:
    _run(con, f"create view stored as select * from read_parquet('{_quoted(parquet)}')", run_dir)
    present = {str(row[0]) for row in con.execute("describe stored").fetchall()}
    names = ", ".join(
        f'"{name}"::{kind} as "{name}"' if name in present else f'null::{kind} as "{name}"' for name, kind in readable(schema).items()
    )
    _run(con, f"create table h as select {names} from stored", run_dir)


def _ndjson_of(run_dir: Path) -> Path:
    path = run_dir / NDJSON
    if not path.is_file():
        raise RunUnreadable(f"{run_dir} holds no {NDJSON} and no {PARQUET}: it is not a run directory, or its history was removed")
    return path


def _plain(path: Path, scratch: Path) -> Path:
    """The same file under a name that no reader takes for a pattern: `DIR[1]` must not become the history of DIR1."""
    if not set(PATTERN) & set(str(path.absolute())):
        return path
    link = scratch / f"history{path.suffix}"
    link.unlink(missing_ok=True)
    link.symlink_to(path.absolute())
    return link


def _whole_lines(path: Path, scratch: Path) -> tuple[Path, bool]:
    """The file itself, or a copy without the torn last line (a reader of a torn line would stop; ignoring errors would hide bad lines)."""
    size = path.stat().st_size
    if size == 0:
        return path, True
    with path.open("rb") as stream:
        stream.seek(max(0, size - _TAIL))
        tail = stream.read()
        if tail.endswith(b"\n"):
            return path, False
        keep = size - len(tail) + tail.rfind(b"\n") + 1
        stream.seek(0)
        copy = scratch / "whole.ndjson"
        with copy.open("wb") as out:
            shutil.copyfileobj(stream, out, _TAIL)
            out.truncate(keep)
    return copy, True


def _reader(path: Path, types: Mapping[str, str]) -> str:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    return f"read_ndjson('{_quoted(path)}', columns={{{columns}}}, maximum_object_size={16 * _TAIL})"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _run(con: duckdb.DuckDBPyConnection, sql: str, run_dir: Path) -> None:
    try:
        con.execute(sql)
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        damaged = f"{run_dir}: the history cannot be read: {said}. It is damaged; run the verification again"
        raise shortage(error) or RunUnreadable(damaged) from None


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = con.execute(sql).fetchone()
    return tuple(row) if row else ()


def missing_columns(con: duckdb.DuckDBPyConnection, kinds: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Rows that lack a column their kind must carry, as {"commit.entity_id": 3}; and rows of an unknown kind as {"kind oops": 1}."""
    wanted = sorted({name for needs in kinds.values() for name in needs})
    absent = ", ".join(f'count(*) - count("{name}")' for name in wanted)
    found: dict[str, int] = {}
    for kind, rows, *nulls in con.execute(f"select kind, count(*), {absent} from h group by kind order by kind").fetchall():
        if kind not in kinds:
            found[f"kind {kind}"] = int(rows)
        lacking = dict(zip(wanted, nulls, strict=True))
        found |= {f"{kind}.{name}": int(lacking[name]) for name in kinds.get(kind, ()) if lacking[name]}
    return found
