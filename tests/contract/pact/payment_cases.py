"""What the engine relies on about payment runs, in the ERP and at the bank."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pact import match

from engine.mapping.references import idempotency_key
from engine.model.erp_documents import Found, PostingJob
from engine.model.payments import BankFile, PaymentFileDraft, Rejected, Transfer
from engine.model.sources import Change, PaymentRun, Refusal, SourceStage
from tests.contract.pact.consumer import Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import LIVE_TOKEN
from tests.contract.pact.source_cases import INSTANT, SINCE

RUN, PAYMENT, FILE = "PR00000001", "PR00000001-0001", "PF-PACT-00000001"
PATH, STATUS, HOME = f"/payment-runs/{RUN}", f"/payment-runs/{RUN}/bank-status", "/v1/payment-files"
KEY = idempotency_key(RUN, "create")
GONE: State = ("there is no payment run", {"number": RUN})
AMOUNT = r"\d+\.\d{2}"
DEBTOR = "DE89370400440532013000"  # an account that no company of the group has
TRANSFER = Transfer(PAYMENT, "100.00", "EUR", "Paper & Co", DEBTOR, "R-1")
BODY: dict[str, Any] = {
    "messageId": RUN,
    "debtorName": "Acme",
    "debtorAccount": DEBTOR,
    "requestedExecutionDate": "2026-10-29",
    "numberOfTransactions": 1,
    "controlSum": "100.00",
    "transactions": [
        {
            "endToEndId": PAYMENT,
            "instructedAmount": {"amount": "100.00", "currency": "EUR"},
            "creditorName": "Paper & Co",
            "creditorAccount": DEBTOR,
            "remittanceInformation": "R-1",
        }
    ],
}


def cases() -> Iterator[Case]:
    """Every interaction about payments."""
    yield from _runs()
    yield from _list()
    yield from _words()
    yield from _files()


# --- the ERP


def _at_erp(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("erp", f"erp.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _run_state(status: str, **more: Any) -> State:
    return ("a payment run exists", {"number": RUN, "status": status, **more})


def _run_body(status: str) -> dict[str, Any]:
    return {
        "number": RUN,
        "version": match.integer(4),
        "status": status,
        "currency": "USD",
        "total": match.regex("100.00", regex=AMOUNT),
        "payments": match.each_like({"payment_number": match.like(PAYMENT), "version": match.integer(2)}, min=1),
        "bank_file_id": FILE if status == "acknowledged" else None,
        "correlation_id": match.like("dc-0123456789abcdef"),
    }


def _is_run(stage: SourceStage, file_id: str | None) -> Check:
    def check(found: Any) -> None:
        assert isinstance(found, PaymentRun), found
        assert (found.source_id, found.stage, found.version, found.revision) == (RUN, stage, 4, 1)
        assert (found.total, found.payments) == (Decimal("100.00"), {PAYMENT: 2})
        assert (found.recorded.number if found.recorded else None) == file_id

    return check


def _is_file(found: Any) -> None:
    assert isinstance(found, BankFile), found
    assert (found.message_id, found.count, found.control_sum, found.execution_date) == (RUN, 1, "100.00", "2026-10-28")
    assert [(each.end_to_end_id, each.amount, each.currency) for each in found.transfers] == [(PAYMENT, "100.00", "USD")]


def _runs() -> Iterator[Case]:
    read, file = Request("GET", PATH), Request("GET", f"{PATH}/file")

    def reading(it: Any) -> Any:
        return it.treasury.read(RUN)

    def filing(it: Any) -> Any:
        return it.treasury.file(RUN)

    stages = (
        ("approved", SourceStage.NOT_APPROVED, None),
        ("file_issued", SourceStage.APPROVED, None),
        ("acknowledged", SourceStage.RECORDED, FILE),
        ("rejected", SourceStage.REFUSED, None),
    )
    for status, stage, file_id in stages:
        state = _run_state(status, **({"bank_file_id": file_id} if file_id else {}))
        yield _at_erp(f"payment_run.read: {status}", (state,), read, Answer(200, _run_body(status)), reading, _is_run(stage, file_id))
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _at_erp("payment_run.read: unknown", (GONE,), read, problem(404, "NOT_FOUND"), reading, later)
    paid = {
        "endToEndId": match.like(PAYMENT),
        "instructedAmount": {"amount": match.regex("100.00", regex=AMOUNT), "currency": "USD"},
        "creditorName": match.like("Ann Lee"),
        "creditorAccount": match.regex("021000021-1234567890", regex=r"[A-Z0-9]+(-\d+)?"),
        "remittanceInformation": match.like("R-1"),
    }
    content = {
        "messageId": RUN,
        "debtorName": match.like("Acme"),
        "debtorAccount": match.regex("021000021-1234567890", regex=r"[A-Z0-9]+(-\d+)?"),
        "requestedExecutionDate": match.regex("2026-10-28", regex=r"\d{4}-\d\d-\d\d"),
        "numberOfTransactions": match.integer(1),
        "controlSum": match.regex("100.00", regex=AMOUNT),
        "transactions": match.each_like(paid, min=1),
    }
    issued = _run_state("file_issued")
    yield _at_erp("payment_run.file: of an issued run", (issued,), file, Answer(200, content), filing, _is_file)
    early = refused("INVALID_TRANSITION", "business", retry="reread", current_status="approved")
    none = problem(409, "INVALID_TRANSITION", current_status="approved")
    yield _at_erp("payment_run.file: nothing is issued yet", (_run_state("approved"),), file, none, filing, early)


def _list() -> Iterator[Case]:
    item = {"number": match.like(RUN), "status": "file_issued", "version": match.integer(4), "updated_at": INSTANT}
    change = Change(RUN, "file_issued", SourceStage.APPROVED, 1, 4, "2026-10-28T09:00:00.000001Z")
    query, page = {"status": "file_issued", "limit": "100"}, Answer(200, {"items": match.each_like(item, min=1), "next_cursor": None})
    state = (_run_state("file_issued"),)

    def listing(name: str, states: tuple[State, ...], asked: dict[str, str], answer: Answer, act: Any, check: Check) -> Case:
        return _at_erp(f"payment_run.list: {name}", states, Request("GET", "/payment-runs", asked), answer, act, check)

    yield listing("everything", state, query, page, lambda it: it.treasury.changes(None, None, 100), gives(([change], None)))
    since = {**query, "updated_since": SINCE}
    yield listing("what changed since", state, since, page, lambda it: it.treasury.changes(SINCE, None, 100), gives(([change], None)))
    empty = Answer(200, {"items": [], "next_cursor": None})
    yield listing("nothing", (GONE,), query, empty, lambda it: it.treasury.changes(None, None, 100), gives(([], None)))
    yield listing(
        "a cursor from elsewhere", (), {**query, "cursor": "made-up"}, problem(400, "INVALID_CURSOR"),
        lambda it: it.treasury.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


def _words() -> Iterator[Case]:
    """What the bank said, told to the ERP."""
    issued, stale = _run_state("file_issued"), refused("PRECONDITION_FAILED", "stale", retry="reread")
    no = Refusal("AM10", "the sum is wrong", "finance")

    def put(name: str, state: State, body: Any, answer: Answer, act: Any, check: Check, version: int = 4) -> Case:
        return _at_erp(
            f"payment_run.record_status: {name}", (state,), Request("PUT", STATUS, body=body, if_match=version), answer, act, check
        )

    def taken(is_whole: bool, version: int = 4) -> Any:
        return lambda it: it.treasury.record_acknowledged(RUN, version, file_id=FILE, is_whole=is_whole)

    whole, part = ({"status": status, "bank_file_id": FILE} for status in ("accepted", "partially_accepted"))
    told = Answer(200, {"number": RUN, "status": "acknowledged", "version": match.integer(5)})
    yield put("the bank takes the file", issued, whole, told, taken(True), gives(None))
    yield put("the bank takes it in part", issued, part, told, taken(False), gives(None))
    again = _run_state("acknowledged", bank_file_id=FILE)
    yield put("the same again", again, whole, told, taken(True, 5), gives(None), 5)
    over = problem(409, "INVALID_TRANSITION", current_status="rejected")
    late = refused("INVALID_TRANSITION", "business", retry="reread", current_status="rejected")
    yield put("it is rejected already", _run_state("rejected"), whole, over, taken(True, 5), late, 5)
    yield put("a newer version exists", issued, whole, problem(412, "PRECONDITION_FAILED", current_version=4), taken(True, 3), stale, 3)
    yield put("unknown", GONE, whole, problem(404, "NOT_FOUND"), taken(True), refused("NOT_FOUND", "validation"))
    reason = {"status": "rejected", "reason_code": "AM10", "reason": "AM10: the sum is wrong"}
    gone = Answer(200, {"number": RUN, "status": "rejected", "version": match.integer(5)})
    yield put("the bank does not take it", issued, reason, gone, lambda it: it.treasury.record_refusal(RUN, 4, no), gives(None))
    yield from _words_on_payments()


def _words_on_payments() -> Iterator[Case]:
    word = {"status": "rejected", "reason_code": "AC01", "reason": "no such account"}
    rejected, path = Rejected(PAYMENT, "AC01", "no such account"), f"/payments/{PAYMENT}/bank-status"

    def tell(name: str, states: tuple[State, ...], answer: Answer, check: Check, version: int = 2) -> Case:
        request = Request("PUT", path, body=word, if_match=version)
        said = f"payment.record_status: {name}"
        return _at_erp(said, states, request, answer, lambda it: it.treasury.record_rejected(rejected, version), check)

    def payment(status: str) -> tuple[State, ...]:
        return (("a payment of the ERP exists", {"number": RUN, "status": status}),)

    told = Answer(200, {"payment_number": PAYMENT, "status": "rejected", "version": match.integer(3)})
    yield tell("the bank does not carry it out", payment("issued"), told, gives(None))
    yield tell("the same again", payment("rejected"), told, gives(None), 3)
    over = problem(409, "INVALID_TRANSITION", current_status="cleared")
    late = refused("INVALID_TRANSITION", "business", retry="reread", current_status="cleared")
    yield tell("it is cleared", payment("cleared"), over, late, 3)
    stale = refused("PRECONDITION_FAILED", "stale", retry="reread")
    yield tell("a newer version exists", payment("issued"), problem(412, "PRECONDITION_FAILED", current_version=2), stale, 1)


# --- the bank


def _at_bank(name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case("bank", f"bank.payment_file.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _file_state(status: str, **more: Any) -> State:
    return ("a payment file exists at the bank", {"file_id": FILE, "message_id": RUN, "status": status, **more})


def _files() -> Iterator[Case]:
    yield from _uploads()
    find, read = Request("GET", HOME, {"messageId": RUN}), Request("GET", f"{HOME}/{FILE}")
    ours = {"received": "accepted", "accepted": "posted", "partially_accepted": "posted", "rejected": "rejected"}
    for status, state in ours.items():
        page = Answer(200, {"items": [{"fileId": FILE, "status": status}], "next_cursor": None})
        found = gives(Found(FILE, None, state, None, FILE))
        yield _at_bank(f"find: {status}", (_file_state(status),), find, page, lambda it: it.bank.find("payment_file", RUN), found)
    nothing = Answer(200, {"items": [], "next_cursor": None})
    yield _at_bank("find: nothing", (), find, nothing, lambda it: it.bank.find("payment_file", RUN), gives(None))
    for status, payments in (
        ("received", ["received"] * 2),
        ("accepted", ["accepted"] * 2),
        ("partially_accepted", ["accepted", "rejected"]),
    ):
        answer = Answer(200, _file_body(status, payments))
        job = gives(PostingJob(ours[status], FILE, None, None))
        yield _at_bank(f"read: {status}", (_file_state(status),), read, answer, lambda it: it.bank.job(FILE), job)
    code = match.regex("AC01", regex="[A-Z]{2}[0-9]{2}")
    lost = {**_file_body("rejected", ["rejected"] * 2), "reasonCode": None, "reason": None}
    job = gives(PostingJob("rejected", FILE, None, None))
    yield _at_bank("read: rejected", (_file_state("rejected"),), read, Answer(200, lost), lambda it: it.bank.job(FILE), job)
    body = _file_body("partially_accepted", ["accepted", "rejected"])
    body["transactions"][1] |= {"reasonCode": code, "reason": match.like("no such account")}
    found = gives((Rejected(f"{RUN}-2", "AC01", "no such account"),))
    state = (_file_state("partially_accepted"),)
    yield _at_bank("read: the payments that it rejects", state, read, Answer(200, body), lambda it: it.bank.rejected(FILE), found)
    unknown = refused("NOT_FOUND", "validation")
    gone = Request("GET", f"{HOME}/PF-PACT-00000404")
    yield _at_bank("read: unknown", (), gone, problem(404, "NOT_FOUND"), lambda it: it.bank.job("PF-PACT-00000404"), unknown)


def _file_body(status: str, payments: list[str]) -> dict[str, Any]:
    return {
        "fileId": FILE,
        "id": match.integer(45),
        "status": status,
        "controlSum": match.regex("1960.00", regex=AMOUNT),
        "transactions": [{"endToEndId": f"{RUN}-{place}", "status": each} for place, each in enumerate(payments, 1)],
    }


def _uploads() -> Iterator[Case]:
    file = BankFile(RUN, "Acme", DEBTOR, "2026-10-29", 1, "100.00", (TRANSFER,))
    draft = PaymentFileDraft(file, Decimal("100.00"))
    fresh: State = ("the idempotency key is new", {"key": KEY})

    def upload(name: str, answer: Answer, check: Check, *states: State, of: PaymentFileDraft = draft, **body: Any) -> Case:
        request = Request("POST", HOME, body={**BODY, **body}, key=KEY)
        return _at_bank(f"upload: {name}", states, request, answer, lambda it: it.bank.create(of, KEY), check)

    customer: State = ("an account at the bank exists", {"account": DEBTOR})
    made = {"fileId": match.like(FILE), "id": match.integer(45), "status": "received", "controlSum": "100.00"}
    yield upload("a file", Answer(202, made), gives(Found(FILE, 45, "accepted", Decimal("100.00"), FILE)), customer, fresh)
    held = problem(409, "DUPLICATE_REFERENCE", existing_id=match.like(FILE), existing_status="accepted")
    adopt = refused("DUPLICATE_REFERENCE", "duplicate", retry="adopt", existing_id=FILE)
    yield upload("the message id has a file already", held, adopt, customer, _file_state("accepted", account=DEBTOR), fresh)
    used: State = ("the idempotency key was used for another payload", {"key": KEY, "method": "POST", "path": HOME})
    other = refused("IDEMPOTENCY_KEY_REUSED", "duplicate")
    yield upload("the key came with another payload", problem(422, "IDEMPOTENCY_KEY_REUSED"), other, customer, used)
    nowhere = replace(draft, file=replace(file, debtor_account="DE02120300000000202051"))
    unknown = refused("ACCOUNT_INVALID", "business")
    yield upload("nobody's account", problem(409, "ACCOUNT_INVALID"), unknown, fresh, of=nowhere, debtorAccount="DE02120300000000202051")
