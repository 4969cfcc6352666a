"""What went wrong, once each, with a request that shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.fuzz.curl import Commands
from harness.fuzz.sent import Sent
from harness.fuzz.target import Target

TEXT_MAX = 4_000


@dataclass(slots=True)
class Finding:
    """One objection of one check at one operation to answers of one status; `count` is how often it was met."""

    system: str
    phase: str
    check: str
    operation: str
    status: int | None  # None: there was no answer, or it is about no answer
    title: str
    message: str
    steps: list[str] = field(default_factory=list)  # requests as shell commands, without secrets; the last one fails
    count: int = 1

    def document(self) -> dict[str, Any]:
        """For findings.json."""
        return {name: getattr(self, name) for name in self.__slots__}


class Findings:
    """Findings of one target. Texts lose the target's secrets on their way in; requests become commands on their way out."""

    def __init__(self, target: Target, commands: Commands | None = None) -> None:
        self._target = target
        self._commands = commands or Commands(target)
        self._found: dict[tuple[str, str, str, int | None], Finding] = {}
        self._steps: dict[tuple[str, str, str, int | None], Sequence[Sent]] = {}

    def add(
        self,
        *,
        phase: str,
        check: str,
        operation: str,
        title: str,
        message: str,
        status: int | None = None,
        steps: Iterable[Sent | None] = (),
    ) -> None:
        """One more; what was known already is counted, and keeps its shortest way to be shown."""
        key, way = (check, operation, title, status), [step for step in steps if step is not None]
        text = self._target.masked(message)[:TEXT_MAX]
        known = self._found.get(key)
        if known is None:
            self._found[key] = Finding(self._target.name, phase, check, operation, status, title, text)
            self._steps[key] = way
            return
        known.count += 1
        if way and (not self._steps[key] or _length(way) < _length(self._steps[key])):
            self._steps[key], known.message = way, text

    def all(self) -> list[Finding]:
        """In the order in which they were met first."""
        for key, found in self._found.items():
            found.steps = [self._commands.of(step) for step in self._steps[key]]
        return list(self._found.values())

    def __len__(self) -> int:
        return len(self._found)


def _length(steps: Sequence[Sent]) -> tuple[int, int]:
    return len(steps), sum(step.size for step in steps)
