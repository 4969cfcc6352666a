"""What every flow does that turns one approved document into one document of the ERP or the bank, whatever the two are:
read, check, begin, create, confirm, record, and undo what an approval no longer covers.

Every run starts from the source document as it is now, so late, doubled, reordered or forged events cannot lead it astray; every
step may be repeated, so it may die anywhere. Accepted is not posted: an event that says so is only a reason to look at the job.
What is a flow's own (`Hooks`) stands in its own file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Generic, Protocol, TypeVar

from engine.flows.obligations import Patience, found_after_all, look_up, still_open, suspect_all, undo_all
from engine.flows.outcomes import Reread, Retry, Settled, StepEnd, Waiting, decide_anew, park, park_again, refusal_of, reread_on_conflict
from engine.flows.ports import Erp, Target
from engine.mapping.references import external_ref, idempotency_key
from engine.model.erp_documents import Draft, Found, Kind, PostingJob, PostingState, TakeBack
from engine.model.failures import ADOPT, NEVER, OTHER_SHAPE, CallFailed
from engine.model.progress import Posting, Progress
from engine.model.sources import Recorded, Refusal, SourceStage

POLLS_MAX = 10  # of one job; connector.toml declares as many attempts
POLL_CAP_FACTOR = 64.0
JOB_WORDS: Mapping[PostingState, str] = {"live": "posted", "accepted": "accepted", "rejected": "rejected"}
"""What a document without a job says about itself, in the words of jobs."""
OWNERS = {"business": "finance", "duplicate": "integration team"}


class Source(Protocol):
    """A source document at one version."""

    @property
    def revision(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def stage(self) -> SourceStage: ...
    @property
    def recorded(self) -> Recorded | None: ...


S = TypeVar("S", bound=Source)
D = TypeVar("D", bound=Draft)


class Hooks(Protocol[S, D]):
    """What is a flow's own. Methods that call a system may raise CallFailed."""

    done: ClassVar[str]  # what has become of a document that is posted and recorded
    twice: ClassVar[str]  # the code of an item whose source names another document while ours is live

    async def read(self, source_id: str, /) -> S: ...

    def kind(self, source: S, /) -> Kind: ...

    def reference(self, source_id: str, revision: int, /) -> str:
        """Under which the other side knows what is made of a revision."""
        ...

    async def draft(self, source: S, /) -> D:
        """Asked only when something has to be created: what is looked up for it alone is looked up here. Raises Unpostable when a value
        has no rule."""
        ...

    def take_back(self, source: S, /) -> TakeBack: ...

    async def check(self, draft: D, /) -> Refusal | None:
        """What speaks against it before it is created."""
        ...

    async def refuse(self, source_id: str, version: int, refusal: Refusal, /) -> None: ...

    async def record(self, source_id: str, source: S | None, posting: Posting, /) -> None:
        """Write the number back. source: None when it was not read in this run."""
        ...


class OnePerRevision:
    """Hooks of a flow that posts another document for each revision, under a reference of its own."""

    __slots__ = ()

    def reference(self, source_id: str, revision: int) -> str:
        """The source's id and the revision."""
        return external_ref(source_id, revision)


@dataclass(frozen=True, slots=True)
class PostingRun(Generic[S, D]):
    """One run for one source document. news: the document itself may have changed since the last run; at: epoch seconds of its start."""

    source_id: str
    hooks: Hooks[S, D]
    progress: Progress
    erp: Target
    patience: Patience
    at: float
    poll_base_s: float
    news: bool = True

    async def advance(self) -> StepEnd:
        """Decide until the document holds still. Raises CallFailed, Unpostable."""
        posting = self._awaited()
        if posting is not None:
            try:
                return await self._confirm(posting, None)
            except Reread:
                pass  # the document moved on: decide from its present state
        return await decide_anew(self._decide)

    def _awaited(self) -> Posting | None:
        """The posting whose confirmation is all that is missing, when the document need not be read again for it."""
        if self.news or self.progress.unsure or self.progress.taken_up or self.progress.parking is not None:
            return None
        open_ones = self.progress.obligations()
        return open_ones[0] if len(open_ones) == 1 and open_ones[0].state == "accepted" else None

    async def _decide(self) -> StepEnd:
        progress, source = self.progress, await self.hooks.read(self.source_id)
        if progress.unsure:
            suspect_all(progress, source.revision, self.hooks.kind(source), partial(self.hooks.reference, self.source_id), self.at)
        unchanged = (progress.seen_revision, progress.seen_status) == (source.revision, source.status)
        progress.seen_revision, progress.seen_status = source.revision, source.status
        if progress.parking is not None and unchanged and not progress.taken_up:
            return park_again(progress)
        if source.stage is SourceStage.APPROVED:
            waiting = await self._undo(TakeBack("superseded by a newer revision"), except_revision=source.revision)
            return waiting or await self._post(source)
        if source.stage is SourceStage.RECORDED:
            return await self._compare(source)
        how = "refused" if source.stage is SourceStage.REFUSED else "undone" if progress.postings else "nothing"
        return await self._undo(self.hooks.take_back(source)) or Settled(how)

    async def _undo(self, why: TakeBack, except_revision: int | None = None) -> StepEnd | None:
        return await undo_all(self.progress, self.erp, why, except_revision=except_revision, patience=self.patience, at=self.at)

    async def _post(self, source: S) -> StepEnd:
        posting = self.progress.posting(source.revision)
        if posting is not None and posting.state == "rejected" and self.progress.taken_up:
            posting.submit_again()  # the first submission has its final answer; this is another one
            self.progress.taken_up, self.progress.parking = False, None  # and one alone, however long it takes
        if posting is not None and posting.state == "unknown" and posting.refusal is not None:
            return await self._refuse_unless_posted(source, posting, posting.refusal)
        if posting is None or posting.state not in {"accepted", "live", "rejected"}:
            draft = await self.hooks.draft(source)
            if self.progress.checked_revision != source.revision:
                refusal = await self.hooks.check(draft)
                if refusal is not None:
                    return await self._refuse_unless_posted(source, posting, refusal)
                self.progress.checked_revision = source.revision
            posting = self.progress.begin(source.revision, draft.kind, draft.external_ref)
            stopped = await self._create(source, posting, draft)
            if stopped is not None:
                return stopped
            if posting.state == "accepted":
                return self._wait(posting)
        return await self._confirm(posting, source)

    async def _create(self, source: S, posting: Posting, draft: D) -> StepEnd | None:
        """None when the document is accepted or live."""
        doubted_at, posting.tried_at, posting.source_version = posting.tried_at, self.at, source.version
        posting.posted_on = draft.posted_on.isoformat() if draft.posted_on else None
        try:
            made = await self.erp.create(draft, idempotency_key(draft.external_ref, "create", posting.submission))
        except CallFailed as failure:
            if failure.retry == ADOPT:
                return await self._adopt(posting, draft, failure)
            if not failure.definite:
                posting.doubtful = True
                if failure.code == OTHER_SHAPE:  # it was made; what the answer does not say, a look-up may
                    return await self._adopt(posting, draft, failure)
                raise
            posting.tried_at = doubted_at  # a definite answer prolongs no doubt
            return await self._create_refused(source, posting, failure)
        return self._take(posting, made, draft)

    def _take(self, posting: Posting, made: Found, draft: D, job_id: str | None = None) -> StepEnd | None:
        """It exists: is it the one that was asked for? One over another amount is for a person to look at."""
        posting.number, posting.id, posting.job_id = made.number, made.id, made.job_id or job_id
        posting.state = made.standing if made.standing != "undone" else "accepted"  # who undid it, a second look says
        if made.total is None or made.total == draft.total:
            return None
        return self._park(
            "duplicate", "AMOUNT_DIFFERS", f"{posting.external_ref} belongs to {made.number} over {made.total}, not {draft.total}"
        )

    async def _adopt(self, posting: Posting, draft: D, failure: CallFailed) -> StepEnd | None:
        """The ERP has our reference already: use that document, when it is the one that we would have made."""
        found = await self.erp.find(posting.kind, posting.external_ref)
        if found is None and failure.retry != ADOPT:
            raise failure
        if found is None:
            return Retry(self.patience.look_again_s, "the ERP knows the reference but does not find it yet")
        if not found.live:
            self.progress.postings.remove(posting)
            return self._park("duplicate", "REFERENCE_SPENT", f"{posting.external_ref} belongs to {found.number}, which is {found.status}")
        job_id = failure.extra.get("job_id")
        return self._take(posting, found, draft, job_id if isinstance(job_id, str) else None)

    async def _create_refused(self, source: S, posting: Posting, failure: CallFailed) -> StepEnd | None:
        """This attempt certainly made nothing; an earlier one without an answer may have. What was refused is not asked for again."""
        refusal = refusal_of(failure)
        posting.refusal = refusal or posting.refusal
        found = await found_after_all(self.progress, posting, self.erp, self.patience, self.at)
        if found is True:
            return None
        if found is not False:
            return found
        if refusal is None:
            raise failure
        return await self._refuse(source, refusal)

    async def _refuse_unless_posted(self, source: S, posting: Posting | None, refusal: Refusal) -> StepEnd:
        """A check says no, but an attempt of an earlier life may have got through before."""
        if posting is not None:
            found = await found_after_all(self.progress, posting, self.erp, self.patience, self.at)
            if found is True:
                return await self._confirm(posting, source)
            if found is not False:
                return found
        return await self._refuse(source, refusal)

    async def _refuse(self, source: S, refusal: Refusal) -> StepEnd:
        try:
            await self.hooks.refuse(self.source_id, source.version, refusal)
        except CallFailed as failure:
            raise reread_on_conflict(failure) from failure
        return Settled("refused")

    async def _confirm(self, posting: Posting, source: S | None) -> StepEnd:
        """See what became of an accepted document, and write it back when it is posted."""
        if posting.state == "accepted":
            job = await self._job(posting)
            if job.status == "accepted":
                return self._wait(posting)
            if job.status == "withdrawn":
                return self._withdrawn(posting, source, f"{job.number} was withdrawn in the ERP")
            if job.status == "posted":
                posting.state = "live"
            else:
                posting.state = "rejected"
                reason = job.reason or f"{posting.number} was rejected by the ERP"
                posting.refusal = Refusal(job.code or "POSTING_REJECTED", reason, OWNERS["business"])
        if posting.state == "rejected":
            return await self._rejected(posting, source)
        return await self._record(posting, source)

    def _withdrawn(self, posting: Posting, source: S | None, reason: str) -> StepEnd:
        """By ourselves, where the answer to it was lost and the document has a newer revision: that is seen by reading it."""
        if source is None:
            raise Reread(CallFailed("erp.job.read", "business", "POSTING_WITHDRAWN", reason, definite=True, retry=NEVER, owner="finance"))
        posting.state = "undone"
        return self._park("business", "POSTING_WITHDRAWN", reason)

    async def _job(self, posting: Posting) -> PostingJob:
        if posting.job_id is not None:
            return await self.erp.job(posting.job_id)
        assert posting.number is not None
        found = await self.erp.read(posting.kind, posting.number)  # adopted without a job id: the document itself tells
        return PostingJob(JOB_WORDS.get(found.standing, "withdrawn"), found.number, None, None)

    def _wait(self, posting: Posting) -> StepEnd:
        if posting.polls >= POLLS_MAX:
            return self._park(
                "ambiguous", "CONFIRMATION_MISSING", f"{posting.number} is still only accepted after {posting.polls} looks at its job"
            )
        delay = self.poll_base_s * min(2.0**posting.polls, POLL_CAP_FACTOR)
        posting.polls += 1
        return Waiting(delay, f"confirmation of {posting.number}")

    async def _rejected(self, posting: Posting, source: S | None) -> StepEnd:
        """Accepted, but it could not be posted: tell the author, or wait for finance when the period is closed."""
        told = posting.refusal or Refusal("POSTING_REJECTED", f"{posting.number} was rejected by the ERP", OWNERS["business"])
        failure = CallFailed("erp.job.read", "business", told.code, told.reason, definite=True, retry=NEVER, owner=told.owner)
        refusal = refusal_of(failure)
        if refusal is None:
            return self._park("business", told.code, told.reason)
        source = source or await self.hooks.read(self.source_id)
        if source.revision != posting.revision or source.stage is not SourceStage.APPROVED:
            raise Reread(failure)
        return await self._refuse(source, refusal)

    async def _record(self, posting: Posting, source: S | None) -> StepEnd:
        try:
            await self.hooks.record(self.source_id, source, posting)
        except CallFailed as failure:
            raise reread_on_conflict(failure) from failure
        return Settled(self.hooks.done)

    async def _compare(self, source: S) -> StepEnd:
        """It carries a number: ours, or somebody else's while ours is live, which a person must sort out."""
        number = source.recorded.number if source.recorded else None
        for posting in self.progress.obligations():
            if posting.state == "unknown" and not await look_up(posting, self.erp):
                waiting = still_open(posting, self.patience, self.at)
                if waiting is not None:
                    return waiting
                posting.state = "undone"
            if posting.state in {"live", "accepted"} and posting.number != number:
                what = f"{self.source_id} names {number}, but {posting.number} is live for it as well"
                return self._park("duplicate", self.hooks.twice, what)
        return Settled(self.hooks.done)

    def _park(self, failure_class: str, code: str, reason: str) -> StepEnd:
        return park(
            self.progress,
            failure_class=failure_class,
            code=code,
            reason=reason,
            owner=OWNERS.get(failure_class, "IT"),
            attempts=max((posting.polls for posting in self.progress.postings), default=0) or 1,
            at=self.at,
        )


async def check_codings(erp: Erp, draft: Draft) -> Refusal | None:
    """The first combination that may not be posted to."""
    for coding in draft.codings():
        refusal = await erp.check(coding)
        if refusal is not None:
            return refusal
    return None
