"""Expense report to ERP posting: read, map, check the coding, post an AP invoice or a journal by the entity's policy, wait
for the confirmation (event or job polling), write the document number back.

Accepted is not posted. The confirmation event is only a reason to look: what counts is the job as the ERP shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.flows.obligations import Patience, found_after_all, look_up, still_open, suspect_all, undo_all
from engine.flows.outcomes import (
    Reread,
    Retry,
    Settled,
    StepEnd,
    Waiting,
    park,
    park_again,
    refusal_of,
    reread_on_conflict,
)
from engine.flows.ports import Erp, Expense
from engine.mapping.expense import posting_date, posting_draft
from engine.mapping.references import idempotency_key
from engine.mapping.rules import Rules
from engine.model.erp_documents import Kind, PostingDraft, PostingJob
from engine.model.failures import ADOPT, NEVER, OTHER_SHAPE, CallFailed
from engine.model.progress import Posting, Progress
from engine.model.sources import ExpenseReport, Refusal, SourceStage

FLOW = "expense-to-posting"
REREADS_MAX = 4
POLLS_MAX = 10  # of one job; connector.toml declares as many attempts
POLL_CAP_FACTOR = 64.0


@dataclass(frozen=True, slots=True)
class ExpenseRun:
    """One run for one expense report. `news` says that the report itself may have changed since the last run."""

    source_id: str
    progress: Progress
    expense: Expense
    erp: Erp
    rules: Rules
    minor_units: Mapping[str, int]
    patience: Patience
    at: float
    poll_base_s: float
    news: bool = True
    redriven: bool = False

    async def advance(self) -> StepEnd:
        """Decide until the report holds still. Raises CallFailed, Unpostable."""
        posting = self._awaited()
        if posting is not None:
            try:
                return await self._confirm(posting, None)
            except Reread:
                pass  # the report moved on: decide from its present state
        for _ in range(REREADS_MAX):
            try:
                return await self._decide(await self.expense.read(self.source_id))
            except Reread as reread:
                last = reread.failure
        raise last

    def _awaited(self) -> Posting | None:
        """The posting whose confirmation is all that is missing, when the report need not be read again for it."""
        if self.news or self.progress.unsure or self.redriven or self.progress.parking is not None:
            return None
        open_ones = self.progress.obligations()
        return open_ones[0] if len(open_ones) == 1 and open_ones[0].state == "accepted" else None

    async def _decide(self, report: ExpenseReport) -> StepEnd:
        progress = self.progress
        if progress.unsure:
            suspect_all(progress, report.revision, self._kind(report), self.source_id, self.at)
        unchanged = (progress.seen_revision, progress.seen_status) == (report.revision, report.status)
        progress.seen_revision, progress.seen_status = report.revision, report.status
        if progress.parking is not None and unchanged and not self.redriven:
            return park_again(progress)
        if report.stage is SourceStage.APPROVED:
            waiting = await self._undo("superseded by a newer revision", except_revision=report.revision)
            return waiting or await self._post(report)
        if report.stage is SourceStage.RECORDED:
            return await self._compare(report)
        how = "refused" if report.stage is SourceStage.REFUSED else "undone" if progress.postings else "nothing"
        return await self._undo(f"{self.source_id} went back to its author") or Settled(how)

    def _kind(self, report: ExpenseReport) -> Kind:
        return "journal_entry" if self.rules.expense_entity(report.entity).route == "journal_entry" else "ap_invoice"

    async def _undo(self, reason: str, except_revision: int | None = None) -> StepEnd | None:
        return await undo_all(self.progress, self.erp, reason, except_revision=except_revision, patience=self.patience, at=self.at)

    async def _post(self, report: ExpenseReport) -> StepEnd:
        posting = self.progress.posting(report.revision)
        if posting is not None and posting.state == "rejected" and self.redriven:
            posting.submission += 1  # the first submission has its final answer; this is another one
            posting.state, posting.job_id, posting.number = "unknown", None, None
        if posting is None or posting.state not in {"accepted", "live", "rejected"}:
            draft = posting_draft(report, self.rules, self.minor_units)
            if self.progress.checked_revision != report.revision:
                refusal = await self._check(draft)
                if refusal is not None:
                    return await self._refuse_unless_posted(report, posting, refusal)
                self.progress.checked_revision = report.revision
            posting = self.progress.begin(report.revision, draft.kind, draft.external_ref)
            stopped = await self._create(report, posting, draft)
            if stopped is not None:
                return stopped
            if posting.state == "accepted":
                return self._wait(posting)
        return await self._confirm(posting, report)

    async def _check(self, draft: PostingDraft) -> Refusal | None:
        for coding in draft.codings():
            refusal = await self.erp.check(coding)
            if refusal is not None:
                return refusal
        return None

    async def _create(self, report: ExpenseReport, posting: Posting, draft: PostingDraft) -> StepEnd | None:
        """None when the document is accepted or live."""
        posting.tried_at = self.at
        posting.posted_on = draft.posting_date.isoformat()
        try:
            accepted = await self.erp.create_posting(draft, idempotency_key(draft.external_ref, "create", posting.submission))
        except CallFailed as failure:
            if failure.retry == ADOPT:
                return await self._adopt(posting, draft, failure)
            if not failure.definite:
                posting.doubtful = True
                if failure.code == OTHER_SHAPE:  # it was accepted; what the answer does not say, a look-up may
                    return await self._adopt(posting, draft, failure)
                raise
            return await self._create_refused(report, posting, failure)
        posting.job_id, posting.number, posting.state = accepted.job_id, accepted.number, "accepted"
        return None

    async def _adopt(self, posting: Posting, draft: PostingDraft, failure: CallFailed) -> StepEnd | None:
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
        posting.number, posting.id = found.number, found.id
        posting.job_id = found.job_id or (job_id if isinstance(job_id, str) else None)
        posting.state = "live" if found.status == "posted" else "accepted"
        if found.total is not None and found.total != draft.total:
            what = f"{posting.external_ref} belongs to {found.number} over {found.total}, not {draft.total}"
            return self._park("duplicate", "AMOUNT_DIFFERS", what)
        return None

    async def _create_refused(self, report: ExpenseReport, posting: Posting, failure: CallFailed) -> StepEnd | None:
        """This attempt certainly made nothing; an earlier one without an answer may have."""
        found = await found_after_all(self.progress, posting, self.erp, self.patience, self.at)
        if found is True:
            return None
        if found is not False:
            return found
        refusal = refusal_of(failure)
        if refusal is None:
            raise failure
        return await self._refuse(report, refusal)

    async def _refuse_unless_posted(self, report: ExpenseReport, posting: Posting | None, refusal: Refusal) -> StepEnd:
        """A check says no, but an attempt of an earlier life may have got through before."""
        if posting is not None:
            found = await found_after_all(self.progress, posting, self.erp, self.patience, self.at)
            if found is True:
                return await self._confirm(posting, report)
            if found is not False:
                return found
        return await self._refuse(report, refusal)

    async def _refuse(self, report: ExpenseReport, refusal: Refusal) -> StepEnd:
        try:
            await self.expense.record_refusal(self.source_id, report.version, refusal)
        except CallFailed as failure:
            raise reread_on_conflict(failure) from failure
        return Settled("refused")

    async def _confirm(self, posting: Posting, report: ExpenseReport | None) -> StepEnd:
        """See what became of an accepted document, and write it back when it is posted."""
        if posting.state == "accepted":
            job = await self._job(posting)
            if job.status == "accepted":
                return self._wait(posting)
            if job.status == "withdrawn":
                posting.state = "undone"
                return self._park("business", "POSTING_WITHDRAWN", f"{job.number} was withdrawn in the ERP")
            if job.status == "posted":
                posting.state = "live"
            else:
                posting.state = "rejected"
                posting.code, posting.reason = job.code, job.reason
        if posting.state == "rejected":
            return await self._rejected(posting, report)
        return await self._record(posting, report)

    async def _job(self, posting: Posting) -> PostingJob:
        if posting.job_id is not None:
            return await self.erp.job(posting.job_id)
        assert posting.number is not None
        found = await self.erp.read(posting.kind, posting.number)  # adopted without a job id: the document itself tells
        return PostingJob(found.status, found.number, None, None)

    def _wait(self, posting: Posting) -> StepEnd:
        progress = self.progress
        if progress.polls >= POLLS_MAX:
            return self._park(
                "ambiguous", "CONFIRMATION_MISSING", f"{posting.number} is still only accepted after {progress.polls} looks at its job"
            )
        delay = self.poll_base_s * min(2.0**progress.polls, POLL_CAP_FACTOR)
        progress.polls += 1
        return Waiting(delay, f"confirmation of {posting.number}")

    async def _rejected(self, posting: Posting, report: ExpenseReport | None) -> StepEnd:
        """Accepted, but it could not be posted: tell the employee, or wait for finance when the period is closed."""
        code = posting.code or "POSTING_REJECTED"
        reason = posting.reason or f"{posting.number} was rejected by the ERP"
        failure = CallFailed("erp.job.read", "business", code, reason, definite=True, retry=NEVER, owner="finance")
        refusal = refusal_of(failure)
        if refusal is None:
            return self._park("business", code, reason)
        report = report or await self.expense.read(self.source_id)
        if report.revision != posting.revision or report.stage is not SourceStage.APPROVED:
            raise Reread(failure)
        return await self._refuse(report, refusal)

    async def _record(self, posting: Posting, report: ExpenseReport | None) -> StepEnd:
        assert posting.number is not None
        posted_on = date.fromisoformat(posting.posted_on) if posting.posted_on else None
        if posted_on is None:
            report = report or await self.expense.read(self.source_id)
            posted_on = posting_date(report)
        version = report.version if report is not None else None
        try:
            await self.expense.record_posting(
                self.source_id, version, number=posting.number, kind=posting.kind, posted_on=posted_on, revision=posting.revision
            )
        except CallFailed as failure:
            raise reread_on_conflict(failure) from failure
        return Settled("posted")

    async def _compare(self, report: ExpenseReport) -> StepEnd:
        """It carries a number: ours, or somebody else's while ours is live, which a person must sort out."""
        number = report.recorded.number if report.recorded else None
        for posting in self.progress.obligations():
            if posting.state == "unknown" and not await look_up(posting, self.erp):
                waiting = still_open(posting, self.patience, self.at)
                if waiting is not None:
                    return waiting
                posting.state = "undone"
            if posting.state in {"live", "accepted"} and posting.number != number:
                return self._park(
                    "duplicate", "POSTED_TWICE", f"{self.source_id} names {number}, but {posting.number} is live for it as well"
                )
        return Settled("posted")

    def _park(self, failure_class: str, code: str, reason: str) -> StepEnd:
        owner = "finance" if failure_class == "business" else "integration team" if failure_class == "duplicate" else "IT"
        return park(
            self.progress,
            failure_class=failure_class,
            code=code,
            reason=reason,
            owner=owner,
            attempts=max(self.progress.polls, 1),
            at=self.at,
        )
