"""From procurement's values to what goes over its wire."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, cast
from uuid import UUID

from mocks.company.money import to_minor, to_text
from mocks.company.projections import House, Member, ProcurementSupplier
from mocks.kit.operation import Effect
from mocks.systems.procurement import models
from mocks.systems.procurement.requisitions import Requisition
from mocks.workflow.document import Approval, ApprovedDocument, ErpSaidNo

RECORDS_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
"""Creation time of everything that was there before the world opened."""


def money(minor: int, where: House) -> models.Money:
    """An amount on the wire."""
    return models.Money(amount=to_text(minor, where.decimals), currency=where.currency)


def head(document: ApprovedDocument) -> dict[str, Any]:
    """The members that every document has on the wire. Its status is in the wire's own words, which are those of its lifecycle."""
    return {
        **summary(document),
        "uuid": document.uuid,
        "legal_entity": document.house,
        "currency": document.currency,
        "exported": False,
        "external_id": None,
        "correlation_id": document.correlation_id,
        "created_at": document.created_at,
    }


def summary(document: ApprovedDocument) -> dict[str, Any]:
    """What a list tells of it."""
    return {
        "id": document.id,
        "number": document.number,
        "status": document.status,
        "revision": document.revision,
        "version": document.version,
        "updated_at": document.updated_at,
    }


def requisition_record(requisition: Requisition, where: House) -> models.Requisition:
    """A requisition on the wire."""
    return models.Requisition(
        **head(requisition),
        requester_id=requisition.author,
        supplier_id=requisition.supplier_id,
        needed_by=requisition.needed_by,
        requested_on=requisition.requested_on,
        title=requisition.title,
        lines=tuple(requisition_line(number, line) for number, line in enumerate(requisition.lines, 1)),
        total=money(requisition.total_minor, where),
        approvals=tuple(approval_record(step, where) for step in requisition.approvals),
        next_approver_id=requisition.next_approver,
        erp_order=requisition.recorded,
        erp_refusal=refusal_record(requisition.refusal),
    )


def approval_record(step: Approval, where: House) -> models.ApprovalStep:
    """What one approver decided, on the wire."""
    return models.ApprovalStep(
        step=step.step,
        approver_id=step.approver,
        on_behalf_of_id=step.behalf,
        decision=cast("models.Decision", step.decision),
        decided_at=step.decided_at,
        limit=None if step.limit_minor is None else money(step.limit_minor, where),
        comment=step.comment,
    )


def refusal_record(said: ErpSaidNo | None) -> models.ErpRefusal | None:
    """Why the ERP refused, on the wire."""
    return None if said is None else models.ErpRefusal(code=said.code, reason=said.reason, owner=said.owner, recorded_at=said.recorded_at)


def requisition_line(number: int, line: models.DraftLine) -> models.RequisitionLine:
    """A line of a requisition on the wire."""
    return models.RequisitionLine(
        line_no=number,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        category=line.category,
        cost_center=line.cost_center,
        project=line.project,
    )


def source_lines(document: Requisition, where: House) -> tuple[Effect, ...]:
    """What is asked for, line by line, in procurement's own words: nobody but the judge reads it."""
    return tuple(
        Effect(
            "source_line",
            f"{document.id}/{document.revision}.{number}",
            "create",
            src_version=document.revision,
            amount_minor=to_minor(line.amount.amount, where.decimals),
            currency=document.currency,
            company=document.house,
            cost_center=line.cost_center,
            project=line.project,
            document_date=document.requested_on,
            parent_id=document.id,
            category=line.category,
        )
        for number, line in enumerate(document.lines, 1)
    )


def supplier_record(supplier: ProcurementSupplier) -> models.Supplier:
    """A supplier on the wire."""
    return models.Supplier(
        id=supplier.id,
        number=supplier.number,
        uuid=_uuid(supplier.id),
        version=1,
        name=supplier.name,
        city=supplier.city,
        legal_entity=supplier.house,
        status="active" if supplier.active else "inactive",
        exported=False,
        external_id=None,
        created_at=RECORDS_SINCE,
        updated_at=RECORDS_SINCE,
    )


def user_record(user: Member, where: House) -> models.User:
    """A person on the wire."""
    return models.User(
        id=user.id,
        number=int(user.id[1:]),
        uuid=_uuid(user.id),
        version=1,
        name=user.name,
        legal_entity=user.house,
        manager_id=user.manager,
        approval_limit=None if user.limit_minor is None else money(user.limit_minor, where),
        exported=False,
        external_id=None,
        created_at=RECORDS_SINCE,
        updated_at=RECORDS_SINCE,
    )


def _uuid(record_id: str) -> str:
    return str(UUID(bytes=blake2b(record_id.encode(), digest_size=16).digest(), version=4))
