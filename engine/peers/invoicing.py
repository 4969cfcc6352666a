"""Procurement's invoicing: what suppliers billed, camelCase, ISO dates, money as decimal strings with their currency."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.sources import Approval, BilledItem, Change, Credit, Recorded, Refusal, SourceStage, SupplierBill
from engine.peers.caller import Peer, decode

STAGES = {"approved": SourceStage.APPROVED, "posted": SourceStage.RECORDED, "refused": SourceStage.REFUSED}
STATUSES = (*STAGES, "captured", "validating", "pending_approval", "rejected", "returned", "cancelled")
DECISIONS = ("approved", "rejected", "reversed")
# What catch-up polling asks for: approvals that were missed, and what takes an approval back.
LISTED = "approved,returned,cancelled,captured"
HOME = "/api/v1/invoices"
READ, LIST = "procurement.invoice.read", "procurement.invoice.list"


class _Money(msgspec.Struct):
    amount: str
    currency: str


class _Line(msgspec.Struct, rename="camel"):
    line_no: int
    description: str
    quantity: str
    unit_price: _Money
    net: _Money
    tax_code: str
    tax: _Money
    order_line: int | None = None
    category: str | None = None
    cost_center: str | None = None
    project: str | None = None


class _Credit(msgspec.Struct):
    kind: str
    reason: str


class _Approval(msgspec.Struct, rename="camel"):
    step: int
    approver_id: str
    decision: str
    decided_at: str


class _Posted(msgspec.Struct):
    number: str


class _Invoice(msgspec.Struct, rename="camel"):
    id: str
    revision: int
    version: int
    status: str
    clerk_id: str
    legal_entity: str
    supplier_id: str
    supplier_invoice_number: str
    invoice_date: str
    captured_on: str
    currency: str
    lines: list[_Line]
    tax_total: _Money
    total: _Money
    approvals: list[_Approval]
    purchase_order: str | None = None
    credit: _Credit | None = None
    erp_invoice: _Posted | None = None
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


_INVOICE = msgspec.json.Decoder(_Invoice)
_PAGE = msgspec.json.Decoder(_Page)


class InvoicingGateway:
    """The calls of one invoice, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> SupplierBill:
        """The invoice as it is now."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"{HOME}/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _INVOICE)
        self._trace.adopt(wire.correlation_id)
        try:
            return _canonical(wire)
        except (ValueError, InvalidOperation) as error:
            raise other_shape(READ, str(error) or repr(error)) from error

    async def record_posting(self, source_id: str, version: int, *, number: str, document_id: int | None, revision: int) -> None:
        """Write the ERP number back. The same number again changes nothing there, so no idempotency key is needed."""
        body: dict[str, object] = {"erpInvoiceNumber": number, "revision": revision}
        if document_id is not None:
            body["erpInvoiceId"] = document_id
        await self._put("procurement.invoice.record_posting", source_id, "posting", body, version)

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the clerk why the ERP refused."""
        body = {"code": refusal.code, "reason": refusal.reason, "owner": refusal.owner}
        await self._put("procurement.invoice.record_refusal", source_id, "refusal", body, version)

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of what changed, oldest first, and the cursor of the next page."""
        params = {"status": LISTED, "limit": str(limit)}
        if since is not None:
            params["updatedSince"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request(LIST, "GET", HOME, params=params), self._trace), _PAGE)
        return [
            Change(item.id, item.status, _stage(item.status), item.revision, item.version, item.updated_at) for item in page.items
        ], page.next_cursor

    async def _put(self, operation: str, source_id: str, path: str, body: Mapping[str, object], version: int) -> None:
        where = f"{HOME}/{quote(source_id, safe='')}/{path}"
        await self._peer.call(Request(operation, "PUT", where, body=msgspec.json.encode(body), if_match=version), self._trace)


def _stage(status: str) -> SourceStage:
    return STAGES.get(status, SourceStage.NOT_APPROVED)


def _canonical(wire: _Invoice) -> SupplierBill:
    amounts = (wire.total, wire.tax_total, *(money for line in wire.lines for money in (line.unit_price, line.net, line.tax)))
    if {money.currency for money in amounts} != {wire.currency}:
        raise ValueError(f"{wire.id}: amounts are not all in {wire.currency}")
    for step in wire.approvals:
        one_of(READ, "approvals[].decision", step.decision, DECISIONS)
    if wire.credit is not None:
        one_of(READ, "credit.kind", wire.credit.kind, ("price", "quantity"))
    return SupplierBill(
        source_id=wire.id,
        revision=wire.revision,
        version=wire.version,
        status=wire.status,
        stage=_stage(one_of(READ, "status", wire.status, STATUSES)),
        legal_entity=wire.legal_entity,
        clerk=wire.clerk_id,
        supplier=wire.supplier_id,
        supplier_number=wire.supplier_invoice_number,
        dated=date.fromisoformat(wire.invoice_date),
        captured_on=date.fromisoformat(wire.captured_on),
        order=wire.purchase_order,
        credit=Credit(wire.credit.kind, wire.credit.reason) if wire.credit else None,
        currency=wire.currency,
        lines=tuple(_item(line) for line in wire.lines),
        tax_total=Decimal(wire.tax_total.amount),
        total=Decimal(wire.total.amount),
        approvals=tuple(Approval(step.step, step.approver_id, step.decided_at) for step in wire.approvals if step.decision == "approved"),
        recorded=Recorded(wire.erp_invoice.number) if wire.erp_invoice else None,
        correlation_id=wire.correlation_id,
    )


def _item(line: _Line) -> BilledItem:
    return BilledItem(
        line_no=line.line_no,
        text=line.description,
        quantity=Decimal(line.quantity),
        unit_price=Decimal(line.unit_price.amount),
        net=Decimal(line.net.amount),
        tax=Decimal(line.tax.amount),
        tax_code=line.tax_code,
        order_line=line.order_line,
        category=line.category,
        cost_center=line.cost_center,
        project=line.project,
    )
