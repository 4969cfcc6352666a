"""A receipt becomes a goods receipt of the ERP, posted on the day on which the goods came (PST-P06)."""

from engine.mapping.booking import received_as
from engine.mapping.order_lines import ordered_at
from engine.mapping.references import external_ref
from engine.mapping.rules import Rules
from engine.model.erp_documents import GoodsReceiptDraft, GoodsReceiptLine
from engine.model.sources import Receipt, ReceiptLine


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
        lines=tuple(_line(line, receipt) for line in receipt.lines),
        total=receipt.total,
    )


def _line(line: ReceiptLine, receipt: Receipt) -> GoodsReceiptLine:
    ordered = ordered_at(receipt.order, receipt.order_lines, line.order_line)
    return GoodsReceiptLine(line.line_no, ordered.line_no, line.quantity, received_as(ordered, line.quantity, receipt.received_on))
