"""What was read, as JSON knows it: texts as keys, and nothing but the six kinds of JSON values."""

import json
from typing import Any

from harness.errors import UsageError

NODES_MAX = 2_000_000  # the largest public documents have some 700,000


def json_values(name: str, root: Any) -> Any:
    """The value with keys and dates as texts. Raises UsageError for one that is too large, too deep, or holds itself."""
    try:
        return _Reader(name).read(root)[0]
    except RecursionError:
        raise UsageError(f"{name} nests too deep to be compared") from None


class _Reader:
    """Aliases of YAML stay shared: a thousand places may be one value, so that values are read once but counted each time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.read_before: dict[int, tuple[Any, int] | None] = {}

    def read(self, value: Any) -> tuple[Any, int]:
        """The value, and how many values are in it."""
        if not isinstance(value, dict | list):
            return (value if value is None or isinstance(value, bool | int | float | str) else str(value)), 1
        if id(value) in self.read_before:
            before = self.read_before[id(value)]
            if before is None:
                raise UsageError(f"{self.name}: an alias stands for something that holds the alias itself")
            return before
        self.read_before[id(value)] = None
        found = self._object(value) if isinstance(value, dict) else self._list(value)
        if found[1] > NODES_MAX:
            raise UsageError(f"{self.name} holds {found[1]} values, each alias counted; at most {NODES_MAX} are compared")
        self.read_before[id(value)] = found
        return found

    def _object(self, value: dict[Any, Any]) -> tuple[Any, int]:
        read = {_key(name): self.read(inner) for name, inner in value.items()}
        return {name: inner for name, (inner, _) in read.items()}, 1 + sum(size for _, size in read.values())

    def _list(self, value: list[Any]) -> tuple[Any, int]:
        read = [self.read(inner) for inner in value]
        return [inner for inner, _ in read], 1 + sum(size for _, size in read)


def _key(name: Any) -> str:
    return name if isinstance(name, str) else json.dumps(name) if isinstance(name, bool | None) else str(name)


def canonical(value: Any) -> str:
    """Equal for values that JSON calls equal: 1 and 1.0 are, 1 and true are not; the order of members does not matter."""
    return json.dumps(_whole(value), sort_keys=True)


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def kind_of(value: Any) -> str:
    """For messages: a number, a text, and so on."""
    if value is None:
        return "nothing"
    names = ((bool, "a truth value"), (int, "a number"), (float, "a number"), (str, "a text"), (list, "a list"))
    return next((name for kind, name in names if isinstance(value, kind)), "an object")
