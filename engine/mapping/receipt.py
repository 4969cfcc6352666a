"""A receipt becomes a goods receipt of the ERP, posted on the day on which the goods came (PST-P06)."""

from engine.mapping.order_lines import line_number
from engine.mapping.references import external_ref
from engine.mapping.rules import Rules
from engine.model.erp_documents import GoodsReceiptDraft, GoodsReceiptLine
from engine.model.sources import Receipt


def receipt_draft(receipt: Receipt, rules: Rules) -> GoodsReceiptDraft:
    """Raises Unpostable when somebody has no rule, or the order no such line."""
    return GoodsReceiptDraft(
        external_ref=external_ref(receipt.source_id, receipt.revision),
        source_revision=receipt.revision,
        order=receipt.order,
        document_date=receipt.received_on,
        posting_date=receipt.received_on,
        received_by=rules.person_of_user(receipt.receiver),
        text=f"Receipt {receipt.source_id}",
        lines=tuple(
            GoodsReceiptLine(line.line_no, line_number(receipt.order, receipt.order_lines, line.order_line), line.quantity)
            for line in receipt.lines
        ),
        total=receipt.total,
    )
