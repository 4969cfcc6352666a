"""The token endpoint: OAuth2 client credentials with scopes and expiry, and refresh tokens where the scenario has them."""

import base64
import binascii
from urllib.parse import parse_qsl, unquote

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.catalog import Mode
from mocks.identity_openapi import identity_document
from mocks.kit.echo import Echo
from mocks.kit.intake import BodyTooLarge, read_body
from mocks.kit.mechanics import Mechanics
from mocks.kit.problems import PROBLEM_TYPE
from mocks.kit.shared import SharedFault
from mocks.kit.spoilt import SpoiltAnswer
from mocks.kit.tokens import Client, Grant

CALL_POINT = "identity.token.issue"
NODE = "identity"
PATH = "/oauth/token"
OVER_WITH_A_TOKEN = ("F-B10", "F-B12")  # whoever joins behind it never meets them


class Identity:
    """Issues tokens; each request is recorded like any other."""

    def __init__(self, mechanics: Mechanics, *, version: str = "0") -> None:
        self._mechanics = mechanics
        self._version = version

    def app(self) -> Starlette:
        """The application of the identity server."""
        served = (("POST", PATH, self._issue), ("GET", "/health", _health), ("GET", "/openapi.json", self._document))
        return Starlette(
            routes=[Route(path, handler, methods=[method]) for method, path, handler in served],
            exception_handlers={404: self._unknown, 405: self._unknown, 500: self._unknown},
            middleware=[Middleware(Echo)],
        )

    async def _document(self, _request: Request) -> Response:
        tokens = self._mechanics.tokens
        refreshes = tokens.refreshing is not None
        document = identity_document(self._mechanics.catalog, version=self._version, scopes=tokens.scopes(), refreshes=refreshes)
        return Response(msgspec.json.encode(document), media_type="application/json")

    async def _unknown(self, request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 500)
        code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(status, "INTERNAL_ERROR")
        headers = {"allow": "POST" if request.url.path == PATH else "GET"} if status == 405 else {}
        return self._problem(code, "the identity server serves POST /oauth/token and GET /health", request, headers)

    async def _issue(self, request: Request) -> Response:
        try:
            raw = await read_body(dict(request.scope["headers"]), request.receive)
        except BodyTooLarge:
            return self._problem("PAYLOAD_TOO_LARGE", "the form is too large", request)
        form = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
        client_id, secret = _credentials(form, request)
        op_id, attempt = self._arrived(client_id, secret, request)
        window = self._mechanics.windows.answering(NODE)
        shared = self._mechanics.shared.next(CALL_POINT) if client_id == self._mechanics.connector_id else None
        if window is None and shared is not None:
            return self._spoilt(shared, form, request, op_id, attempt)
        if window is not None:
            answer = self._problem("MAINTENANCE", "the identity server is down for maintenance", request, {"retry-after": "1"})
            code: str | None = "MAINTENANCE"
        else:
            code, answer = self._decide(form, client_id, secret, request)
        self._decided(op_id, attempt, code, answer.status_code)
        if code == "INVALID_CLIENT" and not self._mechanics.tokens.knows(client_id, secret):
            self._mechanics.recorder.write("stranger", NODE, op_id=op_id, call_point=CALL_POINT, reason="client")
        return answer

    def _spoilt(self, shared: SharedFault, form: dict[str, str], request: Request, op_id: int, attempt: int) -> Response:
        """The answer that the fault in place wants, or none."""
        mechanics, mode = self._mechanics, shared.mode
        mechanics.shared.fired(shared, NODE, op_id, attempt)
        whole = self._decide(form, *_credentials(form, request), request)[1] if mode.commit == "once" else None
        told = self._refusal(mode, request) if mode.send == "status" else None
        status, code = (told.status_code, mode.code) if told is not None else (None, None)
        common = {"op_id": op_id, "call_point": CALL_POINT, "attempt": attempt, "status": status, "code": code}
        mechanics.recorder.write("decision", NODE, server_outcome="no_effect" if whole else "not_reached", **common)
        waits_ms = round(1000 * mode.retry_after_s) if mode.retry_after_s else None
        marks = {"client_view": mode.view or shared.fault.view, "fault_id": shared.fault.id, "mode": mode.id, "retry_after_ms": waits_ms}
        mechanics.recorder.write("response_end", NODE, **marks, **common)
        return told or SpoiltAnswer(mode.send or "", bytes(whole.body) if whole else b"", mechanics.settings.hold_s)

    def _refusal(self, mode: Mode, request: Request) -> Response:
        headers = {"retry-after": str(max(1, round(mode.retry_after_s)))} if mode.retry_after_s else {}
        code = mode.code or "INTERNAL_ERROR"
        return self._problem(code, "the identity server cannot serve this request now", request, headers)

    def _decide(self, form: dict[str, str], client_id: str, secret: str, request: Request) -> tuple[str | None, Response]:
        refreshes = form.get("grant_type") == "refresh_token" and self._mechanics.tokens.refreshing is not None
        if form.get("grant_type") != "client_credentials" and not refreshes:
            detail = "grant_type is not client_credentials"
            return "INVALID_PARAMETER", self._problem("INVALID_PARAMETER", detail, request, error="unsupported_grant_type")
        client = self._mechanics.tokens.authenticate(client_id, secret)
        if client is None:
            return "INVALID_CLIENT", self._problem("INVALID_CLIENT", "client id or secret is wrong", request, error="invalid_client")
        if refreshes:
            return self._refreshed(form.get("refresh_token", ""), client, request)
        wanted = frozenset(form.get("scope", "").split()) or client.scopes
        if not wanted <= client.scopes:
            detail = f"the client may not have {' '.join(sorted(wanted - client.scopes))[:200]}"
            return "INVALID_PARAMETER", self._problem("INVALID_PARAMETER", detail, request, error="invalid_scope")
        return None, self._granted(self._mechanics.tokens.sign_in(client, wanted), client)

    def _refreshed(self, text: str, client: Client, request: Request) -> tuple[str | None, Response]:
        grant = self._mechanics.tokens.refresh(text, client)
        if grant is None:
            detail = "the refresh token is not known, or it was used before: it and all that came of it are worth nothing; sign in again"
            return "INVALID_PARAMETER", self._problem("INVALID_PARAMETER", detail, request, error="invalid_grant")
        return None, self._granted(grant, client)

    def _granted(self, grant: Grant, client: Client) -> Response:
        if client.client_id == self._mechanics.connector_id:
            for fault_id in OVER_WITH_A_TOKEN:
                self._mechanics.windows.end(fault_id, NODE)
        body = {
            "access_token": grant.access_token,
            "token_type": "Bearer",
            "expires_in": self._mechanics.tokens.ttl_s,
            "scope": " ".join(sorted(grant.scopes)),
        }
        if grant.refresh_token is not None:
            body["refresh_token"] = grant.refresh_token
        return Response(msgspec.json.encode(body), media_type="application/json", headers={"cache-control": "no-store"})

    def _problem(
        self, code: str, detail: str, request: Request, headers: dict[str, str] | None = None, error: str | None = None
    ) -> Response:
        extra = {"error": error, "error_description": detail} if error else {}
        body = self._mechanics.problems.body(code, detail, request.url.path, extra)
        status = self._mechanics.problems.status(code)
        challenge = {"www-authenticate": 'Basic realm="dryclose"'} if code == "INVALID_CLIENT" else {}
        return Response(body, status, headers={**challenge, **(headers or {})}, media_type=PROBLEM_TYPE.decode())

    def _arrived(self, client_id: str, secret: str, request: Request) -> tuple[int, int]:
        mechanics = self._mechanics
        op_id = mechanics.traffic.op_id()
        attempt = mechanics.traffic.arrival(None, CALL_POINT)
        by_connector = client_id == mechanics.connector_id
        if by_connector:
            mechanics.traffic.saw(CALL_POINT, None, changes=False, now_ns=mechanics.clock.mono_ns())
        mechanics.recorder.write(
            "request",
            NODE,
            op_id=op_id,
            call_point=CALL_POINT,
            attempt=attempt,
            method="POST",
            route=PATH,
            txn_attr="none",
            conn_id=str(request.client.port) if request.client else None,
            sut_gen=mechanics.recorder.sut_gen if by_connector else None,
            secret_no=mechanics.tokens.which(client_id, secret) if by_connector else None,
        )
        return op_id, attempt

    def _decided(self, op_id: int, attempt: int, code: str | None, status: int) -> None:
        recorder = self._mechanics.recorder
        common = {"op_id": op_id, "call_point": CALL_POINT, "attempt": attempt, "status": status, "code": code}
        recorder.write("decision", NODE, server_outcome="rejected" if code else "no_effect", **common)
        recorder.write("response_end", NODE, client_view=self._mechanics.problems.view(status, code), **common)


def _credentials(form: dict[str, str], request: Request) -> tuple[str, str]:
    """Client id and secret, in the header or in the form."""
    return _basic(request.headers.get("authorization")) or (form.get("client_id", ""), form.get("client_secret", ""))


def _basic(header: str | None) -> tuple[str, str] | None:
    """Client id and secret of HTTP Basic, percent-decoded as RFC 6749 asks for."""
    if header is None or header[:6].lower() != "basic ":
        return None
    try:
        client_id, _, secret = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ("", "")
    return unquote(client_id), unquote(secret)


async def _health(_request: Request) -> Response:
    return Response(b'{"status":"ok"}', media_type="application/json")
