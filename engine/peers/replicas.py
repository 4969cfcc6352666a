"""Copies of master data in procurement, expenses and planning: one write for each, in that system's spelling, guarded by the revision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.master_data import CopyContent
from engine.peers.caller import Peer


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a system writes a copy. members: its names for revision, entity, responsible (None: it keeps nobody), first and last day."""

    home: str
    members: tuple[str, str, str | None, str, str]
    day: Callable[[date], str] = date.isoformat

    def path(self, content: CopyContent) -> str:
        """Where the copy is."""
        return f"{self.home}/{quote(content.source_id, safe='')}"

    def body(self, content: CopyContent) -> dict[str, object]:
        """What it says."""
        revision, entity, responsible, first, last = self.members
        return {
            revision: content.sequence,
            "kind": content.kind,
            entity: content.house,
            "code": content.code,
            "name": content.name,
            **({responsible: content.responsible} if responsible is not None else {}),
            first: self.day(content.valid_from),
            last: self.day(content.valid_to),
            "active": content.active,
        }


SPELLINGS: Mapping[str, Spelling] = {
    "procurement": Spelling("/api/v1/master-data", ("sourceRevision", "legalEntity", "responsibleId", "validFrom", "validTo")),
    "expense": Spelling(
        "/v1/master-data", ("source_revision", "entity_code", "responsible_login", "valid_from", "valid_to"), "{:%d/%m/%Y}".format
    ),
    "planning": Spelling("/plans/v1/master-data", ("source-revision", "entity", None, "valid-from", "valid-to")),
}


class ReplicaGateway:
    """The copies of one record. peers: by system."""

    def __init__(self, peers: Mapping[str, Peer], trace: Trace) -> None:
        self._peers = peers
        self._trace = trace

    async def put(self, system: str, content: CopyContent) -> None:
        """Told twice it changes nothing there, so no idempotency key is needed. VERSION_CONFLICT: something newer is there."""
        spelling = SPELLINGS[system]
        body = msgspec.json.encode(spelling.body(content))
        await self._peers[system].call(Request(f"{system}.master_record.put", "PUT", spelling.path(content), body=body), self._trace)
