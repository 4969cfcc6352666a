"""Which events concern which flow, and where they name the source document."""

from collections.abc import Mapping

from engine.flows import expense_to_posting, invoice_to_posting, receipt_to_grir, requisition_to_po

# type of contracts/events.yaml -> (flow, member of `data` that holds the source's id)
SOURCE_EVENTS: Mapping[str, tuple[str, str]] = {
    "requisition.approved": (requisition_to_po.FLOW, "requisitionId"),
    "approval.reversed": (requisition_to_po.FLOW, "requisitionId"),
    "goods_receipt.recorded": (receipt_to_grir.FLOW, "receiptId"),
    "goods_receipt.reversed": (receipt_to_grir.FLOW, "receiptId"),
    "invoice.approved": (invoice_to_posting.FLOW, "invoiceId"),
    "invoice.approval_reversed": (invoice_to_posting.FLOW, "invoiceId"),
    "expense_report.approved": (expense_to_posting.FLOW, "report_id"),
    "expense_report.sent_back": (expense_to_posting.FLOW, "report_id"),
}
# type -> the flow whose accepted document a job has posted or turned down
JOB_EVENTS: Mapping[str, str] = dict.fromkeys(("posting.confirmed", "posting.rejected"), expense_to_posting.FLOW)
