"""Settings files with places: every mistake is reported as file:line with what came and what would be valid.

A `Section` wraps one mapping of a YAML or TOML file. Its readers (`text`, `integer`, ...) check a member's type and range and remember that
it was asked for; `finish` then names every member that nobody asked for. All raise ConfigError.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from harness.bounded import DEPTH_MAX, read_text, too_deep
from harness.errors import ConfigError, did_you_mean

_Lines = Mapping[tuple[str, ...], int]
SIZE_MAX = 1_000_000
_TOML_CHAIN = re.compile(rf"(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*\.[ \t]*){{{DEPTH_MAX}}}")
_TOML_TABLE = re.compile(r"\[+([^\[\]]+)\]")
_TOML_KEY = re.compile(r"[A-Za-z0-9_.\"' -]+(?==)")
_TOML_MEMBER = re.compile(r"[{,]\s*([A-Za-z0-9_-]+)\s*=")  # of an inline table


@dataclass(slots=True)
class Section:
    """One mapping of a settings file. path: the keys that lead to it from the top."""

    file: Path
    values: Mapping[str, Any]
    lines: _Lines
    path: tuple[str, ...] = ()
    asked: set[str] = field(default_factory=set)

    def where(self, *keys: str | int) -> str:
        """ "file:line" of a member of this section, or of the nearest place above it."""
        path = (*self.path, *map(str, keys))
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path)
        return f"{self.file}:{line}" if line else str(self.file)

    def label(self, key: str) -> str:
        """The member's full name, for messages: `volume.repeats`."""
        return ".".join((*self.path, key))

    def wrong(self, key: str, message: str) -> NoReturn:
        """Raise about one member."""
        raise ConfigError(self.where(key), f"{self.label(key)}: {message}")

    def has(self, key: str) -> bool:
        """The file sets this member."""
        return key in self.values

    def get(self, key: str, default: Any) -> Any:
        """The raw value."""
        self.asked.add(key)
        return self.values.get(key, default)

    def text(self, key: str, default: str, *, choices: Collection[str] = ()) -> str:
        """A text, one of `choices` when there are any."""
        value = self.get(key, default)
        if not isinstance(value, str):
            self.wrong(key, f"got {_shown(value)}, expected a text")
        if choices and value not in choices:
            self.wrong(key, f"{value!r} is not valid; {did_you_mean(value, choices)}")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text, or None when the file does not set it."""
        self.asked.add(key)
        return self.text(key, "") if self.has(key) else None

    def integer(self, key: str, default: int, *, least: int, most: int) -> int:
        """A whole number within the range."""
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(key, f"got {_shown(value)}, expected a whole number from {least} to {most}")
        return int(self._ranged(key, value, least, most))

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        """A number within the range."""
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(key, f"got {_shown(value)}, expected a number from {least:g} to {most:g}")
        return self._ranged(key, float(value), least, most)

    def _ranged(self, key: str, value: float, least: float, most: float) -> float:
        if not least <= value <= most:
            self.wrong(key, f"{value:g} is out of range, expected {least:g} to {most:g}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, f"got {_shown(value)}, expected true or false")
        return value

    def texts(self, key: str, *, known: Mapping[str, str] | None = None, what: str = "value") -> tuple[str, ...]:
        """A list of texts without repetition; with `known`, each is a key of it and is replaced by its value."""
        values = self.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.wrong(key, f"got {_shown(values)}, expected a list of texts")
        found = []
        for number, value in enumerate(values):
            if known is not None and value not in known:
                raise ConfigError(self.where(key, number), f"{self.label(key)}: unknown {what} {value!r}; {did_you_mean(value, known)}")
            found.append(known[value] if known is not None else value)
        return tuple(dict.fromkeys(found)) if known is not None else tuple(found)

    def integers(self, key: str, default: tuple[int, ...], *, least: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers within the range."""
        values = self.get(key, list(default))
        if not isinstance(values, list) or not values or not all(type(value) is int for value in values):
            self.wrong(key, f"got {_shown(values)}, expected a list of whole numbers")
        for value in values:
            self._ranged(key, value, least, most)
        return tuple(values)

    def text_map(self, key: str) -> dict[str, str]:
        """A table of texts."""
        values = self.get(key, {})
        if not isinstance(values, dict):
            self.wrong(key, f"got {_shown(values)}, expected a table of texts")
        for name, value in values.items():
            if not isinstance(value, str):
                raise ConfigError(self.where(key, name), f"{self.label(key)}.{name}: got {_shown(value)}, expected a text")
        return dict(values)

    def section(self, key: str) -> "Section":
        """A mapping inside this one; an absent one is empty."""
        value = self.get(key, {})
        if value is None:
            value = {}
        if not isinstance(value, dict):
            self.wrong(key, f"got {_shown(value)}, expected a mapping")
        return Section(self.file, value, self.lines, (*self.path, key))

    def finish(self) -> None:
        """Raise about the first member that nobody asked for."""
        for key in self.values:
            if key not in self.asked:
                raise ConfigError(self.where(key), f"unknown field {self.label(str(key))!r}; {did_you_mean(str(key), self.asked)}")


def read_yaml(file: Path) -> Section:
    """The top mapping of a YAML file."""
    text = read_text(file, SIZE_MAX)
    try:
        if (line := too_deep(text)) is not None:
            raise ConfigError(f"{file}:{line}", f"this is not valid YAML for settings: it nests deeper than {DEPTH_MAX} levels")
        _refuse_aliases(file, text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigError(f"{file}:{mark.line + 1}" if mark else str(file), f"this is not valid YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        raise ConfigError(f"{file}:{text.count(chr(10), 0, error.position) + 1}", f"this is not valid YAML: {error.reason}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ConfigError(str(file), f"this is not valid YAML: {str(error).partition(chr(10))[0]}") from None
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        raise ConfigError(f"{file}:1", f"got {_shown(values)}, expected a mapping of fields, for example `name: mine`")
    lines: dict[tuple[str, ...], int] = {}
    _yaml_lines(file, node, (), lines)
    return Section(file, values, lines)


def _refuse_aliases(file: Path, text: str) -> None:
    """An alias can make a small file endless, or point to itself; settings need none."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken):
            raise ConfigError(
                f"{file}:{token.start_mark.line + 1}", f"aliases such as *{token.value} are not supported here; write the value out"
            )


def _yaml_lines(file: Path, node: yaml.Node, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> None:
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[*path, str(number)] = item.start_mark.line + 1
            _yaml_lines(file, item, (*path, str(number)), lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            member = (*path, str(key.value))
            line = key.start_mark.line + 1
            if member in lines:
                raise ConfigError(f"{file}:{line}", f"{'.'.join(member)} is set twice, first in line {lines[member]}")
            lines[member] = line
            _yaml_lines(file, value, member, lines)


def read_toml(file: Path) -> Section:
    """The top table of a TOML file."""
    text = read_text(file, SIZE_MAX)
    if (chain := _TOML_CHAIN.search(text)) is not None:  # the parser's own time and memory grow with the square of its length
        line = text.count("\n", 0, chain.start()) + 1
        raise ConfigError(f"{file}:{line}", f"this is not valid TOML for settings: a key has more than {DEPTH_MAX} parts")
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        where = f"{file}:{place[1]}" if place else f"{file}:{len(text.splitlines()) or 1}"
        raise ConfigError(where, f"this is not valid TOML: {str(error).partition(' (at ')[0]}") from None
    return Section(file, values, _toml_lines(text))


def _toml_lines(text: str) -> dict[tuple[str, ...], int]:
    """tomllib keeps no places, so tables and keys are looked for again; a key that is not found falls back to its table."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if header := _TOML_TABLE.match(line):
            table = _toml_key(header[1])
            lines.setdefault(table, number)
        elif assignment := _TOML_KEY.match(line):
            path = (*table, *_toml_key(assignment[0]))
            for length in range(len(table) + 1, len(path) + 1):
                lines.setdefault(path[:length], number)
            for name in _TOML_MEMBER.findall(line):
                lines.setdefault((*path, name), number)
    return lines


def _toml_key(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in text.split(".", DEPTH_MAX)[:DEPTH_MAX])


def _shown(value: Any) -> str:
    """A value in a message: short, on one line."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
