"""Reads the rows and the marks, and writes docs/requirements-coverage.md. Nothing is imported for it: marks are found in the source."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from harness.docs.markdown import NOTICE, table

ROOT = Path(__file__).parents[2]
ROWS = Path(__file__).with_name("rows.yaml")
PAGE = ROOT / "docs" / "requirements-coverage.md"
MARK = "pytest.mark.requirement"
LEAD = """What dryclose has to be able to do, and which test or scenario plays it. A test says so itself, with a mark; a row without a test
is open, and a row of which only a part is played says which part is not."""


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement. open: what of it no test plays, nothing where tests play all of it."""

    id: str
    must: str
    core: bool
    open: str


@dataclass(frozen=True, slots=True)
class Group:
    """Requirements about one subject."""

    id: str
    title: str
    rows: tuple[Row, ...]


class UnknownMarkError(ValueError):
    """A mark that cannot be read: not a text, or no requirement of that name."""


def groups() -> tuple[Group, ...]:
    """All rows, in their order."""
    found = yaml.safe_load(ROWS.read_text("utf-8"))["groups"]
    return tuple(Group(each["id"], each["title"], tuple(_row(row) for row in each["rows"])) for each in found)


def _row(data: Mapping[str, object]) -> Row:
    return Row(str(data["id"]), str(data["must"]), bool(data.get("core", False)), str(data.get("open", "")))


def played(root: Path = ROOT) -> dict[str, list[str]]:
    """The tests of each requirement, as `tests/unit/erp/test_budget.py::test_...`, or a whole file. Raises UnknownMarkError."""
    known = {row.id for group in groups() for row in group.rows}
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "tests").rglob("test_*.py")):
        name = path.relative_to(root).as_posix()
        for place, requirement in _marks(ast.parse(path.read_text("utf-8")), name):
            if requirement not in known:
                raise UnknownMarkError(f"{place}: no requirement {requirement!r} in {ROWS.relative_to(ROOT)}")
            found[requirement].append(place)
    return dict(found)


def _marks(module: ast.Module, name: str) -> Iterator[tuple[str, str]]:
    for node in module.body:
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets):
            yield from ((name, each) for each in _ids(node.value, name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            place = f"{name}::{node.name}"
            yield from ((place, each) for decorator in node.decorator_list for each in _ids(decorator, place))


def _ids(node: ast.expr, place: str) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == MARK:
            for argument in call.args:
                if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                    raise UnknownMarkError(f"{place}: {ast.unparse(argument)} is no text, expected ids such as 'R08.08'")
                yield argument.value


def page() -> str:
    """The whole page."""
    tests, all_groups = played(), groups()
    rows = [row for group in all_groups for row in group.rows]
    whole = [row for row in rows if row.id in tests and not row.open]
    some = [row for row in rows if row.id in tests and row.open]
    core = [row for row in rows if row.core and row.id not in tests]
    count = (
        f"Of {len(rows)} requirements {len(whole)} are played, {len(some)} in part, {len(rows) - len(whole) - len(some)} not yet "
        f"({len(core)} of these belong to the core)."
    )
    parts = [
        NOTICE.replace("harness.docs` (make docs)", "tests.requirements` (make docs)"),
        "# Requirements and the tests that play them",
        LEAD,
        count,
    ]
    parts += [f"## {group.id} {group.title}\n\n{_table(group, tests)}" for group in all_groups]
    return "\n\n".join(parts) + "\n\nSource of this page: `tests/requirements/rows.yaml` and the marks of the tests.\n"


def _table(group: Group, tests: Mapping[str, list[str]]) -> str:
    return table(("id", "must be able to", "played by", "open"), (_line(row, tests.get(row.id, [])) for row in group.rows))


def _line(row: Row, tests: list[str]) -> tuple[str, ...]:
    name = f"**{row.id}**" if row.core else row.id
    return name, row.must, "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests), row.open if tests else "all of it"
