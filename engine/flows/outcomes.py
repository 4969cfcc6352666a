"""How a run of a flow ends, and what a failed call means for the document."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from engine.model.failures import AGAIN, NEVER, REREAD, CallFailed
from engine.model.progress import Parking, Progress
from engine.model.sources import Refusal

PERIOD_CLOSED = "PERIOD_CLOSED"
REREADS_MAX = 4  # within one run; more means that somebody edits faster than we decide
OURS = ("integration team", "IT", "security")  # owners of what no author of a document can repair


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing is left to do until the source document changes: ordered, posted, refused, undone, nothing."""

    how: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing to do before news arrives; look again after `delay_s` even without."""

    delay_s: float
    why: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Not before `delay_s`, whatever arrives meanwhile; earlier only when `waits_for`, a system that is down, is back."""

    delay_s: float
    why: str
    waits_for: str | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """A person must look."""

    parking: Parking


StepEnd = Settled | Waiting | Retry | Parked


class Reread(Exception):  # noqa: N818 (an instruction, not a defect)
    """What was decided upon is no longer true: read the source again and decide again."""

    def __init__(self, failure: CallFailed) -> None:
        super().__init__(str(failure))
        self.failure = failure


def refusal_of(failure: CallFailed) -> Refusal | None:
    """What to tell the author when a rule of the ERP said no, or None when it is not the author's to repair.

    A closed period passes, so the document waits for it; a refusal that the integration team owns is our own mistake.
    """
    if failure.failure_class != "business" or failure.retry != NEVER or failure.code == PERIOD_CLOSED or failure.owner in OURS:
        return None
    duplicate = failure.extra.get("duplicate_of")
    return Refusal(failure.code, failure.detail[:500], failure.owner, duplicate if isinstance(duplicate, str) else None)


async def decide_anew(decide: Callable[[], Awaitable[StepEnd]]) -> StepEnd:
    """Read and decide until what was decided upon is still true at its end. Raises CallFailed, also when it never is."""
    for _ in range(REREADS_MAX):
        try:
            return await decide()
        except Reread as reread:
            last = reread.failure
    raise last


def reread_on_conflict(failure: CallFailed) -> Exception:
    """The Reread for an answer that says that the object has changed, else the failure itself."""
    return Reread(failure) if failure.retry == REREAD else failure


def first_of(ended: Iterable[object]) -> BaseException:
    """Of calls that were made side by side, what decides how it goes on: a defect, then what makes another look necessary, then what
    passes, then what stays. At least one of them failed."""
    order = (REREAD, AGAIN)

    def weight(problem: BaseException) -> int:
        if not isinstance(problem, CallFailed):
            return -1
        return order.index(problem.retry) if problem.retry in order else len(order)

    return min((problem for problem in ended if isinstance(problem, BaseException)), key=weight)


def park(progress: Progress, *, failure_class: str, code: str, reason: str, owner: str, attempts: int, at: float) -> Parked:
    """Park with what is known about the books. `at` is epoch seconds; an item keeps the time when it was first parked."""
    since = progress.parking.since if progress.parking else datetime.fromtimestamp(at, UTC).isoformat()
    return Parked(
        Parking(
            failure_class=failure_class,
            code=code,
            reason=reason[:500],
            owner=owner,
            attempts=attempts,
            outcome=progress.outcome(),
            since=since,
            revision=progress.seen_revision,
            status=progress.seen_status,
        )
    )


def park_failure(progress: Progress, failure: CallFailed, at: float) -> Parked:
    """Park because of a call that failed for good, or too often."""
    return park(
        progress,
        failure_class=failure.failure_class,
        code=failure.code,
        reason=f"{failure.operation}: {failure.code}: {failure.detail}",
        owner=failure.owner,
        attempts=progress.failures.get(failure.operation, 0),
        at=at,
    )


def park_again(progress: Progress) -> Parked:
    """Nothing changed since it was parked, but perhaps what is known about the books."""
    assert progress.parking is not None
    return Parked(msgspec.structs.replace(progress.parking, outcome=progress.outcome()))
