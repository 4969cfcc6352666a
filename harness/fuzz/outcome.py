"""What became of one target: findings, counts, and why its run may say less than it should."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.fuzz.findings import Finding

NAMED = 8  # operations that one sentence names


@dataclass(slots=True)
class FuzzResult:
    """`operations`: all that the document declares, as `METHOD path`. `required`: own checks that must have seen something."""

    system: str
    seed: int
    operations: tuple[str, ...] = ()
    ours: bool = False
    required: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what could not be tried; not findings of the target
    exercised: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    cases: Counter[str] = field(default_factory=Counter)  # by phase
    statuses: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    examined: Counter[str] = field(default_factory=Counter)  # by own check: how much of what it judges was really looked at
    answered_again: Counter[str] = field(default_factory=Counter)  # what got an answer on a second connection only, by operation or path
    seconds: float = 0.0
    interrupted: bool = False
    broken: bool = False  # by a mistake of dryclose

    @property
    def untried(self) -> list[str]:
        """Operations that no case was sent to."""
        return [label for label in self.operations if label not in self.exercised]

    @property
    def refused(self) -> list[str]:
        """Operations that were tried and never accepted: whatever lies behind their first rule was not seen."""
        return sorted(self.exercised - self.accepted)

    @property
    def doubts(self) -> list[str]:
        """Why this is no pass, also without findings."""
        if not self.exercised:
            return [*self.problems, "nothing was exercised"]
        doubts = list(self.problems)
        if self.untried:
            doubts.append(f"{len(self.untried)} of {len(self.operations)} operations were never tried: {named(self.untried)}")
        if not self.accepted:
            doubts.append("no request was ever accepted, so nothing behind the first refusal was tried. Are the credentials right?")
        elif self.ours and self.refused:
            doubts.append(f"only refusals were seen of {named(self.refused)}")
        return doubts + (self._blind() if self.ours else [])

    def _blind(self) -> list[str]:
        blind = sorted(name for name in self.required if not self.examined[name])
        return [f"nothing came before the eyes of {', '.join(blind)}"] if blind else []

    @property
    def notes(self) -> list[str]:
        """What a reader should know beside the doubts."""
        return [*self._broken_connections(), *self._only_refusals(), *([] if self.ours else self._blind())]

    def _broken_connections(self) -> list[str]:
        times = sum(self.answered_again.values())
        again = f"{times} requests got no answer, and one when they were sent once more on a new connection"
        return [f"{again}, which is no finding: {named(self.answered_again)}"] if times else []

    def _only_refusals(self) -> list[str]:
        """Of somebody's own document nobody can say which ids would have been accepted."""
        if self.ours or not self.accepted or not self.refused:
            return []
        return [f"only refusals were seen of {named(self.refused)}: give these operations examples that are accepted"]


def named(labels: Iterable[str]) -> str:
    """The first few, and how many more."""
    every = list(labels)
    more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return ", ".join(every[:NAMED]) + more
