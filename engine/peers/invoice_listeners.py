"""Procurement's invoices as those that wait for news of their payment."""

from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, one_of, other_shape
from engine.model.news import Known, StatusDraft
from engine.peers.caller import Peer, decode
from engine.peers.invoicing import INVOICES

FIND, RECORD = f"{INVOICES.point}.find", f"{INVOICES.point}.record_payment"
STATUSES = ("paid", "rejected", "returned")
POSTED = "posted"


class _Payment(msgspec.Struct):
    status: str
    sequence: int | None = None


class _Named(msgspec.Struct):
    id: str
    version: int
    status: str
    payment: _Payment | None = None


class _Found(msgspec.Struct):
    items: list[_Named]


_FOUND = msgspec.json.Decoder(_Found)


class InvoiceListeners:
    """The calls about the payment of one invoice."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def naming(self, erp_number: str) -> Known | None:
        """The posted invoice that names this one of the ERP; None: there is none."""
        request = Request(FIND, "GET", f"{INVOICES.path}/posted", params={"erpInvoiceNumber": erp_number})
        found = [each for each in decode(await self._peer.call(request, self._trace), _FOUND).items if each.status == POSTED]
        if len(found) > 1:
            raise _ambiguous(erp_number, found)
        return _known(found[0]) if found else None

    async def record_payment(self, known: Known, draft: StatusDraft) -> None:
        """The same again changes nothing there, so no idempotency key is needed."""
        said = {"status": draft.status, "sequence": draft.sequence}
        more = {"paymentNumber": draft.payment_number, "valueDate": draft.value_date, "reason": draft.reason}
        body = said | {name: value for name, value in more.items() if value is not None}
        path = f"{INVOICES.path}/{quote(known.listener_id, safe='')}/payment"
        await self._peer.call(Request(RECORD, "PUT", path, body=msgspec.json.encode(body), if_match=known.version), self._trace)


def _known(wire: _Named) -> Known:
    told = wire.payment
    if told is None:
        return Known(wire.id, wire.version, 0, None)
    return Known(wire.id, wire.version, told.sequence or 0, one_of(FIND, "payment.status", told.status, STATUSES))


def _ambiguous(erp_number: str, found: list[_Named]) -> CallFailed:
    named = ", ".join(each.id for each in found)
    return other_shape(FIND, f"{erp_number} is named by {named}: nobody can say which of them waits")
