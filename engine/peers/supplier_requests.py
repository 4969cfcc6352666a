"""Procurement's requests for suppliers."""

from decimal import Decimal

import msgspec

from engine.model.calls import Trace
from engine.model.parties import BankAccount, PostalAddress
from engine.model.sources import Recorded, SourceStage, SupplierRequest
from engine.peers.caller import Peer
from engine.peers.suite import Decided, Money, Numbered, SuiteDocument, SuiteGateway, approved, check_currency, stage_of


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
    expected_spend: Money
    approvals: list[Decided]
    erp_vendor: Numbered | None = None
    correlation_id: str | None = None


def _canonical(wire: _Request) -> SupplierRequest:
    check_currency(wire.id, wire.currency, (wire.expected_spend,))
    return SupplierRequest(
        source_id=wire.id,
        revision=wire.revision,
        version=wire.version,
        status=wire.status,
        stage=stage_of(REQUESTS, wire.status),
        legal_entity=wire.legal_entity,
        requester=wire.requester_id,
        name=wire.name,
        address=PostalAddress(wire.address.street, wire.address.postcode, wire.address.city, wire.address.country),
        tax_id=wire.tax_id,
        bank=BankAccount(wire.bank.country, wire.bank.holder, wire.bank.iban, wire.bank.routing, wire.bank.account),
        payment_terms=wire.payment_terms,
        currency=wire.currency,
        expected_spend=Decimal(wire.expected_spend.amount),
        approvals=approved(REQUESTS, wire.approvals),
        recorded=Recorded(wire.erp_vendor.number) if wire.erp_vendor else None,
        correlation_id=wire.correlation_id,
    )


REQUESTS: SuiteDocument[_Request, SupplierRequest] = SuiteDocument(
    "procurement.supplier_request",
    "/api/v1/supplier-requests",
    stages={"approved": SourceStage.APPROVED, "active": SourceStage.RECORDED, "refused": SourceStage.REFUSED},
    others=("draft", "submitted", "duplicate_review", "pending_approval", "rejected", "returned", "withdrawn", "cancelled"),
    listed="approved,returned,rejected,withdrawn,cancelled,draft",  # approvals that were missed, and what takes an approval back
    decoder=msgspec.json.Decoder(_Request),
    canonical=_canonical,
)


class SupplierRequestGateway(SuiteGateway[_Request, SupplierRequest]):
    """The calls of one request, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        super().__init__(REQUESTS, peer, trace)

    async def record_vendor(self, source_id: str, version: int, *, number: str, revision: int) -> None:
        """Write the vendor's id back."""
        await self._put(
            "record_vendor", source_id, "/vendor", {"erpVendorId": number, "erpStatus": "active", "revision": revision}, version
        )
