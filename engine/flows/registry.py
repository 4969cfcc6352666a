"""Which events concern which flow, and where they name the source document."""

from collections.abc import Mapping

from engine.flows import expense_to_posting, requisition_to_po, supplier_onboarding

# type of contracts/events.yaml -> (flow, member of `data` that holds the source's id)
SOURCE_EVENTS: Mapping[str, tuple[str, str]] = {
    "requisition.approved": (requisition_to_po.FLOW, "requisitionId"),
    "approval.reversed": (requisition_to_po.FLOW, "requisitionId"),
    "supplier_request.approved": (supplier_onboarding.FLOW, "supplierRequestId"),
    "supplier_request.reversed": (supplier_onboarding.FLOW, "supplierRequestId"),
    "expense_report.approved": (expense_to_posting.FLOW, "report_id"),
    "expense_report.sent_back": (expense_to_posting.FLOW, "report_id"),
}
# type -> the flow whose accepted document a job has posted or turned down
JOB_EVENTS: Mapping[str, str] = dict.fromkeys(("posting.confirmed", "posting.rejected"), expense_to_posting.FLOW)
