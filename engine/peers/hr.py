"""HR: employees as they are in force; and where procurement and expenses keep their copies of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.master_data import EmployeeContent, EmployeeRecord
from engine.model.sources import Change, SourceStage
from engine.peers.caller import Peer, decode

HOME = "/v1/employees"
READ, LIST = "hr.employee.read", "hr.employee.list"
STATUSES = ("active", "on_leave", "left")


class _Employee(msgspec.Struct):
    employee_no: str
    version: int
    name: str
    company_code: str
    cost_center: str
    manager: str | None
    valid_from: str
    valid_to: str
    status: str
    revision: int
    correlation_id: str | None = None


class _Summary(msgspec.Struct):
    employee_no: str
    status: str
    revision: int
    version: int
    changed_at: str


class _Page(msgspec.Struct):
    items: list[_Summary]
    next_cursor: str | None = None


_EMPLOYEE = msgspec.json.Decoder(_Employee)
_PAGE = msgspec.json.Decoder(_Page)


class PersonnelGateway:
    """The calls about one employee, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> EmployeeRecord:
        """What is in force."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"{HOME}/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _EMPLOYEE)
        self._trace.adopt(wire.correlation_id)
        return EmployeeRecord(
            source_id=wire.employee_no,
            sequence=wire.revision,
            version=wire.version,
            status=one_of(READ, "status", wire.status, STATUSES),
            name=wire.name,
            company_code=wire.company_code,
            cost_center=wire.cost_center,
            manager=wire.manager,
            valid_from=_day(wire.valid_from),
            valid_to=_day(wire.valid_to),
            correlation_id=wire.correlation_id,
        )

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of the feed, oldest first, and the cursor of the next page. Who is not on it has not left."""
        params = {"limit": str(limit)}
        if since is not None:
            params["changed_since"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request(LIST, "GET", HOME, params=params), self._trace), _PAGE)
        return [
            Change(item.employee_no, item.status, SourceStage.APPROVED, item.revision, item.version, item.changed_at) for item in page.items
        ], page.next_cursor


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How a system writes a copy. members: its names for revision, person, entity, cost centre, manager, first and last day."""

    home: str
    members: tuple[str, str, str, str, str, str, str]
    day: Callable[[date], str] = date.isoformat

    def body(self, content: EmployeeContent) -> dict[str, object]:
        """What it says."""
        said = (
            content.sequence,
            content.user,
            content.house,
            content.cost_center,
            content.manager,
            self.day(content.valid_from),
            self.day(content.valid_to),
        )
        return {"name": content.name, "status": content.status, **dict(zip(self.members, said, strict=True))}


_SPELLINGS: Mapping[str, _Spelling] = {
    "procurement": _Spelling(
        "/api/v1/employees", ("sourceRevision", "userId", "legalEntity", "costCenter", "managerId", "validFrom", "validTo")
    ),
    "expense": _Spelling(
        "/v1/employees",
        ("source_revision", "login", "entity_code", "cost_object", "manager_login", "valid_from", "valid_to"),
        "{:%d/%m/%Y}".format,
    ),
}


class StaffGateway:
    """The copies of one employee. peers: by system."""

    def __init__(self, peers: Mapping[str, Peer], trace: Trace) -> None:
        self._peers = peers
        self._trace = trace

    async def put(self, system: str, content: EmployeeContent) -> None:
        """Told twice it changes nothing there, so no idempotency key is needed. VERSION_CONFLICT: something newer is there."""
        spelling = _SPELLINGS[system]
        path, body = f"{spelling.home}/{quote(content.source_id, safe='')}", msgspec.json.encode(spelling.body(content))
        await self._peers[system].call(Request(f"{system}.employee.put", "PUT", path, body=body), self._trace)


def _day(text: str) -> date:
    """Of an ISO date. Raises CallFailed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise other_shape(READ, f"{text[:20]!r} is no ISO date") from None
