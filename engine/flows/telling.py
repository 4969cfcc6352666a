"""What every flow does that carries news back: read what is true now, find who waits for it, tell the newest with a guard.

A run starts from the source as it is, so late, doubled, reordered or forged events lead to nothing but what is true. News that was
overtaken before anybody was told is never told; what is told carries its sequence and the version of the object that keeps it, so that
nothing older is written over something newer, by us or by a run of ours that died slowly. What is a flow's own (`NewsHooks`) stands in its
own file.
"""

from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from engine.flows.outcomes import Reread, Settled, StepEnd, park, park_again
from engine.model.erp_documents import Kind
from engine.model.failures import ADOPT, REREAD, CallFailed
from engine.model.progress import Progress
from engine.model.sources import SourceStage

REREADS_MAX = 4  # within one run; more means that the news changes faster than we tell it


class News(Protocol):
    """The source at its latest version. stage: APPROVED when there is something to tell."""

    @property
    def sequence(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def stage(self) -> SourceStage: ...


class Told(Protocol):
    """What is to be known."""

    @property
    def sequence(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def external_ref(self) -> str: ...


class Listener(Protocol):
    """Who waits, and what is known there."""

    @property
    def sequence(self) -> int: ...
    @property
    def status(self) -> str | None: ...


N = TypeVar("N", bound=News)
D = TypeVar("D", bound=Told)
L = TypeVar("L", bound=Listener)


class NewsHooks(Protocol[N, D, L]):
    """What is a flow's own. Methods that call a system may raise CallFailed."""

    kind: ClassVar[Kind]  # what the target keeps, an id of contracts/documents.yaml

    async def read(self, source_id: str, /) -> N: ...

    def draft(self, news: N, /) -> D:
        """Raises Unpostable when a value has no rule."""
        ...

    async def listener(self, news: N, /) -> L | None:
        """Who waits for it; None: nobody does."""
        ...

    async def tell(self, listener: L, draft: D, /) -> None:
        """With the listener's version as the guard (CallFailed with retry REREAD where something newer is there)."""
        ...


@dataclass(frozen=True, slots=True)
class TellingRun(Generic[N, D, L]):
    """One run for one source. at: epoch seconds of its start."""

    source_id: str
    hooks: NewsHooks[N, D, L]
    progress: Progress
    at: float

    async def advance(self) -> StepEnd:
        """Decide until the news holds still. Raises CallFailed, Unpostable."""
        self.progress.unsure = False  # what a run that died may have told is seen by looking
        for _ in range(REREADS_MAX):
            try:
                return await self._decide(await self.hooks.read(self.source_id))
            except Reread as reread:
                last = reread.failure
        raise last

    async def _decide(self, news: N) -> StepEnd:
        progress = self.progress
        unchanged = (progress.seen_revision, progress.seen_status) == (news.sequence, news.status)
        progress.seen_revision, progress.seen_status = news.sequence, news.status
        if progress.parking is not None and unchanged and not progress.taken_up:
            return park_again(progress)
        if news.stage is not SourceStage.APPROVED:
            return Settled("nothing")
        draft = self.hooks.draft(news)
        listener = await self.hooks.listener(news)
        if listener is None:
            return Settled("nothing")
        return await self._tell(listener, draft)

    async def _tell(self, listener: L, draft: D) -> StepEnd:
        self.progress.postings = [each for each in self.progress.postings if each.revision == draft.sequence]
        posting = self.progress.begin(draft.sequence, self.hooks.kind, draft.external_ref)
        if listener.sequence > draft.sequence:
            what = f"{listener.sequence} was told already, and {self.source_id} is at {draft.sequence}"
            raise Reread(CallFailed("news", "stale", "TARGET_IS_NEWER", what, definite=True, retry=REREAD, owner="integration team"))
        if listener.sequence < draft.sequence:
            posting.tried_at = self.at
            try:
                await self.hooks.tell(listener, draft)
            except CallFailed as failure:
                if failure.retry in {REREAD, ADOPT}:
                    raise Reread(failure) from failure
                raise
        elif listener.status != draft.status:
            reason = f'"{listener.status}" is known of sequence {draft.sequence}, and {self.source_id} says "{draft.status}"'
            return park(
                self.progress, failure_class="duplicate", code="CONTENT_DIFFERS", reason=reason, owner="integration team", attempts=1,
                at=self.at,
            )  # fmt: skip
        posting.state = "live"
        return Settled("current")
