"""Master data out of the ERP: what was released last is what every other system's copy says."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from engine.flows.outcomes import first_of
from engine.mapping.master_data import copies_draft
from engine.mapping.rules import Rules
from engine.model.master_data import CopiesDraft, CopiesHeld, CopyContent, MasterRecord
from engine.model.sources import Refusal

FLOW = "master-data-replication"


class Owner(Protocol):
    """Where master data is released. Every method may raise CallFailed."""

    async def read(self, source_id: str) -> MasterRecord: ...


class Keepers(Protocol):
    """Where copies are kept. Every method may raise CallFailed."""

    async def put(self, system: str, content: CopyContent) -> None:
        """The same again changes nothing. VERSION_CONFLICT: something newer is there."""
        ...


@dataclass(frozen=True, slots=True)
class MasterDataHooks:
    """What is this flow's own. known: by system, the digest of what its copy is known to say. It spares calls and decides nothing: a write
    may be repeated."""

    owner: Owner
    keepers: Keepers
    rules: Rules
    known: MutableMapping[str, str]
    kind: ClassVar[str] = "procurement_master_record"

    async def read(self, source_id: str) -> MasterRecord:
        """What is in force now."""
        return await self.owner.read(source_id)

    def draft(self, record: MasterRecord) -> CopiesDraft:
        """Raises Unpostable."""
        return copies_draft(record, self.rules)

    async def held(self, draft: CopiesDraft) -> CopiesHeld | None:
        """Nothing, unless every copy is known to say this."""
        return None if self._open(draft) else CopiesHeld(draft.sequence, draft.checksum)

    async def write(self, draft: CopiesDraft, _key: str) -> CopiesHeld:
        """Every copy that does not say it yet. One that cannot be written keeps no other one waiting; then the call fails all the same."""
        wanted = self._open(draft)
        ended = await asyncio.gather(*(self.keepers.put(system, draft.copies[system]) for system in wanted), return_exceptions=True)
        for system, problem in zip(wanted, ended, strict=True):
            if problem is None:
                self.known[system] = draft.copies[system].digest
        if any(ended):
            raise first_of(ended)
        return CopiesHeld(draft.sequence, draft.checksum)

    def is_told(self, _record: MasterRecord, _held: CopiesHeld) -> bool:
        """The ERP keeps no word about its copies."""
        return True

    async def tell(self, record: MasterRecord, held: CopiesHeld) -> None:
        """Nobody waits for it."""

    async def refuse(self, record: MasterRecord, refusal: Refusal) -> None:
        """Nobody is told: it is parked."""

    def _open(self, draft: CopiesDraft) -> list[str]:
        return [system for system, content in draft.copies.items() if self.known.get(system) != content.digest]
