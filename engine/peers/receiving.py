"""Procurement's receiving: receipts of goods, camelCase, ISO dates, quantities as decimal strings."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.sources import Change, Receipt, ReceiptLine, Recorded, Refusal, SourceStage
from engine.peers.caller import Peer, decode

STAGES = {
    "recorded": SourceStage.APPROVED,
    "posted": SourceStage.RECORDED,
    "refused": SourceStage.REFUSED,
    "reversed": SourceStage.NOT_APPROVED,
}
LISTED = "recorded,reversed"  # what catch-up polling asks for: receipts that were missed, and those that were taken back
HOME = "/api/v1/receipts"
READ = "procurement.receipt.read"


class _Money(msgspec.Struct):
    amount: str
    currency: str


class _Line(msgspec.Struct, rename="camel"):
    line_no: int
    order_line: int
    quantity: str


class _Posted(msgspec.Struct):
    number: str


class _Reversal(msgspec.Struct, rename="camel"):
    replacement_expected: bool


class _Receipt(msgspec.Struct, rename="camel"):
    id: str
    revision: int
    version: int
    status: str
    receiver_id: str
    legal_entity: str
    purchase_order: str
    currency: str
    received_on: str
    lines: list[_Line]
    total: _Money
    reversal: _Reversal | None = None
    erp_receipt: _Posted | None = None
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


_RECEIPT = msgspec.json.Decoder(_Receipt)
_PAGE = msgspec.json.Decoder(_Page)


class ReceivingGateway:
    """The calls of one receipt, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> Receipt:
        """The receipt as it is now."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"{HOME}/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _RECEIPT)
        self._trace.adopt(wire.correlation_id)
        try:
            return _canonical(wire)
        except (ValueError, InvalidOperation) as error:
            raise other_shape(READ, str(error) or repr(error)) from error

    async def record_posting(self, source_id: str, version: int, *, number: str, document_id: int | None, revision: int) -> None:
        """Write the ERP number back. The same number again changes nothing there, so no idempotency key is needed."""
        body: dict[str, object] = {"erpReceiptNumber": number, "revision": revision}
        if document_id is not None:
            body["erpReceiptId"] = document_id
        await self._put("procurement.receipt.record_posting", source_id, "posting", body, version)

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the receiver why the ERP refused."""
        body = {"code": refusal.code, "reason": refusal.reason, "owner": refusal.owner}
        await self._put("procurement.receipt.record_refusal", source_id, "refusal", body, version)

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of what changed, oldest first, and the cursor of the next page."""
        params = {"status": LISTED, "limit": str(limit)}
        if since is not None:
            params["updatedSince"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request("procurement.receipt.list", "GET", HOME, params=params), self._trace), _PAGE)
        return [
            Change(item.id, item.status, STAGES.get(item.status, SourceStage.NOT_APPROVED), item.revision, item.version, item.updated_at)
            for item in page.items
        ], page.next_cursor

    async def _put(self, operation: str, source_id: str, path: str, body: Mapping[str, object], version: int) -> None:
        where = f"{HOME}/{quote(source_id, safe='')}/{path}"
        await self._peer.call(Request(operation, "PUT", where, body=msgspec.json.encode(body), if_match=version), self._trace)


def _canonical(wire: _Receipt) -> Receipt:
    if wire.total.currency != wire.currency:
        raise ValueError(f"{wire.id}: the total is not in {wire.currency}")
    return Receipt(
        source_id=wire.id,
        revision=wire.revision,
        version=wire.version,
        status=wire.status,
        stage=STAGES[one_of(READ, "status", wire.status, tuple(STAGES))],
        legal_entity=wire.legal_entity,
        receiver=wire.receiver_id,
        order=wire.purchase_order,
        currency=wire.currency,
        received_on=date.fromisoformat(wire.received_on),
        lines=tuple(ReceiptLine(line.line_no, line.order_line, Decimal(line.quantity)) for line in wire.lines),
        total=Decimal(wire.total.amount),
        replacement=wire.reversal.replacement_expected if wire.reversal else None,
        recorded=Recorded(wire.erp_receipt.number) if wire.erp_receipt else None,
        correlation_id=wire.correlation_id,
    )
