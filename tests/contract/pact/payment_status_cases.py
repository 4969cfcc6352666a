"""What the engine relies on about what became of the money for an invoice: in the ERP, and of whoever waits elsewhere."""

# ruff: noqa: PLR0917 (a case is a row of a table: its columns are told by their place)

from collections.abc import Iterator
from typing import Any

from pact import match

from engine.model.news import Known, PaymentNews, StatusDraft
from engine.model.sources import Change, SourceStage
from tests.contract.pact.consumer import Answer, Case, Check, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import LIVE_TOKEN
from tests.contract.pact.source_cases import INSTANT, SINCE

NUMBER, INV, HAND = "5100047110", "INV-PACT-00000001", "PH00000001"
PATH, FIND, RECORD = f"/invoice-payments/{NUMBER}", "/api/v1/invoices/posted", f"/api/v1/invoices/{INV}/payment"
SENT, ACCOUNT, BILLED, SENT_PATH = "PI-PACT-00000001", "AN531209847", "26-0481516", "/v1/invoices"
GONE: State = ("no invoice has the number", {"number": NUMBER})
NOBODY: State = ("there is no invoice", {"id": INV})
VERSIONS = {"paid": 2, "cleared": 3, "rejected": 3, "returned": 3}


def cases() -> Iterator[Case]:
    """Every interaction about the payment of an invoice."""
    yield from _reads()
    yield from _list()
    yield from _listeners()
    yield from _words()
    yield from _senders()
    yield from _advice()


def _paid(status: str) -> State:
    return ("an invoice is paid by hand", {"number": NUMBER, "status": status})


def _known(**more: Any) -> State:
    return ("an invoice exists", {"id": INV, "status": "posted", "erp_invoice_number": NUMBER, **more})


def _at(provider: str, name: str, states: tuple[State, ...], request: Request, answer: Answer, act: Any, check: Check) -> Case:
    return Case(provider, f"{provider}.{name}", (LIVE_TOKEN, *states), request, answer, act, check)


def _reads() -> Iterator[Case]:
    def reading(it: Any) -> Any:
        return it.payables.read(NUMBER)

    for status, version in VERSIONS.items():
        day = "20261028" if status != "paid" else None
        body = {
            "document_number": NUMBER,
            "status": status,
            "version": match.integer(version),
            "company_code": match.like("1000"),
            "vendor_id": match.like("V100017"),
            "supplier_reference": match.like("26-0481516"),
            "payment_number": match.like(HAND),
            "value_date": None if day is None else match.regex(day, regex=r"\d{8}"),
            "reason": None,
        }
        stage = SourceStage.NOT_APPROVED if status == "paid" else SourceStage.APPROVED
        news = PaymentNews(NUMBER, version, status, stage, "1000", "V100017", "26-0481516", HAND, day, None)
        request, answer = Request("GET", PATH), Answer(200, body)
        yield _at("erp", f"invoice_payment.read: {status}", (_paid(status),), request, answer, reading, gives(news))
    later = refused("NOT_FOUND", "validation", retry="same")
    yield _at("erp", "invoice_payment.read: unknown", (GONE,), Request("GET", PATH), problem(404, "NOT_FOUND"), reading, later)


def _list() -> Iterator[Case]:
    item = {"document_number": match.like(NUMBER), "status": "cleared", "version": match.integer(3), "updated_at": INSTANT}
    change = Change(NUMBER, "cleared", SourceStage.APPROVED, 3, 3, "2026-10-28T09:00:00.000001Z")
    query, page = {"status": "cleared,rejected,returned", "limit": "100"}, {"items": match.each_like(item, min=1), "next_cursor": None}

    def listing(name: str, states: tuple[State, ...], asked: dict[str, str], answer: Answer, act: Any, check: Check) -> Case:
        return _at("erp", f"invoice_payment.list: {name}", states, Request("GET", "/invoice-payments", asked), answer, act, check)

    state, since = (_paid("cleared"),), {**query, "updated_since": SINCE}
    found = gives(([change], None))
    yield listing("everything", state, query, Answer(200, page), lambda it: it.payables.changes(None, None, 100), found)
    yield listing("what changed since", state, since, Answer(200, page), lambda it: it.payables.changes(SINCE, None, 100), found)
    yield listing(
        "a cursor from elsewhere", (), {**query, "cursor": "made-up"}, problem(400, "INVALID_CURSOR"),
        lambda it: it.payables.changes(None, "made-up", 100), refused("INVALID_CURSOR", "validation"),
    )  # fmt: skip


def _listeners() -> Iterator[Case]:
    request = Request("GET", FIND, {"erpInvoiceNumber": NUMBER})

    def asking(it: Any) -> Any:
        return it.listeners.naming(NUMBER)

    def found(name: str, state: State, items: Any, check: Check) -> Case:
        return _at("procurement", f"invoice.find: {name}", (state,), request, Answer(200, {"items": items}), asking, check)

    named = {"id": match.like(INV), "version": match.integer(4), "status": "posted"}
    yield found("nothing is known yet", _known(), match.each_like({**named, "payment": None}, min=1), gives(Known(INV, 4, 0, None)))
    told = {"status": "paid", "sequence": match.integer(3)}
    knows = _known(payment="paid", payment_sequence=3)
    yield found("it is paid", knows, match.each_like({**named, "payment": told}, min=1), gives(Known(INV, 4, 3, "paid")))
    yield found("nobody waits", NOBODY, [], gives(None))


def _words() -> Iterator[Case]:
    body = {"status": "paid", "sequence": 3, "paymentNumber": HAND, "valueDate": "2026-10-28"}
    draft = StatusDraft(f"{NUMBER}-r3", 3, "paid", HAND, "2026-10-28", None)

    def put(name: str, state: State, answer: Answer, check: Check, version: int = 4) -> Case:
        request = Request("PUT", RECORD, body=body, if_match=version)
        known = Known(INV, version, 0, None)
        return _at(
            "procurement",
            f"invoice.record_payment: {name}",
            (state,),
            request,
            answer,
            lambda it: it.listeners.record_payment(known, draft),
            check,
        )

    told = Answer(200, {"id": INV, "version": match.integer(5), "payment": {"status": "paid", "sequence": 3}})
    yield put("the money has left", _known(version=4), told, gives(None))
    knows = _known(payment="paid", payment_sequence=3, version=5)
    yield put("the same again", knows, told, gives(None), 5)
    over = refused("VERSION_CONFLICT", "stale", retry="reread")
    newer = _known(payment="returned", payment_sequence=4, version=5)
    yield put("something newer is known", newer, problem(409, "VERSION_CONFLICT"), over, 5)
    stale = refused("PRECONDITION_FAILED", "stale", retry="reread")
    yield put("a newer version exists", _known(version=5), problem(412, "PRECONDITION_FAILED", current_version=5), stale)
    yield put("unknown", NOBODY, problem(404, "NOT_FOUND"), refused("NOT_FOUND", "validation"))


# --- the supplier portal


def _sent(**more: Any) -> State:
    return ("a supplier has sent an invoice", {"id": SENT, "account_id": ACCOUNT, "invoice_number": BILLED, **more})


def _senders() -> Iterator[Case]:
    request = Request("GET", SENT_PATH, {"account_id": ACCOUNT, "invoice_number": BILLED})

    def found(name: str, state: State, items: Any, check: Check) -> Case:
        def asking(it: Any) -> Any:
            return it.sent_invoices.sent(ACCOUNT, BILLED)

        return _at("portal", f"invoice.find: {name}", (state,), request, Answer(200, {"items": items}), asking, check)

    named = {"id": match.like(SENT), "version": match.integer(1), "status": "received"}
    yield found("nothing is known yet", _sent(), match.each_like({**named, "payment": None}, min=1), gives(Known(SENT, 1, 0, None)))
    told = {"status": "payment_failed", "sequence": match.integer(3)}
    knows = _sent(payment="payment_failed", payment_sequence=3)
    heard = gives(Known(SENT, 1, 3, "payment_failed"))
    yield found("the payment failed", knows, match.each_like({**named, "payment": told}, min=1), heard)
    nobody: State = ("no supplier has sent the number", {"account_id": ACCOUNT, "invoice_number": BILLED})
    yield found("it came another way", nobody, [], gives(None))


def _advice() -> Iterator[Case]:
    body = {"status": "paid", "sequence": 3, "payment_number": HAND, "value_date": "2026-10-28"}
    draft = StatusDraft(f"{NUMBER}-r3", 3, "paid", HAND, "2026-10-28", None)

    def put(name: str, state: State, answer: Answer, check: Check, version: int = 1) -> Case:
        def telling(it: Any) -> Any:
            return it.sent_invoices.record_payment(Known(SENT, version, 0, None), draft)

        request = Request("PUT", f"{SENT_PATH}/{SENT}/payment", body=body, if_match=version)
        return _at("portal", f"invoice.record_payment: {name}", (state,), request, answer, telling, check)

    told = Answer(200, {"id": SENT, "version": match.integer(2), "payment": {"status": "paid", "sequence": 3}})
    yield put("the money has left", _sent(), told, gives(None))
    yield put("the same again", _sent(payment="paid", payment_sequence=3), told, gives(None), 2)
    over = refused("VERSION_CONFLICT", "stale", retry="reread")
    newer = _sent(payment="payment_returned", payment_sequence=4)
    yield put("something newer is known", newer, problem(409, "VERSION_CONFLICT"), over, 2)
    stale = refused("PRECONDITION_FAILED", "stale", retry="reread")
    yield put("a newer version exists", _sent(version=2), problem(412, "PRECONDITION_FAILED", current_version=2), stale)
    gone: State = ("there is no invoice in the portal", {"id": SENT})
    yield put("unknown", gone, problem(404, "NOT_FOUND"), refused("NOT_FOUND", "validation"))
