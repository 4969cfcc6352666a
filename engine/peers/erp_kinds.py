"""How each kind of ERP document looks on the wire: one entry a kind. Amounts are decimal strings beside their currency, dates YYYYMMDD."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from engine.model.erp_documents import (
    BilledAs,
    BilledLine,
    BudgetPlace,
    ChargedItem,
    Evidence,
    GoodsReceiptDraft,
    GoodsReceiptLine,
    Kind,
    OrderDraft,
    OrderedItem,
    PostingDraft,
    SupplierInvoiceDraft,
    TakeBack,
    VendorDraft,
)


@dataclass(frozen=True, slots=True)
class KindOnWire:
    """point: what its call points begin with; undo: the verb that takes it back; by_job: a create is accepted first, and a job posts it;
    under: where it is created, when that is under another document."""

    point: str
    path: str
    undo: str
    by_job: bool
    statuses: tuple[str, ...]
    body: Callable[[Any], dict[str, Any]]
    under: Callable[[Any], str] | None = None

    def home(self, draft: Any) -> str:
        """Where a draft is sent."""
        return self.path if self.under is None else f"{self.under(draft)}{self.path}"


def day(value: date) -> str:
    """As the ERP writes dates."""
    return value.strftime("%Y%m%d")


def _amount(value: Decimal, decimals: int) -> str:
    return f"{value:.{decimals}f}"


def _price(value: Decimal, decimals: int) -> str:
    """A price for one unit may be finer than the currency."""
    finer = -int(value.normalize().as_tuple().exponent)
    return _amount(value, max(decimals, finer))


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _evidence(approvals: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [
        {
            "step": approval.step,
            "approver": approval.approver,
            "decided_at": approval.decided_at,
            "source_document": approval.source_document,
        }
        for approval in approvals
    ]


def _order_body(draft: OrderDraft) -> dict[str, Any]:
    return {
        "company_code": draft.company_code,
        "vendor_id": draft.vendor_id,
        "document_date": day(draft.document_date),
        "currency": draft.currency,
        "external_ref": draft.external_ref,
        "source_revision": draft.source_revision,
        "requested_by": draft.requested_by,
        "lines": [
            {
                "line_no": line.line_no,
                "text": line.text,
                "quantity": _number(line.quantity),
                "unit": "EA",
                "unit_price": _price(line.unit_price, draft.decimals),
                "amount": _amount(line.amount, draft.decimals),
                "gl_account": line.gl_account,
                "cost_center": line.cost_center,
                **({"project": line.project} if line.project is not None else {}),
            }
            for line in draft.lines
        ],
        "total": _amount(draft.total, draft.decimals),
        "approvals": _evidence(draft.approvals),
    }


def _head(draft: PostingDraft) -> dict[str, Any]:
    return {
        "company_code": draft.company_code,
        "document_date": day(draft.document_date),
        "posting_date": day(draft.posting_date),
        "currency": draft.currency,
        "external_ref": draft.external_ref,
        "source_revision": draft.source_revision,
        "text": draft.text,
        "approvals": _evidence(draft.approvals),
    }


def _invoice_body(draft: PostingDraft) -> dict[str, Any]:
    return _head(draft) | {
        "personnel_no": draft.personnel_no,
        "total": _amount(draft.total, draft.decimals),
        "lines": [
            {
                "line_no": line.line_no,
                "gl_account": line.gl_account,
                "cost_center": line.cost_center,
                "net_amount": _amount(line.net, draft.decimals),
                "tax_amount": _amount(line.tax, draft.decimals),
                "payment_type": line.payment_type,
                "text": line.text,
            }
            for line in draft.invoice_lines
        ],
    }


def _journal_body(draft: PostingDraft) -> dict[str, Any]:
    return _head(draft) | {
        "lines": [
            {
                "line_no": line.line_no,
                "gl_account": line.gl_account,
                "debit": _amount(line.debit, draft.decimals),
                "credit": _amount(line.credit, draft.decimals),
                "text": line.text,
                **({"cost_center": line.cost_center} if line.cost_center is not None else {}),
                **({"personnel_no": line.personnel_no} if line.personnel_no is not None else {}),
            }
            for line in draft.journal_lines
        ],
    }


def _receipt_body(draft: GoodsReceiptDraft) -> dict[str, Any]:
    return {
        "document_date": day(draft.document_date),
        "posting_date": day(draft.posting_date),
        "received_by": draft.received_by,
        "external_ref": draft.external_ref,
        "source_revision": draft.source_revision,
        "text": draft.text,
        "lines": [_receipt_line(line) for line in draft.lines],
    }


def _receipt_line(line: GoodsReceiptLine) -> dict[str, Any]:
    stated = line.booking
    booking = {} if stated is None else {"booking": {"accrual_amount": f"{stated.accrual:f}", **_paid_by(stated.place)}}
    return {"line_no": line.line_no, "order_line": line.order_line, "quantity": _number(line.quantity), **booking}


def _paid_by(place: BudgetPlace) -> dict[str, Any]:
    project = {"project": place.project} if place.project is not None else {}
    bucket = {"cost_center": place.cost_center, "account_group": place.account_group, **project}
    return {"budget_on": day(place.on), "budget_bucket": bucket}


def _bill_body(draft: SupplierInvoiceDraft) -> dict[str, Any]:
    credit = {"credit_memo": draft.credit, "credit_reason": draft.credit_reason} if draft.credit is not None else {}
    return {
        "company_code": draft.company_code,
        "vendor_id": draft.vendor_id,
        "supplier_reference": draft.supplier_number,
        **credit,
        "document_date": day(draft.document_date),
        "posting_date": day(draft.posting_date),
        "currency": draft.currency,
        "external_ref": draft.external_ref,
        "source_revision": draft.source_revision,
        "entered_by": draft.entered_by,
        "text": draft.text,
        "lines": [_bill_line(line, draft.decimals) for line in draft.lines],
        "tax_total": _amount(draft.tax_total, draft.decimals),
        "total": _amount(draft.total, draft.decimals),
        "approvals": _evidence(draft.approvals),
    }


def _bill_line(line: BilledLine, decimals: int) -> dict[str, Any]:
    item = line.item
    return {
        "line_no": line.line_no,
        **(_ordered_item(item, decimals) if isinstance(item, OrderedItem) else _charged_item(item)),
        "net_amount": _amount(line.net, decimals),
        "tax_code": line.tax_code,
        "tax_amount": _amount(line.tax, decimals),
        "text": line.text,
        **({"booking": _billed_as(line.booking, decimals)} if line.booking is not None else {}),
    }


def _billed_as(stated: BilledAs, decimals: int) -> dict[str, Any]:
    return {
        "relief_amount": _amount(stated.relief, decimals),
        "recoverable_tax": _amount(stated.recoverable_tax, decimals),
        "self_assessed_tax": _amount(stated.self_assessed_tax, decimals),
        **_paid_by(stated.place),
    }


def _ordered_item(item: OrderedItem, decimals: int) -> dict[str, Any]:
    return {
        "type": "order",
        "order_number": item.order,
        "order_line": item.order_line,
        "quantity": _number(item.quantity),
        "unit_price": _price(item.unit_price, decimals),
    }


def _charged_item(item: ChargedItem) -> dict[str, Any]:
    project = {"project": item.project} if item.project is not None else {}
    return {"type": "account", "gl_account": item.gl_account, "cost_center": item.cost_center, **project}


def take_back_body(why: TakeBack) -> dict[str, Any]:
    """Of a cancellation, a void or a reversal."""
    return {"reason": why.reason, **({} if why.replacement is None else {"replacement_expected": why.replacement})}


def _vendor_body(draft: VendorDraft) -> dict[str, Any]:
    assert draft.clearance is not None
    return {
        "company_code": draft.company_code,
        "name": draft.name,
        "address": asdict(draft.address),
        "tax_ids": [{"country": draft.address.country, "number": draft.tax_id}],
        "bank": {name: value for name, value in asdict(draft.bank).items() if value is not None},
        "payment_terms": draft.payment_terms,
        "currency": draft.currency,
        "external_ref": draft.external_ref,
        "source_revision": draft.source_revision,
        "requested_by": draft.requested_by,
        "screening": {"result": "clear", **asdict(draft.clearance)},
        "approvals": _evidence(draft.approvals),
    }


KINDS: Mapping[Kind, KindOnWire] = {
    "purchase_order": KindOnWire(
        "erp.po",
        "/purchase-orders",
        "cancel",
        by_job=False,
        statuses=("created", "closed", "finally_closed", "cancelled", "reversal"),
        body=_order_body,
    ),
    "vendor": KindOnWire("erp.vendor", "/vendors", "deactivate", by_job=False, statuses=("active", "inactive"), body=_vendor_body),
    "ap_invoice": KindOnWire(
        "erp.ap_invoice",
        "/ap-invoices",
        "void",
        by_job=True,
        statuses=("accepted", "posted", "rejected", "withdrawn", "voided", "reversal"),
        body=_invoice_body,
    ),
    "journal_entry": KindOnWire(
        "erp.journal",
        "/journal-entries",
        "reverse",
        by_job=True,
        statuses=("accepted", "posted", "rejected", "withdrawn", "reversed", "reversal"),
        body=_journal_body,
    ),
    "goods_receipt": KindOnWire(
        "erp.gr",
        "/goods-receipts",
        "reverse",
        by_job=False,
        statuses=("posted", "reversed", "reversal"),
        body=_receipt_body,
        under=lambda draft: f"/purchase-orders/{quote(draft.order, safe='')}",
    ),
    "supplier_invoice": KindOnWire(
        "erp.supplier_invoice",
        "/supplier-invoices",
        "void",
        by_job=False,
        statuses=("parked", "on_hold", "posted", "rejected", "voided", "reversal"),
        body=_bill_body,
    ),
}
