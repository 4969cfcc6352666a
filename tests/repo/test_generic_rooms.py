"""Generic rooms know kinds, never names: no flow, document or system is spelled in them, so that growing means declaring.

What counts as a name: the ids of flows, documents, systems (contracts/), their call points, and the prefixes of transactions.
What counts as spelling it: a string that is such an id or has it as a word; an identifier, attribute or import with it as a part
(`erp_url`, `ErpSystem`, `mocks.systems.erp`); a word in SQL, templates and scripts. What does not: prose. Docstrings and comments may
use the field's words ("posted in the ERP"), and messages for people may say "expense" or "procurement" in a sentence, but no id with a
dot, a dash or an underscore in it.

How to repair: ask the catalogue. `catalog.flows`, `.documents`, `.systems` have names for people, states, modules, prefixes, variants;
`mocks/systems/registry.py` has what a system's folder offers; `harness/actors` knows how people work on a document.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.shipped import CATALOG

ROOT = Path(__file__).parents[2]
ROOMS = (
    *("mocks/kit", "mocks/hosting", "mocks/world.py", "mocks/control.py", "mocks/control_bodies.py", "mocks/control_openapi.py"),
    *("mocks/control_shapes.py", "mocks/guests.py", "mocks/room", "mocks/provider_states", "mocks/abilities"),
    *("harness/plan", "harness/run", "harness/stage", "harness/demo", "harness/judge", "harness/load", "harness/fuzz", "harness/contracts"),
    *("harness/docs", "harness/scenario.py", "harness/manifest.py", "harness/doctor.py", "harness/commands.py", "harness/listing.py"),
    *("harness/canary.py", "loadtests", "reports", "engine/bootstrap.py", "engine/work"),
)
# Where names may stand by the floor plan: rules of one flow.
OWN_ROOMS = ("harness/judge/invariants/",)
# file -> why. It only shrinks: a file that no longer offends must leave it.
ALLOWED: dict[str, str] = {
    "harness/judge/synthetic.py": "hand-made histories of the two flows that ship, for the bench and as material of tests",
}
SUFFIXES = frozenset({".py", ".sql", ".j2", ".js", ".css"})


@cache
def names() -> tuple[frozenset[str], frozenset[str]]:
    """Ids that offend anywhere in a string, and words that offend only as a whole string or as part of an identifier."""
    catalog = CATALOG
    ids = {*catalog.flows, *catalog.documents, *catalog.all_call_points}
    spelled = frozenset(name for name in ids if re.search(r"[._-]", name))
    systems = {entry.id for entry in catalog.systems.values() if not entry.service}
    prefixes = {flow.prefix for flow in catalog.flows.values()}
    return spelled, frozenset({*ids, *systems, *prefixes} - spelled)


@cache
def patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Those ids as words of a text, and those with an underscore as parts of an identifier: one search each, not one for each name."""
    longest = sorted(names()[0], key=len, reverse=True)
    text, part = ("|".join(map(re.escape, found)) for found in (longest, [name for name in longest if "_" in name]))
    return re.compile(rf"(?<![\w-])(?:{text})(?![\w-])"), re.compile(rf"(?:^|(?<=_))(?:{part})(?=_|$)")


def files() -> list[Path]:
    """Every file of a generic room."""
    found = [path for room in ROOMS for path in ([ROOT / room] if (ROOT / room).is_file() else sorted((ROOT / room).rglob("*")))]
    own = {folder for flow in CATALOG.flows for folder in (f"{OWN_ROOMS[0]}{flow}/",)}
    return [path for path in found if path.suffix in SUFFIXES and not any(str(path.relative_to(ROOT)).startswith(room) for room in own)]


def in_text(text: str) -> Iterator[str]:
    """Ids with a dot, dash or underscore that stand in a text as words, and the text itself when it is a name."""
    if text in names()[1]:
        yield text
    yield from patterns()[0].findall(text)


def in_identifier(identifier: str) -> Iterator[str]:
    """Names that are parts of `erp_url`, `ErpSystem`, `mocks.systems.erp`."""
    parts = [part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", identifier)]
    yield from (part for part in parts if part in names()[1])
    yield from patterns()[1].findall("_".join(parts))


def in_python(source: str) -> Iterator[str]:
    """Names that code spells, with their lines. Docstrings are prose."""
    tree = ast.parse(source)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        found: list[str] = []
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            found = list(in_text(node.value))
        elif isinstance(node, ast.Name):
            found = list(in_identifier(node.id))
        elif isinstance(node, ast.Attribute):
            found = list(in_identifier(node.attr))
        elif isinstance(node, ast.arg | ast.keyword):
            found = list(in_identifier(node.arg or ""))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found = list(in_identifier(node.name))
        elif isinstance(node, ast.ImportFrom):
            found = list(in_identifier(f"{node.module} {' '.join(alias.name for alias in node.names)}"))
        elif isinstance(node, ast.Import):
            found = list(in_identifier(" ".join(alias.name for alias in node.names)))
        yield from (f"{getattr(node, 'lineno', 0)}: {name}" for name in found)


def in_other(source: str) -> Iterator[str]:
    """Names in SQL, templates, scripts and styles, outside of comments."""
    bare = re.sub(r"(?m)--.*$|/\*[\s\S]*?\*/|\{#[\s\S]*?#\}|(?<!:)//.*$", "", source)
    for number, line in enumerate(bare.splitlines(), start=1):
        quoted = re.findall(r"'([^']*)'|\"([^\"]*)\"", line)
        found = {name for text in (line, *(a or b for a, b in quoted)) for name in in_text(text)}
        yield from (f"{number}: {name}" for name in sorted(found))


@cache
def offenders() -> dict[str, list[str]]:
    """File -> lines with the names that they spell."""
    found: dict[str, list[str]] = {}
    for path in files():
        source = path.read_text("utf-8")
        spelled = sorted(set(in_python(source) if path.suffix == ".py" else in_other(source)), key=lambda line: int(line.split(":")[0]))
        if spelled:
            found[path.relative_to(ROOT).as_posix()] = spelled
    return found


def test_no_generic_room_spells_a_name() -> None:
    """The message names file, line and name; the docstring of this module says how to repair it."""
    new = {name: lines[:8] for name, lines in offenders().items() if name not in ALLOWED}
    assert new == {}


def test_the_list_of_exceptions_only_shrinks() -> None:
    """An exception that is no longer one is deleted the same day; there are five at most, each with a reason."""
    assert sorted(set(ALLOWED) - set(offenders())) == []
    assert len(ALLOWED) <= 5
    assert all(len(reason) > 20 for reason in ALLOWED.values())


def test_it_finds_what_it_looks_for() -> None:
    """Planted couplings of every form are found; prose is left alone."""
    prose = '"""Posts a purchase_order in the ERP."""'
    python = prose + '\nfrom mocks.systems.erp.system import ErpSystem\nerp_url = "erp"\ndue = f"see {1} erp.po.create"\n'
    assert {line.split(": ")[1] for line in in_python(python)} == {"erp", "erp.po.create"}
    assert list(in_python('raise ValueError("the expense system did not answer")')) == []
    assert list(in_other("select 1 -- purchase_order\nwhere entity_type = 'purchase_order'")) == ["2: purchase_order"]
