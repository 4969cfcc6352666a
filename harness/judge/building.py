"""Builds the views: those that do not read each other at the same time, for most of what one of them takes is planning it."""

import re
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from harness.errors import InternalError
from harness.judge.parsed import statements

_FOLDER = Path(__file__).parent
# What a file reads is made in itself or in one before it.
_ORDER = ("transactions", "documents", "faults", "records", "conduct", "outcomes", "waiting")
VIEWS = tuple(_FOLDER / "views" / f"{name}.sql" for name in _ORDER)
BOOKS = _FOLDER / "books.sql"
AT_ONCE = 2
_MADE = re.compile(r"^create (?:table|view|macro) (\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _View:
    """One statement, and the names made before it that its text holds."""

    name: str
    statement: duckdb.Statement
    needs: frozenset[str]


def build(con: duckdb.DuckDBPyConnection, wanted: Collection[str] | None = None) -> None:
    """All of VIEWS and BOOKS, or what these names need of them. Raises InternalError when one of them cannot be built."""
    (threads,) = con.execute("select current_setting('threads')").fetchone() or (1,)
    left, done = list(_views() if wanted is None else needed(wanted)), set[str]()
    running: dict[Future[None], str] = {}
    # A history whose questions are divided over threads is large: one view at a time keeps its memory bounded.
    with ThreadPoolExecutor(AT_ONCE if int(threads) == 1 else 1) as pool:
        while left or running:
            for view in [view for view in left if view.needs <= done]:
                running[pool.submit(_make, con.cursor(), view)] = view.name
                left.remove(view)
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                done.add(running.pop(future))
                future.result()


def needed(wanted: Collection[str]) -> tuple[_View, ...]:
    """The views of these names and all that they are made from, in the order of the files."""
    names = set(wanted)
    for view in reversed(_views()):
        if view.name in names:
            names |= view.needs
    return tuple(view for view in _views() if view.name in names)


def named(sql: str) -> frozenset[str]:
    """The views whose names a text holds."""
    return frozenset(re.findall(r"\w+", sql)) & {view.name for view in _views()}


def _make(con: duckdb.DuckDBPyConnection, view: _View) -> None:
    try:
        con.execute(view.statement)
    except duckdb.Error as error:
        raise InternalError(f"{view.name}: {error}") from None


@cache
def _views() -> tuple[_View, ...]:
    return tuple(_read())


def _read() -> Iterator[_View]:
    made: set[str] = set()
    for path in (*VIEWS, BOOKS):
        for statement in statements(path.read_text("utf-8")):
            text = str(statement.query)
            found = _MADE.search(text)
            if found is None:
                raise InternalError(f"{path.name}: a statement makes nothing: {text.strip().splitlines()[0]!r}")
            yield _View(found[1], statement, frozenset(made & set(re.findall(r"\w+", text))))
            made.add(found[1])
