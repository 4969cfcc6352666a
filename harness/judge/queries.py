"""SQL files with named sections: `-- section: name` begins one."""

from pathlib import Path

FILE = Path(__file__).parent / "queries.sql"


def query(name: str) -> str:
    """The SQL of one section of queries.sql. Raises KeyError."""
    return sections(FILE)[name]


def sections(path: Path) -> dict[str, str]:
    """SQL by section name; what stands before the first section is left out."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("-- section: "):
            found[line.removeprefix("-- section: ").strip()] = []
        elif found:
            found[list(found)[-1]].append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items()}
