"""A small API with mistakes to choose from: what a fuzzer that finds nothing must be measured against."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "s3cr3t-of-the-toy"
PROBLEM = {"type": "object", "required": ["status"], "properties": {"status": {"type": "integer"}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "toy", "version": "1"},
    "paths": {
        "/things": {
            "post": {
                "operationId": "things.create",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["name"],
                                "additionalProperties": False,
                                "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 5}},
                            }
                        }
                    },
                },
                "responses": {
                    "201": {"description": "made", "content": {"application/json": {"schema": {"type": "object"}}}},
                    "400": {"description": "refused", "content": {"application/problem+json": {"schema": PROBLEM}}},
                },
            }
        }
    },
}


NO_ANSWER: tuple[int, Any] = (0, None)  # the connection is closed instead


def answer_well(handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
    """What the document promises."""
    try:
        document = json.loads(body)
        name = document["name"]
        assert set(document) == {"name"}
        assert isinstance(name, str)
        assert 1 <= len(name) <= 5
        assert handler.headers.get("content-type") == "application/json"
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        return 400, {"status": 400}
    return 201, {"name": name}


def crash_on_long(handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
    """A 500 with a trace for names of five characters."""
    status, document = answer_well(handler, body)
    if status == 201 and len(document["name"]) == 5:
        return 500, {"status": 500, "detail": 'Traceback (most recent call last):\n  File "/srv/app.py", line 7'}
    return status, document


def tell_the_secret(handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
    """What the caller sent as its credential comes back."""
    status, document = answer_well(handler, body)
    return status, {**document, "debug": handler.headers.get("X-Key", "")}


def accept_anything(_handler: BaseHTTPRequestHandler, _body: bytes) -> tuple[int, Any]:
    """Nothing is checked."""
    return 201, {}


class Toy(BaseHTTPRequestHandler):
    """Serves `document` and what `decide` decides."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: otherwise every answer waits for an acknowledgement
    document: Any = None
    decide: Any = None

    def respond(self) -> None:
        """Whatever the method."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?")[0]
        if path == "/openapi.json":
            self.reply(200, self.document)
        elif path != "/things":
            self.reply(404, {"status": 404})
        elif self.command == "POST":
            status, value = self.decide(body)
            if status:
                self.reply(status, value)
        else:
            self.reply(405, {"status": 405})

    def reply(self, status: int, value: Any) -> None:
        """JSON, or a problem."""
        body = (value if isinstance(value, str) else json.dumps(value)).encode()
        self.send_response(status)
        self.send_header("content-type", "application/problem+json" if status >= 400 else "application/json")
        self.send_header("content-length", str(len(body)))
        if status == 405:
            self.send_header("allow", "POST")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.respond
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        """Silence."""


@contextmanager
def served(answer: Callable[[BaseHTTPRequestHandler, bytes], tuple[int, Any]], document: Any = DOCUMENT) -> Iterator[str]:
    """The toy on a free port; the address of its document."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Toy,), {"decide": answer, "document": document}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/openapi.json"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
