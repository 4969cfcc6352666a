"""The ERP: snake_case, amounts as decimal strings beside their currency, dates as YYYYMMDD."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.erp_documents import Accepted, Coding, Evidence, Found, Kind, OrderDraft, PostingDraft, PostingJob, SupplierState
from engine.model.failures import one_of, other_shape
from engine.model.sources import Refusal
from engine.peers.caller import Peer, decode

PATHS: dict[Kind, str] = {"purchase_order": "/purchase-orders", "ap_invoice": "/ap-invoices", "journal_entry": "/journal-entries"}
POINTS: dict[Kind, str] = {"purchase_order": "erp.po", "ap_invoice": "erp.ap_invoice", "journal_entry": "erp.journal"}
UNDO: dict[Kind, str] = {"purchase_order": "cancel", "ap_invoice": "void", "journal_entry": "reverse"}

STATUSES: dict[Kind, tuple[str, ...]] = {
    "purchase_order": ("created", "cancelled", "reversal"),
    "ap_invoice": ("accepted", "posted", "rejected", "withdrawn", "voided", "reversal"),
    "journal_entry": ("accepted", "posted", "rejected", "withdrawn", "reversed", "reversal"),
}
JOB_STATUSES = ("accepted", "posted", "rejected", "withdrawn")


class _Supplier(msgspec.Struct):
    vendor_id: str
    status: str
    purchasing_block: bool


class _Check(msgspec.Struct):
    valid: bool
    reason: str | None = None
    code: str | None = None


class _Document(msgspec.Struct):
    number: str
    status: str
    id: int | None = None
    total: str | None = None
    job_id: str | None = None


class _Documents(msgspec.Struct):
    items: list[_Document]


class _Acceptance(msgspec.Struct):
    job_id: str
    document_number: str


class _Job(msgspec.Struct):
    status: str
    document_number: str
    code: str | None = None
    reason: str | None = None


_SUPPLIER = msgspec.json.Decoder(_Supplier)
_CHECK = msgspec.json.Decoder(_Check)
_DOCUMENT = msgspec.json.Decoder(_Document)
_DOCUMENTS = msgspec.json.Decoder(_Documents)
_ACCEPTANCE = msgspec.json.Decoder(_Acceptance)
_JOB = msgspec.json.Decoder(_Job)


class ErpGateway:
    """The calls of one document."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def supplier(self, vendor_id: str, company_code: str) -> SupplierState:
        """Whether orders may be placed with it now; never answered from memory."""
        request = Request("erp.supplier.read", "GET", f"/suppliers/{quote(vendor_id, safe='')}", params={"company_code": company_code})
        supplier = decode(await self._peer.call(request, self._trace), _SUPPLIER)
        if one_of(request.operation, "status", supplier.status, ("active", "inactive")) != "active":
            return SupplierState(False, f"supplier {vendor_id} is {supplier.status}")
        return SupplierState(
            not supplier.purchasing_block, f"supplier {vendor_id} is blocked for purchasing" if supplier.purchasing_block else None
        )

    async def check(self, coding: Coding) -> Refusal | None:
        """None when the combination may be posted to."""
        params = {
            "company_code": coding.company_code,
            "gl_account": coding.gl_account,
            "cost_center": coding.cost_center,
            "date": _day(coding.on),
        }
        if coding.project is not None:
            params["project"] = coding.project
        check = decode(
            await self._peer.call(Request("erp.coding.check", "GET", "/coding-combinations", params=params), self._trace), _CHECK
        )
        if check.valid:
            return None
        return Refusal(
            check.code or "CODING_INVALID", check.reason or f"{coding.gl_account} / {coding.cost_center} is not valid", "finance"
        )

    async def create_order(self, draft: OrderDraft, key: str) -> Found:
        """The order that exists now under the draft's reference."""
        request = Request("erp.po.create", "POST", PATHS["purchase_order"], body=msgspec.json.encode(_order_body(draft)), key=key)
        return _found(request, "purchase_order", decode(await self._peer.call(request, self._trace), _DOCUMENT))

    async def create_posting(self, draft: PostingDraft, key: str) -> Accepted:
        """Accepted is not posted."""
        body = _invoice_body(draft) if draft.kind == "ap_invoice" else _journal_body(draft)
        request = Request(f"{POINTS[draft.kind]}.create", "POST", PATHS[draft.kind], body=msgspec.json.encode(body), key=key)
        accepted = decode(await self._peer.call(request, self._trace), _ACCEPTANCE)
        return Accepted(accepted.job_id, accepted.document_number)

    async def find(self, kind: Kind, external_ref: str) -> Found | None:
        """What the ERP has under our reference; a live document before one that was undone."""
        request = Request(f"{POINTS[kind]}.find", "GET", PATHS[kind], params={"external_ref": external_ref})
        found = [_found(request, kind, item) for item in decode(await self._peer.call(request, self._trace), _DOCUMENTS).items]
        return next((document for document in found if document.live), found[0] if found else None)

    async def read(self, kind: Kind, number: str) -> Found:
        """One document by its number."""
        request = Request(f"{POINTS[kind]}.read", "GET", f"{PATHS[kind]}/{quote(number, safe='')}")
        return _found(request, kind, decode(await self._peer.call(request, self._trace), _DOCUMENT))

    async def job(self, job_id: str) -> PostingJob:
        """Where an accepted document stands."""
        request = Request("erp.job.read", "GET", f"/jobs/{quote(job_id, safe='')}")
        job = decode(await self._peer.call(request, self._trace), _JOB)
        return PostingJob(one_of(request.operation, "status", job.status, JOB_STATUSES), job.document_number, job.code, job.reason)

    async def undo(self, kind: Kind, number: str, reason: str, key: str) -> None:
        """Cancel, void or reverse; undoing it again changes nothing."""
        verb = UNDO[kind]
        path = f"{PATHS[kind]}/{quote(number, safe='')}/{verb}"
        await self._peer.call(
            Request(f"{POINTS[kind]}.{verb}", "POST", path, body=msgspec.json.encode({"reason": reason}), key=key), self._trace
        )


def _found(request: Request, kind: Kind, wire: _Document) -> Found:
    status = one_of(request.operation, "status", wire.status, STATUSES[kind])
    return Found(wire.number, wire.id, status, _decimal(request, wire.total), wire.job_id)


def _decimal(request: Request, text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text is not None else None
    except InvalidOperation as error:
        raise other_shape(request.operation, f"total is {str(text)[:60]!r}; expected decimal text") from error


def _day(value: date) -> str:
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
        "document_date": _day(draft.document_date),
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
        "document_date": _day(draft.document_date),
        "posting_date": _day(draft.posting_date),
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
