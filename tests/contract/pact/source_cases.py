"""What the engine relies on in procurement, in the expense system and at the token endpoint."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pact import match

from engine.model.sources import Change, ExpenseReport, Refusal, Requisition, SourceStage
from tests.contract.pact.consumer import SPENT, Answer, Case, Check, Request, State, gives, problem, refused

LIVE_TOKEN: State = ("the access token is valid", {"token": "example-token"})
REQ, REPORT = "REQ-PACT-00000001", "ER-PACT-00000001"
NO = Refusal("SUPPLIER_BLOCKED", "the supplier is blocked", "finance")
NO_BODY = {"code": NO.code, "reason": NO.reason, "owner": NO.owner}
INSTANT = match.regex("2026-10-28T09:00:00.000001Z", regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*(Z|[+-]\d\d:\d\d)")
SINCE = "2026-10-28T00:00:00Z"
WAIT = {"Retry-After": match.regex("1", regex=r"\d+")}


def cases() -> Iterator[Case]:
    """Every interaction with the sources and the token endpoint."""
    yield from _procurement()
    yield from _expense()
    yield from _identity()


# --- procurement

DETAIL = f"/api/v1/requisitions/{REQ}"
LISTED = "approved,returned,rejected,withdrawn,cancelled,draft"


def _requisition_state(status: str, **more: Any) -> State:
    return ("a requisition exists", {"id": REQ, "status": status, **more})


def _requisition_body(status: str, order: Any) -> dict[str, Any]:
    decision = "reversed" if status == "returned" else "approved"
    money = {"amount": match.regex("980.00", regex=r"\d+\.\d{2}"), "currency": "USD"}
    return {
        "id": REQ,
        "revision": match.integer(1),
        "version": match.integer(3),
        "status": status,
        "requesterId": match.like("U1087"),
        "legalEntity": "ACME-US",
        "supplierId": match.like("PS-00033"),
        "currency": "USD",
        "requestedOn": match.regex("2026-10-28", regex=r"\d{4}-\d\d-\d\d"),
        "lines": match.each_like(
            {
                "lineNo": match.integer(1),
                "description": match.like("Monitors"),
                "quantity": match.regex("10", regex=r"\d+(\.\d+)?"),
                "unitPrice": {"amount": match.regex("98.00", regex=r"\d+(\.\d+)?"), "currency": "USD"},
                "amount": money,
                "category": match.like("IT_HARDWARE"),
                "costCenter": match.like("US-MKT-01"),
            },
            min=1,
        ),
        "total": money,
        "approvals": match.each_like(
            {"step": match.integer(1), "approverId": match.like("U1018"), "decision": decision, "decidedAt": INSTANT}, min=1
        ),
        "erpOrder": order,
        "correlationId": match.like("dc-0123456789abcdef"),
    }


def _is_requisition(stage: SourceStage, approvals: int, order: str | None) -> Check:
    def check(found: Any) -> None:
        assert isinstance(found, Requisition), found
        assert (found.source_id, found.stage, found.version, len(found.approvals)) == (REQ, stage, 3, approvals)
        assert (found.total, found.lines[0].quantity, found.requested_on) == (Decimal(980), Decimal(10), date(2026, 10, 28))
        assert (found.recorded.number if found.recorded else None) == order

    return check


def _procurement_case(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("procurement", f"procurement.requisition.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _procurement() -> Iterator[Case]:
    read = Request("GET", DETAIL)

    def reading(it: Any) -> Any:
        return it.procurement.read(REQ)

    order = {"number": match.like("4500012345")}
    stages = (
        ("approved", SourceStage.APPROVED, 1, None),
        ("returned", SourceStage.NOT_APPROVED, 0, None),
        ("refused", SourceStage.REFUSED, 1, None),
        ("ordered", SourceStage.RECORDED, 1, "4500012345"),
    )
    for status, stage, approvals, number in stages:
        answer = Answer(200, _requisition_body(status, order if number else None))
        check = _is_requisition(stage, approvals, number)
        yield _procurement_case(f"read: {status}", (_requisition_state(status),), read, answer, reading, check)
    gone: State = ("there is no requisition", {"id": REQ})
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _procurement_case("read: unknown", (gone,), read, problem(404, "NOT_FOUND"), reading, later)
    spent = replace(read, token=SPENT)
    state: State = ("the access token has expired", {"token": SPENT})
    expired = refused("TOKEN_INVALID", "authentication", retry="refresh")
    case = _procurement_case("read: the token is spent", (), spent, problem(401, "TOKEN_INVALID"), reading, expired)
    yield replace(case, states=(_requisition_state("approved"), state))
    down: State = ("the system is down for maintenance", {"system": "procurement"})
    maintenance, no = problem(503, "MAINTENANCE", headers=WAIT), refused("MAINTENANCE", "transient", retry="same")
    yield _procurement_case("read: down for maintenance", (down,), read, maintenance, reading, no)
    limit: State = ("the request limit is reached", {})
    throttled = refused("RATE_LIMITED", "throttled", retry="same")
    yield _procurement_case("read: too many requests", (limit,), read, problem(429, "RATE_LIMITED", headers=WAIT), reading, throttled)
    yield from _requisition_list()
    yield from _requisition_reports()


def _requisition_list() -> Iterator[Case]:
    item = {
        "id": match.like(REQ),
        "status": match.regex("approved", regex=LISTED.replace(",", "|")),
        "revision": match.integer(1),
        "version": match.integer(3),
        "updatedAt": INSTANT,
    }
    change = Change(REQ, "approved", SourceStage.APPROVED, 1, 3, "2026-10-28T09:00:00.000001Z")
    page = {"items": match.each_like(item, min=1), "next_cursor": None}
    query = {"status": LISTED, "limit": "100"}
    state = (_requisition_state("approved"),)
    first, since = Request("GET", "/api/v1/requisitions", query), Request("GET", "/api/v1/requisitions", {**query, "updatedSince": SINCE})
    yield _procurement_case(
        "list: everything", state, first, Answer(200, page), lambda it: it.procurement.changes(None, None, 100), gives(([change], None))
    )
    yield _procurement_case(
        "list: what changed since", state, since, Answer(200, page), lambda it: it.procurement.changes(SINCE, None, 100),
        gives(([change], None)),
    )  # fmt: skip
    empty = Answer(200, {"items": [], "next_cursor": None})
    gone: State = ("there is no requisition", {"id": REQ})
    nothing = gives(([], None))
    yield _procurement_case("list: nothing", (gone,), since, empty, lambda it: it.procurement.changes(SINCE, None, 100), nothing)
    more = (_requisition_state("approved"), ("a requisition exists", {"id": "REQ-PACT-00000002"}))
    one = Request("GET", "/api/v1/requisitions", {**query, "limit": "1"})
    cursor = {"items": match.each_like(item, min=1), "next_cursor": match.like("opaque")}
    yield _procurement_case(
        "list: a page with more behind it", more, one, Answer(200, cursor), lambda it: it.procurement.changes(None, None, 1),
        gives(([change], "opaque")),
    )  # fmt: skip
    foreign = Request("GET", "/api/v1/requisitions", {**query, "cursor": "made-up"})
    yield _procurement_case(
        "list: a cursor from elsewhere", (), foreign, problem(400, "INVALID_CURSOR"),
        lambda it: it.procurement.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


def _requisition_reports() -> Iterator[Case]:
    order = {"erpOrderNumber": "4500012345", "erpStatus": "created", "revision": 1, "erpOrderId": 45}

    def put(name: str, state: State, path: str, body: Any, answer: Answer, act: Any, check: Check, version: int = 3) -> Case:
        request = Request("PUT", f"{DETAIL}/{path}", body=body, if_match=version)
        return _procurement_case(name, (state,), request, answer, act, check)

    def record(it: Any) -> Any:
        return it.procurement.record_order(REQ, 3, number="4500012345", order_id=45, revision=1)

    def refuse(it: Any) -> Any:
        return it.procurement.record_refusal(REQ, 3, NO)

    ordered = Answer(200, {"id": REQ, "status": "ordered", "version": match.integer(4)})
    told = Answer(200, {"id": REQ, "status": "refused", "version": match.integer(4)})
    approved = _requisition_state("approved", version=3)
    yield put("record_order: the order of the ERP", approved, "order", order, ordered, record, gives(None))
    no_id = {name: value for name, value in order.items() if name != "erpOrderId"}
    yield put(
        "record_order: without the ERP's id", approved, "order", no_id, ordered,
        lambda it: it.procurement.record_order(REQ, 3, number="4500012345", order_id=None, revision=1), gives(None),
    )  # fmt: skip
    again = _requisition_state("ordered", version=4, erp_order_number="4500012345")
    yield put(
        "record_order: the same order again", again, "order", order, ordered,
        lambda it: it.procurement.record_order(REQ, 4, number="4500012345", order_id=45, revision=1), gives(None), version=4,
    )  # fmt: skip
    other = _requisition_state("ordered", version=4, erp_order_number="4599999999")
    wrong = problem(409, "INVALID_TRANSITION", current_status="ordered")
    yield put(
        "record_order: another order is recorded", other, "order", order, wrong,
        lambda it: it.procurement.record_order(REQ, 4, number="4500012345", order_id=45, revision=1),
        refused("INVALID_TRANSITION", "business", retry="reread", current_status="ordered"), version=4,
    )  # fmt: skip
    back = _requisition_state("returned", version=4)
    yield put(
        "record_order: the approval was taken back", back, "order", order, problem(409, "INVALID_TRANSITION", current_status="returned"),
        lambda it: it.procurement.record_order(REQ, 4, number="4500012345", order_id=45, revision=1),
        refused("INVALID_TRANSITION", "business", retry="reread", current_status="returned"), version=4,
    )  # fmt: skip
    newer = _requisition_state("approved", version=4)
    stale, reread = problem(412, "PRECONDITION_FAILED", current_version=4), refused("PRECONDITION_FAILED", "stale", retry="reread")
    yield put("record_order: a newer version exists", newer, "order", order, stale, record, reread)
    revised = {**order, "revision": 2}
    yield put(
        "record_order: of another revision", approved, "order", revised, problem(409, "VERSION_CONFLICT", current_revision=1),
        lambda it: it.procurement.record_order(REQ, 3, number="4500012345", order_id=45, revision=2),
        refused("VERSION_CONFLICT", "stale", retry="reread"),
    )  # fmt: skip
    gone: State = ("there is no requisition", {"id": REQ})
    yield put("record_order: unknown", gone, "order", order, problem(404, "NOT_FOUND"), record, refused("NOT_FOUND", "validation"))
    yield put("record_refusal: why the ERP refused", approved, "refusal", NO_BODY, told, refuse, gives(None))
    yield put("record_refusal: a newer version exists", newer, "refusal", NO_BODY, stale, refuse, reread)
    unknown = refused("NOT_FOUND", "validation")
    yield put("record_refusal: unknown", gone, "refusal", NO_BODY, problem(404, "NOT_FOUND"), refuse, unknown)
    yield put(
        "record_refusal: the approval was taken back", back, "refusal", NO_BODY,
        problem(409, "INVALID_TRANSITION", current_status="returned"), lambda it: it.procurement.record_refusal(REQ, 4, NO),
        refused("INVALID_TRANSITION", "business", retry="reread", current_status="returned"), version=4,
    )  # fmt: skip


# --- expense

REPORT_PATH = f"/v2/reports/{REPORT}"
STATES = "approved,sent_back,recalled,rejected,draft"
POSTED = {"erp_document": "1900012345", "erp_document_type": "ap_invoice", "posted_on": "28/10/2026", "revision": 1}


def _report_state(state: str, **more: Any) -> State:
    return ("an expense report exists", {"report_id": REPORT, "state": state, **more})


def _report_body(state: str, posting: Any) -> dict[str, Any]:
    decision = "reversed" if state == "sent_back" else "approved"
    day = match.regex("28/10/2026", regex=r"\d\d/\d\d/\d{4}")
    return {
        "report_id": REPORT,
        "revision": match.integer(1),
        "version": match.integer(3),
        "state": state,
        "employee_login": match.like("jade.cochran853"),
        "entity_code": "10",
        "currency": "USD",
        "total_minor": match.integer(98000),
        "submitted_on": day,
        "approved_on": None if state == "sent_back" else day,
        "lines": match.each_like(
            {
                "line_no": match.integer(1),
                "category": match.like("MEALS"),
                "spent_on": day,
                "description": match.like("Lunch"),
                "amount_minor": match.integer(98000),
                "tax_minor": match.integer(0),
                "cost_object": match.like("CC.10.6443"),
                "payment_type": match.regex("employee_paid", regex="employee_paid|company_card"),
            },
            min=1,
        ),
        "approvals": match.each_like(
            {"step": match.integer(1), "approver_login": match.like("daisy.espinoza922"), "decision": decision, "decided_at": INSTANT},
            min=1,
        ),
        "posting": posting,
        "correlation_id": match.like("dc-0123456789abcdef"),
    }


def _is_report(stage: SourceStage, approvals: int, document: str | None) -> Check:
    def check(found: Any) -> None:
        assert isinstance(found, ExpenseReport), found
        assert (found.source_id, found.stage, found.version, len(found.approvals)) == (REPORT, stage, 3, approvals)
        assert (found.total, found.lines[0].gross, found.lines[0].spent_on) == (Decimal("980.00"), Decimal("980.00"), date(2026, 10, 28))
        assert (found.recorded.number if found.recorded else None) == document

    return check


def _expense_case(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("expense", f"expense.report.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _expense() -> Iterator[Case]:
    read = Request("GET", REPORT_PATH)

    def reading(it: Any) -> Any:
        return it.expense.read(REPORT)

    stages = (
        ("approved", SourceStage.APPROVED, 1, None),
        ("sent_back", SourceStage.NOT_APPROVED, 0, None),
        ("on_hold", SourceStage.REFUSED, 1, None),
        ("posted", SourceStage.RECORDED, 1, "1900012345"),
    )
    for state, stage, approvals, document in stages:
        posting = {"erp_document": match.like("1900012345")} if document else None
        answer, check = Answer(200, _report_body(state, posting)), _is_report(stage, approvals, document)
        yield _expense_case(f"read: {state}", (_report_state(state),), read, answer, reading, check)
    gone: State = ("there is no expense report", {"report_id": REPORT})
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _expense_case("read: unknown", (gone,), read, problem(404, "NOT_FOUND"), reading, later)
    expired = refused("TOKEN_INVALID", "authentication", retry="refresh")
    spent: State = ("the access token has expired", {"token": SPENT})
    case = _expense_case("read: the token is spent", (), replace(read, token=SPENT), problem(401, "TOKEN_INVALID"), reading, expired)
    yield replace(case, states=(_report_state("approved"), spent))
    down: State = ("the system is down for maintenance", {"system": "expense"})
    no = refused("MAINTENANCE", "transient", retry="same")
    yield _expense_case("read: down for maintenance", (down,), read, problem(503, "MAINTENANCE", headers=WAIT), reading, no)
    limit: State = ("the request limit is reached", {})
    throttled = refused("RATE_LIMITED", "throttled", retry="same")
    yield _expense_case("read: too many requests", (limit,), read, problem(429, "RATE_LIMITED", headers=WAIT), reading, throttled)
    yield from _report_list()
    yield from _report_postings()


def _report_list() -> Iterator[Case]:
    item = {
        "report_id": match.like(REPORT),
        "state": match.regex("approved", regex=STATES.replace(",", "|")),
        "revision": match.integer(1),
        "version": match.integer(3),
        "updated_at": INSTANT,
    }
    change = Change(REPORT, "approved", SourceStage.APPROVED, 1, 3, "2026-10-28T09:00:00.000001Z")
    page = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": None})
    query = {"state": STATES, "limit": "100"}
    state = (_report_state("approved"),)
    first, since = Request("GET", "/v2/reports", query), Request("GET", "/v2/reports", {**query, "updated_since": SINCE})
    found = gives(([change], None))
    yield _expense_case("list: everything", state, first, page, lambda it: it.expense.changes(None, None, 100), found)
    yield _expense_case("list: what changed since", state, since, page, lambda it: it.expense.changes(SINCE, None, 100), found)
    gone: State = ("there is no expense report", {"report_id": REPORT})
    empty = Answer(200, {"items": [], "next_cursor": None})
    yield _expense_case("list: nothing", (gone,), since, empty, lambda it: it.expense.changes(SINCE, None, 100), gives(([], None)))
    more = (_report_state("approved"), ("an expense report exists", {"report_id": "ER-PACT-00000002"}))
    one = Request("GET", "/v2/reports", {**query, "limit": "1"})
    cursor = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": match.like("opaque")})
    yield _expense_case(
        "list: a page with more behind it", more, one, cursor, lambda it: it.expense.changes(None, None, 1), gives(([change], "opaque"))
    )
    foreign = Request("GET", "/v2/reports", {**query, "cursor": "made-up"})
    yield _expense_case(
        "list: a cursor from elsewhere", (), foreign, problem(400, "INVALID_CURSOR"),
        lambda it: it.expense.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


def _report_postings() -> Iterator[Case]:
    def put(name: str, state: State, path: str, body: Any, answer: Answer, act: Any, check: Check, version: int | None = 3) -> Case:
        request = Request("PUT", f"{REPORT_PATH}/{path}", body=body, if_match=version)
        return _expense_case(name, (state,), request, answer, act, check)

    def record(version: int | None = 3, revision: int = 1, kind: str = "ap_invoice") -> Any:
        return lambda it: it.expense.record_posting(
            REPORT, version, number="1900012345", kind=kind, posted_on=date(2026, 10, 28), revision=revision
        )

    def refuse(version: int = 3) -> Any:
        return lambda it: it.expense.record_refusal(REPORT, version, NO)

    done = Answer(200, {"report_id": REPORT, "state": "posted", "version": match.integer(4)})
    told = Answer(200, {"report_id": REPORT, "state": "on_hold", "version": match.integer(4)})
    approved = _report_state("approved", version=3)
    newer, back = _report_state("approved", version=4), _report_state("sent_back", version=4)
    gone: State = ("there is no expense report", {"report_id": REPORT})
    stale, reread = problem(412, "PRECONDITION_FAILED", current_version=4), refused("PRECONDITION_FAILED", "stale", retry="reread")
    no_longer = problem(409, "INVALID_TRANSITION", current_status="sent_back")
    taken_back = refused("INVALID_TRANSITION", "business", retry="reread", current_status="sent_back")
    unknown = refused("NOT_FOUND", "validation")
    yield put("record_posting: the invoice of the ERP", approved, "posting", POSTED, done, record(), gives(None))
    journal = {**POSTED, "erp_document_type": "journal_entry"}
    yield put("record_posting: the journal of the ERP", approved, "posting", journal, done, record(kind="journal_entry"), gives(None))
    yield put("record_posting: whatever the version", newer, "posting", POSTED, done, record(None), gives(None), None)
    again = _report_state("posted", version=4, erp_document="1900012345")
    yield put("record_posting: the same document again", again, "posting", POSTED, done, record(4), gives(None), 4)
    other = _report_state("posted", version=4, erp_document="1999999999")
    wrong = problem(409, "INVALID_TRANSITION", current_status="posted")
    is_posted = refused("INVALID_TRANSITION", "business", retry="reread", current_status="posted")
    yield put("record_posting: another document is recorded", other, "posting", POSTED, wrong, record(4), is_posted, 4)
    yield put("record_posting: the report was sent back", back, "posting", POSTED, no_longer, record(4), taken_back, 4)
    yield put("record_posting: a newer version exists", newer, "posting", POSTED, stale, record(), reread)
    conflict = problem(409, "VERSION_CONFLICT", current_revision=1)
    revised = {**POSTED, "revision": 2}
    yield put(
        "record_posting: of another revision", approved, "posting", revised, conflict, record(revision=2),
        refused("VERSION_CONFLICT", "stale", retry="reread"),
    )  # fmt: skip
    yield put("record_posting: unknown", gone, "posting", POSTED, problem(404, "NOT_FOUND"), record(), unknown)
    yield put("record_refusal: why the ERP refused", approved, "refusal", NO_BODY, told, refuse(), gives(None))
    yield put("record_refusal: a newer version exists", newer, "refusal", NO_BODY, stale, refuse(), reread)
    yield put("record_refusal: the report was sent back", back, "refusal", NO_BODY, no_longer, refuse(4), taken_back, 4)
    yield put("record_refusal: unknown", gone, "refusal", NO_BODY, problem(404, "NOT_FOUND"), refuse(), unknown)


# --- identity

FORM = "grant_type=client_credentials&client_id=example-client&client_secret="


def _identity() -> Iterator[Case]:
    def ask(name: str, states: tuple[State, ...], secret: str, answer: Answer, check: Check) -> Case:
        token = "example-token" if secret == "example-secret" else "wrong"
        request = Request("POST", "/oauth/token", body=FORM + secret, token=token)
        return Case("identity", f"identity.token.issue: {name}", states, request, answer, lambda it: it.tokens.get(), check)

    known: State = ("the client is registered", {"client_id": "example-client", "client_secret": "example-secret"})
    down: State = ("the system is down for maintenance", {"system": "identity"})
    grant = {"access_token": match.like("opaque"), "token_type": "Bearer", "expires_in": match.integer(3600)}
    yield ask("a token", (known,), "example-secret", Answer(200, grant), gives("opaque"))
    wrong = problem(401, "INVALID_CLIENT", error="invalid_client")
    yield ask("the secret is wrong", (known,), "wrong-secret", wrong, refused("INVALID_CLIENT", "authentication"))
    maintenance = problem(503, "MAINTENANCE", headers=WAIT)
    yield ask("down for maintenance", (known, down), "example-secret", maintenance, refused("MAINTENANCE", "transient", retry="same"))
