"""Parts of the careful example that a run reaches only with luck: deadlines, dates, signatures, order of work, what a crash leaves."""

import base64
import hashlib
import hmac
import importlib
import json
import socket
import sys
import threading
import time
from email.message import Message
from email.utils import formatdate
from pathlib import Path
from types import ModuleType

import pytest

CAREFUL = Path(__file__).parents[3] / "examples" / "connectors" / "careful"
PUBLISHED = Path(__file__).parents[3] / "contracts" / "openapi"


def part(name: str) -> ModuleType:
    """A module of the example, which lives in a folder of its own."""
    sys.path.insert(0, str(CAREFUL))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(CAREFUL))


def headers(**values: str) -> Message:
    """HTTP headers; underscores become hyphens."""
    message = Message()
    for name, value in values.items():
        message[name.replace("_", "-")] = value
    return message


def dripping_server() -> str:
    """URL of a server that sends its answer one byte every 50 ms, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with listener, connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(100):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return
                time.sleep(0.05)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/x"


def test_a_dripping_answer_ends_at_the_deadline_of_the_whole_call() -> None:
    """Each byte comes in time, the answer does not."""
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        part("wire").Pool().exchange("GET", dripping_server(), None, {}, 0.4)
    assert 0.3 < time.monotonic() - began < 1.5


def test_a_refused_connection_is_certainly_without_effect() -> None:
    """Nothing listens: not done, rather than unknown."""
    wire = part("wire")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    with pytest.raises(wire.NotDone):
        wire.Pool().exchange("GET", url, None, {}, 0.4)


def test_retry_after_as_number_date_and_nonsense() -> None:
    """A date is read against the clock that lets it wait longer; nonsense is no hint."""
    wait = part("wire").retry_after_s
    now = time.time()
    assert wait(headers(Retry_After="2")) == pytest.approx(2.05)
    assert 3 <= wait(headers(Retry_After=formatdate(now + 4, usegmt=True))) <= 4.1
    skewed = headers(Retry_After=formatdate(now + 4 - 3600, usegmt=True), Date=formatdate(now - 3600, usegmt=True))
    assert 3.9 <= wait(skewed) <= 4.1
    assert wait(headers(Retry_After="soon")) is None
    assert wait(headers()) is None


@pytest.mark.parametrize(
    ("status", "kind", "body", "wanted"),
    [
        (200, "text/html", b"<html>", "Unknown"),
        (201, "application/json", b'{"number": ', "Unknown"),
        (500, "application/problem+json", b'{"code": "INTERNAL_ERROR"}', "Unknown"),
        (504, "text/html", b"", "Unknown"),
        (503, "application/problem+json", b'{"code": "MAINTENANCE"}', "NotDone"),
        (429, "text/plain", b"", "NotDone"),
        (409, "application/problem+json", b'{"code": "SUPPLIER_BLOCKED"}', "Refused"),
        (409, "application/problem+json", b'{"code": "IDEMPOTENCY_KEY_IN_PROGRESS"}', "Unknown"),
        (404, "text/html", b"<html>", "Unknown"),
    ],
)
def test_answers_are_sorted_by_what_is_known_about_their_effect(status, kind, body, wanted) -> None:
    """Only a problem that can be read is a refusal; only throttling and maintenance are certainly nothing."""
    wire = part("wire")
    with pytest.raises(getattr(wire, wanted)):
        wire.sort_answer("POST erp/x", status, headers(Content_Type=kind), body)


def signed(body: bytes, *, age_s: int = 0, key: bytes = b"secret", before: str = "") -> Message:
    """Headers of a Standard Webhook."""
    stamp = str(int(time.time()) - age_s)
    signature = base64.b64encode(hmac.new(key, f"msg_1.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    return headers(webhook_id="msg_1", webhook_timestamp=stamp, webhook_signature=f"{before}v1,{signature}")


def test_only_genuine_and_fresh_events_are_taken() -> None:
    """One of several signatures is enough; anything else is refused, without an exception."""
    genuine, secret, body = part("inbox").genuine, "whsec_" + base64.b64encode(b"secret").decode(), b'{"a":1}'
    assert genuine(signed(body), body, secret)
    assert genuine(signed(body, before="v1,b2xk v2,x "), body, secret)
    assert not genuine(signed(body, key=b"other"), body, secret)
    assert not genuine(signed(body, age_s=900), body, secret)
    assert not genuine(signed(body, age_s=-900), body, secret)
    assert not genuine(signed(body), body + b" ", secret)
    assert not genuine(headers(webhook_id="msg_1", webhook_timestamp=str(int(time.time()))), body, secret)
    assert not genuine(headers(webhook_id="msg_1", webhook_timestamp="soon", webhook_signature="v1,é"), body, secret)


def test_a_document_is_worked_on_once_and_not_before_its_time() -> None:
    """An event during a turn brings the document back after it; a firm wait is not shortened by an event."""
    agenda = part("agenda").Agenda()
    agenda.wake("a")
    assert agenda.take() == "a"
    agenda.wake("a")
    agenda.give_back("a", 0.2, firm=True)
    agenda.wake("a")
    began = time.monotonic()
    assert agenda.take() == "a"
    assert time.monotonic() - began > 0.15
    agenda.give_back("a", 30)
    agenda.wake("a")
    assert agenda.take() == "a"


def test_what_was_accepted_survives_a_crash(tmp_path) -> None:
    """A second process on the same file finds the open work, the tried paper and how far the list was read."""
    module = part("store")
    store = module.Store(tmp_path / "s.sqlite3")
    assert store.receive("e1", "requisition.approved", "requisition", "REQ-1", version=4, reopen=False)
    assert not store.receive("e1", "requisition.approved", "requisition", "REQ-1", version=4, reopen=False)
    store.trying("REQ-1/1", "REQ-1", 1, "purchase_order")
    assert store.listed("requisition", [("REQ-1", 4), ("REQ-2", 2)], "2026-10-28T09:00:00Z") == ["REQ-2"]
    again = module.Store(tmp_path / "s.sqlite3")
    assert sorted(again.open_work()) == [("requisition", "REQ-1"), ("requisition", "REQ-2")]
    assert [paper.state for paper in again.papers("REQ-1")] == ["tried"]
    assert again.mark("requisition") == "2026-10-28T09:00:00Z"


def test_work_that_changed_meanwhile_is_not_finished(tmp_path) -> None:
    """A signal during a pass keeps the row open."""
    store = part("store").Store(tmp_path / "s.sqlite3")
    store.receive("e1", "requisition.approved", "requisition", "REQ-1", version=4, reopen=False)
    work = store.work("requisition", "REQ-1")
    store.receive("e2", "approval.reversed", "requisition", "REQ-1", version=5, reopen=True)
    assert not store.finished(work)
    assert store.finished(store.work("requisition", "REQ-1"))


@pytest.mark.parametrize(
    ("shape", "system", "schema", "member"),
    [
        ("REQUISITION", "procurement", "Requisition", "status"),
        ("RECEIPT", "procurement", "Receipt", "status"),
        ("REPORT", "expense", "Report", "state"),
        ("JOB", "erp", "Job", "status"),
        ("SUPPLIER", "erp", "Supplier", "status"),
        ("/purchase-orders", "erp", "PurchaseOrder", "status"),
        ("/goods-receipts", "erp", "GoodsReceipt", "status"),
    ],
)
def test_every_status_that_a_document_can_have_is_known(shape: str, system: str, schema: str, member: str) -> None:
    """An order that people closed is no drift, and it is live."""
    shapes = part("shape")
    known = (shapes.DOCUMENTS[shape] if shape in shapes.DOCUMENTS else getattr(shapes, shape))[member]
    document = json.loads((PUBLISHED / f"{system}.json").read_bytes())
    assert set(known) == set(document["components"]["schemas"][schema]["properties"][member]["enum"])


def test_what_stands_for_an_order_is_adopted() -> None:
    """All but what was cancelled, and what cancelled it."""
    flows, shapes = part("flows"), part("shape")
    assert set(shapes.ORDER_STATUS) - set(flows.LIVE) == {"cancelled", "reversal"}
