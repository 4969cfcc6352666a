"""Mistakes in settings files are found in their line."""

from pathlib import Path

import pytest

from harness.errors import ConfigError, UsageError
from harness.located import read_toml, read_yaml


def written(folder: Path, name: str, text: str) -> Path:
    """A file with this text."""
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_yaml_members_know_their_line(tmp_path: Path) -> None:
    """Also deep ones and list items."""
    top = read_yaml(written(tmp_path, "a.yaml", "name: x\nvolume:\n  repeats: 2\nrequire:\n  - C01\n  - C02\n"))
    assert top.section("volume").where("repeats").endswith("a.yaml:3")
    assert top.where("require", 1).endswith("a.yaml:6")
    assert top.where("absent").endswith("a.yaml")


def test_toml_members_know_their_line(tmp_path: Path) -> None:
    """In tables, in dotted keys and in inline tables."""
    text = '# first\nname = "x"\npaths = { health = "/h",\n  idle = "/i" }\n[parked]\nhttp = "/p"\n[environment]\nERP_URL = "A"\n'
    top = read_toml(written(tmp_path, "a.toml", text.replace(",\n  idle", ", idle")))
    assert top.where("name").endswith(":2")
    assert top.section("paths").where("idle").endswith(":3")
    assert top.section("parked").where("http").endswith(":5")
    assert top.section("environment").where("ERP_URL").endswith(":7")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.yaml", "name: x\nvolume: [1\n", 3),
        ("a.yaml", "name: x\nname: y\n", 2),
        ("a.yaml", "- x\n", 1),
        ("a.yaml", "", 1),
        ("a.toml", 'a = 1\nb = "x\n', 2),
    ],
)
def test_broken_files_name_the_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    """Syntax errors, repeated keys and files that are no mapping."""
    file = written(tmp_path, name, text)
    with pytest.raises(ConfigError) as caught:
        (read_yaml if name.endswith("yaml") else read_toml)(file)
    assert caught.value.message.startswith(f"{file}:{line}: ")
    assert caught.value.exit_code == 3


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Absent, a directory, not UTF-8, far too large."""
    with pytest.raises(UsageError, match="no such file"):
        read_yaml(tmp_path / "absent.yaml")
    with pytest.raises(UsageError, match="cannot be read"):
        read_yaml(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"name: caf\xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_yaml(tmp_path / "latin.yaml")
    (tmp_path / "big.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="bytes"):
        read_yaml(tmp_path / "big.yaml")


@pytest.mark.parametrize("text", ["a: " + "[" * 3000, "a: &a [*a]\n", "a: !!python/object:os.system x\n"])
def test_hostile_yaml_is_refused_in_words(tmp_path: Path, text: str) -> None:
    """Deep nesting, references to itself and foreign tags do not end in a traceback."""
    file = written(tmp_path, "a.yaml", text)
    with pytest.raises(ConfigError, match=str(file)):
        read_yaml(file).text("a", "")


@pytest.mark.parametrize(
    ("text", "reader", "message"),
    [
        ("a: x", lambda top: top.integer("a", 1, least=0, most=5), "a.yaml:1: a: got 'x', expected a whole number from 0 to 5"),
        ("a: true", lambda top: top.integer("a", 1, least=0, most=5), "a: got True, expected a whole number"),
        ("a: 9", lambda top: top.integer("a", 1, least=0, most=5), "a: 9 is out of range, expected 0 to 5"),
        ("a: .nan", lambda top: top.number("a", 1, least=0, most=5), "out of range"),
        ("a: 1", lambda top: top.text("a", ""), "a: got 1, expected a text"),
        ("a: blu", lambda top: top.text("a", "", choices=("blue", "red")), "did you mean 'blue'? Valid are: blue, red"),
        ("a: 3", lambda top: top.texts("a"), "expected a list of texts"),
        ("a: [C1]", lambda top: top.texts("a", known={"C01": "C01"}, what="invariant"), "unknown invariant 'C1'; did you mean 'C01'?"),
        ("a: yes please", lambda top: top.flag("a", True), "expected true or false"),
        ("a: [x]", lambda top: top.section("a"), "expected a mapping"),
        ("a: {b: 1}", lambda top: top.text_map("a"), "a.b: got 1, expected a text"),
        ("volum: 1", lambda top: (top.get("volume", 0), top.finish()), "unknown field 'volum'; did you mean 'volume'?"),
    ],
)
def test_messages_say_what_came_and_what_is_valid(tmp_path: Path, text: str, reader: object, message: str) -> None:
    """One sentence with the place, the value and the choices."""
    top = read_yaml(written(tmp_path, "a.yaml", text))
    with pytest.raises(ConfigError) as caught:
        reader(top)  # type: ignore[operator]
    assert message in caught.value.message
