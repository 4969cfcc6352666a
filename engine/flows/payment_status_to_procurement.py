"""Payment status to procurement: whoever keyed an invoice there sees that the money has left, was rejected by the bank, or came back."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from engine.mapping.payment_status import status_draft
from engine.model.erp_documents import Kind
from engine.model.news import Known, PaymentNews, StatusDraft

FLOW = "payment-status-to-procurement"


class Payables(Protocol):
    """Where invoices are paid. Every method may raise CallFailed."""

    async def read(self, source_id: str) -> PaymentNews: ...


class Invoices(Protocol):
    """Where they are waited for. Every method may raise CallFailed."""

    async def naming(self, erp_number: str) -> Known | None: ...

    async def record_payment(self, known: Known, draft: StatusDraft) -> None: ...


@dataclass(frozen=True, slots=True)
class PaymentStatusHooks:
    """What is this flow's own."""

    payables: Payables
    invoices: Invoices
    kind: ClassVar[Kind] = "invoice_payment_status"

    async def read(self, source_id: str) -> PaymentNews:
        """As the ERP has it now."""
        return await self.payables.read(source_id)

    def draft(self, news: PaymentNews) -> StatusDraft:
        """In procurement's words."""
        return status_draft(news)

    async def listener(self, news: PaymentNews) -> Known | None:
        """The invoice in procurement that names the ERP's; None: it was never there."""
        return await self.invoices.naming(news.source_id)

    async def tell(self, listener: Known, draft: StatusDraft) -> None:
        """Over what is known there, when it is as old as we think."""
        await self.invoices.record_payment(listener, draft)
