"""A request for a supplier becomes a vendor draft."""

from collections.abc import Mapping

from engine.mapping.amounts import decimals_of, exact
from engine.mapping.references import external_ref
from engine.mapping.rules import Rules
from engine.model.erp_documents import Evidence, VendorDraft
from engine.model.sources import SupplierRequest


def vendor_draft(request: SupplierRequest, rules: Rules, minor_units: Mapping[str, int]) -> VendorDraft:
    """Raises Unpostable when a value has no rule or the amount is not exact in its currency."""
    entity = rules.legal_entity(request.legal_entity)
    exact(request.expected_spend, decimals_of(request.currency, minor_units), request.currency)
    return VendorDraft(
        external_ref=external_ref(request.source_id, request.revision),
        source_revision=request.revision,
        company_code=entity.company_code,
        name=request.name,
        address=request.address,
        tax_id=request.tax_id,
        bank=request.bank,
        payment_terms=request.payment_terms,
        currency=request.currency,
        total=request.expected_spend,
        requested_by=rules.person_of_user(request.requester),
        approvals=tuple(
            Evidence(approval.step, rules.person_of_user(approval.approver), approval.decided_at, request.source_id)
            for approval in request.approvals
        ),
    )
