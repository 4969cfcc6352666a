"""The HTTP side: health, webhooks, parked, redrive, idle."""

import base64
import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_S = 300
BODY_BYTES_MAX = 1_000_000
SOURCES = {  # event type -> (kind of work, member of data with its id, may it bring a parked document back)
    "requisition.approved": ("requisition", "requisitionId", False),
    "approval.reversed": ("requisition", "requisitionId", True),
    "goods_receipt.recorded": ("receipt", "receiptId", False),
    "goods_receipt.reversed": ("receipt", "receiptId", True),
    "expense_report.approved": ("expense_report", "report_id", False),
    "expense_report.sent_back": ("expense_report", "report_id", True),
}
CALLBACKS = ("posting.confirmed", "posting.rejected")


def genuine(headers, body, secret):
    """Standard Webhooks: a signature over id, timestamp and raw body, and a timestamp near now."""
    event_id, stamp, signatures = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not event_id or not stamp.isascii() or not stamp.isdigit() or abs(time.time() - int(stamp)) > TOLERANCE_S:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, f"{event_id}.{stamp}.".encode() + body, hashlib.sha256).digest())
    given = (one.partition(",") for one in signatures.split())
    return any(version == "v1" and hmac.compare_digest(value.encode(), wanted) for version, _, value in given)


class Inbox:
    """What the requests do; the handler below only speaks HTTP."""

    def __init__(self, store, agenda, secret):
        self._store, self._agenda, self._secret = store, agenda, secret

    def get(self, path):
        """(status, JSON) of a GET."""
        if path == "/health":
            return 200, {"status": "ok"}
        if path == "/parked":
            return 200, {"items": self._store.parked()}
        if path == "/idle":
            pending = len(self._store.open_work())
            return 200, {"idle": pending == 0, "pending": pending}
        return 404, {"error": "no such path"}

    def post(self, path, headers, body):
        """(status, JSON) of a POST."""
        if path == "/webhooks":
            return self._event(headers, body)
        if path == "/redrive" and b"references" in body:
            return self._redrive_some(body)
        if path == "/redrive":
            reopened = self._store.reopen_parked()
            for key in reopened:
                self._agenda.wake(key)
            return 202, {"reopened": len(reopened)}
        return 404, {"error": "no such path"}

    def _redrive_some(self, body):
        """What `references` names, as far as it is parked."""
        try:
            reopened = self._store.reopen_parked([str(reference) for reference in json.loads(body)["references"]])
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "expected a list of references"}
        for key in reopened:
            self._agenda.wake(key)
        return 202, {"reopened": len(reopened)}

    def _event(self, headers, body):
        if not genuine(headers, body, self._secret):
            return 401, {"error": "signature or timestamp is not valid"}
        try:
            event = json.loads(body)
            key, version, reopen = self._subject(event["type"], event["data"])
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "not an event that this connector can read"}
        if key is None:
            return 202, {"ignored": event["type"]}
        # The answer is a promise, so the commit comes first.
        if self._store.receive(headers["webhook-id"], event["type"], *key, version=version, reopen=reopen):
            self._agenda.wake(key)
        return 202, {"accepted": headers["webhook-id"]}

    def _subject(self, event_type, data):
        """(kind, id), version, reopen. The key is None for events that mean nothing to us."""
        if event_type in SOURCES:
            kind, member, reopen = SOURCES[event_type]
            return (kind, str(data[member])), int(data["version"]), reopen
        if event_type in CALLBACKS and data.get("external_ref"):
            return self._store.owner_of(data["external_ref"]), None, True
        return None, None, False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self):
        self._answer(*self.server.inbox.get(self.path.partition("?")[0]))

    def do_POST(self):
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            self._answer(413, {"error": "body too large or of unknown length"})
            return
        self._answer(*self.server.inbox.post(self.path.partition("?")[0], self.headers, self.rfile.read(int(length))))

    def _answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self._headers_buffer.append(b"\r\n" + data)  # one write: head and body leave in one packet
        self.flush_headers()

    def log_message(self, *_):
        """Quiet: one line for each event would be the largest cost of receiving it."""


class Server(ThreadingHTTPServer):
    """One thread for each connection; a backlog for the burst after an outage."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port, inbox):
        self.inbox = inbox
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request, client_address):
        """A peer that went away is no reason for a traceback."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)
