"""Taking back what was posted, exactly once, also when nobody knows whether it was posted.

A posting whose create was never answered is looked up by its reference until it is found or until so much time has passed
that a late commit is no longer to be expected. Until then it stays an obligation.
"""

from collections.abc import Callable
from dataclasses import dataclass

from engine.flows.outcomes import Waiting
from engine.flows.ports import LookUpAndUndo
from engine.mapping.references import idempotency_key
from engine.model.erp_documents import Kind, TakeBack
from engine.model.failures import REREAD, CallFailed
from engine.model.progress import Posting, Progress


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a create without an answer may still commit, and how often to look meanwhile. Seconds."""

    late_commit_s: float
    look_again_s: float


def suspect_all(progress: Progress, revision: int, kind: Kind, reference: Callable[[int], str], at: float) -> None:
    """The process died during a run: any revision up to this one may have been posted, and we do not remember it. reference: of a
    revision."""
    for number in range(1, revision + 1):
        posting = progress.posting(number)
        if posting is None:
            posting = progress.begin(number, kind, reference(number))
        elif posting.state != "unknown":
            continue
        posting.doubtful = True
        posting.tried_at = at
        posting.looked_up = 0
    progress.unsure = False


async def undo_all(
    progress: Progress, erp: LookUpAndUndo, why: TakeBack, *, except_revision: int | None, patience: Patience, at: float
) -> Waiting | None:
    """Take back every posting but that of one revision. Waiting when an unknown one must be looked up again."""
    waiting: Waiting | None = None
    for posting in progress.obligations():
        if posting.revision != except_revision:
            waiting = await _undo(posting, erp, why, patience, at) or waiting
    return waiting


async def _undo(posting: Posting, erp: LookUpAndUndo, why: TakeBack, patience: Patience, at: float) -> Waiting | None:
    if posting.state == "unknown" and not await look_up(posting, erp):
        waiting = still_open(posting, patience, at)
        if waiting is None:
            posting.state = "undone"
        return waiting
    if posting.state in {"live", "accepted"} and posting.number is not None:
        await _take_back(posting, posting.number, erp, why)
    posting.state = "undone"
    return None


async def _take_back(posting: Posting, number: str, erp: LookUpAndUndo, why: TakeBack) -> None:
    try:
        await erp.undo(posting.kind, number, why, idempotency_key(posting.external_ref, "undo"))
    except CallFailed as failure:
        # A document that is not live any more needs no undoing, whoever saw to it.
        if failure.retry != REREAD or (await erp.read(posting.kind, number)).live:
            raise


async def look_up(posting: Posting, erp: LookUpAndUndo) -> bool:
    """Ask the ERP for our reference and take over what it knows. False when it has nothing (yet)."""
    found = await erp.find(posting.kind, posting.external_ref)
    posting.looked_up += 1
    if found is None:
        return False
    posting.number, posting.id = found.number, found.id
    posting.job_id = found.job_id or posting.job_id
    posting.state = found.standing
    return True


def still_open(posting: Posting, patience: Patience, at: float) -> Waiting | None:
    """Waiting while a create without an answer may still commit; None when it no longer may."""
    if not posting.doubtful or posting.tried_at is None:
        return None
    left = posting.tried_at + patience.late_commit_s - at
    if left <= 0:
        return None
    delay = min(patience.look_again_s * 2 ** (posting.looked_up - 1), left + patience.look_again_s)
    return Waiting(max(delay, 0.01), "a create without an answer may still commit")


async def found_after_all(progress: Progress, posting: Posting, erp: LookUpAndUndo, patience: Patience, at: float) -> Waiting | bool:
    """A create was refused for good: did an earlier attempt without an answer get through? Forgets the posting when surely not."""
    if posting.doubtful:
        if await look_up(posting, erp):
            if posting.state in {"live", "accepted"}:
                return True
        elif (waiting := still_open(posting, patience, at)) is not None:
            return waiting
    progress.postings.remove(posting)
    return False
