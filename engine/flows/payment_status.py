"""Payment status: whoever keyed an invoice in procurement, and the supplier who sent it through the portal, see that the money has left,
was rejected by the bank, or came back."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from engine.flows.telling import Audience
from engine.mapping.payment_status import TO_REQUESTER, TO_SUPPLIER, status_draft
from engine.mapping.rules import Rules
from engine.model.erp_documents import Kind
from engine.model.news import Known, PaymentNews, StatusDraft

FLOW = "payment-status"


class Payables(Protocol):
    """Where invoices are paid. Every method may raise CallFailed."""

    async def read(self, source_id: str) -> PaymentNews: ...


class Invoices(Protocol):
    """Where they are waited for. Every method may raise CallFailed."""

    async def naming(self, erp_number: str) -> Known | None: ...

    async def record_payment(self, known: Known, draft: StatusDraft) -> None: ...


class SentInvoices(Protocol):
    """Where suppliers sent them. Every method may raise CallFailed."""

    async def sent(self, account: str, number: str) -> Known | None: ...

    async def record_payment(self, known: Known, draft: StatusDraft) -> None: ...


@dataclass(frozen=True, slots=True)
class Requesters:
    """Whoever keyed it in procurement."""

    invoices: Invoices
    kind: ClassVar[Kind] = "invoice_payment_status"

    def draft(self, news: PaymentNews) -> StatusDraft:
        """In procurement's words."""
        return status_draft(news, TO_REQUESTER)

    async def listener(self, news: PaymentNews) -> Known | None:
        """The invoice in procurement that names the ERP's; None: it was never there."""
        return await self.invoices.naming(news.source_id)

    async def tell(self, listener: Known, draft: StatusDraft) -> None:
        """Over what is known there, when it is as old as we think."""
        await self.invoices.record_payment(listener, draft)


@dataclass(frozen=True, slots=True)
class Suppliers:
    """Whoever sent it through the portal."""

    invoices: SentInvoices
    rules: Rules
    kind: ClassVar[Kind] = "payment_advice"

    def draft(self, news: PaymentNews) -> StatusDraft:
        """In the portal's words."""
        return status_draft(news, TO_SUPPLIER)

    async def listener(self, news: PaymentNews) -> Known | None:
        """What this supplier sent under this number; None: it is in no portal, or came another way."""
        if news.vendor_id is None or news.supplier_reference is None:
            return None
        account = self.rules.portal_account(news.company_code, news.vendor_id)
        return None if account is None else await self.invoices.sent(account, news.supplier_reference)

    async def tell(self, listener: Known, draft: StatusDraft) -> None:
        """Over what is known there, when it is as old as we think."""
        await self.invoices.record_payment(listener, draft)


@dataclass(frozen=True, slots=True)
class PaymentStatusHooks:
    """What is this flow's own."""

    payables: Payables
    audiences: tuple[Audience[PaymentNews, StatusDraft, Any], ...]

    async def read(self, source_id: str) -> PaymentNews:
        """As the ERP has it now."""
        return await self.payables.read(source_id)
