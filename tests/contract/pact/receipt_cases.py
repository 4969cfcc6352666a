"""What the engine relies on about receipts, in procurement and in the ERP."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pact import match

from engine.mapping.references import external_ref, idempotency_key
from engine.model.erp_documents import Found, GoodsReceiptDraft, GoodsReceiptLine, OrderedAs, TakeBack
from engine.model.sources import Change, Receipt, SourceStage
from tests.contract.pact.consumer import Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import AUTHOR, DAY, LIVE_TOKEN, ORDER, period, person
from tests.contract.pact.source_cases import INSTANT, NO, NO_BODY, SINCE

GRN, POSTED = "GRN-PACT-00000001", "5000012345"
REF = external_ref(GRN, 1)
CREATE_KEY, UNDO_KEY = idempotency_key(REF, "create"), idempotency_key(REF, "undo")
PATH, LISTED = f"/api/v1/receipts/{GRN}", "recorded,reversed"
GONE: State = ("there is no receipt", {"id": GRN})
OPEN_ORDER: State = ("a purchase order exists", {"number": ORDER})
BOSS = "10999999"  # without a limit, and the last of those: who approves the orders of provider states
DRAFT = GoodsReceiptDraft(
    external_ref=REF,
    source_revision=1,
    order=ORDER,
    document_date=DAY,
    posting_date=DAY,
    received_by=AUTHOR,
    text=f"Receipt {GRN}",
    lines=(GoodsReceiptLine(1, 10, Decimal("0.5")),),
    total=Decimal("50.00"),
)
BODY: dict[str, Any] = {
    "document_date": "20261028",
    "posting_date": "20261028",
    "received_by": AUTHOR,
    "external_ref": REF,
    "source_revision": 1,
    "text": f"Receipt {GRN}",
    "lines": [{"line_no": 1, "order_line": 10, "quantity": "0.5"}],
}


def cases() -> Iterator[Case]:
    """Every interaction about receipts."""
    yield from _reads()
    yield from _list()
    yield from _write_backs()
    yield from _creation()
    yield from _posted()


# --- procurement


def _receipt_state(status: str, **more: Any) -> State:
    return ("a receipt exists", {"id": GRN, "status": status, "purchase_order": ORDER, **more})


def _at_procurement(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("procurement", f"procurement.receipt.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _receipt_body(status: str) -> dict[str, Any]:
    return {
        "id": GRN,
        "revision": match.integer(1),
        "version": match.integer(3),
        "status": status,
        "receiverId": match.like("U1087"),
        "legalEntity": "ACME-US",
        "purchaseOrder": ORDER,
        "currency": "USD",
        "receivedOn": match.regex("2026-10-28", regex=r"\d{4}-\d\d-\d\d"),
        "lines": match.each_like(
            {"lineNo": match.integer(1), "orderLine": match.integer(1), "quantity": match.regex("0.125", regex=r"\d+(\.\d+)?")}, min=1
        ),
        "total": {"amount": match.regex("980.00", regex=r"\d+\.\d{2}"), "currency": "USD"},
        "reversal": {"replacementExpected": match.like(True)} if status == "reversed" else None,
        "erpReceipt": {"number": match.like(POSTED)} if status == "posted" else None,
        "correlationId": match.like("dc-0123456789abcdef"),
    }


def _is_receipt(stage: SourceStage, number: str | None, replacement: bool | None) -> Check:
    def check(found: Any) -> None:
        assert isinstance(found, Receipt), found
        assert (found.source_id, found.stage, found.version, found.order) == (GRN, stage, 3, ORDER)
        assert (found.total, found.lines[0].quantity, found.received_on) == (Decimal(980), Decimal("0.125"), DAY)
        assert (found.recorded.number if found.recorded else None, found.replacement) == (number, replacement)

    return check


def _reads() -> Iterator[Case]:
    read = Request("GET", PATH)

    def reading(it: Any) -> Any:
        return it.receiving.read(GRN)

    stages = (
        ("recorded", SourceStage.APPROVED, None, None),
        ("reversed", SourceStage.NOT_APPROVED, None, True),
        ("refused", SourceStage.REFUSED, None, None),
        ("posted", SourceStage.RECORDED, POSTED, None),
    )
    for status, stage, number, replacement in stages:
        answer, check = Answer(200, _receipt_body(status)), _is_receipt(stage, number, replacement)
        yield _at_procurement(f"read: {status}", (_receipt_state(status),), read, answer, reading, check)
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _at_procurement("read: unknown", (GONE,), read, problem(404, "NOT_FOUND"), reading, later)


def _list() -> Iterator[Case]:
    item = {
        "id": match.like(GRN),
        "status": match.regex("recorded", regex=LISTED.replace(",", "|")),
        "revision": match.integer(1),
        "version": match.integer(1),
        "updatedAt": INSTANT,
    }
    change = Change(GRN, "recorded", SourceStage.APPROVED, 1, 1, "2026-10-28T09:00:00.000001Z")
    home, query, state = "/api/v1/receipts", {"status": LISTED, "limit": "100"}, (_receipt_state("recorded"),)
    page, since = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": None}), {**query, "updatedSince": SINCE}

    def listing(name: str, states: tuple[State, ...], asked: dict[str, str], answer: Answer, act: Any, check: Check) -> Case:
        return _at_procurement(f"list: {name}", states, Request("GET", home, asked), answer, act, check)

    yield listing("everything", state, query, page, lambda it: it.receiving.changes(None, None, 100), gives(([change], None)))
    yield listing("what changed since", state, since, page, lambda it: it.receiving.changes(SINCE, None, 100), gives(([change], None)))
    empty = Answer(200, {"items": [], "next_cursor": None})
    yield listing("nothing", (GONE,), since, empty, lambda it: it.receiving.changes(SINCE, None, 100), gives(([], None)))
    other: State = ("a receipt exists", {"id": "GRN-PACT-00000002", "purchase_order": "4500012346"})
    more = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": match.like("opaque")})
    one = {**query, "limit": "1"}
    yield listing(
        "a page with more behind it",
        (*state, other),
        one,
        more,
        lambda it: it.receiving.changes(None, None, 1),
        gives(([change], "opaque")),
    )
    yield listing(
        "a cursor from elsewhere", (), {**query, "cursor": "made-up"}, problem(400, "INVALID_CURSOR"),
        lambda it: it.receiving.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


def _write_backs() -> Iterator[Case]:
    posting = {"erpReceiptNumber": POSTED, "revision": 1, "erpReceiptId": 45}

    def put(name: str, state: State, path: str, body: Any, answer: Answer, act: Any, check: Check, version: int = 1) -> Case:
        return _at_procurement(name, (state,), Request("PUT", f"{PATH}/{path}", body=body, if_match=version), answer, act, check)

    def record(version: int = 1, revision: int = 1, document_id: int | None = 45) -> Any:
        return lambda it: it.receiving.record_posting(GRN, version, number=POSTED, document_id=document_id, revision=revision)

    def refuse(version: int = 1) -> Any:
        return lambda it: it.receiving.record_refusal(GRN, version, NO)

    def told(status: str) -> Answer:
        return Answer(200, {"id": GRN, "status": status, "version": match.integer(2)})

    recorded, newer, back = (
        _receipt_state(status, version=version) for status, version in (("recorded", 1), ("recorded", 2), ("reversed", 2))
    )
    stale, reread = problem(412, "PRECONDITION_FAILED", current_version=2), refused("PRECONDITION_FAILED", "stale", retry="reread")
    unknown = refused("NOT_FOUND", "validation")

    def no_longer(status: str) -> tuple[Answer, Check]:
        said = refused("INVALID_TRANSITION", "business", retry="reread", current_status=status)
        return problem(409, "INVALID_TRANSITION", current_status=status), said

    yield put("record_posting: the goods receipt of the ERP", recorded, "posting", posting, told("posted"), record(), gives(None))
    bare = {name: value for name, value in posting.items() if name != "erpReceiptId"}
    yield put("record_posting: without the ERP's id", recorded, "posting", bare, told("posted"), record(document_id=None), gives(None))
    again = _receipt_state("posted", version=2, erp_receipt_number=POSTED)
    yield put("record_posting: the same again", again, "posting", posting, told("posted"), record(2), gives(None), 2)
    other = _receipt_state("posted", version=2, erp_receipt_number="5099999999")
    yield put("record_posting: another one is recorded", other, "posting", posting, *_before(no_longer("posted"), record(2)), 2)
    yield put("record_posting: the receipt was taken back", back, "posting", posting, *_before(no_longer("reversed"), record(2)), 2)
    yield put("record_posting: a newer version exists", newer, "posting", posting, stale, record(), reread)
    yield put(
        "record_posting: of another revision", recorded, "posting", {**posting, "revision": 2},
        problem(409, "VERSION_CONFLICT", current_revision=1), record(revision=2), refused("VERSION_CONFLICT", "stale", retry="reread"),
    )  # fmt: skip
    yield put("record_posting: unknown", GONE, "posting", posting, problem(404, "NOT_FOUND"), record(), unknown)
    yield put("record_refusal: why the ERP refused", recorded, "refusal", NO_BODY, told("refused"), refuse(), gives(None))
    yield put("record_refusal: a newer version exists", newer, "refusal", NO_BODY, stale, refuse(), reread)
    yield put("record_refusal: unknown", GONE, "refusal", NO_BODY, problem(404, "NOT_FOUND"), refuse(), unknown)
    yield put("record_refusal: the receipt was taken back", back, "refusal", NO_BODY, *_before(no_longer("reversed"), refuse(2)), 2)


def _before(said: tuple[Answer, Check], act: Any) -> tuple[Answer, Any, Check]:
    """Answer, act, check: in the order of a case."""
    return said[0], act, said[1]


# --- the ERP


def _at_erp(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("erp", name, (LIVE_TOKEN, *states), request, answer, act, check)


def _creation() -> Iterator[Case]:
    fresh: State = ("the idempotency key is new", {"key": CREATE_KEY})
    master = (person(BOSS), person(AUTHOR), period("PO"), OPEN_ORDER)
    path = f"/purchase-orders/{ORDER}/goods-receipts"

    def create(
        name: str, answer: Answer, wanted: Check, states: tuple[State, ...] = master, draft: GoodsReceiptDraft = DRAFT, **body: Any
    ) -> Case:
        request = Request("POST", path, body={**BODY, **body}, key=CREATE_KEY)
        return _at_erp(f"erp.gr.create: {name}", (*states, fresh), request, answer, lambda it: it.erp.create(draft, CREATE_KEY), wanted)

    def business(code: str, name: str, retry: str = "no", **more: Any) -> Case:
        return create(name, problem(409, code), refused(code, "business", retry=retry), **more)

    amount = match.regex("100.00", regex=r"\d+\.\d{2}")
    coded = {"gl_account": match.like("5400"), "cost_center": match.like("4711000")}
    order = {"lines": match.each_like({"line_no": match.integer(10), "quantity": match.like("1"), "amount": amount, **coded}, min=1)}
    yield _at_erp(
        "erp.po.read: the lines of an order", (OPEN_ORDER,), Request("GET", f"/purchase-orders/{ORDER}"), Answer(200, order),
        lambda it: it.erp.order_lines(ORDER), gives((OrderedAs(10, Decimal(1), Decimal("100.00"), "5400", "4711000", None),)),
    )  # fmt: skip
    total = match.regex("50.00", regex=r"\d+\.\d{2}")
    made = {"number": match.like(POSTED), "id": match.integer(45), "status": "posted", "total": total, "external_ref": REF}
    yield create("a goods receipt", Answer(201, made), gives(Found(POSTED, 45, "posted", Decimal("50.00"))))
    exists: State = ("a goods receipt exists", {"number": POSTED, "external_ref": REF})
    duplicate = problem(409, "DUPLICATE_REFERENCE", existing_id=match.like(POSTED), existing_status="posted")
    adopt = refused("DUPLICATE_REFERENCE", "duplicate", retry="adopt", existing_id=POSTED)
    yield create("the reference has a goods receipt already", duplicate, adopt, (*master, exists))
    used: State = ("the idempotency key was used for another payload", {"key": CREATE_KEY, "method": "POST", "path": path})
    yield _at_erp(
        "erp.gr.create: the key came with another payload", (*master, used), Request("POST", path, body=BODY, key=CREATE_KEY),
        problem(422, "IDEMPOTENCY_KEY_REUSED"), lambda it: it.erp.create(DRAFT, CREATE_KEY), refused("IDEMPOTENCY_KEY_REUSED", "duplicate"),
    )  # fmt: skip
    lines = BODY["lines"]
    too_much = replace(DRAFT, lines=(replace(DRAFT.lines[0], quantity=Decimal(2)),))
    yield business("QUANTITY_EXCEEDED", "more than is open", "reread", draft=too_much, lines=[{**lines[0], "quantity": "2"}])
    nowhere = replace(DRAFT, lines=(replace(DRAFT.lines[0], order_line=20),))
    yield business("QUANTITY_EXCEEDED", "the order has no such line", "reread", draft=nowhere, lines=[{**lines[0], "order_line": 20}])
    cancelled: State = (OPEN_ORDER[0], {**OPEN_ORDER[1], "status": "cancelled"})
    yield business("ORDER_NOT_OPEN", "the order was cancelled", "reread", states=(*master[:-1], cancelled))
    yield business("PERIOD_CLOSED", "the period is closed", states=(*master[:2], OPEN_ORDER, period("PO", "closed")))
    nobody = "10099999"
    yield business("EMPLOYEE_UNKNOWN", "nobody has the number", draft=replace(DRAFT, received_by=nobody), received_by=nobody)
    yield business("SEGREGATION_OF_DUTIES", "who approved the order", draft=replace(DRAFT, received_by=BOSS), received_by=BOSS)


def _posted() -> Iterator[Case]:
    def paper(status: str) -> dict[str, Any]:
        return {"number": POSTED, "status": status, "id": match.integer(45), "total": match.regex("100.00", regex=r"\d+\.\d{2}")}

    def exists(status: str) -> State:
        return ("a goods receipt exists", {"number": POSTED, "external_ref": REF, "status": status})

    find, read = Request("GET", "/goods-receipts", {"external_ref": REF}), Request("GET", f"/goods-receipts/{POSTED}")
    gone: State = ("there is no document", {"number": POSTED})
    for status in ("posted", "reversed"):
        found = gives(Found(POSTED, 45, status, Decimal("100.00")))
        page = Answer(200, {"items": [paper(status)], "next_cursor": None})
        yield _at_erp(f"erp.gr.find: {status}", (exists(status),), find, page, lambda it: it.erp.find("goods_receipt", REF), found)
        yield _at_erp(f"erp.gr.read: {status}", (exists(status),), read, Answer(200, paper(status)), _reading, found)
    free: State = ("no document has the reference", {"external_ref": REF})
    nothing = Answer(200, {"items": [], "next_cursor": None})
    yield _at_erp("erp.gr.find: nothing", (free,), find, nothing, lambda it: it.erp.find("goods_receipt", REF), gives(None))
    unknown = refused("NOT_FOUND", "validation")
    yield _at_erp("erp.gr.read: unknown", (gone,), read, problem(404, "NOT_FOUND"), _reading, unknown)
    for name, status, is_owed in (
        ("with a replacement to come", "posted", True),
        ("for good", "posted", False),
        ("again", "reversed", True),
    ):
        body = {"reason": "counted wrong", "replacement_expected": is_owed}
        request = Request("POST", f"/goods-receipts/{POSTED}/reverse", body=body, key=UNDO_KEY)
        yield _at_erp(f"erp.gr.reverse: {name}", (exists(status),), request, Answer(200, paper("reversed")), _undoing(is_owed), gives(None))
    yield _at_erp("erp.gr.reverse: unknown", (gone,), request, problem(404, "NOT_FOUND"), _undoing(True), unknown)


def _reading(it: Any) -> Any:
    return it.erp.read("goods_receipt", POSTED)


def _undoing(is_owed: bool) -> Any:
    return lambda it: it.erp.undo("goods_receipt", POSTED, TakeBack("counted wrong", is_owed), UNDO_KEY)
