"""The style of this project as a test: what is forbidden, by what it is replaced, and how long things may be."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("mocks", "engine", "contracts", "scenarios", "loadtests", "harness", "reports")
LINES_MAX = 500
FUNCTION_LINES_MAX = 60

BANNED_CALLS = {
    "datetime.now": "the clock that is passed in",
    "datetime.utcnow": "the clock that is passed in",
    "datetime.today": "the clock that is passed in",
    "date.today": "the clock that is passed in",
    "time.time": "the clock that is passed in",
    "uuid.uuid4": "an id from a keyed stream",
    "uuid4": "an id from a keyed stream",
    "random.random": "a random.Random of a named stream",
    "random.randint": "a random.Random of a named stream",
    "random.choice": "a random.Random of a named stream",
    "random.uniform": "a random.Random of a named stream",
    "random.shuffle": "a random.Random of a named stream",
}
# Where the outside world comes in: the one place of a process that may ask the machine for the time or for chance.
ENTRY_POINTS: dict[str, str] = {
    "engine/clock.py": "the engine's own wall clock, handed to everything else",
    "harness/wall.py": "the harness's wall clock and seed source, handed to everything else",
}
BANNED_NAMES = {"utils", "util", "common", "helpers", "misc"}


def sources() -> list[Path]:
    """Every Python file of the product."""
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def dotted(node: ast.expr) -> str:
    """`a.b` of a call's function, or an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""


def test_wall_clock_and_chance_come_in_at_named_places_only() -> None:
    """A run is reproducible because nobody asks the machine for time or chance."""
    found = []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if name in ENTRY_POINTS:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (instead := BANNED_CALLS.get(dotted(node.func))):
                found.append(f"{name}:{node.lineno}: {dotted(node.func)}() -> use {instead}")
    assert found == []


def test_exempt_files_exist() -> None:
    """An exemption for a file that is gone is deleted the same day."""
    assert [name for name in ENTRY_POINTS if not (ROOT / name).exists()] == []


def test_no_file_is_too_long() -> None:
    """A file of more than 500 lines has a second room inside."""
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_MAX} == {}


def test_no_function_is_too_long() -> None:
    """A function of more than 60 lines does more than one thing."""
    found = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert found == []


def test_no_dumping_ground() -> None:
    """A module is named after what is in it."""
    assert [str(path.relative_to(ROOT)) for path in sources() if path.stem in BANNED_NAMES or path.parent.name in BANNED_NAMES] == []


def test_money_is_never_a_float() -> None:
    """float() is not applied to anything named like money."""
    pattern = re.compile(r"\bfloat\((?=[^)]*(amount|money|total|price|minor))")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_every_public_module_says_what_it_is_for() -> None:
    """A module without a docstring leaves the reader to guess why it exists."""
    texts = {path: path.read_text() for path in sources()}
    missing = [str(path.relative_to(ROOT)) for path, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert missing == []


def test_few_fixtures() -> None:
    """At most one fixture per 15 tests, none of them automatic: a test shows every option that matters to it."""
    tests = fixtures = 0
    automatic = []
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text()
        tests += len(re.findall(r"^\s*(?:async )?def test_", text, re.MULTILINE))
        fixtures += text.count("@pytest" + ".fixture")
        if "auto" + "use=True" in text:
            automatic.append(str(path.relative_to(ROOT)))
    assert fixtures * 15 <= max(tests, 15)
    assert automatic == []
