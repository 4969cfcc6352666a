"""Which events concern which flow, and where they name the source document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from engine.flows import (
    budget_publication,
    consumption_to_planning,
    employee_replication,
    expense_to_posting,
    invoice_to_posting,
    master_data_replication,
    payment_run_to_bank,
    payment_status,
    receipt_to_grir,
    requisition_to_po,
    supplier_onboarding,
)
from engine.mapping.references import source_of


class Told(NamedTuple):
    """Of which flow an event tells, and which members of its `data` hold the source's id and its revision (None: it has only one)."""

    flow: str
    source_id: str
    revision: str | None = "revision"


@dataclass(frozen=True, slots=True)
class JobEvent:
    """What a system tells of a document that it had accepted. reference, job: members of `data`; source: out of the reference the source's
    id, None when it is nobody of ours."""

    flow: str
    reference: str
    job: str
    source: Callable[[str], str | None]


def _of_revision(reference: str) -> str | None:
    found = source_of(reference)
    return found[0] if found else None


def _itself(reference: str) -> str | None:
    """A payment run is its file's message id; whether it is one of ours is known where the runs are."""
    return reference


SOURCE_EVENTS: Mapping[str, Told] = {
    "requisition.approved": Told(requisition_to_po.FLOW, "requisitionId"),
    "approval.reversed": Told(requisition_to_po.FLOW, "requisitionId"),
    "goods_receipt.recorded": Told(receipt_to_grir.FLOW, "receiptId"),
    "goods_receipt.reversed": Told(receipt_to_grir.FLOW, "receiptId"),
    "supplier_request.approved": Told(supplier_onboarding.FLOW, "supplierRequestId"),
    "supplier_request.reversed": Told(supplier_onboarding.FLOW, "supplierRequestId"),
    "invoice.approved": Told(invoice_to_posting.FLOW, "invoiceId"),
    "invoice.approval_reversed": Told(invoice_to_posting.FLOW, "invoiceId"),
    "budget.published": Told(budget_publication.FLOW, "plan-id", "sequence"),
    "expense_report.approved": Told(expense_to_posting.FLOW, "report_id"),
    "expense_report.sent_back": Told(expense_to_posting.FLOW, "report_id"),
    "payment_run.issued": Told(payment_run_to_bank.FLOW, "number", None),
    "payment.status_changed": Told(payment_status.FLOW, "document_number", "version"),
    "master_data.changed": Told(master_data_replication.FLOW, "number"),
    "budget_statement.issued": Told(consumption_to_planning.FLOW, "number"),
    "employee.changed": Told(employee_replication.FLOW, "employee_no"),
}
_POSTED = JobEvent(expense_to_posting.FLOW, "external_ref", "job_id", _of_revision)
JOB_EVENTS: Mapping[str, JobEvent] = {
    "posting.confirmed": _POSTED,
    "posting.rejected": _POSTED,
    "payment_file.acknowledged": JobEvent(payment_run_to_bank.FLOW, "messageId", "fileId", _itself),
}
