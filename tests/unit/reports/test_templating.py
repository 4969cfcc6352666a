"""Compiled templates are kept, and whatever is not exactly what we kept is compiled again."""

import marshal
import shutil
from pathlib import Path

import pytest

from reports.templating import DIGEST, TEMPLATES, environment

PAGE = "report.html.j2"


def kept(folder: Path) -> Path:
    """A copy of the templates with one compiled; the file that keeps it."""
    templates = folder / "templates"
    shutil.copytree(TEMPLATES, templates, ignore=shutil.ignore_patterns("__pycache__"))
    environment(templates, writes=True).get_template(PAGE)
    (file,) = (templates / "__pycache__").iterdir()
    return file


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: DIGEST // 2],
        lambda content: content[:DIGEST],
        lambda content: content[:-20],
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda content: content[:DIGEST] + marshal.dumps(3),
    ],
    ids=["empty", "half a digest", "digest alone", "cut", "one bit", "no code"],
)
def test_a_damaged_file_is_compiled_again(tmp_path: Path, damage) -> None:
    """And replaced by a good one."""
    file = kept(tmp_path)
    good = file.read_bytes()
    file.write_bytes(damage(good))
    templates = file.parent.parent
    environment(templates, writes=True).get_template(PAGE)
    assert file.read_bytes() == good


def test_a_template_that_changed_is_compiled_again(tmp_path: Path) -> None:
    """The page shows what it says now."""
    file = kept(tmp_path)
    templates = file.parent.parent
    (templates / PAGE).write_text("now {{ 1 + 1 }}")
    assert environment(templates, writes=True).get_template(PAGE).render() == "now 2"


@pytest.mark.parametrize("place", ["a file", "nothing is written"])
def test_where_nothing_can_be_kept(tmp_path: Path, place: str) -> None:
    """The template is compiled, and nobody is troubled."""
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates, ignore=shutil.ignore_patterns("__pycache__"))
    if place == "a file":
        (templates / "__pycache__").write_text("")
    environment(templates, writes=place == "a file").get_template(PAGE)
    assert not (templates / "__pycache__").is_dir()
