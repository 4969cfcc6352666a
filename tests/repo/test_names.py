"""One word, one thing: names that are easily given twice are the name of one class each."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("mocks", "engine", "harness", "loadtests", "reports", "contracts")
WORDS = frozenset({"Document", "Step", "Outcome", "Job", "Answer", "Books", "Desk", "Stage"})


def test_each_of_these_words_names_one_class() -> None:
    """Give a second one a name of its own: what it is the outcome, the answer or the books of."""
    found: dict[str, list[str]] = {}
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.parse(path.read_text("utf-8")).body:
            names = [node.name] if isinstance(node, ast.ClassDef) else []
            if isinstance(node, ast.Assign):
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            for name in WORDS & set(names):
                found.setdefault(name, []).append(path.relative_to(ROOT).as_posix())
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
