"""What the engine relies on in the ERP: every call point, and the refusals that it tells apart."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pact import match

from engine.model.erp_documents import (
    Coding,
    Found,
    Kind,
    OrderDraft,
    PostingDraft,
    PostingJob,
    SupplierState,
    TakeBack,
)
from engine.model.sources import Refusal
from tests.contract.pact.consumer import SPENT, Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import (
    APPROVER,
    AUTHOR,
    CENTER,
    COST_CENTER,
    DAY,
    INVOICE,
    INVOICE_BODY,
    INVOICE_DRAFT,
    JOB,
    JOURNAL,
    JOURNAL_BODY,
    JOURNAL_DRAFT,
    LIVE_TOKEN,
    MONEY,
    OPEN_PROJECT,
    ORDER,
    ORDER_BODY,
    ORDER_DRAFT,
    ORDER_KEY,
    POSTING_KEY,
    PROJECT,
    REF,
    REPORT_REF,
    SUPPLIER,
    UNDO_KEY,
    VENDOR,
    period,
    person,
)


def cases() -> Iterator[Case]:
    """Every interaction with the ERP."""
    yield from _access()
    yield from _suppliers()
    yield from _codings()
    yield from _order_creation()
    yield from _orders()
    yield from _postings()
    yield from _posting_refusals("ap_invoice")
    yield from _posting_refusals("journal_entry")
    yield from _posted("ap_invoice", "/ap-invoices", "erp.ap_invoice", "void", INVOICE, "an AP invoice exists")
    yield from _posted("journal_entry", "/journal-entries", "erp.journal", "reverse", JOURNAL, "a journal entry exists")
    yield from _jobs()


def _case(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("erp", name, (LIVE_TOKEN, *states), request, answer, act, check)


def _read_supplier(name: str, states: tuple[State, ...], answer: Answer, check: Check, token: str = "example-token") -> Case:
    request = Request("GET", f"/suppliers/{VENDOR}", {"company_code": "1000"}, token=token)
    case = _case(f"erp.supplier.read: {name}", states, request, answer, lambda it: it.erp.supplier(VENDOR, "1000"), check)
    return case if token == "example-token" else replace(case, states=states)


def _access() -> Iterator[Case]:
    wait = {"Retry-After": match.regex("1", regex=r"\d+")}
    down = problem(503, "MAINTENANCE", headers=wait)
    yield _read_supplier(
        "the token is spent",
        (SUPPLIER, ("the access token has expired", {"token": SPENT})),
        problem(401, "TOKEN_INVALID"),
        refused("TOKEN_INVALID", "authentication", retry="refresh"),
        token=SPENT,
    )
    narrow: State = ("the access token is valid", {"token": "narrow-token", "scopes": ["procurement.read"]})
    yield _read_supplier(
        "the token lacks the scope",
        (SUPPLIER, narrow),
        problem(403, "INSUFFICIENT_SCOPE"),
        refused("INSUFFICIENT_SCOPE", "authentication"),
        token="narrow-token",
    )
    yield _read_supplier(
        "the ERP is down for maintenance",
        (("the system is down for maintenance", {"system": "erp"}),),
        down,
        refused("MAINTENANCE", "transient", retry="same"),
    )
    yield _read_supplier(
        "too many requests",
        (("the request limit is reached", {}),),
        problem(429, "RATE_LIMITED", headers=wait),
        refused("RATE_LIMITED", "throttled", retry="same"),
    )


def _suppliers() -> Iterator[Case]:
    def supplier(**members: Any) -> Answer:
        return Answer(200, {"vendor_id": VENDOR, "status": "active", "purchasing_block": False, **members})

    def given(**members: Any) -> tuple[State, ...]:
        return ((SUPPLIER[0], {**SUPPLIER[1], **members}),)

    yield _read_supplier("orders may be placed", given(), supplier(), gives(SupplierState(True, None)))
    yield _read_supplier(
        "blocked for purchasing",
        given(purchasing_block=True),
        supplier(purchasing_block=True),
        gives(SupplierState(False, f"supplier {VENDOR} is blocked for purchasing")),
    )
    yield _read_supplier(
        "inactive", given(status="inactive"), supplier(status="inactive"), gives(SupplierState(False, f"supplier {VENDOR} is inactive"))
    )
    gone: State = ("there is no supplier", {"vendor_id": VENDOR})
    yield _read_supplier("unknown", (gone,), problem(404, "NOT_FOUND"), refused("NOT_FOUND", "validation"))


def _codings() -> Iterator[Case]:
    def check(name: str, states: tuple[State, ...], coding: Coding, body: Any, wanted: Check) -> Case:
        query = {"company_code": "1000", "gl_account": coding.gl_account, "cost_center": CENTER, "date": "20261028"}
        if coding.project:
            query["project"] = coding.project
        request = Request("GET", "/coding-combinations", query)
        return _case(f"erp.coding.check: {name}", states, request, Answer(200, body), lambda it: it.erp.check(coding), wanted)

    plain = Coding("1000", "5400", CENTER, None, DAY)
    no = {"valid": False, "reason": match.like("why")}
    closed: State = (COST_CENTER[0], {**COST_CENTER[1], "active": False})
    yield check("may be posted to", (COST_CENTER,), plain, {"valid": True, "code": None, "reason": None}, gives(None))
    with_project = replace(plain, project=PROJECT)
    yield check("with a project", (COST_CENTER, OPEN_PROJECT), with_project, {"valid": True, "code": None, "reason": None}, gives(None))
    yield check(
        "the cost centre is not active",
        (closed,),
        plain,
        {**no, "code": "COST_CENTER_INACTIVE"},
        gives(Refusal("COST_CENTER_INACTIVE", "why", "finance")),
    )
    yield check(
        "the account takes no postings",
        (COST_CENTER,),
        replace(plain, gl_account="0001"),
        {**no, "code": "CODING_INVALID"},
        gives(Refusal("CODING_INVALID", "why", "finance")),
    )


def _order_creation() -> Iterator[Case]:
    master = (SUPPLIER, COST_CENTER, person(APPROVER), person(AUTHOR), period("PO"))
    fresh: State = ("the idempotency key is new", {"key": ORDER_KEY})

    def create(name: str, answer: Answer, wanted: Check, states: tuple[State, ...], draft: OrderDraft = ORDER_DRAFT, **body: Any) -> Case:
        request = Request("POST", "/purchase-orders", body={**ORDER_BODY, **body}, key=ORDER_KEY)
        act = lambda it: it.erp.create(draft, ORDER_KEY)  # noqa: E731
        return _case(f"erp.po.create: {name}", (*states, fresh), request, answer, act, wanted)

    def business(code: str, name: str, states: tuple[State, ...], draft: OrderDraft = ORDER_DRAFT, **body: Any) -> Case:
        failure = "business"
        return create(name, problem(409, code), refused(code, failure), states, draft, **body)

    made = {"number": match.like(ORDER), "id": match.integer(45), "status": "created", "total": MONEY, "external_ref": REF}
    found = gives(Found(ORDER, 45, "created", Decimal("980.00")))
    yield create("a purchase order", Answer(201, made), found, master)
    line = ORDER_BODY["lines"][0]
    yield create(
        "with a project",
        Answer(201, made),
        found,
        (*master, OPEN_PROJECT),
        replace(ORDER_DRAFT, lines=(replace(ORDER_DRAFT.lines[0], project=PROJECT),)),
        lines=[{**line, "project": PROJECT}],
    )
    exists: State = ("a purchase order exists", {"number": ORDER, "external_ref": REF})
    duplicate = problem(409, "DUPLICATE_REFERENCE", existing_id=match.like(ORDER), existing_status="created")
    yield create(
        "the reference has an order already", duplicate, refused("DUPLICATE_REFERENCE", "duplicate", retry="adopt", existing_id=ORDER),
        (*master, exists),
    )  # fmt: skip
    used: State = ("the idempotency key was used for another payload", {"key": ORDER_KEY, "method": "POST", "path": "/purchase-orders"})
    request = Request("POST", "/purchase-orders", body=ORDER_BODY, key=ORDER_KEY)
    yield _case(
        "erp.po.create: the key came with another payload", (*master, used), request, problem(422, "IDEMPOTENCY_KEY_REUSED"),
        lambda it: it.erp.create(ORDER_DRAFT, ORDER_KEY), refused("IDEMPOTENCY_KEY_REUSED", "duplicate"),
    )  # fmt: skip
    yield business("PERIOD_CLOSED", "the period is closed", (*master[:-1], period("PO", "closed")))
    blocked: State = (SUPPLIER[0], {**SUPPLIER[1], "purchasing_block": True})
    yield business("SUPPLIER_BLOCKED", "the supplier is blocked", (blocked, *master[1:]))
    yield business("SUPPLIER_UNKNOWN", "the supplier is unknown", (("there is no supplier", {"vendor_id": VENDOR}), *master[1:]))
    idle: State = (COST_CENTER[0], {**COST_CENTER[1], "active": False})
    yield business("COST_CENTER_INACTIVE", "the cost centre is not active", (SUPPLIER, idle, *master[2:]))
    yield business(
        "LIMIT_EXCEEDED", "no approver's limit covers it", (SUPPLIER, COST_CENTER, person(APPROVER, limit="979.99"), *master[3:])
    )
    yield business(
        "CODING_INVALID", "the account takes no postings", master,
        replace(ORDER_DRAFT, lines=(replace(ORDER_DRAFT.lines[0], gl_account="0001"),)), lines=[{**line, "gl_account": "0001"}],
    )  # fmt: skip
    yield business(
        "APPROVAL_EVIDENCE_MISSING", "no approval", master, replace(ORDER_DRAFT, approvals=()), approvals=[],
    )  # fmt: skip
    yield business(
        "SEGREGATION_OF_DUTIES", "approved by its author", master, replace(ORDER_DRAFT, requested_by=APPROVER), requested_by=APPROVER
    )
    yield business("AMOUNT_MISMATCH", "the lines do not add up", master, replace(ORDER_DRAFT, total=Decimal(981)), total="981.00")
    yield business("CURRENCY_INVALID", "not the company's currency", master, replace(ORDER_DRAFT, currency="EUR"), currency="EUR")
    yield create(
        "a value of the wrong shape", problem(422, "VALIDATION_FAILED"), refused("VALIDATION_FAILED", "validation"), master,
        replace(ORDER_DRAFT, currency="dollars"), currency="dollars",
    )  # fmt: skip


def _orders() -> Iterator[Case]:
    def order(status: str) -> dict[str, Any]:
        return {"number": ORDER, "status": status, "id": match.integer(45), "total": match.regex("100.00", regex=r"\d+\.\d{2}")}

    def exists(status: str) -> State:
        return ("a purchase order exists", {"number": ORDER, "external_ref": REF, "status": status})

    free: State = ("no document has the reference", {"external_ref": REF})
    find = Request("GET", "/purchase-orders", {"external_ref": REF})
    read = Request("GET", f"/purchase-orders/{ORDER}")
    gone: State = ("there is no document", {"number": ORDER})
    for status in ("created", "cancelled"):
        found = gives(Found(ORDER, 45, status, Decimal("100.00")))
        yield _case(
            f"erp.po.find: {status}", (exists(status),), find, Answer(200, {"items": [order(status)], "next_cursor": None}),
            lambda it: it.erp.find("purchase_order", REF), found,
        )  # fmt: skip
        yield _case(
            f"erp.po.read: {status}", (exists(status),), read, Answer(200, order(status)),
            lambda it: it.erp.read("purchase_order", ORDER), found,
        )  # fmt: skip
    yield _case(
        "erp.po.find: nothing", (free,), find, Answer(200, {"items": [], "next_cursor": None}),
        lambda it: it.erp.find("purchase_order", REF), gives(None),
    )  # fmt: skip
    yield _case(
        "erp.po.read: unknown", (gone,), read, problem(404, "NOT_FOUND"),
        lambda it: it.erp.read("purchase_order", ORDER), refused("NOT_FOUND", "validation"),
    )  # fmt: skip
    cancel = Request("POST", f"/purchase-orders/{ORDER}/cancel", body={"reason": "approval reversed"}, key=UNDO_KEY)

    def undo(it: Any) -> Any:
        return it.erp.undo("purchase_order", ORDER, TakeBack("approval reversed"), UNDO_KEY)

    for name, status in (("an order", "created"), ("again", "cancelled")):
        yield _case(f"erp.po.cancel: {name}", (exists(status),), cancel, Answer(200, order("cancelled")), undo, gives(None))
    yield _case("erp.po.cancel: unknown", (gone,), cancel, problem(404, "NOT_FOUND"), undo, refused("NOT_FOUND", "validation"))


_ROUTES: dict[Kind, tuple[str, str, str, str, PostingDraft, dict[str, Any], str]] = {
    "ap_invoice": ("erp.ap_invoice", "/ap-invoices", "AP", "1000", INVOICE_DRAFT, INVOICE_BODY, "an AP invoice exists"),
    "journal_entry": ("erp.journal", "/journal-entries", "GL", "2000", JOURNAL_DRAFT, JOURNAL_BODY, "a journal entry exists"),
}


def _master(company: str, module: str) -> tuple[State, ...]:
    center: State = (COST_CENTER[0], {"cost_center": CENTER, "company_code": company})
    return (center, person(APPROVER, company), person(AUTHOR, company), period(module, company=company))


def _create(kind: Kind, name: str, answer: Answer, wanted: Check, states: tuple[State, ...], draft: PostingDraft, body: Any) -> Case:
    point, path, *_ = _ROUTES[kind]
    fresh: State = ("the idempotency key is new", {"key": POSTING_KEY})
    request = Request("POST", path, body=body, key=POSTING_KEY)
    return _case(f"{point}.create: {name}", (*states, fresh), request, answer, lambda it: it.erp.create(draft, POSTING_KEY), wanted)


def _postings() -> Iterator[Case]:
    for kind, (_, _, module, company, draft, body, exists) in _ROUTES.items():
        number = INVOICE if kind == "ap_invoice" else JOURNAL
        master = _master(company, module)
        accepted = {"job_id": match.like(JOB), "status": "accepted", "document_number": match.like(number), "external_ref": REPORT_REF}
        yield _create(kind, "accepted", Answer(202, accepted), gives(Found(number, None, "accepted", None, JOB)), master, draft, body)
        held: State = (exists, {"number": number, "job_id": JOB, "external_ref": REPORT_REF, "company_code": company})
        duplicate = problem(409, "DUPLICATE_REFERENCE", existing_id=number, job_id=JOB, existing_status="posted")
        adopt = refused("DUPLICATE_REFERENCE", "duplicate", retry="adopt", existing_id=number, job_id=JOB)
        yield _create(kind, "the reference has a document already", duplicate, adopt, (*master, held), draft, body)


def _posting_refusals(kind: Kind) -> Iterator[Case]:
    point, path, module, company, draft, body, _ = _ROUTES[kind]
    master = _master(company, module)
    lines = body["lines"]

    def business(
        code: str, name: str, states: tuple[State, ...] = master, changed: PostingDraft = draft, failure: str = "business", **members: Any
    ) -> Case:
        return _create(kind, name, problem(409, code), refused(code, failure), states, changed, {**body, **members})

    def with_first_line(draft_member: Any, **members: Any) -> dict[str, Any]:
        name = "invoice_lines" if kind == "ap_invoice" else "journal_lines"
        own = getattr(draft, name)
        changed = replace(draft, **{name: (replace(own[0], **draft_member), *own[1:])})
        return {"changed": changed, "lines": [{**lines[0], **members}, *lines[1:]]}

    used: State = ("the idempotency key was used for another payload", {"key": POSTING_KEY, "method": "POST", "path": path})
    yield _case(
        f"{point}.create: the key came with another payload", (*master, used), Request("POST", path, body=body, key=POSTING_KEY),
        problem(422, "IDEMPOTENCY_KEY_REUSED"), lambda it: it.erp.create(draft, POSTING_KEY),
        refused("IDEMPOTENCY_KEY_REUSED", "duplicate"),
    )  # fmt: skip
    yield business("PERIOD_CLOSED", "the period is closed", (*master[:-1], period(module, "closed", company)))
    idle: State = (COST_CENTER[0], {"cost_center": CENTER, "company_code": company, "active": False})
    yield business("COST_CENTER_INACTIVE", "the cost centre is not active", (idle, *master[1:]))
    yield business("LIMIT_EXCEEDED", "no approver's limit covers it", (master[0], person(APPROVER, company, limit="1.00"), *master[2:]))
    yield business("CODING_INVALID", "the account takes no postings", **with_first_line({"gl_account": "0001"}, gl_account="0001"))
    yield business("APPROVAL_EVIDENCE_MISSING", "no approval", changed=replace(draft, approvals=()), approvals=[])
    other = "USD" if company == "2000" else "EUR"
    yield business("CURRENCY_INVALID", "not the company's currency", changed=replace(draft, currency=other), currency=other)
    evidence = [{**body["approvals"][0], "approver": AUTHOR}]
    own_approval = (replace(draft.approvals[0], approver=AUTHOR),)
    yield business("SEGREGATION_OF_DUTIES", "approved by its author", changed=replace(draft, approvals=own_approval), approvals=evidence)
    nobody = "10099999"
    if kind == "ap_invoice":
        yield business("EMPLOYEE_UNKNOWN", "nobody has the number", changed=replace(draft, personnel_no=nobody), personnel_no=nobody)
        yield business("AMOUNT_MISMATCH", "the lines do not add up", changed=replace(draft, total=Decimal(108)), total="108.00")
    else:
        cost, tax, clearing = draft.journal_lines
        unknown = replace(draft, journal_lines=(cost, tax, replace(clearing, personnel_no=nobody)))
        yield business(
            "EMPLOYEE_UNKNOWN", "nobody has the number", changed=unknown, lines=[*lines[:2], {**lines[2], "personnel_no": nobody}]
        )
        yield business("JOURNAL_UNBALANCED", "debits and credits differ", **with_first_line({"debit": Decimal(99)}, debit="99.00"))


def _posted(kind: Kind, path: str, point: str, verb: str, number: str, name: str) -> Iterator[Case]:
    def document(status: str) -> dict[str, Any]:
        total = match.regex("100.00", regex=r"\d+\.\d{2}")
        return {"number": number, "status": status, "id": match.integer(45), "total": total, "job_id": JOB}

    def exists(status: str) -> State:
        return (name, {"number": number, "job_id": JOB, "external_ref": REPORT_REF, "status": status})

    undone = "voided" if verb == "void" else "reversed"
    find, read = Request("GET", path, {"external_ref": REPORT_REF}), Request("GET", f"{path}/{number}")
    gone: State = ("there is no document", {"number": number})
    for state, status in (("accepted", "accepted"), ("posted", "posted"), ("undone", undone), ("rejected", "rejected")):
        found = gives(Found(number, 45, status, Decimal("100.00"), JOB))
        yield _case(
            f"{point}.find: {status}", (exists(state),), find, Answer(200, {"items": [document(status)], "next_cursor": None}),
            lambda it: it.erp.find(kind, REPORT_REF), found,
        )  # fmt: skip
        yield _case(f"{point}.read: {status}", (exists(state),), read, Answer(200, document(status)), _reading(kind, number), found)
    nothing = Answer(200, {"items": [], "next_cursor": None})
    free: State = ("no document has the reference", {"external_ref": REPORT_REF})
    yield _case(f"{point}.find: nothing", (free,), find, nothing, lambda it: it.erp.find(kind, REPORT_REF), gives(None))
    unknown = refused("NOT_FOUND", "validation")
    yield _case(f"{point}.read: unknown", (gone,), read, problem(404, "NOT_FOUND"), _reading(kind, number), unknown)
    request = Request("POST", f"{path}/{number}/{verb}", body={"reason": "report sent back"}, key=UNDO_KEY)

    def undo(it: Any) -> Any:
        return it.erp.undo(kind, number, TakeBack("report sent back"), UNDO_KEY)

    for what, state, status in (("posted", "posted", undone), ("again", "undone", undone), ("not posted yet", "accepted", "withdrawn")):
        yield _case(f"{point}.{verb}: {what}", (exists(state),), request, Answer(200, document(status)), undo, gives(None))
    yield _case(f"{point}.{verb}: unknown", (gone,), request, problem(404, "NOT_FOUND"), undo, unknown)
    closed = problem(409, "INVALID_TRANSITION", current_status="rejected")
    no = refused("INVALID_TRANSITION", "business", retry="reread", current_status="rejected")
    yield _case(f"{point}.{verb}: never posted", (exists("rejected"),), request, closed, undo, no)


def _reading(kind: Kind, number: str) -> Any:
    return lambda it: it.erp.read(kind, number)


def _jobs() -> Iterator[Case]:
    request = Request("GET", f"/jobs/{JOB}")

    def job(status: str, code: str | None = None) -> Answer:
        why = {"code": code, "reason": match.like("why") if code else None}
        return Answer(200, {"job_id": JOB, "status": status, "document_number": INVOICE, **why})

    def exists(status: str) -> tuple[State, ...]:
        return (("an AP invoice exists", {"number": INVOICE, "job_id": JOB, "status": status}),)

    for status in ("accepted", "posted", "withdrawn"):
        wanted = gives(PostingJob(status, INVOICE, None, None))
        name = f"erp.job.read: {status}"
        bare = Answer(200, {"job_id": JOB, "status": status, "document_number": INVOICE})
        answer = bare if status == "withdrawn" else job(status)
        yield _case(name, exists(status), request, answer, lambda it: it.erp.job(JOB), wanted)
    rejected = gives(PostingJob("rejected", INVOICE, "PERIOD_CLOSED", "why"))
    yield _case(
        "erp.job.read: rejected", exists("rejected"), request, job("rejected", "PERIOD_CLOSED"), lambda it: it.erp.job(JOB), rejected
    )
    unknown: State = ("there is no document", {"number": INVOICE})
    yield _case(
        "erp.job.read: unknown", (unknown,), request, problem(404, "NOT_FOUND"), lambda it: it.erp.job(JOB),
        refused("NOT_FOUND", "validation"),
    )  # fmt: skip
