"""One question to a history, without the rest of a judgement: only the views that it reads are built, and nothing else is asked.

A judgement asks over a hundred questions, most of whose time goes into planning them. What it makes of the answers is for the tests that
judge a whole run; neither pauses of dryclose itself nor repeats without a fault, which a judgement takes out again, are looked at here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb

from contracts.catalog import Catalog
from harness.judge import integrity
from harness.judge.building import BOOKS, VIEWS
from harness.judge.checks import Checked, check
from harness.judge.invariants import Invariant, load_invariants
from harness.judge.load import Loaded, open_history
from harness.judge.queries import query, sections
from harness.judge.reference import Run, read_run, write_reference
from harness.judge.synthetic import Row, Scribe
from tests.shipped import CATALOG
from tests.unit.judge.history_builder import written

MADE = re.compile(r"^create (?:table|view) (\w+) as\b", re.MULTILINE)
MACRO = re.compile(r"^create macro ", re.MULTILINE)
TABLE = re.compile(r'"table_name":"(\w+)"')


@cache
def rule(rule_id: str) -> Invariant:
    """One of ours."""
    return next(one for one in load_invariants() if one.id == rule_id)


def answer(rule_id: str, scribe: Scribe, folder: Path, manifest: Row | None = None, catalog: Catalog | None = None) -> Checked:
    """What one rule says of this run; that it can be asked, and is about a flow of the run, as a judgement would see to, is asserted."""
    asked = rule(rule_id)
    with _opened(written(scribe, folder, manifest), catalog or _catalog()) as history:
        history.build("select flow from txn", asked.candidates, asked.violations, *filter(None, [asked.systematic]))
        flow_of = {str(txn_id): str(flow) for txn_id, flow in history.con.execute("select txn_id, flow from txn").fetchall()}
        flows = [history.catalog.flows[flow] for flow in dict.fromkeys(flow_of.values()) if flow in history.catalog.flows]
        assert not flows or any(asked.is_about(flow) for flow in flows), f"nothing that {rule_id} is about was played"
        found = check(history.con, asked, required=(), flow_of=flow_of)
    assert found.error is None, found.error
    return found


def uncounted(found: Checked) -> list[str | None]:
    """Flows of which a rule found more transactions than it says that it looked at."""
    txns = Counter(found.flow_of.get(txn_id or "") for txn_id in {row["txn_id"] for row in found.rows})
    anywhere = found.examined.get(None, 0)
    return [flow for flow, n in txns.items() if n > anywhere + (found.examined.get(flow, 0) if flow else 0)]


def gaps(scribe: Scribe, folder: Path) -> Iterator[str]:
    """What takes the pass away of a complete history that lacks something, or contradicts itself or its plan; the dear questions last."""
    with _opened(written(scribe, folder), _catalog()) as history:
        assert history.loaded.truncated is None, history.loaded.truncated
        yield from integrity.planned(history.con, history.run)
        history.build(integrity.FIRED, query("not_comparable"))
        yield from integrity.cells(history.con, history.run)
        yield from integrity.comparable(history.con)
        history.build(query("contradictions"), *sections(integrity.RECORD).values())
        yield from integrity.consistent(history.con)


@cache
def _catalog() -> Catalog:
    return CATALOG


@dataclass
class _History:
    """An open history, and the views that are built of it so far."""

    loaded: Loaded
    run: Run
    catalog: Catalog
    built: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.con = self.loaded.con
        write_reference(self.con, self.catalog, self.run)
        for statement in filter(MACRO.search, _statements()):
            self.con.execute(statement)

    def build(self, *questions: str) -> None:
        """The views that the questions read, and those that these read themselves, in the order of the file."""
        views = _views()
        wanted, left = set[str](), set[str]().union(*map(_read_by, questions)) & views.keys()
        while left:
            wanted |= left
            left = set[str]().union(*(views[name].reads for name in left)) & views.keys() - wanted
        for name, view in views.items():
            if name in wanted - self.built:
                self.con.execute(view.statement)
        self.built |= wanted


@contextmanager
def _opened(run_dir: Path, catalog: Catalog) -> Iterator[_History]:
    with open_history(run_dir, catalog.history) as loaded:
        yield _History(loaded, read_run(run_dir), catalog)


@dataclass(frozen=True)
class _View:
    statement: str
    reads: frozenset[str]


@cache
def _statements() -> tuple[str, ...]:
    with duckdb.connect(":memory:") as con:
        return tuple(str(one.query) for path in (*VIEWS, BOOKS) for one in con.extract_statements(path.read_text("utf-8")))


@cache
def _views() -> dict[str, _View]:
    """The statements of VIEWS and BOOKS, but for those that make macros, by the name of what they make."""
    made = [(found, text) for text in _statements() if (found := MADE.search(text))]
    return {found[1]: _View(text, _read_by(text[found.end() :])) for found, text in made}


@cache
def _read_by(sql: str) -> frozenset[str]:
    """The names of the tables that a query reads, as the parser of the database finds them."""
    with duckdb.connect(":memory:") as con:
        (tree,) = con.execute("select json_serialize_sql(?)", [sql]).fetchone() or ("",)
    assert '"error":false' in str(tree), tree
    return frozenset(TABLE.findall(str(tree)))
