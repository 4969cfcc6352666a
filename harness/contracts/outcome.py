"""What became of a consumer's expectations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from harness.contracts.pactfile import PactFile
from harness.errors import EXIT_NOT_ENOUGH_EVIDENCE, EXIT_PASS, EXIT_VIOLATION

What = Literal["kept", "broken", "pending", "unverified"]
SHOWN: dict[What, str] = {"broken": "BROKEN", "pending": "PENDING", "unverified": "NOT VERIFIED"}


@dataclass(frozen=True, slots=True)
class Expectation:
    """One interaction and what became of it; `reasons` in plain words, `answered` what the provider said when it broke it."""

    description: str
    what: What
    reasons: tuple[str, ...] = ()
    answered: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """One pact against one provider. `against`: "our mock erp", or the address of a sandbox."""

    pact: PactFile
    against: str
    expectations: tuple[Expectation, ...]
    note: str | None = None

    def count(self, what: What) -> int:
        """How many expectations ended so."""
        return sum(each.what == what for each in self.expectations)

    @property
    def exit_code(self) -> int:
        """1 when one is broken; 2 when none, or not every one, could be verified; 0 when all are kept but for pending ones."""
        if self.count("broken"):
            return EXIT_VIOLATION
        enough = self.count("kept") and not self.count("unverified")
        return EXIT_PASS if enough else EXIT_NOT_ENOUGH_EVIDENCE


def exit_code(outcomes: Iterable[Verification]) -> int:
    """Of several pacts: a broken expectation outweighs a missing one. None at all is no pass."""
    codes = [outcome.exit_code for outcome in outcomes]
    if not codes:
        return EXIT_NOT_ENOUGH_EVIDENCE
    return EXIT_VIOLATION if EXIT_VIOLATION in codes else max(codes)


def lines(outcome: Verification) -> Iterable[str]:
    """For people: one line for a pact that is kept, each broken expectation with its reasons otherwise."""
    pact, total = outcome.pact, len(outcome.expectations)
    head = f"{pact.consumer} -> {pact.provider} ({pact.path.name}) against {outcome.against}"
    if outcome.note:
        yield f"{head}: {outcome.note}"
    if not total:
        yield f"{head}: no interaction was verified. That proves nothing."
        return
    if outcome.count("kept") == total:
        yield f"{head}: all {total} expectations are kept"
        return
    broken, pending, unverified = (outcome.count(what) for what in ("broken", "pending", "unverified"))
    rest = f", {pending} pending" if pending else ""
    yield f"{head}: {outcome.count('kept')} of {total} expectations are kept, {broken} broken{rest}, {unverified} not verified"
    for each in outcome.expectations:
        if each.what != "kept":
            yield f"  {SHOWN[each.what]}  {each.description}"
            if each.answered:
                yield f"      {outcome.against} answered {each.answered}"
            for reason in each.reasons:
                yield f"      - {reason}"
