"""The procurement system: camelCase, ISO dates, money as decimal strings with their currency."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.sources import Approval, Change, Recorded, Refusal, Requisition, RequisitionLine, SourceStage
from engine.peers.caller import Peer, decode

STAGES = {"approved": SourceStage.APPROVED, "ordered": SourceStage.RECORDED, "closed": SourceStage.RECORDED, "refused": SourceStage.REFUSED}
STATUSES = (*STAGES, "draft", "submitted", "pending_approval", "rejected", "returned", "withdrawn", "cancelled")
DECISIONS = ("approved", "rejected", "reversed")
# What catch-up polling asks for: approvals that were missed, and what takes an approval back.
LISTED = "approved,returned,rejected,withdrawn,cancelled,draft"


class _Money(msgspec.Struct):
    amount: str
    currency: str


class _Line(msgspec.Struct, rename="camel"):
    line_no: int
    description: str
    quantity: str
    unit_price: _Money
    amount: _Money
    category: str
    cost_center: str
    project: str | None = None


class _Approval(msgspec.Struct, rename="camel"):
    step: int
    approver_id: str
    decision: str
    decided_at: str


class _Order(msgspec.Struct):
    number: str


class _Requisition(msgspec.Struct, rename="camel"):
    id: str
    revision: int
    version: int
    status: str
    requester_id: str
    legal_entity: str
    supplier_id: str
    currency: str
    requested_on: str
    lines: list[_Line]
    total: _Money
    approvals: list[_Approval]
    erp_order: _Order | None = None
    correlation_id: str | None = None


class _Summary(msgspec.Struct, rename="camel"):
    id: str
    status: str
    revision: int
    version: int
    updated_at: str


class _Page(msgspec.Struct):
    items: list[_Summary]
    next_cursor: str | None = None


_REQUISITION = msgspec.json.Decoder(_Requisition)
_PAGE = msgspec.json.Decoder(_Page)
READ = "procurement.requisition.read"
LIST = "procurement.requisition.list"


class ProcurementGateway:
    """The calls of one document, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> Requisition:
        """The requisition as it is now."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"/api/v1/requisitions/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _REQUISITION)
        self._trace.adopt(wire.correlation_id)
        try:
            return _canonical(wire)
        except (ValueError, InvalidOperation) as error:
            raise other_shape(READ, str(error) or repr(error)) from error

    async def record_order(self, source_id: str, version: int, *, number: str, order_id: int | None, revision: int) -> None:
        """Write the ERP number back. The same number again changes nothing there, so no idempotency key is needed."""
        body: dict[str, object] = {"erpOrderNumber": number, "erpStatus": "created", "revision": revision}
        if order_id is not None:
            body["erpOrderId"] = order_id
        await self._put("procurement.requisition.record_order", f"/api/v1/requisitions/{quote(source_id, safe='')}/order", body, version)

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the author why the ERP refused."""
        body = {"code": refusal.code, "reason": refusal.reason, "owner": refusal.owner}
        await self._put(
            "procurement.requisition.record_refusal", f"/api/v1/requisitions/{quote(source_id, safe='')}/refusal", body, version
        )

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of what changed, oldest first, and the cursor of the next page."""
        params = {"status": LISTED, "limit": str(limit)}
        if since is not None:
            params["updatedSince"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request(LIST, "GET", "/api/v1/requisitions", params=params), self._trace), _PAGE)
        return [
            Change(item.id, item.status, _stage(item.status), item.revision, item.version, item.updated_at) for item in page.items
        ], page.next_cursor

    async def _put(self, operation: str, path: str, body: Mapping[str, object], version: int) -> None:
        await self._peer.call(Request(operation, "PUT", path, body=msgspec.json.encode(body), if_match=version), self._trace)


def _stage(status: str) -> SourceStage:
    return STAGES.get(status, SourceStage.NOT_APPROVED)


def _canonical(wire: _Requisition) -> Requisition:
    if {wire.total.currency, *(line.amount.currency for line in wire.lines)} != {wire.currency}:
        raise ValueError(f"{wire.id}: amounts are not all in {wire.currency}")
    for step in wire.approvals:
        one_of(READ, "approvals[].decision", step.decision, DECISIONS)
    return Requisition(
        source_id=wire.id,
        revision=wire.revision,
        version=wire.version,
        status=wire.status,
        stage=_stage(one_of(READ, "status", wire.status, STATUSES)),
        legal_entity=wire.legal_entity,
        requester=wire.requester_id,
        supplier=wire.supplier_id,
        currency=wire.currency,
        requested_on=date.fromisoformat(wire.requested_on),
        lines=tuple(
            RequisitionLine(
                line_no=line.line_no,
                text=line.description,
                quantity=Decimal(line.quantity),
                unit_price=Decimal(line.unit_price.amount),
                amount=Decimal(line.amount.amount),
                category=line.category,
                cost_center=line.cost_center,
                project=line.project,
            )
            for line in wire.lines
        ),
        total=Decimal(wire.total.amount),
        approvals=tuple(Approval(step.step, step.approver_id, step.decided_at) for step in wire.approvals if step.decision == "approved"),
        recorded=Recorded(wire.erp_order.number) if wire.erp_order else None,
        correlation_id=wire.correlation_id,
    )
