"""Procurement's invoicing: what suppliers billed."""

from datetime import date
from decimal import Decimal

import msgspec

from engine.model.calls import Trace
from engine.model.failures import one_of
from engine.model.sources import BilledItem, Credit, Recorded, SourceStage, SupplierBill
from engine.peers.caller import Peer
from engine.peers.suite import Decided, Money, Numbered, SuiteDocument, SuiteGateway, approved, check_currency, stage_of


class _Line(msgspec.Struct, rename="camel"):
    line_no: int
    description: str
    quantity: str
    unit_price: Money
    net: Money
    tax_code: str
    tax: Money
    order_line: int | None = None
    category: str | None = None
    cost_center: str | None = None
    project: str | None = None


class _Credit(msgspec.Struct):
    kind: str
    reason: str


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
    tax_total: Money
    total: Money
    approvals: list[Decided]
    purchase_order: str | None = None
    credit: _Credit | None = None
    erp_invoice: Numbered | None = None
    correlation_id: str | None = None


def _canonical(wire: _Invoice) -> SupplierBill:
    amounts = (wire.total, wire.tax_total, *(money for line in wire.lines for money in (line.unit_price, line.net, line.tax)))
    check_currency(wire.id, wire.currency, amounts)
    if wire.credit is not None:
        one_of(f"{INVOICES.point}.read", "credit.kind", wire.credit.kind, ("price", "quantity"))
    return SupplierBill(
        source_id=wire.id,
        revision=wire.revision,
        version=wire.version,
        status=wire.status,
        stage=stage_of(INVOICES, wire.status),
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
        approvals=approved(INVOICES, wire.approvals),
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


INVOICES: SuiteDocument[_Invoice, SupplierBill] = SuiteDocument(
    "procurement.invoice",
    "/api/v1/invoices",
    stages={"approved": SourceStage.APPROVED, "posted": SourceStage.RECORDED, "refused": SourceStage.REFUSED},
    others=("captured", "validating", "pending_approval", "rejected", "returned", "cancelled"),
    listed="approved,returned,cancelled,captured",  # approvals that were missed, and what takes an approval back
    decoder=msgspec.json.Decoder(_Invoice),
    canonical=_canonical,
)


class InvoicingGateway(SuiteGateway[_Invoice, SupplierBill]):
    """The calls of one invoice, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        super().__init__(INVOICES, peer, trace)

    async def record_posting(self, source_id: str, version: int, *, number: str, document_id: int | None, revision: int) -> None:
        """Write the ERP number back."""
        body: dict[str, object] = {"erpInvoiceNumber": number, "revision": revision}
        if document_id is not None:
            body["erpInvoiceId"] = document_id
        await self._put("record_posting", source_id, "/posting", body, version)
