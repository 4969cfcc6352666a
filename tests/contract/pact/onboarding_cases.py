"""What the engine relies on to onboard a supplier: procurement's requests, the screening service, the ERP's vendors."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pact import match

from engine.mapping.references import external_ref, idempotency_key
from engine.model.erp_documents import Clearance, Evidence, Found, TakeBack, VendorDraft
from engine.model.parties import BankAccount, PostalAddress
from engine.model.sources import Change, Refusal, SourceStage, SupplierRequest
from tests.contract.pact.consumer import Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import APPROVER, AUTHOR, LIVE_TOKEN, person
from tests.contract.pact.source_cases import INSTANT, LISTED, SINCE, WAIT

SR = "SR-PACT-00000001"
REF = external_ref(SR, 1)
CREATE_KEY, UNDO_KEY, CHECK_KEY = (idempotency_key(REF, verb) for verb in ("create", "undo", "check"))
VENDOR, TAX_ID, CHECKED_AT = "V30000017", "12-3456789", "2026-10-28T08:00:00Z"
ACCOUNT = {"country": "US", "holder": "Northline Optics LLC", "routing": "111000025", "account": "123456789"}
ADDRESS = {"street": "1 Commerce Way", "postcode": "62701", "city": "Springfield", "country": "US"}
DRAFT = VendorDraft(
    external_ref=REF,
    source_revision=1,
    company_code="1000",
    name="Northline Optics LLC",
    address=PostalAddress(**ADDRESS),
    tax_id=TAX_ID,
    bank=BankAccount(ACCOUNT["country"], ACCOUNT["holder"], None, ACCOUNT["routing"], ACCOUNT["account"]),
    payment_terms="N30",
    currency="USD",
    total=Decimal(98_000),
    requested_by=AUTHOR,
    approvals=(Evidence(1, APPROVER, "2026-10-28T08:00:00Z", SR),),
    clearance=Clearance("SC0123456789AB", 1, CHECKED_AT),
)
BODY: dict[str, Any] = {
    "company_code": "1000",
    "name": "Northline Optics LLC",
    "address": ADDRESS,
    "tax_ids": [{"country": "US", "number": TAX_ID}],
    "bank": ACCOUNT,
    "payment_terms": "N30",
    "currency": "USD",
    "external_ref": REF,
    "source_revision": 1,
    "requested_by": AUTHOR,
    "screening": {"result": "clear", "check_id": "SC0123456789AB", "list_version": 1, "checked_at": CHECKED_AT},
    "approvals": [{"step": 1, "approver": APPROVER, "decided_at": "2026-10-28T08:00:00Z", "source_document": SR}],
}


def cases() -> Iterator[Case]:
    """Every interaction of the flow."""
    yield from _creation()
    yield from _vendors()
    yield from _screening()
    yield from _requests()
    yield from _request_list()
    yield from _reports()


# --- the ERP's vendors


def _erp(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("erp", f"erp.vendor.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _vendor(status: str = "active", **more: Any) -> State:
    return ("a vendor exists", {"vendor_id": VENDOR, "external_ref": REF, "status": status, **more})


def _creation() -> Iterator[Case]:
    people = (person(APPROVER), person(AUTHOR))
    fresh: State = ("the idempotency key is new", {"key": CREATE_KEY})

    def create(name: str, answer: Answer, wanted: Check, states: tuple[State, ...], draft: VendorDraft = DRAFT, **body: Any) -> Case:
        request = Request("POST", "/vendors", body={**BODY, **body}, key=CREATE_KEY)
        act = lambda it: it.erp.create(draft, CREATE_KEY)  # noqa: E731
        return _erp(f"create: {name}", (*states, fresh), request, answer, act, wanted)

    def business(code: str, name: str, states: tuple[State, ...], draft: VendorDraft = DRAFT, **body: Any) -> Case:
        return create(name, problem(409, code), refused(code, "business"), states, draft, **body)

    made = {"number": match.like(VENDOR), "id": match.integer(17), "status": "active", "external_ref": REF}
    yield create("a vendor", Answer(201, made), gives(Found(VENDOR, 17, "active", None)), people)
    duplicate = problem(409, "DUPLICATE_REFERENCE", existing_id=VENDOR, existing_status="active")
    adopt = refused("DUPLICATE_REFERENCE", "duplicate", retry="adopt", existing_id=VENDOR)
    yield create("the reference has a vendor already", duplicate, adopt, (*people, _vendor()))
    other: State = ("a vendor exists", {"vendor_id": VENDOR, "external_ref": "SR-PACT-00000002-r1", "tax_id": TAX_ID})
    there = problem(409, "DUPLICATE_SUPPLIER", duplicate_of=VENDOR, rule="tax_id")
    yield create("the supplier is there already", there, refused("DUPLICATE_SUPPLIER", "business", duplicate_of=VENDOR), (*people, other))
    yield business("APPROVAL_EVIDENCE_MISSING", "no approval", people, replace(DRAFT, approvals=()), approvals=[])
    yield business("SEGREGATION_OF_DUTIES", "approved by its author", people, replace(DRAFT, requested_by=APPROVER), requested_by=APPROVER)
    wrong = {"country": "US", "number": "07-3456789"}
    yield business("TAX_ID_INVALID", "no such tax number", people, replace(DRAFT, tax_id="07-3456789"), tax_ids=[wrong])
    bank = replace(DRAFT.bank, routing="111000026")
    yield business("BANK_DETAILS_INVALID", "no such bank", people, replace(DRAFT, bank=bank), bank={**ACCOUNT, "routing": "111000026"})
    yield business("CURRENCY_INVALID", "not the company's currency", people, replace(DRAFT, currency="EUR"), currency="EUR")


def _vendors() -> Iterator[Case]:
    def shown(status: str) -> dict[str, Any]:
        return {"number": VENDOR, "status": status, "id": match.integer(17)}

    find, read = Request("GET", "/vendors", {"external_ref": REF}), Request("GET", f"/vendors/{VENDOR}")
    gone: State = ("there is no supplier", {"vendor_id": VENDOR})
    for status in ("active", "inactive"):
        found = gives(Found(VENDOR, 17, status, None))
        page = Answer(200, {"items": [shown(status)], "next_cursor": None})
        yield _erp(f"find: {status}", (_vendor(status),), find, page, lambda it: it.erp.find("vendor", REF), found)
        one = Answer(200, shown(status))
        yield _erp(f"read: {status}", (_vendor(status),), read, one, lambda it: it.erp.read("vendor", VENDOR), found)
    free: State = ("no document has the reference", {"external_ref": REF})
    nothing = Answer(200, {"items": [], "next_cursor": None})
    yield _erp("find: nothing", (free,), find, nothing, lambda it: it.erp.find("vendor", REF), gives(None))
    unknown, not_found = refused("NOT_FOUND", "validation"), problem(404, "NOT_FOUND")
    yield _erp("read: unknown", (gone,), read, not_found, lambda it: it.erp.read("vendor", VENDOR), unknown)
    deactivate = Request("POST", f"/vendors/{VENDOR}/deactivate", body={"reason": "approval reversed"}, key=UNDO_KEY)

    def undo(it: Any) -> Any:
        return it.erp.undo("vendor", VENDOR, TakeBack("approval reversed"), UNDO_KEY)

    for name, status in (("a vendor", "active"), ("again", "inactive")):
        yield _erp(f"deactivate: {name}", (_vendor(status),), deactivate, Answer(200, shown("inactive")), undo, gives(None))
    yield _erp("deactivate: unknown", (gone,), deactivate, not_found, undo, unknown)


# --- screening


def _screening() -> Iterator[Case]:
    asked = {"name": DRAFT.name, "country": "US", "tax_id": TAX_ID, "bank_country": "US", "external_ref": REF}
    fresh: State = ("the idempotency key is new", {"key": CHECK_KEY})

    def check(name: str, state: State, answer: Answer, wanted: Check) -> Case:
        request = Request("POST", "/v1/checks", body=asked, key=CHECK_KEY)
        act = lambda it: it.screening.clear(DRAFT)  # noqa: E731
        return Case("screening", f"screening.party.check: {name}", (LIVE_TOKEN, state, fresh), request, answer, act, wanted)

    def said(result: str) -> Answer:
        members = {"check_id": match.like("SC0123456789AB"), "result": result, "list_version": match.integer(1), "checked_at": INSTANT}
        return Answer(201, members)

    clear = gives(Clearance("SC0123456789AB", 1, "2026-10-28T09:00:00.000001Z"))
    yield check("clear", ("a party is not listed", {"name": DRAFT.name, "country": "US"}), said("clear"), clear)
    no = refused("SCREENING_NOT_CLEAR", "business")
    yield check("a match", ("a party is listed", {"name": DRAFT.name, "country": "US"}), said("match"), no)
    elsewhere: State = ("a party is listed", {"name": DRAFT.name, "country": "DE"})
    yield check("a potential match", elsewhere, said("potential_match"), no)
    down: State = ("the system is down for maintenance", {"system": "screening"})
    maintenance = problem(503, "MAINTENANCE", headers=WAIT)
    yield check("down for maintenance", down, maintenance, refused("MAINTENANCE", "transient", retry="same"))


# --- procurement's requests

DETAIL = f"/api/v1/supplier-requests/{SR}"
NO = Refusal("DUPLICATE_SUPPLIER", "vendor V100017 has the same tax id", "procurement", "V100017")
NO_BODY = {"code": NO.code, "reason": NO.reason, "owner": NO.owner, "duplicateOf": "V100017"}


def _state(status: str, **more: Any) -> State:
    return ("a supplier request exists", {"id": SR, "status": status, **more})


def _procurement(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("procurement", f"procurement.supplier_request.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _request_body(status: str, vendor: Any) -> dict[str, Any]:
    decision = "reversed" if status == "returned" else "approved"
    step = {"step": match.integer(1), "approverId": match.like("U1018"), "decision": decision, "decidedAt": INSTANT}
    return {
        "id": SR,
        "revision": match.integer(1),
        "version": match.integer(3),
        "status": status,
        "requesterId": match.like("U1087"),
        "legalEntity": "ACME-US",
        "name": match.like("Northline Optics LLC"),
        "address": {name: match.like(value) for name, value in ADDRESS.items()},
        "taxId": match.like(TAX_ID),
        "bank": {name: match.like(value) for name, value in ACCOUNT.items()},
        "paymentTerms": match.like("N30"),
        "currency": "USD",
        "expectedSpend": {"amount": match.regex("980.00", regex=r"\d+\.\d{2}"), "currency": "USD"},
        "approvals": match.each_like(step, min=1),
        "erpVendor": vendor,
        "correlationId": match.like("dc-0123456789abcdef"),
    }


def _is_request(stage: SourceStage, approvals: int, vendor: str | None) -> Check:
    def check(found: Any) -> None:
        assert isinstance(found, SupplierRequest), found
        assert (found.source_id, found.stage, found.version, len(found.approvals)) == (SR, stage, 3, approvals)
        assert (found.tax_id, found.bank, found.address) == (TAX_ID, DRAFT.bank, DRAFT.address)
        assert (found.recorded.number if found.recorded else None) == vendor

    return check


def _requests() -> Iterator[Case]:
    read = Request("GET", DETAIL)

    def reading(it: Any) -> Any:
        return it.requests.read(SR)

    stages = (
        ("approved", SourceStage.APPROVED, 1, None),
        ("returned", SourceStage.NOT_APPROVED, 0, None),
        ("refused", SourceStage.REFUSED, 1, None),
        ("active", SourceStage.RECORDED, 1, VENDOR),
    )
    for status, stage, approvals, number in stages:
        answer = Answer(200, _request_body(status, {"number": match.like(VENDOR)} if number else None))
        yield _procurement(f"read: {status}", (_state(status),), read, answer, reading, _is_request(stage, approvals, number))
    gone: State = ("there is no supplier request", {"id": SR})
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _procurement("read: unknown", (gone,), read, problem(404, "NOT_FOUND"), reading, later)


def _request_list() -> Iterator[Case]:
    item = {
        "id": match.like(SR),
        "status": match.regex("approved", regex=LISTED.replace(",", "|")),
        "revision": match.integer(1),
        "version": match.integer(3),
        "updatedAt": INSTANT,
    }
    change = Change(SR, "approved", SourceStage.APPROVED, 1, 3, "2026-10-28T09:00:00.000001Z")
    page = Answer(200, {"items": match.each_like(item, min=1), "next_cursor": None})
    path, query = "/api/v1/supplier-requests", {"status": LISTED, "limit": "100"}
    since = Request("GET", path, {**query, "updatedSince": SINCE})
    yield _procurement(
        "list: what changed since", (_state("approved"),), since, page, lambda it: it.requests.changes(SINCE, None, 100),
        gives(([change], None)),
    )  # fmt: skip
    foreign = Request("GET", path, {**query, "cursor": "made-up"})
    yield _procurement(
        "list: a cursor from elsewhere", (), foreign, problem(400, "INVALID_CURSOR"),
        lambda it: it.requests.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


def _reports() -> Iterator[Case]:
    vendor = {"erpVendorId": VENDOR, "erpStatus": "active", "revision": 1}

    def put(name: str, state: State, path: str, body: Any, answer: Answer, act: Any, check: Check, version: int = 3) -> Case:
        request = Request("PUT", f"{DETAIL}/{path}", body=body, if_match=version)
        return _procurement(name, (state,), request, answer, act, check)

    def record(version: int = 3) -> Any:
        return lambda it: it.requests.record_vendor(SR, version, number=VENDOR, revision=1)

    def refuse(version: int = 3, refusal: Refusal = NO) -> Any:
        return lambda it: it.requests.record_refusal(SR, version, refusal)

    active = Answer(200, {"id": SR, "status": "active", "version": match.integer(4)})
    told = Answer(200, {"id": SR, "status": "refused", "version": match.integer(4)})
    approved, gone = _state("approved", version=3), ("there is no supplier request", {"id": SR})
    yield put("record_vendor: the vendor of the ERP", approved, "vendor", vendor, active, record(), gives(None))
    again = _state("active", version=4, erp_vendor_id=VENDOR)
    yield put("record_vendor: the same vendor again", again, "vendor", vendor, active, record(4), gives(None), 4)
    back = _state("returned", version=4)
    taken_back = problem(409, "INVALID_TRANSITION", current_status="returned")
    reread = refused("INVALID_TRANSITION", "business", retry="reread", current_status="returned")
    yield put("record_vendor: the approval was taken back", back, "vendor", vendor, taken_back, record(4), reread, 4)
    newer = _state("approved", version=4)
    stale, look_again = problem(412, "PRECONDITION_FAILED", current_version=4), refused("PRECONDITION_FAILED", "stale", retry="reread")
    yield put("record_vendor: a newer version exists", newer, "vendor", vendor, stale, record(), look_again)
    unknown = refused("NOT_FOUND", "validation")
    yield put("record_vendor: unknown", gone, "vendor", vendor, problem(404, "NOT_FOUND"), record(), unknown)
    yield put("record_refusal: it is there already", approved, "refusal", NO_BODY, told, refuse(), gives(None))
    listed = Refusal("SCREENING_NOT_CLEAR", "check SC1 says match", "compliance")
    body = {"code": listed.code, "reason": listed.reason, "owner": listed.owner}
    yield put("record_refusal: it is on the sanctions list", approved, "refusal", body, told, refuse(refusal=listed), gives(None))
    yield put("record_refusal: a newer version exists", newer, "refusal", NO_BODY, stale, refuse(), look_again)
    yield put("record_refusal: unknown", gone, "refusal", NO_BODY, problem(404, "NOT_FOUND"), refuse(), unknown)
