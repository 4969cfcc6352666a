"""Questions as the database has read them: they are the same for every history, and reading them is a tenth of a short judgement."""

from functools import cache

import duckdb


def ask(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyConnection:
    """Execute one of our own queries; what the last of its statements answers can be fetched."""
    for statement in statements(sql):
        con.execute(statement)
    return con


@cache
def statements(sql: str) -> tuple[duckdb.Statement, ...]:
    """The statements of a text of ours, which any connection may execute. Raises duckdb.Error."""
    return tuple(_reader().cursor().extract_statements(sql))


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    """A database that only reads."""
    return duckdb.connect(":memory:")
