"""The supplier portal's invoices as those whose suppliers wait for news of their payment. snake_case, ISO dates."""

from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import one_of, other_shape
from engine.model.news import Known, StatusDraft
from engine.peers.caller import Peer, decode

PATH = "/v1/invoices"
FIND, RECORD = "portal.invoice.find", "portal.invoice.record_payment"
STATUSES = ("paid", "payment_failed", "payment_returned")
RECEIVED = "received"


class _Advice(msgspec.Struct):
    status: str
    sequence: int | None = None


class _Sent(msgspec.Struct):
    id: str
    version: int
    status: str
    payment: _Advice | None = None


class _Found(msgspec.Struct):
    items: list[_Sent]


_FOUND = msgspec.json.Decoder(_Found)


class SentInvoicesGateway:
    """The calls about one supplier's invoice."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def sent(self, account: str, number: str) -> Known | None:
        """What this account sent under this number and did not withdraw; None: there is none."""
        request = Request(FIND, "GET", PATH, params={"account_id": account, "invoice_number": number})
        found = [each for each in decode(await self._peer.call(request, self._trace), _FOUND).items if each.status == RECEIVED]
        if len(found) > 1:
            named = ", ".join(each.id for each in found)
            raise other_shape(FIND, f"{number} of {account} is {named}: nobody can say which of them is paid")
        return _known(found[0]) if found else None

    async def record_payment(self, known: Known, draft: StatusDraft) -> None:
        """The same again changes nothing there, so no idempotency key is needed."""
        said = {"status": draft.status, "sequence": draft.sequence}
        more = {"payment_number": draft.payment_number, "value_date": draft.value_date, "reason": draft.reason}
        body = said | {name: value for name, value in more.items() if value is not None}
        path = f"{PATH}/{quote(known.listener_id, safe='')}/payment"
        await self._peer.call(Request(RECORD, "PUT", path, body=msgspec.json.encode(body), if_match=known.version), self._trace)


def _known(wire: _Sent) -> Known:
    told = wire.payment
    if told is None:
        return Known(wire.id, wire.version, 0, None)
    return Known(wire.id, wire.version, told.sequence or 0, one_of(FIND, "payment.status", told.status, STATUSES))
