"""Master data out of the ERP: what was released last is what every other system's copy says."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from engine.flows.replicating import R
from engine.mapping.master_data import copies_draft
from engine.mapping.rules import Rules
from engine.model.failures import AGAIN, REREAD, CallFailed
from engine.model.master_data import C, CopiesDraft, CopiesHeld, CopyContent, MasterRecord, Spoken
from engine.model.sources import Refusal

FLOW = "master-data-replication"
R_co = TypeVar("R_co", covariant=True)
C_contra = TypeVar("C_contra", bound=Spoken, contravariant=True)


class Owner(Protocol[R_co]):
    """Where records are put in force. Every method may raise CallFailed."""

    async def read(self, source_id: str, /) -> R_co: ...


class Keepers(Protocol[C_contra]):
    """Where copies are kept. Every method may raise CallFailed."""

    async def put(self, system: str, content: C_contra, /) -> None:
        """The same again changes nothing. VERSION_CONFLICT: something newer is there."""
        ...


@dataclass(frozen=True, slots=True)
class CopyHooks(ABC, Generic[R, C]):
    """What the flows do that keep copies in several systems. known: by system, the digest of what its copy is known to say. It spares calls
    and decides nothing: a write may be repeated."""

    owner: Owner[R]
    keepers: Keepers[C]
    rules: Rules
    known: MutableMapping[str, str]
    kind: ClassVar[str]

    async def read(self, source_id: str) -> R:
        """What is in force now."""
        return await self.owner.read(source_id)

    @abstractmethod
    def draft(self, record: R) -> CopiesDraft[C]:
        """Raises Unpostable."""

    async def held(self, draft: CopiesDraft[C]) -> CopiesHeld | None:
        """Nothing, unless every copy is known to say this."""
        return None if self._open(draft) else CopiesHeld(draft.sequence, draft.checksum)

    async def write(self, draft: CopiesDraft[C], _key: str) -> CopiesHeld:
        """Every copy that does not say it yet. One that cannot be written keeps no other one waiting; then the call fails all the same."""
        wanted = self._open(draft)
        ended = await asyncio.gather(*(self.keepers.put(system, draft.copies[system]) for system in wanted), return_exceptions=True)
        for system, problem in zip(wanted, ended, strict=True):
            if problem is None:
                self.known[system] = draft.copies[system].digest
        if any(ended):
            raise _first_of(ended)
        return CopiesHeld(draft.sequence, draft.checksum)

    def is_told(self, _record: R, _held: CopiesHeld) -> bool:
        """The owner keeps no word about the copies."""
        return True

    async def tell(self, record: R, held: CopiesHeld) -> None:
        """Nobody waits for it."""

    async def refuse(self, record: R, refusal: Refusal) -> None:
        """Nobody is told: it is parked."""

    def _open(self, draft: CopiesDraft[C]) -> list[str]:
        return [system for system, content in draft.copies.items() if self.known.get(system) != content.digest]


class MasterDataHooks(CopyHooks[MasterRecord, CopyContent]):
    """What is this flow's own."""

    __slots__ = ()
    kind: ClassVar[str] = "procurement_master_record"

    def draft(self, record: MasterRecord) -> CopiesDraft[CopyContent]:
        """Raises Unpostable."""
        return copies_draft(record, self.rules)


def _first_of(ended: Iterable[BaseException | None]) -> BaseException:
    """What decides how it goes on: a defect, then what makes another look necessary, then what passes, then what stays."""
    order = (REREAD, AGAIN)

    def weight(problem: BaseException) -> int:
        if not isinstance(problem, CallFailed):
            return -1
        return order.index(problem.retry) if problem.retry in order else len(order)

    return min((problem for problem in ended if problem is not None), key=weight)
