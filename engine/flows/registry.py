"""Which events concern which flow, and where they name the source document."""

from collections.abc import Mapping
from typing import NamedTuple

from engine.flows import (
    budget_publication,
    expense_to_posting,
    invoice_to_posting,
    receipt_to_grir,
    requisition_to_po,
    supplier_onboarding,
)


class Told(NamedTuple):
    """Of which flow an event tells, and which members of its `data` hold the source's id and its revision."""

    flow: str
    source_id: str
    revision: str = "revision"


SOURCE_EVENTS: Mapping[str, Told] = {  # by type of contracts/events.yaml
    "requisition.approved": Told(requisition_to_po.FLOW, "requisitionId"),
    "approval.reversed": Told(requisition_to_po.FLOW, "requisitionId"),
    "goods_receipt.recorded": Told(receipt_to_grir.FLOW, "receiptId"),
    "goods_receipt.reversed": Told(receipt_to_grir.FLOW, "receiptId"),
    "supplier_request.approved": Told(supplier_onboarding.FLOW, "supplierRequestId"),
    "supplier_request.reversed": Told(supplier_onboarding.FLOW, "supplierRequestId"),
    "invoice.approved": Told(invoice_to_posting.FLOW, "invoiceId"),
    "invoice.approval_reversed": Told(invoice_to_posting.FLOW, "invoiceId"),
    "expense_report.approved": Told(expense_to_posting.FLOW, "report_id"),
    "expense_report.sent_back": Told(expense_to_posting.FLOW, "report_id"),
    "budget.published": Told(budget_publication.FLOW, "plan-id", "sequence"),
}
# type -> the flow whose accepted document a job has posted or turned down
JOB_EVENTS: Mapping[str, str] = dict.fromkeys(("posting.confirmed", "posting.rejected"), expense_to_posting.FLOW)
