"""What every flow does that keeps copies of a record, whatever the record is: read the latest version, see what the target holds, write
it with a guard, tell the source.

Every run starts from the record as it is now and from the target as it is now, so late, doubled, reordered or forged events cannot lead it
astray, and a run may die anywhere: the next one sees what is there. Nothing older is ever written over something newer, because the
version goes along and the target refuses an older one. What is a flow's own (`RecordHooks`) stands in its own file.
"""

from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from engine.flows.outcomes import Reread, Settled, StepEnd, decide_anew, park, park_again, refusal_of, reread_on_conflict
from engine.mapping.references import idempotency_key
from engine.model.failures import ADOPT, OTHER_SHAPE, REREAD, CallFailed
from engine.model.progress import Posting, Progress
from engine.model.sources import Refusal


class RecordVersion(Protocol):
    """A record at its latest version. sequence: counts its versions; version: every change of the object that it is read from."""

    @property
    def sequence(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def status(self) -> str: ...


class CopyDraft(Protocol):
    """What the target shall hold."""

    @property
    def sequence(self) -> int: ...
    @property
    def external_ref(self) -> str: ...
    @property
    def checksum(self) -> str: ...


class HeldCopy(Protocol):
    """What the target holds."""

    @property
    def sequence(self) -> int: ...
    @property
    def checksum(self) -> str: ...


R = TypeVar("R", bound=RecordVersion)
D = TypeVar("D", bound=CopyDraft)
H = TypeVar("H", bound=HeldCopy)


class RecordHooks(Protocol[R, D, H]):
    """What is a flow's own. Methods that call a system may raise CallFailed."""

    kind: ClassVar[str]  # what the target holds, an id of contracts/documents.yaml

    async def read(self, source_id: str, /) -> R: ...

    def draft(self, record: R, /) -> D:
        """Raises Unpostable when a value has no rule."""
        ...

    async def held(self, draft: D, /) -> H | None:
        """What the target has of it; None: nothing yet."""
        ...

    async def write(self, draft: D, key: str, /) -> H:
        """It replaces an older one; a newer one that is there is never replaced (CallFailed with retry REREAD)."""
        ...

    def is_told(self, record: R, held: H, /) -> bool:
        """Whether the source knows already."""
        ...

    async def tell(self, record: R, held: H, /) -> None: ...

    async def refuse(self, record: R, refusal: Refusal, /) -> None: ...


@dataclass(frozen=True, slots=True)
class ReplicatingRun(Generic[R, D, H]):
    """One run for one record. at: epoch seconds of its start."""

    source_id: str
    hooks: RecordHooks[R, D, H]
    progress: Progress
    at: float

    async def advance(self) -> StepEnd:
        """Decide until the record holds still. Raises CallFailed, Unpostable."""
        self.progress.unsure = False  # what a run that died may have written is seen by looking
        return await decide_anew(self._decide)

    async def _decide(self) -> StepEnd:
        progress, record = self.progress, await self.hooks.read(self.source_id)
        unchanged = (progress.seen_revision, progress.seen_status) == (record.sequence, record.status)
        progress.seen_revision, progress.seen_status = record.sequence, record.status
        if progress.parking is not None and unchanged and not progress.taken_up:
            return park_again(progress)
        draft = self.hooks.draft(record)
        posting = self._begin(draft)
        held = await self.hooks.held(draft)
        if held is None or held.sequence < draft.sequence:
            try:
                held = await self._write(draft, posting)
            except CallFailed as failure:
                return await self._not_written(record, posting, failure)
        posting.state = "live"
        if held.sequence > draft.sequence:
            what = f"the target has version {held.sequence}, and {self.source_id} is at {draft.sequence}"
            raise Reread(CallFailed("record", "stale", "TARGET_IS_NEWER", what, definite=True, retry=REREAD, owner="integration team"))
        if held.checksum != draft.checksum:
            return self._park("duplicate", "CONTENT_DIFFERS", f"version {held.sequence} in the target is not what {self.source_id} says")
        return await self._tell(record, held)

    def _begin(self, draft: D) -> Posting:
        """What may be written is remembered; older versions do not count any more."""
        self.progress.postings = [each for each in self.progress.postings if each.revision == draft.sequence]
        return self.progress.begin(draft.sequence, self.hooks.kind, draft.external_ref)

    async def _write(self, draft: D, posting: Posting) -> H:
        posting.tried_at = self.at
        try:
            return await self.hooks.write(draft, idempotency_key(draft.external_ref, "create"))
        except CallFailed as failure:
            if failure.code != OTHER_SHAPE:
                raise
            held = await self.hooks.held(draft)  # it was made; what the answer does not say, a look may
            if held is None or held.sequence < draft.sequence:
                raise
            return held

    async def _not_written(self, record: R, posting: Posting, failure: CallFailed) -> StepEnd:
        """A newer one is there, or an earlier attempt without an answer got through: look again. A rule says no: the source is told, and
        the record waits for a person."""
        if failure.retry in {REREAD, ADOPT}:
            raise Reread(failure) from failure
        if not failure.definite:
            raise failure
        self.progress.postings.remove(posting)
        refusal = refusal_of(failure)
        if refusal is None:
            raise failure
        try:
            await self.hooks.refuse(record, refusal)
        except CallFailed as refused:
            raise reread_on_conflict(refused) from refused
        return self._park("business", failure.code, failure.detail)

    async def _tell(self, record: R, held: H) -> StepEnd:
        if not self.hooks.is_told(record, held):
            try:
                await self.hooks.tell(record, held)
            except CallFailed as failure:
                raise reread_on_conflict(failure) from failure
        return Settled("current")

    def _park(self, failure_class: str, code: str, reason: str) -> StepEnd:
        owner = "finance" if failure_class == "business" else "integration team"
        return park(self.progress, failure_class=failure_class, code=code, reason=reason, owner=owner, attempts=1, at=self.at)
