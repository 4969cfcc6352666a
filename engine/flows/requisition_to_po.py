"""Requisition to purchase order: supplier and coding are checked, the order carries the approval evidence, its number is written back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.flows.ports import Erp, Procurement
from engine.flows.posting import OnePerRevision, check_codings
from engine.mapping.purchase import order_draft
from engine.mapping.rules import Rules
from engine.model.erp_documents import Kind, OrderDraft, TakeBack
from engine.model.progress import Posting
from engine.model.sources import Refusal, Requisition

FLOW = "requisition-to-po"


@dataclass(frozen=True, slots=True)
class RequisitionHooks(OnePerRevision):
    """What is this flow's own."""

    procurement: Procurement
    erp: Erp
    rules: Rules
    minor_units: Mapping[str, int]
    done: ClassVar[str] = "ordered"
    twice: ClassVar[str] = "ORDERED_TWICE"

    async def read(self, source_id: str) -> Requisition:
        """The requisition as it is now."""
        return await self.procurement.read(source_id)

    def kind(self, _requisition: Requisition) -> Kind:
        """What it becomes."""
        return "purchase_order"

    async def draft(self, requisition: Requisition) -> OrderDraft:
        """Raises Unpostable."""
        return order_draft(requisition, self.rules, self.minor_units)

    def take_back(self, requisition: Requisition) -> TakeBack:
        """For the ERP's audit trail."""
        return TakeBack(f"the approval of {requisition.source_id} was taken back")

    async def check(self, draft: OrderDraft) -> Refusal | None:
        """The supplier first, then each combination."""
        supplier = await self.erp.supplier(draft.vendor_id, draft.company_code)
        if not supplier.orderable:
            return Refusal("SUPPLIER_BLOCKED", supplier.problem or "the supplier is blocked", "finance")
        return await check_codings(self.erp, draft)

    async def refuse(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the requester."""
        await self.procurement.record_refusal(source_id, version, refusal)

    async def record(self, source_id: str, requisition: Requisition | None, posting: Posting) -> None:
        """The order's number, for the version that was ordered."""
        assert posting.number is not None
        requisition = requisition or await self.read(source_id)
        await self.procurement.record_order(
            source_id, requisition.version, number=posting.number, order_id=posting.id, revision=posting.revision
        )
