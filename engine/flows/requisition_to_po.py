"""Requisition to purchase order: read, check supplier and coding, create with the approval evidence, write the number back.

Pure over its ports. Every run starts from the requisition as it is now, so late, doubled, reordered or forged events
cannot lead it astray; every step may be repeated, so it may die anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.flows.obligations import Patience, found_after_all, look_up, still_open, suspect_all, undo_all
from engine.flows.outcomes import Reread, Retry, Settled, StepEnd, park, park_again, refusal_of, reread_on_conflict
from engine.flows.ports import Erp, Procurement
from engine.mapping.purchase import order_draft
from engine.mapping.references import idempotency_key
from engine.mapping.rules import Rules
from engine.model.erp_documents import Found, OrderDraft
from engine.model.failures import ADOPT, OTHER_SHAPE, CallFailed
from engine.model.progress import Posting, Progress
from engine.model.sources import Refusal, Requisition, SourceStage

FLOW = "requisition-to-po"
REREADS_MAX = 4  # within one run; more means that somebody edits faster than we decide


@dataclass(frozen=True, slots=True)
class RequisitionRun:
    """One run for one requisition. `at` is the epoch time of its start, for obligations only."""

    source_id: str
    progress: Progress
    procurement: Procurement
    erp: Erp
    rules: Rules
    minor_units: Mapping[str, int]
    patience: Patience
    at: float
    redriven: bool = False

    async def advance(self) -> StepEnd:
        """Decide until the requisition holds still. Raises CallFailed, Unpostable."""
        for _ in range(REREADS_MAX):
            try:
                return await self._decide(await self.procurement.read(self.source_id))
            except Reread as reread:
                last = reread.failure
        raise last

    async def _decide(self, requisition: Requisition) -> StepEnd:
        progress = self.progress
        if progress.unsure:
            suspect_all(progress, requisition.revision, "purchase_order", self.source_id, self.at)
        unchanged = (progress.seen_revision, progress.seen_status) == (requisition.revision, requisition.status)
        progress.seen_revision, progress.seen_status = requisition.revision, requisition.status
        if progress.parking is not None and unchanged and not self.redriven:
            return park_again(progress)
        if requisition.stage is SourceStage.APPROVED:
            waiting = await self._undo("superseded by a newer revision", except_revision=requisition.revision)
            return waiting or await self._order(requisition)
        if requisition.stage is SourceStage.RECORDED:
            return await self._compare(requisition)
        how = "refused" if requisition.stage is SourceStage.REFUSED else "undone" if progress.postings else "nothing"
        return await self._undo(f"the approval of {self.source_id} was taken back") or Settled(how)

    async def _undo(self, reason: str, except_revision: int | None = None) -> StepEnd | None:
        return await undo_all(self.progress, self.erp, reason, except_revision=except_revision, patience=self.patience, at=self.at)

    async def _order(self, requisition: Requisition) -> StepEnd:
        posting = self.progress.posting(requisition.revision)
        if posting is None or posting.state != "live":
            draft = order_draft(requisition, self.rules, self.minor_units)
            if self.progress.checked_revision != requisition.revision:
                refusal = await self._check(draft)
                if refusal is not None:
                    return await self._refuse_unless_posted(requisition, posting, refusal)
                self.progress.checked_revision = requisition.revision
            posting = self.progress.begin(requisition.revision, "purchase_order", draft.external_ref)
            stopped = await self._create(requisition, posting, draft)
            if stopped is not None:
                return stopped
        return await self._record(requisition, posting)

    async def _check(self, draft: OrderDraft) -> Refusal | None:
        supplier = await self.erp.supplier(draft.vendor_id, draft.company_code)
        if not supplier.orderable:
            return Refusal("SUPPLIER_BLOCKED", supplier.problem or "the supplier is blocked", "finance")
        for coding in draft.codings():
            refusal = await self.erp.check(coding)
            if refusal is not None:
                return refusal
        return None

    async def _create(self, requisition: Requisition, posting: Posting, draft: OrderDraft) -> StepEnd | None:
        """None when the order is live."""
        posting.tried_at = self.at
        try:
            order = await self.erp.create_order(draft, idempotency_key(draft.external_ref, "create"))
        except CallFailed as failure:
            if failure.retry == ADOPT:
                return await self._adopt(posting, draft, failure)
            if not failure.definite:
                posting.doubtful = True
                if failure.code == OTHER_SHAPE:  # it was made; what the answer does not say, a look-up may
                    return await self._adopt(posting, draft, failure)
                raise
            return await self._create_refused(requisition, posting, failure)
        return self._take(posting, order, draft)

    def _take(self, posting: Posting, order: Found, draft: OrderDraft) -> StepEnd | None:
        """It exists: is it the one that was asked for? An order over another amount is for a person to look at."""
        posting.number, posting.id, posting.state = order.number, order.id, "live"
        if order.total is None or order.total == draft.total:
            return None
        return self._park("AMOUNT_DIFFERS", f"{posting.external_ref} is {order.number} over {order.total}, not {draft.total}")

    async def _adopt(self, posting: Posting, draft: OrderDraft, failure: CallFailed) -> StepEnd | None:
        """The ERP has our reference already: use that document, when it is the one that we would have made."""
        found = await self.erp.find(posting.kind, posting.external_ref)
        if found is None and failure.retry != ADOPT:
            raise failure
        if found is None:
            return Retry(self.patience.look_again_s, "the ERP knows the reference but does not find it yet")
        if not found.live:
            self.progress.postings.remove(posting)
            return self._park("REFERENCE_SPENT", f"{posting.external_ref} belongs to {found.number}, which is {found.status}")
        return self._take(posting, found, draft)

    async def _create_refused(self, requisition: Requisition, posting: Posting, failure: CallFailed) -> StepEnd | None:
        """This attempt certainly made nothing; an earlier one without an answer may have."""
        found = await found_after_all(self.progress, posting, self.erp, self.patience, self.at)
        if found is True:
            return None
        if found is not False:
            return found
        refusal = refusal_of(failure)
        if refusal is None:
            raise failure
        return await self._refuse(requisition, refusal)

    async def _refuse_unless_posted(self, requisition: Requisition, posting: Posting | None, refusal: Refusal) -> StepEnd:
        """A check says no, but an attempt of an earlier life may have got through before."""
        if posting is not None:
            found = await found_after_all(self.progress, posting, self.erp, self.patience, self.at)
            if found is True:
                return await self._record(requisition, posting)
            if found is not False:
                return found
        return await self._refuse(requisition, refusal)

    async def _refuse(self, requisition: Requisition, refusal: Refusal) -> StepEnd:
        try:
            await self.procurement.record_refusal(self.source_id, requisition.version, refusal)
        except CallFailed as failure:
            raise reread_on_conflict(failure) from failure
        return Settled("refused")

    async def _record(self, requisition: Requisition, posting: Posting) -> StepEnd:
        assert posting.number is not None
        try:
            await self.procurement.record_order(
                self.source_id, requisition.version, number=posting.number, order_id=posting.id, revision=requisition.revision
            )
        except CallFailed as failure:
            raise reread_on_conflict(failure) from failure
        return Settled("ordered")

    async def _compare(self, requisition: Requisition) -> StepEnd:
        """It carries a number: ours, or somebody else's while ours is live, which a person must sort out."""
        number = requisition.recorded.number if requisition.recorded else None
        for posting in self.progress.obligations():
            if posting.state == "unknown" and not await look_up(posting, self.erp):
                waiting = still_open(posting, self.patience, self.at)
                if waiting is not None:
                    return waiting
                posting.state = "undone"
            if posting.state == "live" and posting.number != number:
                return self._park("ORDERED_TWICE", f"{self.source_id} names {number}, but {posting.number} is live for it as well")
        return Settled("ordered")

    def _park(self, code: str, reason: str) -> StepEnd:
        return park(self.progress, failure_class="duplicate", code=code, reason=reason, owner="integration team", attempts=1, at=self.at)
