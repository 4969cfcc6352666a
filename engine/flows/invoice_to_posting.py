"""Supplier invoice to ERP posting: the order's lines are looked up, the bill is posted as it was approved, its number is written back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from engine.flows.ports import Erp, Invoicing
from engine.flows.posting import OnePerRevision
from engine.mapping.rules import Rules
from engine.mapping.supplier_bill import invoice_draft
from engine.model.erp_documents import Kind, SupplierInvoiceDraft, TakeBack
from engine.model.progress import Posting
from engine.model.sources import Refusal, SupplierBill

FLOW = "invoice-to-posting"


@dataclass(frozen=True, slots=True)
class InvoiceHooks(OnePerRevision):
    """What is this flow's own."""

    invoicing: Invoicing
    erp: Erp
    rules: Rules
    minor_units: Mapping[str, int]
    done: ClassVar[str] = "posted"
    twice: ClassVar[str] = "INVOICED_TWICE"

    async def read(self, source_id: str) -> SupplierBill:
        """The invoice as it is now."""
        return await self.invoicing.read(source_id)

    def kind(self, _invoice: SupplierBill) -> Kind:
        """What it becomes."""
        return "supplier_invoice"

    async def draft(self, invoice: SupplierBill) -> SupplierInvoiceDraft:
        """Of one of an order, with the ERP's numbers of the order's lines. Raises Unpostable."""
        lines = await self.erp.order_lines(invoice.order) if invoice.order is not None else ()
        return invoice_draft(replace(invoice, order_lines=lines), self.rules, self.minor_units)

    def take_back(self, invoice: SupplierBill) -> TakeBack:
        """For the ERP's audit trail."""
        return TakeBack(f"the approval of {invoice.source_id} was taken back")

    async def check(self, _draft: SupplierInvoiceDraft) -> Refusal | None:
        """Nothing: the ERP matches it with order, receipt and budget as it posts."""
        return None

    async def refuse(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the clerk."""
        await self.invoicing.record_refusal(source_id, version, refusal)

    async def record(self, source_id: str, invoice: SupplierBill | None, posting: Posting) -> None:
        """The supplier invoice's number, for the version that was posted."""
        assert posting.number is not None
        invoice = invoice or await self.invoicing.read(source_id)
        await self.invoicing.record_posting(
            source_id, invoice.version, number=posting.number, document_id=posting.id, revision=posting.revision
        )
