"""Procurement's requisitions."""

from datetime import date
from decimal import Decimal

import msgspec

from engine.model.calls import Trace
from engine.model.sources import Recorded, Requisition, RequisitionLine, SourceStage
from engine.peers.caller import Peer
from engine.peers.suite import Decided, Money, Numbered, SuiteDocument, SuiteGateway, approved, check_currency, stage_of


class _Line(msgspec.Struct, rename="camel"):
    line_no: int
    description: str
    quantity: str
    unit_price: Money
    amount: Money
    category: str
    cost_center: str
    project: str | None = None


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
    total: Money
    approvals: list[Decided]
    erp_order: Numbered | None = None
    correlation_id: str | None = None


def _canonical(wire: _Requisition) -> Requisition:
    check_currency(wire.id, wire.currency, (wire.total, *(line.amount for line in wire.lines)))
    return Requisition(
        source_id=wire.id,
        revision=wire.revision,
        version=wire.version,
        status=wire.status,
        stage=stage_of(REQUISITIONS, wire.status),
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
        approvals=approved(REQUISITIONS, wire.approvals),
        recorded=Recorded(wire.erp_order.number) if wire.erp_order else None,
        correlation_id=wire.correlation_id,
    )


REQUISITIONS: SuiteDocument[_Requisition, Requisition] = SuiteDocument(
    "procurement.requisition",
    "/api/v1/requisitions",
    stages={
        "approved": SourceStage.APPROVED,
        "ordered": SourceStage.RECORDED,
        "closed": SourceStage.RECORDED,
        "refused": SourceStage.REFUSED,
    },
    others=("draft", "submitted", "pending_approval", "rejected", "returned", "withdrawn", "cancelled"),
    listed="approved,returned,rejected,withdrawn,cancelled,draft",  # approvals that were missed, and what takes an approval back
    decoder=msgspec.json.Decoder(_Requisition),
    canonical=_canonical,
)


class ProcurementGateway(SuiteGateway[_Requisition, Requisition]):
    """The calls of one requisition, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        super().__init__(REQUISITIONS, peer, trace)

    async def record_order(self, source_id: str, version: int, *, number: str, order_id: int | None, revision: int) -> None:
        """Write the ERP number back."""
        body: dict[str, object] = {"erpOrderNumber": number, "erpStatus": "created", "revision": revision}
        if order_id is not None:
            body["erpOrderId"] = order_id
        await self._put("record_order", source_id, "/order", body, version)
