"""Supplier invoice to ERP posting: the order's lines are looked up, the bill is posted as it was approved, its number is written back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from engine.flows.ports import Erp, Invoicing
from engine.mapping.references import external_ref
from engine.mapping.rules import Rules
from engine.mapping.supplier_bill import invoice_draft
from engine.model.erp_documents import Kind, SupplierInvoiceDraft, TakeBack
from engine.model.progress import Posting
from engine.model.sources import Refusal, SourceStage, SupplierBill

FLOW = "invoice-to-posting"


@dataclass(frozen=True, slots=True)
class InvoiceHooks:
    """What is this flow's own."""

    invoicing: Invoicing
    erp: Erp
    rules: Rules
    minor_units: Mapping[str, int]
    done: ClassVar[str] = "posted"
    twice: ClassVar[str] = "INVOICED_TWICE"

    async def read(self, source_id: str) -> SupplierBill:
        """The invoice as it is now; of one that is due and of an order, with the ERP's numbers of the order's lines."""
        invoice = await self.invoicing.read(source_id)
        if invoice.stage is not SourceStage.APPROVED or invoice.order is None:
            return invoice
        return replace(invoice, order_lines=await self.erp.order_lines(invoice.order))

    def kind(self, _invoice: SupplierBill) -> Kind:
        """What it becomes."""
        return "supplier_invoice"

    def reference(self, source_id: str, revision: int) -> str:
        """One for each revision."""
        return external_ref(source_id, revision)

    def draft(self, invoice: SupplierBill) -> SupplierInvoiceDraft:
        """Raises Unpostable."""
        return invoice_draft(invoice, self.rules, self.minor_units)

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
