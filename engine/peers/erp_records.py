"""The ERP's master records: cost centres, projects and accounts as they are in force."""

from datetime import date
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.master_data import MasterRecord
from engine.model.sources import Change, SourceStage
from engine.peers.caller import Peer, decode

HOME = "/master-records"
READ, LIST = "erp.master_record.read", "erp.master_record.list"
STATUSES = ("active", "inactive")
KINDS = ("cost_center", "project", "gl_account")


class _Record(msgspec.Struct):
    number: str
    version: int
    kind: str
    company_code: str
    code: str
    name: str
    responsible: str
    valid_from: str
    valid_to: str
    active: bool
    status: str
    revision: int
    correlation_id: str | None = None


class _Summary(msgspec.Struct):
    number: str
    status: str
    revision: int
    version: int
    released_at: str


class _Page(msgspec.Struct):
    items: list[_Summary]
    next_cursor: str | None = None


_RECORD = msgspec.json.Decoder(_Record)
_PAGE = msgspec.json.Decoder(_Page)


class RecordGateway:
    """The calls about one record, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> MasterRecord:
        """What is in force."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"{HOME}/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _RECORD)
        self._trace.adopt(wire.correlation_id)
        if (wire.status == "active") is not wire.active:
            raise other_shape(READ, f"status is {wire.status[:60]!r} and active is {wire.active}")
        return MasterRecord(
            source_id=wire.number,
            sequence=wire.revision,
            version=wire.version,
            status=one_of(READ, "status", wire.status, STATUSES),
            kind=one_of(READ, "kind", wire.kind, KINDS),
            company_code=wire.company_code,
            code=wire.code,
            name=wire.name,
            responsible=wire.responsible,
            valid_from=_day(wire.valid_from),
            valid_to=_day(wire.valid_to),
            active=wire.active,
            correlation_id=wire.correlation_id,
        )

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of what was released, oldest first, and the cursor of the next page. What is not on it is not gone."""
        params = {"limit": str(limit)}
        if since is not None:
            params["updated_since"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request(LIST, "GET", HOME, params=params), self._trace), _PAGE)
        return [
            Change(item.number, item.status, SourceStage.APPROVED, item.revision, item.version, item.released_at) for item in page.items
        ], page.next_cursor


def _day(text: str) -> date:
    """Of YYYYMMDD. Raises CallFailed."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise other_shape(READ, f"{text[:20]!r} is no day as YYYYMMDD") from None
