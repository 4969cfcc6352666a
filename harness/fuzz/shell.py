"""Bytes as a POSIX shell has to read them, with expansions where a secret stood: what is printed here is pasted by people."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

PLAIN = re.compile(rb"[ -~]*")
ODD = re.compile(rb"[^ -~]|[\\%']")


class Expansion(str):
    """What the shell puts in place of a secret: `$NAME`."""

    __slots__ = ()


Part = bytes | Expansion


def without_secrets(text: bytes, expansions: Mapping[str, str]) -> list[Part]:
    """The text in parts, each secret in it replaced. The longest first: one secret may be a part of another."""
    known = {secret.encode(): Expansion(expansion) for secret, expansion in expansions.items()}
    if not known:
        return [text]
    pattern = re.compile(b"(" + b"|".join(re.escape(each) for each in sorted(known, key=len, reverse=True)) + b")")
    return [known.get(part, part) for part in pattern.split(text) if part]


def word(parts: Iterable[Part]) -> str:
    """One word of a command line."""
    return "".join(_in_word(part) for part in parts) or "''"


def printing(parts: Iterable[Part]) -> str:
    """A command that writes exactly these bytes, and may be longer than any word: printf is a part of the shell."""
    commands = list(_commands(parts)) or ["printf ''"]
    return commands[0] if len(commands) == 1 else "{ " + "; ".join(commands) + "; }"


def is_text(parts: Iterable[Part]) -> bool:
    """Whether the bytes may stand in a word as they are: nothing that a terminal obeys, and no NUL."""
    return all(isinstance(part, Expansion) or _text(part) is not None for part in parts)


def _text(part: bytes) -> str | None:
    try:
        text = part.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None


def _in_word(part: Part) -> str:
    if isinstance(part, Expansion):
        return f'"{part}"'
    text = _text(part)
    return shlex.quote(text) if text is not None else f'"$(printf {_format(part)})"'


def _commands(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        yield f'printf %s "{part}"' if isinstance(part, Expansion) else f"printf {_format(part)}"


def _format(part: bytes) -> str:
    octal = ODD.sub(lambda found: f"\\{found[0][0]:03o}".encode() if found[0] != b"%" else b"%%", part).decode()
    # A leading dash would be an option of printf.
    return f"'{octal}'" if not octal.startswith("-") else f"'\\055{octal[1:]}'"
