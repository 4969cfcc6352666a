"""Rules of users: SQL files of the form of ours (invariants.py), read from folders that somebody names.

Here they are only read: a file that does not keep the form is a ConfigError with file:line, and no file is ever left out in silence.
What they ask is asked in a sandbox (guests.py). A rule may also declare `-- views: N`, the version of the tables that it was written for.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from contracts.catalog import Catalog
from contracts.entries import KINDS_OF_FLOW
from harness.errors import ConfigError, RunUnreadable, UsageError, did_you_mean
from harness.judge.invariants import FOLDER, HEADER, MOMENTS, OPTIONAL, SECTIONS, SEVERITIES, Invariant, declaration
from harness.judge.public import VIEWS_VERSION

USER = "user"
KEPT = "invariants"  # folder of a run directory with the rules that it was asked
KINDS = ("fail", "warn")
BYTES_MAX = 64 * 1024  # of one file; ours have 2 KiB
RULES_MAX = 200
TITLE_MAX = 200  # characters
PAGE = "docs/own-rules.md"
_KEYS = (*HEADER, *OPTIONAL, "views")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_OURS = re.compile(r"[A-Za-z]\d\d")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class GuestRule:
    """One rule of a user. text: the file; starts: the line on which the SQL of each section begins."""

    path: Path
    text: str
    invariant: Invariant
    starts: Mapping[str, int]

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def where(self, section: str, line: int | None) -> str:
        """file:line of a line of a section."""
        return f"{self.path}:{self.starts[section] + (line or 1) - 1}"


def read_guest_rules(folders: Iterable[Path], catalog: Catalog) -> tuple[GuestRule, ...]:
    """Every rule of these folders, by id. Raises UsageError (no such folder, none in it) and ConfigError (a rule is wrong)."""
    paths = [path for folder in dict.fromkeys(folders) for path in _files(folder)]
    if len(paths) > RULES_MAX:
        raise UsageError(f"{len(paths)} rules were given, and a run asks {RULES_MAX} at most. Name a folder with fewer.")
    rules = tuple(_rule(path, catalog) for path in paths)
    _check_apart(rules)
    return tuple(sorted(rules, key=lambda rule: rule.invariant.id))


def kept_rules(run_dir: Path, declared: object, catalog: Catalog) -> tuple[GuestRule, ...]:
    """The rules that a run was asked, as it kept them. declared: digest by id, of its manifest. Raises RunUnreadable when they differ."""
    folder = run_dir / KEPT
    wanted = declared if isinstance(declared, dict) else {}
    rules = read_guest_rules([folder], catalog) if folder.is_dir() and any(folder.iterdir()) else ()
    found = {rule.invariant.id: rule.digest for rule in rules}
    differ = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    if differ:
        raise RunUnreadable(
            f"{folder}: {differ[0]}.sql is not as this run was asked it ({len(differ)} of {len({*wanted, *found})} rules differ from "
            f"manifest.json). Give the rules again: dryclose judge {run_dir} --invariants DIR"
        )
    return rules


def our_digests() -> dict[str, str]:
    """SHA-256 of each rule of ours, by id."""
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(FOLDER.rglob("*.sql"), key=lambda path: path.stem)}


def _files(folder: Path) -> Sequence[Path]:
    """Every .sql file in the folder and below it."""
    if not folder.is_dir():
        kind = "this is a file" if folder.exists() else "there is no such directory"
        raise UsageError(f"{folder}: {kind}; --invariants takes a directory with one .sql file for each rule ({PAGE})")
    found = sorted(path for path in _below(folder) if path.suffix.lower() == ".sql")
    if not found:
        raise UsageError(f"{folder}: there is no .sql file in it; --invariants takes a directory with one .sql file for each rule ({PAGE})")
    for path in found:
        inside = path.resolve().is_relative_to(folder.resolve())
        if not path.is_file() or not inside:
            said = "leads out of the directory" if not inside else "is not a file"
            raise ConfigError(str(path), f"this {said}; expected a file in {folder}. Copy the rule there, or take the name away.")
    return found


def _below(folder: Path) -> Iterator[Path]:
    """Every name below the folder; what cannot be looked into is refused, since a rule could be in it."""

    def unreadable(error: OSError) -> NoReturn:
        raise UsageError(f"{error.filename}: cannot be read: {error.strerror or error}")

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        for name in folders:
            path = Path(parent, name)
            if path.is_symlink():
                raise ConfigError(
                    str(path), f"this link to a directory is not followed; expected rules in {folder}. Name it with --invariants"
                )
        yield from (Path(parent, name) for name in (*folders, *files))


def _rule(path: Path, catalog: Catalog) -> GuestRule:
    text = _text(path)
    header, lines, sections, starts = _taken_apart(path, text)
    missing = [key for key in HEADER if not header.get(key)] + [f"section {name}" for name in SECTIONS if not sections.get(name)]
    if missing:
        _wrong(path, 1, f"missing: {', '.join(missing)}; a rule declares {', '.join(HEADER)}, and has {', '.join(SECTIONS)}")
    _check_header(path, header, lines, catalog)
    kinds = tuple(header.get("kinds", "document").split())
    members = {key: header[key] for key in HEADER} | sections
    return GuestRule(path, text, Invariant(**members, flow=header.get("flow"), kinds=kinds, origin=USER), starts)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(BYTES_MAX + 1)
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror or error}") from None
    if len(content) > BYTES_MAX:
        raise ConfigError(str(path), f"is longer than {BYTES_MAX // 1024} KiB; a rule is one assertion. Split it.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        _wrong(path, line, f"byte 0x{content[error.start]:02x} is not UTF-8; expected UTF-8 text. Save the file as UTF-8.")
    if "\0" in text:
        _wrong(path, text[: text.index("\0")].count("\n") + 1, "a zero byte; expected text")
    return text


def _taken_apart(path: Path, text: str) -> tuple[dict[str, str], dict[str, int], dict[str, str], dict[str, int]]:
    """Header, the line of each of its keys, SQL by section, the line on which it begins."""
    header: dict[str, str] = {}
    lines: dict[str, int] = {}
    bodies: dict[str, list[str]] = {}
    starts: dict[str, int] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        key, value = declaration(line)
        if key == "section":
            _known(path, number, "section", value, SECTIONS)
            if value in bodies:
                _wrong(path, number, f"section {value} stands here for the second time; expected it once")
            bodies[value] = []
        elif bodies:
            name = list(bodies)[-1]
            if line.strip() or bodies[name]:
                starts.setdefault(name, number)
                bodies[name].append(line)
        else:
            _header_line(path, number, line, (key, value), header)
            lines.setdefault(key, number)
    return header, lines, {name: "\n".join(body).rstrip() for name, body in bodies.items()}, starts


def _header_line(path: Path, number: int, line: str, declared: tuple[str, str], header: dict[str, str]) -> None:
    key, value = declared
    if key in header:
        _wrong(path, number, f"{key} stands here for the second time; expected it once")
    if key in _KEYS:
        header[key] = value
    elif line.strip() and not line.startswith("--"):
        _wrong(
            path, number, f"{line.strip()[:60]!r} stands before the first section; expected comments. SQL belongs behind -- section: ..."
        )
    elif key.islower() and (close := get_close_matches(key, (*_KEYS, "section"), n=1, cutoff=0.75)):
        _wrong(path, number, f"{key!r} is no key of a rule; did you mean {close[0]!r}? Valid are {', '.join(_KEYS)}")


def _check_header(path: Path, header: Mapping[str, str], lines: Mapping[str, int], catalog: Catalog) -> None:
    _check_id(path, lines["id"], header["id"])
    for key in ("title", "family"):
        if UNPRINTABLE.search(header[key]) or len(header[key]) > TITLE_MAX:
            _wrong(path, lines[key], f"{key} is longer than {TITLE_MAX} characters, or has characters that cannot be printed")
    for key, valid in (("severity", SEVERITIES), ("kind", KINDS), ("at", MOMENTS)):
        _known(path, lines[key], key, header[key], valid)
    for kind in header.get("kinds", "document").split():
        _known(path, lines.get("kinds", 1), "kind of flow", kind, KINDS_OF_FLOW)
    if "flow" in header and header["flow"] not in catalog.flows:
        _wrong(path, lines["flow"], f"there is no flow {header['flow']!r}; {did_you_mean(header['flow'], catalog.flows)}")
    if header.get("views", str(VIEWS_VERSION)) != str(VIEWS_VERSION):
        _wrong(
            path,
            lines["views"],
            f"the rule is written for views {header['views'][:20]!r}; this dryclose has views {VIEWS_VERSION}. "
            f"Compare the rule with docs/history.md, then declare `-- views: {VIEWS_VERSION}`",
        )


def _check_id(path: Path, line: int, name: str) -> None:
    if not _ID.fullmatch(name):
        _wrong(
            path, line, f"id {name[:60]!r} is not valid; expected a letter, then at most 39 letters, digits, _ and -, for example ACME-01"
        )
    if _OURS.fullmatch(name):
        _wrong(
            path, line, f"id {name!r}: a letter and two digits name the rules of dryclose; call yours otherwise, for example ACME-{name}"
        )
    if name != path.stem:
        _wrong(path, line, f"declares id {name!r}; the file name says {path.stem[:60]!r}. Let both be the same")


def _check_apart(rules: Iterable[GuestRule]) -> None:
    """No id twice, also not in other letters: file names are the same then on some machines."""
    seen: dict[str, GuestRule] = {}
    for rule in rules:
        name = rule.invariant.id
        if (other := seen.setdefault(name.lower(), rule)) is not rule:
            _wrong(rule.path, 1, f"id {name!r} is that of {other.path} too; expected an id of its own. Rename one of them")


def _known(path: Path, line: int, what: str, value: str, valid: tuple[str, ...]) -> None:
    if value not in valid:
        _wrong(path, line, f"{what} {value[:60]!r}; valid are {', '.join(valid)}")


def _wrong(path: Path, line: int, message: str) -> NoReturn:
    raise ConfigError(f"{path}:{line}", message)
