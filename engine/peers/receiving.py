"""Procurement's receiving: receipts of goods, quantities as decimal strings."""

from datetime import date
from decimal import Decimal

import msgspec

from engine.model.calls import Trace
from engine.model.sources import Receipt, ReceiptLine, Recorded, SourceStage
from engine.peers.caller import Peer
from engine.peers.suite import Money, Numbered, SuiteDocument, SuiteGateway, check_currency, stage_of


class _Line(msgspec.Struct, rename="camel"):
    line_no: int
    order_line: int
    quantity: str


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
    total: Money
    reversal: _Reversal | None = None
    erp_receipt: Numbered | None = None
    correlation_id: str | None = None


def _canonical(wire: _Receipt) -> Receipt:
    check_currency(wire.id, wire.currency, (wire.total,))
    return Receipt(
        source_id=wire.id,
        revision=wire.revision,
        version=wire.version,
        status=wire.status,
        stage=stage_of(RECEIPTS, wire.status),
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


RECEIPTS: SuiteDocument[_Receipt, Receipt] = SuiteDocument(
    "procurement.receipt",
    "/api/v1/receipts",
    stages={"recorded": SourceStage.APPROVED, "posted": SourceStage.RECORDED, "refused": SourceStage.REFUSED},
    others=("reversed",),
    listed="recorded,reversed",  # receipts that were missed, and those that were taken back
    decoder=msgspec.json.Decoder(_Receipt),
    canonical=_canonical,
)


class ReceivingGateway(SuiteGateway[_Receipt, Receipt]):
    """The calls of one receipt, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        super().__init__(RECEIPTS, peer, trace)

    async def record_posting(self, source_id: str, version: int, *, number: str, document_id: int | None, revision: int) -> None:
        """Write the ERP number back."""
        body: dict[str, object] = {"erpReceiptNumber": number, "revision": revision}
        if document_id is not None:
            body["erpReceiptId"] = document_id
        await self._put("record_posting", source_id, "/posting", body, version)
