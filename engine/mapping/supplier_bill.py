"""A supplier's invoice becomes a supplier invoice of the ERP: its own date, posted on the day on which it was keyed (PST-P08 to P16)."""

from collections.abc import Mapping
from decimal import Decimal

from engine.mapping.amounts import decimals_of, exact
from engine.mapping.booking import billed_as, place, worth
from engine.mapping.order_lines import ordered_at
from engine.mapping.references import external_ref
from engine.mapping.rules import Rules, Unpostable
from engine.model.erp_documents import BilledLine, BudgetPlace, ChargedItem, Evidence, OrderedItem, SupplierInvoiceDraft
from engine.model.sources import BilledItem, SupplierBill


def invoice_draft(invoice: SupplierBill, rules: Rules, minor_units: Mapping[str, int]) -> SupplierInvoiceDraft:
    """Raises Unpostable when a value has no rule, an amount is not exact in its currency, or the order has no such line."""
    entity = rules.legal_entity(invoice.legal_entity)
    decimals = decimals_of(invoice.currency, minor_units)
    for amount in (invoice.total, invoice.tax_total, *(amount for line in invoice.lines for amount in (line.net, line.tax))):
        exact(amount, decimals, invoice.currency)
    return SupplierInvoiceDraft(
        external_ref=external_ref(invoice.source_id, invoice.revision),
        source_revision=invoice.revision,
        company_code=entity.company_code,
        vendor_id=rules.vendor(entity.company_code, invoice.supplier),
        supplier_number=invoice.supplier_number,
        credit=invoice.credit.kind if invoice.credit else None,
        credit_reason=invoice.credit.reason if invoice.credit else None,
        document_date=invoice.dated,
        posting_date=invoice.captured_on,
        currency=invoice.currency,
        decimals=decimals,
        entered_by=rules.person_of_user(invoice.clerk),
        text=f"Invoice {invoice.source_id}",
        lines=tuple(_line(line, entity.company_code, invoice, rules, decimals) for line in invoice.lines),
        tax_total=invoice.tax_total,
        total=invoice.total,
        approvals=tuple(
            Evidence(approval.step, rules.person_of_user(approval.approver), approval.decided_at, invoice.source_id)
            for approval in invoice.approvals
        ),
    )


def _line(line: BilledItem, company: str, invoice: SupplierBill, rules: Rules, decimals: int) -> BilledLine:
    tax = rules.tax(company, line.tax_code)
    item, relief, at = _ordered(line, invoice) if invoice.order is not None else _charged(line, company, invoice, rules)
    return BilledLine(
        line_no=line.line_no,
        item=item,
        net=line.net,
        tax=line.tax,
        tax_code=tax.code,
        text=line.text,
        booking=billed_as(line, relief, at, tax, decimals),
    )


Item = tuple[OrderedItem | ChargedItem, Decimal, BudgetPlace]
"""What is billed, what of an order it ends, and whose budget pays."""


def _ordered(line: BilledItem, invoice: SupplierBill) -> Item:
    ordered = ordered_at(invoice.order or "", invoice.order_lines, line.order_line or 0)
    item = OrderedItem(invoice.order or "", ordered.line_no, line.quantity, line.unit_price)
    is_price = invoice.credit is not None and invoice.credit.kind == "price"  # nothing goes back: no goods are relieved
    relief = worth(ordered, Decimal(0) if is_price else line.quantity)
    return item, relief, place(ordered.gl_account, ordered.cost_center, ordered.project, invoice.captured_on)


def _charged(line: BilledItem, company: str, invoice: SupplierBill, rules: Rules) -> Item:
    if line.category is None or line.cost_center is None:
        raise Unpostable(f"line {line.line_no} of {invoice.source_id} names neither an order nor what it is for")
    item = ChargedItem(
        gl_account=rules.purchase_account(line.category, invoice.captured_on),
        cost_center=rules.cost_center(company, line.cost_center),
        project=rules.project(company, line.project) if line.project else None,
    )
    return item, Decimal(0), place(item.gl_account, item.cost_center, item.project, invoice.captured_on)
