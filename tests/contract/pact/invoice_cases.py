"""What the engine relies on about supplier invoices, in procurement and in the ERP."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pact import match

from engine.mapping.references import external_ref, idempotency_key
from engine.model.erp_documents import BilledLine, ChargedItem, Evidence, Found, OrderedItem, SupplierInvoiceDraft, TakeBack
from engine.model.sources import Change, SourceStage, SupplierBill
from tests.contract.pact.consumer import Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import (
    APPROVER,
    AUTHOR,
    CENTER,
    COST_CENTER,
    DAY,
    LIVE_TOKEN,
    SUPPLIER,
    VENDOR,
    period,
    person,
)
from tests.contract.pact.source_cases import INSTANT, NO, NO_BODY, SINCE

INV, BOOKED = "INV-PACT-00000001", "5100012345"
REF = external_ref(INV, 1)
CREATE_KEY, UNDO_KEY = idempotency_key(REF, "create"), idempotency_key(REF, "undo")
PATH, LISTED = f"/api/v1/invoices/{INV}", "approved,returned,cancelled,captured"
GONE: State = ("there is no invoice", {"id": INV})
OF_ORDER = "4500077777"  # in procurement: an order that is registered there
DRAFT = SupplierInvoiceDraft(
    external_ref=REF,
    source_revision=1,
    company_code="1000",
    vendor_id=VENDOR,
    supplier_number="RE 0047/a",
    credit=None,
    credit_reason=None,
    document_date=DAY,
    posting_date=DAY,
    currency="USD",
    decimals=2,
    entered_by=AUTHOR,
    text=f"Invoice {INV}",
    lines=(BilledLine(1, ChargedItem("5400", CENTER, None), Decimal("100.00"), Decimal(0), "I0", "Paper"),),
    tax_total=Decimal(0),
    total=Decimal("100.00"),
    approvals=(Evidence(1, APPROVER, "2026-10-28T09:00:00.000001Z", INV),),
)
LINE: dict[str, Any] = {"line_no": 1, "net_amount": "100.00", "tax_code": "I0", "tax_amount": "0.00", "text": "Paper"}
BODY: dict[str, Any] = {
    "company_code": "1000",
    "vendor_id": VENDOR,
    "supplier_reference": "RE 0047/a",
    "document_date": "20261028",
    "posting_date": "20261028",
    "currency": "USD",
    "external_ref": REF,
    "source_revision": 1,
    "entered_by": AUTHOR,
    "text": f"Invoice {INV}",
    "lines": [{**LINE, "type": "account", "gl_account": "5400", "cost_center": CENTER}],
    "tax_total": "0.00",
    "total": "100.00",
    "approvals": [{"step": 1, "approver": APPROVER, "decided_at": "2026-10-28T09:00:00.000001Z", "source_document": INV}],
}


def cases() -> Iterator[Case]:
    """Every interaction about supplier invoices."""
    yield from _reads()
    yield from _list()
    yield from _write_backs()
    yield from _creation()
    yield from _booked()


# --- procurement


def _invoice_state(status: str, **more: Any) -> State:
    return ("an invoice exists", {"id": INV, "status": status, **more})


def _at_procurement(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("procurement", f"procurement.invoice.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _money(text: str) -> dict[str, Any]:
    return {"amount": match.regex(text, regex=r"\d+(\.\d+)?"), "currency": "USD"}


def _invoice_body(status: str, order: str | None) -> dict[str, Any]:
    coded = {"category": match.like("OFFICE_SUPPLIES"), "costCenter": match.like("US-MKT-01")}
    item = {"orderLine": match.integer(1)} if order else coded
    line = {
        "lineNo": match.integer(1),
        "description": match.like("Paper"),
        "quantity": match.regex("8", regex=r"\d+(\.\d+)?"),
        "unitPrice": _money("98.00"),
        "net": _money("784.00"),
        "taxCode": match.like("T1"),
        "tax": _money("64.68"),
        **item,
    }
    step = {
        "step": match.integer(1),
        "approverId": match.like("U1041"),
        "decision": "reversed" if status == "returned" else "approved",
        "decidedAt": INSTANT,
    }
    return {
        "id": INV,
        "revision": match.integer(1),
        "version": match.integer(5),
        "status": status,
        "clerkId": match.like("U1087"),
        "legalEntity": "ACME-US",
        "supplierId": match.like("SUP000017"),
        "supplierInvoiceNumber": match.like("RE 0047/a"),
        "invoiceDate": match.regex("2026-10-12", regex=r"\d{4}-\d\d-\d\d"),
        "capturedOn": match.regex("2026-10-28", regex=r"\d{4}-\d\d-\d\d"),
        "currency": "USD",
        "purchaseOrder": order,
        "credit": None,
        "lines": match.each_like(line, min=1),
        "taxTotal": _money("64.68"),
        "total": {"amount": match.regex("980.00", regex=r"\d+\.\d{2}"), "currency": "USD"},
        "approvals": match.each_like(step, min=1),
        "erpInvoice": {"number": match.like(BOOKED)} if status == "posted" else None,
        "correlationId": match.like("dc-0123456789abcdef"),
    }


def _is_invoice(stage: SourceStage, number: str | None, order: str | None) -> Check:
    def check(found: Any) -> None:
        assert isinstance(found, SupplierBill), found
        assert (found.source_id, found.stage, found.version, found.order) == (INV, stage, 5, order)
        assert (found.total, found.lines[0].net, found.lines[0].tax) == (Decimal(980), Decimal(784), Decimal("64.68"))
        assert (found.supplier_number, found.captured_on, found.credit) == ("RE 0047/a", DAY, None)
        assert (found.recorded.number if found.recorded else None) == number
        assert (found.lines[0].order_line, found.lines[0].category) == ((1, None) if order else (None, "OFFICE_SUPPLIES"))

    return check


def _reads() -> Iterator[Case]:
    read = Request("GET", PATH)

    def reading(it: Any) -> Any:
        return it.invoicing.read(INV)

    stages = (
        ("approved", SourceStage.APPROVED, None),
        ("returned", SourceStage.NOT_APPROVED, None),
        ("refused", SourceStage.REFUSED, None),
        ("posted", SourceStage.RECORDED, BOOKED),
    )
    for status, stage, number in stages:
        answer, check = Answer(200, _invoice_body(status, None)), _is_invoice(stage, number, None)
        yield _at_procurement(f"read: {status}", (_invoice_state(status, version=5),), read, answer, reading, check)
    ordered = _invoice_state("approved", version=5, purchase_order=OF_ORDER)
    answer, check = Answer(200, _invoice_body("approved", OF_ORDER)), _is_invoice(SourceStage.APPROVED, None, OF_ORDER)
    yield _at_procurement("read: of an order", (ordered,), read, answer, reading, check)
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _at_procurement("read: unknown", (GONE,), read, problem(404, "NOT_FOUND"), reading, later)


def _list() -> Iterator[Case]:
    item = {
        "id": match.like(INV),
        "status": match.regex("approved", regex=LISTED.replace(",", "|")),
        "revision": match.integer(1),
        "version": match.integer(3),
        "updatedAt": INSTANT,
    }
    change = Change(INV, "approved", SourceStage.APPROVED, 1, 3, "2026-10-28T09:00:00.000001Z")
    home, query, state = "/api/v1/invoices", {"status": LISTED, "limit": "100"}, (_invoice_state("approved"),)
    page, since = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": None}), {**query, "updatedSince": SINCE}

    def listing(name: str, states: tuple[State, ...], asked: dict[str, str], answer: Answer, act: Any, check: Check) -> Case:
        return _at_procurement(f"list: {name}", states, Request("GET", home, asked), answer, act, check)

    yield listing("everything", state, query, page, lambda it: it.invoicing.changes(None, None, 100), gives(([change], None)))
    yield listing("what changed since", state, since, page, lambda it: it.invoicing.changes(SINCE, None, 100), gives(([change], None)))
    empty = Answer(200, {"items": [], "next_cursor": None})
    yield listing("nothing", (GONE,), since, empty, lambda it: it.invoicing.changes(SINCE, None, 100), gives(([], None)))
    other: State = ("an invoice exists", {"id": "INV-PACT-00000002"})
    more = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": match.like("opaque")})
    yield listing(
        "a page with more behind it", (*state, other), {**query, "limit": "1"}, more,
        lambda it: it.invoicing.changes(None, None, 1), gives(([change], "opaque")),
    )  # fmt: skip
    yield listing(
        "a cursor from elsewhere", (), {**query, "cursor": "made-up"}, problem(400, "INVALID_CURSOR"),
        lambda it: it.invoicing.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


def _write_backs() -> Iterator[Case]:
    posting = {"erpInvoiceNumber": BOOKED, "revision": 1, "erpInvoiceId": 45}

    def put(name: str, state: State, path: str, body: Any, answer: Answer, act: Any, check: Check, version: int = 5) -> Case:
        return _at_procurement(name, (state,), Request("PUT", f"{PATH}/{path}", body=body, if_match=version), answer, act, check)

    def record(version: int = 5, revision: int = 1, document_id: int | None = 45) -> Any:
        return lambda it: it.invoicing.record_posting(INV, version, number=BOOKED, document_id=document_id, revision=revision)

    def refuse(version: int = 5) -> Any:
        return lambda it: it.invoicing.record_refusal(INV, version, NO)

    def told(status: str) -> Answer:
        return Answer(200, {"id": INV, "status": status, "version": match.integer(6)})

    due, newer, back = (_invoice_state(status, version=version) for status, version in (("approved", 5), ("approved", 6), ("returned", 6)))
    stale, reread = problem(412, "PRECONDITION_FAILED", current_version=6), refused("PRECONDITION_FAILED", "stale", retry="reread")
    unknown = refused("NOT_FOUND", "validation")

    def no_longer(status: str) -> tuple[Answer, Check]:
        said = refused("INVALID_TRANSITION", "business", retry="reread", current_status=status)
        return problem(409, "INVALID_TRANSITION", current_status=status), said

    yield put("record_posting: the supplier invoice of the ERP", due, "posting", posting, told("posted"), record(), gives(None))
    bare = {name: value for name, value in posting.items() if name != "erpInvoiceId"}
    yield put("record_posting: without the ERP's id", due, "posting", bare, told("posted"), record(document_id=None), gives(None))
    again = _invoice_state("posted", version=6, erp_invoice_number=BOOKED)
    yield put("record_posting: the same again", again, "posting", posting, told("posted"), record(6), gives(None), 6)
    other = _invoice_state("posted", version=6, erp_invoice_number="5199999999")
    yield put("record_posting: another one is recorded", other, "posting", posting, *_before(no_longer("posted"), record(6)), 6)
    yield put("record_posting: the approval was taken back", back, "posting", posting, *_before(no_longer("returned"), record(6)), 6)
    yield put("record_posting: a newer version exists", newer, "posting", posting, stale, record(), reread)
    yield put(
        "record_posting: of another revision", due, "posting", {**posting, "revision": 2},
        problem(409, "VERSION_CONFLICT", current_revision=1), record(revision=2), refused("VERSION_CONFLICT", "stale", retry="reread"),
    )  # fmt: skip
    yield put("record_posting: unknown", GONE, "posting", posting, problem(404, "NOT_FOUND"), record(), unknown)
    yield put("record_refusal: why the ERP refused", due, "refusal", NO_BODY, told("refused"), refuse(), gives(None))
    yield put("record_refusal: a newer version exists", newer, "refusal", NO_BODY, stale, refuse(), reread)
    yield put("record_refusal: unknown", GONE, "refusal", NO_BODY, problem(404, "NOT_FOUND"), refuse(), unknown)
    yield put("record_refusal: the approval was taken back", back, "refusal", NO_BODY, *_before(no_longer("returned"), refuse(6)), 6)


def _before(said: tuple[Answer, Check], act: Any) -> tuple[Answer, Any, Check]:
    """Answer, act, check: in the order of a case."""
    return said[0], act, said[1]


# --- the ERP


def _at_erp(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("erp", f"erp.supplier_invoice.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _creation() -> Iterator[Case]:
    fresh: State = ("the idempotency key is new", {"key": CREATE_KEY})
    master = (SUPPLIER, COST_CENTER, person(APPROVER), person(AUTHOR), period("AP"))
    path = "/supplier-invoices"

    def create(
        name: str, answer: Answer, wanted: Check, states: tuple[State, ...] = master, draft: SupplierInvoiceDraft = DRAFT, **body: Any
    ) -> Case:
        request = Request("POST", path, body={**BODY, **body}, key=CREATE_KEY)
        return _at_erp(f"create: {name}", (*states, fresh), request, answer, lambda it: it.erp.create(draft, CREATE_KEY), wanted)

    def business(code: str, name: str, retry: str = "no", **more: Any) -> Case:
        return create(name, problem(409, code), refused(code, "business", retry=retry), **more)

    total = match.regex("100.00", regex=r"\d+\.\d{2}")
    made = {"number": match.like(BOOKED), "id": match.integer(45), "status": "posted", "total": total, "external_ref": REF}
    booked = gives(Found(BOOKED, 45, "posted", Decimal("100.00")))
    yield create("a supplier invoice of nothing that was ordered", Answer(201, made), booked)
    credit = {"credit_memo": "price", "credit_reason": "bonus"}
    yield create("a credit memo", Answer(201, made), booked, draft=replace(DRAFT, credit="price", credit_reason="bonus"), **credit)
    exists: State = ("a supplier invoice exists", {"number": BOOKED, "external_ref": REF})
    duplicate = problem(409, "DUPLICATE_REFERENCE", existing_id=match.like(BOOKED), existing_status="posted")
    adopt = refused("DUPLICATE_REFERENCE", "duplicate", retry="adopt", existing_id=BOOKED)
    yield create("the reference has a supplier invoice already", duplicate, adopt, (*master, exists))
    used: State = ("the idempotency key was used for another payload", {"key": CREATE_KEY, "method": "POST", "path": path})
    yield _at_erp(
        "create: the key came with another payload", (*master, used), Request("POST", path, body=BODY, key=CREATE_KEY),
        problem(422, "IDEMPOTENCY_KEY_REUSED"), lambda it: it.erp.create(DRAFT, CREATE_KEY), refused("IDEMPOTENCY_KEY_REUSED", "duplicate"),
    )  # fmt: skip
    nowhere = replace(DRAFT, lines=(replace(DRAFT.lines[0], item=OrderedItem("4599999999", 10, Decimal(1), Decimal(100))),))
    ordered = {"type": "order", "order_number": "4599999999", "order_line": 10, "quantity": "1", "unit_price": "100.00"}
    yield business("ORDER_NOT_OPEN", "the order is unknown", "reread", draft=nowhere, lines=[{**LINE, **ordered}])
    yield business("PERIOD_CLOSED", "the period is closed", states=(*master[:-1], period("AP", "closed")))
    unknown = replace(DRAFT, lines=(replace(DRAFT.lines[0], tax_code="ZZ"),))
    yield business("CODING_INVALID", "no such tax code", draft=unknown, lines=[{**BODY["lines"][0], "tax_code": "ZZ"}])
    yield business("SEGREGATION_OF_DUTIES", "who approved it", draft=replace(DRAFT, entered_by=APPROVER), entered_by=APPROVER)


def _booked() -> Iterator[Case]:
    def paper(status: str) -> dict[str, Any]:
        return {"number": BOOKED, "status": status, "id": match.integer(45), "total": match.regex("100.00", regex=r"\d+\.\d{2}")}

    def exists(status: str) -> State:
        return ("a supplier invoice exists", {"number": BOOKED, "external_ref": REF, "status": status})

    find, read = Request("GET", "/supplier-invoices", {"external_ref": REF}), Request("GET", f"/supplier-invoices/{BOOKED}")
    gone: State = ("there is no document", {"number": BOOKED})
    for status in ("posted", "on_hold", "voided"):
        found = gives(Found(BOOKED, 45, status, Decimal("100.00")))
        page = Answer(200, {"items": [paper(status)], "next_cursor": None})
        yield _at_erp(f"find: {status}", (exists(status),), find, page, lambda it: it.erp.find("supplier_invoice", REF), found)
        yield _at_erp(f"read: {status}", (exists(status),), read, Answer(200, paper(status)), _reading, found)
    free: State = ("no document has the reference", {"external_ref": REF})
    nothing = Answer(200, {"items": [], "next_cursor": None})
    yield _at_erp("find: nothing", (free,), find, nothing, lambda it: it.erp.find("supplier_invoice", REF), gives(None))
    unknown = refused("NOT_FOUND", "validation")
    yield _at_erp("read: unknown", (gone,), read, problem(404, "NOT_FOUND"), _reading, unknown)
    request = Request("POST", f"/supplier-invoices/{BOOKED}/void", body={"reason": "not what was agreed"}, key=UNDO_KEY)
    for name, status in (("a posted one", "posted"), ("one on hold", "on_hold"), ("again", "voided")):
        yield _at_erp(f"void: {name}", (exists(status),), request, Answer(200, paper("voided")), _voiding, gives(None))
    yield _at_erp("void: unknown", (gone,), request, problem(404, "NOT_FOUND"), _voiding, unknown)


def _reading(it: Any) -> Any:
    return it.erp.read("supplier_invoice", BOOKED)


def _voiding(it: Any) -> Any:
    return it.erp.undo("supplier_invoice", BOOKED, TakeBack("not what was agreed"), UNDO_KEY)
