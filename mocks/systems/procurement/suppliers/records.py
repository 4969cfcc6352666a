"""From values to what goes over procurement's wire about requests for suppliers."""

from typing import cast

from mocks.company.projections import House
from mocks.systems.procurement.records import approval_record, money
from mocks.systems.procurement.suppliers import models
from mocks.systems.procurement.suppliers.requests import SupplierRequest


def record(request: SupplierRequest, where: House) -> models.SupplierRequest:
    """A request on the wire."""
    return models.SupplierRequest(
        id=request.id,
        number=request.number,
        uuid=request.uuid,
        revision=request.revision,
        version=request.version,
        status=_status(request),
        requester_id=request.author,
        legal_entity=request.house,
        name=request.name,
        address=request.address,
        tax_id=request.tax_id,
        bank=request.bank,
        payment_terms=request.payment_terms,
        currency=request.currency,
        expected_spend=money(request.total_minor, where),
        justification=request.title,
        looks_like=request.looks_like,
        reviewer_id=request.reviewer,
        approvals=tuple(approval_record(step, where) for step in request.approvals),
        next_approver_id=request.next_approver,
        erp_vendor=request.recorded,
        erp_refusal=_refusal(request),
        exported=False,
        external_id=None,
        correlation_id=request.correlation_id,
        created_at=request.created_at,
        updated_at=request.updated_at,
    )


def _status(request: SupplierRequest) -> models.RequestStatus:
    return cast("models.RequestStatus", request.status)


def _refusal(request: SupplierRequest) -> models.SupplierRefusal | None:
    said = request.refusal
    if said is None:
        return None
    return models.SupplierRefusal(
        code=said.code, reason=said.reason, owner=said.owner, duplicate_of=request.duplicate_of, recorded_at=said.recorded_at
    )


def summary(request: SupplierRequest) -> models.SupplierRequestSummary:
    """A request in a list."""
    return models.SupplierRequestSummary(
        id=request.id,
        number=request.number,
        status=_status(request),
        revision=request.revision,
        version=request.version,
        updated_at=request.updated_at,
    )
