"""Procurement's requests for suppliers: camelCase, money as decimal strings with their currency."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.parties import BankAccount, PostalAddress
from engine.model.sources import Approval, Change, Recorded, Refusal, SourceStage, SupplierRequest
from engine.peers.caller import Peer, decode

STAGES = {"approved": SourceStage.APPROVED, "active": SourceStage.RECORDED, "refused": SourceStage.REFUSED}
STATUSES = (*STAGES, "draft", "submitted", "duplicate_review", "pending_approval", "rejected", "returned", "withdrawn", "cancelled")
DECISIONS = ("approved", "rejected", "reversed")
# What catch-up polling asks for: approvals that were missed, and what takes an approval back.
LISTED = "approved,returned,rejected,withdrawn,cancelled,draft"
PATH = "/api/v1/supplier-requests"
POINT = "procurement.supplier_request"
READ = f"{POINT}.read"


class _Address(msgspec.Struct):
    street: str
    postcode: str
    city: str
    country: str


class _Account(msgspec.Struct):
    country: str
    holder: str
    iban: str | None = None
    routing: str | None = None
    account: str | None = None


class _Money(msgspec.Struct):
    amount: str
    currency: str


class _Approval(msgspec.Struct, rename="camel"):
    step: int
    approver_id: str
    decision: str
    decided_at: str


class _Vendor(msgspec.Struct):
    number: str


class _Request(msgspec.Struct, rename="camel"):
    id: str
    revision: int
    version: int
    status: str
    requester_id: str
    legal_entity: str
    name: str
    address: _Address
    tax_id: str
    bank: _Account
    payment_terms: str
    currency: str
    expected_spend: _Money
    approvals: list[_Approval]
    erp_vendor: _Vendor | None = None
    correlation_id: str | None = None


class _Summary(msgspec.Struct, rename="camel"):
    id: str
    status: str
    revision: int
    version: int
    updated_at: str


class _Page(msgspec.Struct):
    items: list[_Summary]
    next_cursor: str | None = None


_REQUEST = msgspec.json.Decoder(_Request)
_PAGE = msgspec.json.Decoder(_Page)


class SupplierRequestGateway:
    """The calls of one request, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> SupplierRequest:
        """The request as it is now."""
        try:
            answer = await self._peer.call(Request(READ, "GET", f"{PATH}/{quote(source_id, safe='')}"), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _REQUEST)
        self._trace.adopt(wire.correlation_id)
        try:
            return _canonical(wire)
        except (ValueError, InvalidOperation) as error:
            raise other_shape(READ, str(error) or repr(error)) from error

    async def record_vendor(self, source_id: str, version: int, *, number: str, revision: int) -> None:
        """Write the vendor's id back. The same id again changes nothing there, so no idempotency key is needed."""
        body = {"erpVendorId": number, "erpStatus": "active", "revision": revision}
        await self._put("record_vendor", f"{PATH}/{quote(source_id, safe='')}/vendor", body, version)

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None:
        """Tell the author why not, and which vendor is there already."""
        body: dict[str, object] = {"code": refusal.code, "reason": refusal.reason, "owner": refusal.owner}
        if refusal.duplicate_of is not None:
            body["duplicateOf"] = refusal.duplicate_of
        await self._put("record_refusal", f"{PATH}/{quote(source_id, safe='')}/refusal", body, version)

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of what changed, oldest first, and the cursor of the next page."""
        params = {"status": LISTED, "limit": str(limit)}
        if since is not None:
            params["updatedSince"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request(f"{POINT}.list", "GET", PATH, params=params), self._trace), _PAGE)
        return [
            Change(item.id, item.status, _stage(item.status), item.revision, item.version, item.updated_at) for item in page.items
        ], page.next_cursor

    async def _put(self, verb: str, path: str, body: Mapping[str, object], version: int) -> None:
        await self._peer.call(Request(f"{POINT}.{verb}", "PUT", path, body=msgspec.json.encode(body), if_match=version), self._trace)


def _stage(status: str) -> SourceStage:
    return STAGES.get(status, SourceStage.NOT_APPROVED)


def _canonical(wire: _Request) -> SupplierRequest:
    if wire.expected_spend.currency != wire.currency:
        raise ValueError(f"{wire.id}: the expected spend is not in {wire.currency}")
    for step in wire.approvals:
        one_of(READ, "approvals[].decision", step.decision, DECISIONS)
    return SupplierRequest(
        source_id=wire.id,
        revision=wire.revision,
        version=wire.version,
        status=wire.status,
        stage=_stage(one_of(READ, "status", wire.status, STATUSES)),
        legal_entity=wire.legal_entity,
        requester=wire.requester_id,
        name=wire.name,
        address=PostalAddress(wire.address.street, wire.address.postcode, wire.address.city, wire.address.country),
        tax_id=wire.tax_id,
        bank=BankAccount(wire.bank.country, wire.bank.holder, wire.bank.iban, wire.bank.routing, wire.bank.account),
        payment_terms=wire.payment_terms,
        currency=wire.currency,
        expected_spend=Decimal(wire.expected_spend.amount),
        approvals=tuple(Approval(step.step, step.approver_id, step.decided_at) for step in wire.approvals if step.decision == "approved"),
        recorded=Recorded(wire.erp_vendor.number) if wire.erp_vendor else None,
        correlation_id=wire.correlation_id,
    )
