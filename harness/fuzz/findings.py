"""What went wrong, once each, with a request that shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.fuzz.target import Target

TEXT_MAX = 4_000


@dataclass(slots=True)
class Finding:
    """One objection of one check at one operation; `count` is how often it was met."""

    system: str
    phase: str
    check: str
    operation: str
    title: str
    message: str
    steps: list[str] = field(default_factory=list)  # requests as curl commands, without secrets; the last one fails
    count: int = 1

    def document(self) -> dict[str, Any]:
        """For findings.json."""
        return {name: getattr(self, name) for name in self.__slots__}


class Findings:
    """Findings of one target. Texts lose the target's secrets on their way in."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._found: dict[tuple[str, str, str], Finding] = {}

    def add(self, *, phase: str, check: str, operation: str, title: str, message: str, steps: Iterable[str] = ()) -> None:
        """One more; what was known already is counted, and keeps its shortest way to be shown."""
        mask = self._target.masked
        steps = [mask(step)[:TEXT_MAX] for step in steps]
        known = self._found.get((check, operation, title))
        if known is None:
            new = Finding(self._target.name, phase, check, operation, title, mask(message)[:TEXT_MAX], steps)
            self._found[check, operation, title] = new
            return
        known.count += 1
        if steps and (not known.steps or _length(steps) < _length(known.steps)):
            known.steps, known.message = steps, mask(message)[:TEXT_MAX]

    def all(self) -> list[Finding]:
        """In the order in which they were met first."""
        return list(self._found.values())

    def __len__(self) -> int:
        return len(self._found)


def _length(steps: Sequence[str]) -> tuple[int, int]:
    return len(steps), sum(map(len, steps))
