"""HTTP to the three systems: a total deadline for each call, one token for all threads, and every answer sorted into what it means.

Whoever calls gets an `Answer`, or one of three exceptions that say what is known about the effect:

    NotDone   certainly no effect, and the same request may work later (throttled, maintenance, refused connection, token)
    Unknown   perhaps it had its effect (timeout, reset, cut or unreadable answer, 500, 502, 504)
    Refused   certainly no effect, and the system says why: `code` of the problem answer
"""

import base64
import email.utils
import functools
import http.client
import io
import json
import socket
import threading
import time
import urllib.parse
from dataclasses import dataclass

IDLE_CONNECTION_S = 1.0  # the server closes idle connections; one that it closes while we write leaves us in doubt
THROTTLE_PAD_S = 0.05  # its clock and ours need not agree to the millisecond


class Trouble(Exception):  # noqa: N818 - it reads as what happened
    """A call that did not bring what was asked for. wait_s: how long the system asked us to wait, if it did."""

    def __init__(self, reason, *, code=None, wait_s=None):
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.wait_s = wait_s


class NotDone(Trouble):
    """Certainly without effect; worth repeating later."""


class Unknown(Trouble):
    """The effect is not known; only a unique reference decides."""


class Refused(Trouble):
    """The system understood and said no."""

    def __init__(self, reason, *, code, status, problem):
        super().__init__(reason, code=code)
        self.status = status
        self.problem = problem


@dataclass(frozen=True)
class Answer:
    """A success: decoded JSON object and the ETag that came with it."""

    status: int
    body: dict
    etag: str | None


class _TimedReader(io.RawIOBase):
    """Reads from a socket until a deadline for the whole answer, however slowly the bytes drip."""

    def __init__(self, raw, sock, deadline):
        self._raw, self._sock, self._deadline = raw, sock, deadline

    def readable(self):
        return True

    def readinto(self, buffer):
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline of the whole call")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self):
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """An HTTPResponse that reads through `_TimedReader`."""

    def __init__(self, sock, deadline, **options):
        super().__init__(sock, **options)
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock, deadline))


class Pool:
    """One persistent connection for each thread and host."""

    def __init__(self):
        self._mine = threading.local()

    def exchange(self, method, url, body, headers, timeout_s):
        """Sends one request. Returns (status, headers, bytes). Raises OSError, HTTPException; ConnectError when nothing was sent."""
        deadline = time.monotonic() + timeout_s
        parts = urllib.parse.urlsplit(url)
        connection = self._connection(parts, timeout_s)
        connection.response_class = functools.partial(_TimedResponse, deadline=deadline)
        target = parts.path + ("?" + parts.query if parts.query else "")
        try:
            connection.sock.settimeout(timeout_s)
            connection.request(method, target, body=body, headers=headers)
            response = connection.getresponse()
            data = response.read()
        except BaseException:
            self._forget(parts)
            raise
        if response.will_close:
            self._forget(parts)
        else:
            self._mine.used[parts.netloc] = time.monotonic()
        return response.status, response.headers, data

    def _connection(self, parts, timeout_s):
        if not hasattr(self._mine, "open"):
            self._mine.open, self._mine.used = {}, {}
        held = self._mine.open.get(parts.netloc)
        if held and time.monotonic() - self._mine.used.get(parts.netloc, 0) < IDLE_CONNECTION_S:
            return held
        self._forget(parts)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        fresh = kind(parts.netloc, timeout=timeout_s)
        try:
            fresh.connect()
        except OSError as error:
            raise NotDone(f"{parts.netloc} does not accept connections: {error}", code="CONNECTION_REFUSED") from error
        fresh.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._mine.open[parts.netloc] = fresh
        return fresh

    def _forget(self, parts):
        held = self._mine.open.pop(parts.netloc, None)
        if held:
            held.close()


class Tokens:
    """The bearer token: fetched once for all threads, fetched again shortly before it ends or when a system rejects it."""

    def __init__(self, pool, url, client_id, client_secret, timeout_s):
        self._pool, self._url, self._timeout_s = pool, url, timeout_s
        pair = f"{urllib.parse.quote(client_id)}:{urllib.parse.quote(client_secret)}"
        self._basic = "Basic " + base64.b64encode(pair.encode()).decode()
        self._lock = threading.Lock()
        self._token, self._until = None, 0.0
        self._not_before = 0.0  # the server asked all of us to wait

    def current(self, rejected=None):
        """A token that is not `rejected`. Only the first thread that needs a new one fetches it."""
        with self._lock:
            if self._token and self._token != rejected and time.monotonic() < self._until:
                return self._token
            left_s = self._not_before - time.monotonic()
            if left_s > 0:
                raise NotDone("no token: the server asked us to wait", code="TOKEN_UNAVAILABLE", wait_s=left_s)
            try:
                self._token, life_s = self._fetch()
            except NotDone as error:
                self._not_before = time.monotonic() + (error.wait_s or 0.0)
                raise
            self._until = time.monotonic() + 0.9 * life_s
            return self._token

    def _fetch(self):
        headers = {"Authorization": self._basic, "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        try:
            status, headers, data = self._pool.exchange("POST", self._url, b"grant_type=client_credentials", headers, self._timeout_s)
            body = json.loads(data)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotDone(f"no token: {error!r}", code="TOKEN_UNAVAILABLE") from error
        if status != 200 or "access_token" not in body:
            raise NotDone(f"no token: status {status}", code=body.get("code") or "TOKEN_UNAVAILABLE", wait_s=retry_after_s(headers))
        return body["access_token"], float(body.get("expires_in", 300))


class Wire:
    """Calls to the systems by name."""

    TOKEN_TRIES = 2

    def __init__(self, urls, pool, tokens, timeout_s):
        self._urls, self._pool, self._tokens, self._timeout_s = urls, pool, tokens, timeout_s

    def get(self, system, path, correlation=None, **query):
        """One object. query: parameters that are None are left out."""
        query = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", system, path + ("?" + urllib.parse.urlencode(query) if query else ""), correlation=correlation)

    def post(self, system, path, body, correlation=None):
        """Makes or undoes a document."""
        return self._call("POST", system, path, body=body, correlation=correlation)

    def put(self, system, path, body, correlation=None, etag=None):
        """Changes the version `etag` of a document and no other."""
        return self._call("PUT", system, path, body=body, correlation=correlation, etag=etag)

    def _call(self, method, system, path, *, body=None, correlation=None, etag=None):
        headers = {"Accept": "application/json, application/problem+json", "X-Correlation-ID": correlation, "If-Match": etag}
        headers = {name: value for name, value in headers.items() if value}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        token = self._tokens.current()
        for _ in range(self.TOKEN_TRIES):
            answer = self._once(method, self._urls[system] + path, body, headers | {"Authorization": f"Bearer {token}"})
            if answer[0] != 401:
                break
            # The same step again with a new token: nothing that this document has reached so far is lost.
            token = self._tokens.current(rejected=token)
        return sort_answer(f"{method} {system}{path}", *answer)

    def _once(self, method, url, body, headers):
        try:
            return self._pool.exchange(method, url, body, headers, self._timeout_s)
        except (OSError, http.client.HTTPException) as error:
            raise Unknown(f"{method} {url}: {error!r}", code="NO_ANSWER") from error


def sort_answer(what, status, headers, data):
    """Turns status, headers and bytes into an Answer or one of the exceptions."""
    kind = headers.get_content_type()
    body = _object(data) if kind in ("application/json", "application/problem+json") else None
    if 200 <= status < 300:
        if kind != "application/json" or body is None:
            raise Unknown(f"{what}: {status} with a body that is not JSON ({kind}, {len(data)} bytes)", code="UNREADABLE_ANSWER")
        return Answer(status, body, headers.get("ETag"))
    problem = body or {}
    code = problem.get("code")
    reason = f"{what}: {status} {code or ''} {problem.get('detail') or ''}".strip()
    if status in (401, 429, 503):
        raise NotDone(reason, code=code, wait_s=retry_after_s(headers))
    if status >= 500 or status < 400 or code is None or code == "IDEMPOTENCY_KEY_IN_PROGRESS":
        raise Unknown(reason, code=code, wait_s=retry_after_s(headers))
    raise Refused(reason, code=code, status=status, problem=problem)


def retry_after_s(headers):
    """Seconds that the answer asks us to wait: a number, or a date read against the later of two clocks. None without the header."""
    text = headers.get("Retry-After")
    if not text:
        return None
    if text.strip().isdigit():
        return int(text) + THROTTLE_PAD_S
    try:
        until = email.utils.parsedate_to_datetime(text).timestamp()
        sent = email.utils.parsedate_to_datetime(headers["Date"]).timestamp() if headers.get("Date") else time.time()
    except (TypeError, ValueError):
        return None
    return max(0.0, until - min(sent, time.time())) + THROTTLE_PAD_S


def _object(data):
    try:
        body = json.loads(data)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
