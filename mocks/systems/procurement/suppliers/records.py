"""From values to what goes over procurement's wire about requests for suppliers."""

from mocks.company.projections import House
from mocks.systems.procurement.records import approval_record, head, money
from mocks.systems.procurement.suppliers import models
from mocks.systems.procurement.suppliers.requests import IN_REVIEW, SupplierRequest


def record(request: SupplierRequest, where: House) -> models.SupplierRequest:
    """A request on the wire."""
    return models.SupplierRequest(
        **head(request),
        requester_id=request.author,
        name=request.name,
        address=request.address,
        tax_id=request.tax_id,
        bank=request.bank,
        payment_terms=request.payment_terms,
        expected_spend=money(request.total_minor, where),
        justification=request.title,
        looks_like=request.looks_like if request.status == IN_REVIEW else (),
        reviewer_id=request.reviewer,
        approvals=tuple(approval_record(step, where) for step in request.approvals),
        next_approver_id=request.next_approver,
        erp_vendor=request.recorded,
        erp_refusal=_refusal(request),
    )


def _refusal(request: SupplierRequest) -> models.SupplierRefusal | None:
    said = request.refusal
    if said is None:
        return None
    return models.SupplierRefusal(
        code=said.code, reason=said.reason, owner=said.owner, duplicate_of=request.duplicate_of, recorded_at=said.recorded_at
    )
