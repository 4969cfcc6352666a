"""What every flow does that carries news back: read what is true now, find who waits for it where, tell each the newest with a guard.

A run starts from the source as it is, so late, doubled, reordered or forged events lead to nothing but what is true. News that was
overtaken before anybody was told is never told; what is told carries its sequence and the version of the object that keeps it, so that
nothing older is written over something newer, by us or by a run of ours that died slowly. Where several audiences are told, none waits for
another that cannot be reached. What is a flow's own (`NewsHooks`) stands in its own file.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from engine.flows.outcomes import Parked, Reread, Settled, StepEnd, decide_anew, first_of, park, park_again
from engine.model.erp_documents import Kind
from engine.model.failures import ADOPT, REREAD, CallFailed
from engine.model.progress import Progress
from engine.model.sources import SourceStage


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
N_contra = TypeVar("N_contra", bound=News, contravariant=True)
D = TypeVar("D", bound=Told)
L = TypeVar("L", bound=Listener)


class Audience(Protocol[N_contra, D, L]):
    """Those who wait in one system. Methods that call it may raise CallFailed."""

    @property
    def kind(self) -> Kind:
        """What is kept there, an id of contracts/documents.yaml."""
        ...

    def draft(self, news: N_contra, /) -> D:
        """In the words that are used there. Raises Unpostable when a value has no rule."""
        ...

    async def listener(self, news: N_contra, /) -> L | None:
        """Who waits for it; None: nobody does."""
        ...

    async def tell(self, listener: L, draft: D, /) -> None:
        """With the listener's version as the guard (CallFailed with retry REREAD where something newer is there)."""
        ...


class NewsHooks(Protocol[N]):
    """What is a flow's own. Methods that call a system may raise CallFailed."""

    @property
    def audiences(self) -> Sequence[Audience[N, Any, Any]]: ...

    async def read(self, source_id: str, /) -> N: ...


@dataclass(frozen=True, slots=True)
class TellingRun(Generic[N]):
    """One run for one source. at: epoch seconds of its start."""

    source_id: str
    hooks: NewsHooks[N]
    progress: Progress
    at: float

    async def advance(self) -> StepEnd:
        """Decide until the news holds still. Raises CallFailed, Unpostable."""
        self.progress.unsure = False  # what a run that died may have told is seen by looking
        return await decide_anew(self._decide)

    async def _decide(self) -> StepEnd:
        progress, news = self.progress, await self.hooks.read(self.source_id)
        unchanged = (progress.seen_revision, progress.seen_status) == (news.sequence, news.status)
        progress.seen_revision, progress.seen_status = news.sequence, news.status
        if progress.parking is not None and unchanged and not progress.taken_up:
            return park_again(progress)
        if news.stage is not SourceStage.APPROVED:
            return Settled("nothing")
        ended = await asyncio.gather(*(self._inform(each, news) for each in self.hooks.audiences), return_exceptions=True)
        if any(isinstance(each, BaseException) for each in ended):
            raise first_of(ended)
        parked = next((each for each in ended if isinstance(each, Parked)), None)
        posting = progress.posting(news.sequence)
        if parked is not None or posting is None:
            return parked or Settled("nothing")
        posting.state = "live"
        return Settled("current")

    async def _inform(self, audience: Audience[N, D, L], news: N) -> Parked | None:
        """Of one audience. Raises Reread, CallFailed, Unpostable."""
        draft, listener = audience.draft(news), await audience.listener(news)
        return None if listener is None else await self._tell(audience, listener, draft)

    async def _tell(self, audience: Audience[N, D, L], listener: L, draft: D) -> Parked | None:
        self.progress.postings = [each for each in self.progress.postings if each.revision == draft.sequence]
        posting = self.progress.begin(draft.sequence, audience.kind, draft.external_ref)
        if listener.sequence > draft.sequence:
            what = f"{listener.sequence} was told already, and {self.source_id} is at {draft.sequence}"
            raise Reread(CallFailed("news", "stale", "TARGET_IS_NEWER", what, definite=True, retry=REREAD, owner="integration team"))
        if listener.sequence < draft.sequence:
            posting.tried_at = self.at
            try:
                await audience.tell(listener, draft)
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
        return None
