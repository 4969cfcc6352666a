"""The screening service: is a party on the sanctions list?"""

import msgspec

from engine.mapping.references import idempotency_key
from engine.model.calls import Request, Trace
from engine.model.erp_documents import Clearance, VendorDraft
from engine.model.failures import AGAIN, NEVER, CallFailed, one_of
from engine.peers.caller import Peer, decode

CHECK = "screening.party.check"
RESULTS = ("clear", "potential_match", "match", "unavailable")


class _Check(msgspec.Struct):
    check_id: str
    result: str
    list_version: int
    checked_at: str


_CHECK = msgspec.json.Decoder(_Check)


class ScreeningGateway:
    """The calls of one document."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def clear(self, draft: VendorDraft) -> Clearance:
        """The evidence that nobody of this name is listed. Fails closed: whatever is not clear is a CallFailed, of class business
        where somebody is, or may be, listed, and transient where nobody could look.

        The key makes a repeat the same check, so that a create which is repeated carries the same evidence."""
        body = {
            "name": draft.name,
            "country": draft.address.country,
            "tax_id": draft.tax_id,
            "bank_country": draft.bank.country,
            "external_ref": draft.external_ref,
        }
        key = idempotency_key(draft.external_ref, "check")
        check = await self._ask(body, key)
        if check.result == "unavailable":
            check = await self._ask(body, None)  # that nobody could look may have been long ago: the key keeps what was said first
        if check.result == "clear":
            return Clearance(check.check_id, check.list_version, check.checked_at)
        if check.result == "unavailable":
            said = f"check {check.check_id}: nobody could search the list"
            raise CallFailed(CHECK, "transient", "SCREENING_UNAVAILABLE", said, definite=True, retry=AGAIN, owner="compliance")
        said = f"check {check.check_id} of list version {check.list_version} says {check.result}"
        raise CallFailed(CHECK, "business", "SCREENING_NOT_CLEAR", said, definite=True, retry=NEVER, owner="compliance")

    async def _ask(self, body: dict[str, str], key: str | None) -> _Check:
        answer = await self._peer.call(Request(CHECK, "POST", "/v1/checks", body=msgspec.json.encode(body), key=key), self._trace)
        check = decode(answer, _CHECK)
        one_of(CHECK, "result", check.result, RESULTS)
        return check
