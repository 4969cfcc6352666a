"""The ERP's payments of invoices: how far each one is paid. snake_case, compact dates."""

from urllib.parse import quote

import msgspec

from engine.mapping.payment_status import STATUSES
from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of
from engine.model.news import PaymentNews
from engine.model.sources import Change, SourceStage
from engine.peers.caller import Peer, decode

PATH = "/invoice-payments"
READ, LIST = "erp.invoice_payment.read", "erp.invoice_payment.list"
STAGES = dict.fromkeys(STATUSES, SourceStage.APPROVED) | dict.fromkeys(("open", "scheduled", "paid"), SourceStage.NOT_APPROVED)


class _Paid(msgspec.Struct):
    document_number: str
    status: str
    version: int
    company_code: str
    vendor_id: str | None
    supplier_reference: str | None
    payment_number: str | None = None
    value_date: str | None = None
    reason: str | None = None


class _Summary(msgspec.Struct):
    document_number: str
    status: str
    version: int
    updated_at: str


class _Page(msgspec.Struct):
    items: list[_Summary]
    next_cursor: str | None = None


_PAID = msgspec.json.Decoder(_Paid)
_PAGE = msgspec.json.Decoder(_Page)


class PayablesGateway:
    """The calls about one paid invoice, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> PaymentNews:
        """As it is now."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"{PATH}/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _PAID)
        return PaymentNews(
            source_id=wire.document_number,
            sequence=wire.version,
            status=wire.status,
            stage=STAGES[one_of(READ, "status", wire.status, tuple(STAGES))],
            company_code=wire.company_code,
            vendor_id=wire.vendor_id,
            supplier_reference=wire.supplier_reference,
            payment_number=wire.payment_number,
            value_date=wire.value_date,
            reason=wire.reason,
        )

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of news, oldest first, and the cursor of the next page."""
        params = {"status": ",".join(STATUSES), "limit": str(limit)}
        if since is not None:
            params["updated_since"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request(LIST, "GET", PATH, params=params), self._trace), _PAGE)
        return [
            Change(
                item.document_number,
                item.status,
                STAGES.get(item.status, SourceStage.NOT_APPROVED),
                item.version,
                item.version,
                item.updated_at,
            )
            for item in page.items
        ], page.next_cursor
