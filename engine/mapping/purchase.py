"""A requisition becomes a purchase order draft."""

from collections.abc import Mapping

from engine.mapping.amounts import decimals_of, exact
from engine.mapping.references import external_ref
from engine.mapping.rules import Rules
from engine.model.erp_documents import Evidence, OrderDraft, OrderLine
from engine.model.sources import Requisition, RequisitionLine

LINE_STEP = 10  # the ERP numbers lines in tens, to leave room


def order_draft(requisition: Requisition, rules: Rules, minor_units: Mapping[str, int]) -> OrderDraft:
    """Raises Unpostable when a value has no rule or an amount is not exact in its currency."""
    entity = rules.legal_entity(requisition.legal_entity)
    decimals = decimals_of(requisition.currency, minor_units)
    for amount in (requisition.total, *(line.amount for line in requisition.lines)):
        exact(amount, decimals, requisition.currency)
    return OrderDraft(
        external_ref=external_ref(requisition.source_id, requisition.revision),
        source_revision=requisition.revision,
        company_code=entity.company_code,
        vendor_id=rules.vendor(entity.company_code, requisition.supplier),
        document_date=requisition.requested_on,
        currency=requisition.currency,
        decimals=decimals,
        requested_by=rules.person_of_user(requisition.requester),
        lines=tuple(_line(line, entity.company_code, requisition, rules) for line in requisition.lines),
        total=requisition.total,
        approvals=tuple(
            Evidence(approval.step, rules.person_of_user(approval.approver), approval.decided_at, requisition.source_id)
            for approval in requisition.approvals
        ),
    )


def _line(line: RequisitionLine, company: str, requisition: Requisition, rules: Rules) -> OrderLine:
    return OrderLine(
        line_no=line.line_no * LINE_STEP,
        text=line.text,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        gl_account=rules.purchase_account(line.category, requisition.requested_on),
        cost_center=rules.cost_center(company, line.cost_center),
        project=rules.project(company, line.project) if line.project else None,
    )
