"""How each kind of ERP document looks on the wire: one entry a kind. Amounts are decimal strings beside their currency, dates YYYYMMDD."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.model.erp_documents import Evidence, Kind, OrderDraft, PostingDraft, VendorDraft


@dataclass(frozen=True, slots=True)
class KindOnWire:
    """point: what its call points begin with; undo: the verb that takes it back; by_job: a create is accepted first, and a job posts it."""

    point: str
    path: str
    undo: str
    by_job: bool
    statuses: tuple[str, ...]
    body: Callable[[Any], dict[str, Any]]


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
        "erp.po", "/purchase-orders", "cancel", by_job=False, statuses=("created", "cancelled", "reversal"), body=_order_body
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
}
