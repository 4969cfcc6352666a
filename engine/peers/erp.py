"""The ERP: snake_case, amounts as decimal strings beside their currency, dates as YYYYMMDD."""

from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.erp_documents import Coding, Draft, Found, Kind, OrderedAs, PostingJob, SupplierState, TakeBack
from engine.model.failures import one_of, other_shape
from engine.model.sources import Refusal
from engine.peers.caller import Peer, decode
from engine.peers.erp_kinds import KINDS, day, take_back_body

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


class _OrderLine(msgspec.Struct):
    line_no: int
    quantity: str
    amount: str
    gl_account: str
    cost_center: str
    project: str | None = None


class _Order(msgspec.Struct):
    lines: list[_OrderLine]


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
_ORDER = msgspec.json.Decoder(_Order)
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

    async def order_lines(self, number: str) -> tuple[OrderedAs, ...]:
        """The lines of an order, in its order."""
        request = Request("erp.po.read", "GET", f"/purchase-orders/{quote(number, safe='')}")
        lines = decode(await self._peer.call(request, self._trace), _ORDER).lines
        return tuple(_ordered(request, line) for line in lines)

    async def check(self, coding: Coding) -> Refusal | None:
        """None when the combination may be posted to."""
        params = {
            "company_code": coding.company_code,
            "gl_account": coding.gl_account,
            "cost_center": coding.cost_center,
            "date": day(coding.on),
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

    async def create(self, draft: Draft, key: str) -> Found:
        """The document that exists now under the draft's reference; of a kind that a job posts, the one that was accepted."""
        wire = KINDS[draft.kind]
        request = Request(f"{wire.point}.create", "POST", wire.home(draft), body=msgspec.json.encode(wire.body(draft)), key=key)
        answer = await self._peer.call(request, self._trace)
        if not wire.by_job:
            return _found(request, draft.kind, decode(answer, _DOCUMENT))
        accepted = decode(answer, _ACCEPTANCE)
        return Found(accepted.document_number, None, "accepted", None, accepted.job_id)

    async def find(self, kind: Kind, external_ref: str) -> Found | None:
        """What the ERP has under our reference; a live document before one that was undone."""
        request = Request(f"{KINDS[kind].point}.find", "GET", KINDS[kind].path, params={"external_ref": external_ref})
        found = [_found(request, kind, item) for item in decode(await self._peer.call(request, self._trace), _DOCUMENTS).items]
        return next((document for document in found if document.live), found[0] if found else None)

    async def read(self, kind: Kind, number: str) -> Found:
        """One document by its number."""
        request = Request(f"{KINDS[kind].point}.read", "GET", f"{KINDS[kind].path}/{quote(number, safe='')}")
        return _found(request, kind, decode(await self._peer.call(request, self._trace), _DOCUMENT))

    async def job(self, job_id: str) -> PostingJob:
        """Where an accepted document stands."""
        request = Request("erp.job.read", "GET", f"/jobs/{quote(job_id, safe='')}")
        job = decode(await self._peer.call(request, self._trace), _JOB)
        return PostingJob(one_of(request.operation, "status", job.status, JOB_STATUSES), job.document_number, job.code, job.reason)

    async def undo(self, kind: Kind, number: str, why: TakeBack, key: str) -> None:
        """Cancel, void or reverse; undoing it again changes nothing."""
        wire = KINDS[kind]
        path = f"{wire.path}/{quote(number, safe='')}/{wire.undo}"
        request = Request(f"{wire.point}.{wire.undo}", "POST", path, body=msgspec.json.encode(take_back_body(why)), key=key)
        await self._peer.call(request, self._trace)


def _ordered(request: Request, line: _OrderLine) -> OrderedAs:
    try:
        quantity, amount = Decimal(line.quantity), Decimal(line.amount)
    except InvalidOperation as error:
        raise other_shape(request.operation, f"line {line.line_no}: expected quantity and amount as decimal text") from error
    return OrderedAs(line.line_no, quantity, amount, line.gl_account, line.cost_center, line.project)


def _found(request: Request, kind: Kind, wire: _Document) -> Found:
    status = one_of(request.operation, "status", wire.status, KINDS[kind].statuses)
    return Found(wire.number, wire.id, status, _decimal(request, wire.total), wire.job_id)


def _decimal(request: Request, text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text is not None else None
    except InvalidOperation as error:
        raise other_shape(request.operation, f"total is {str(text)[:60]!r}; expected decimal text") from error
