"""Reading decoded JSON that may be incomplete or hostile: a missing or wrongly typed member gives the empty value of its type."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Record = Mapping[str, Any]

# Control characters start terminal escapes and are not legal in XML; the directional overrides make a text read as another one.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with every character that could act on a terminal, on XML or on the reading order made visible as U+FFFD."""
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n"))


def text(record: Record, name: str, default: str = "") -> str:
    """A member as clean text; numbers are written out, null and containers give the default."""
    value = record.get(name)
    if isinstance(value, bool) or value is None or isinstance(value, (dict, list, tuple)):
        return default
    return clean(str(value))


def whole(record: Record, name: str) -> int:
    """A whole number, else 0."""
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def number(record: Record, name: str) -> float | None:
    """A measured number (never money), else None."""
    value = record.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def table(record: Record, name: str) -> Record:
    """An object, else an empty one."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def rows(record: Record, name: str) -> list[Record]:
    """A list (of JSON or of a value in memory) of objects; members of another type are left out."""
    value = record.get(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list | tuple) else []


def texts(record: Record, name: str) -> list[str]:
    """A list of texts; a single text counts as a list of one."""
    value = record.get(name)
    if isinstance(value, str):
        return [clean(value)]
    return [clean(str(entry)) for entry in value if entry is not None] if isinstance(value, list | tuple) else []


def clip(value: str, length: int) -> str:
    """At most `length` characters, the last one an ellipsis when something was cut."""
    return value if len(value) <= length else value[: length - 1].rstrip() + "…"


def count(amount: int, one: str, many: str | None = None) -> str:
    """`1 transaction`, `1,204 transactions`."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def percent(part: int, whole_part: int) -> str:
    """`99.8 %`: 100 only when nothing is missing, 0 only when nothing is there, so that rounding never hides a rest."""
    if not whole_part:
        return "\u2013"
    share = Decimal(part) * 100 / Decimal(whole_part)
    if part not in (0, whole_part):
        share = min(max(share, Decimal("0.1")), Decimal("99.9"))
    return f"{share:.0f} %" if share in (0, 100) else f"{share:.1f} %"
