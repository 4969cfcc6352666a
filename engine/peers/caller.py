"""One HTTP call to one system: admission, token, total deadline, bounded reading, strict reading of what came."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import msgspec

from contracts.catalog import ErrorCode
from engine.clock import Clock, Entropy
from engine.model.calls import Request, Trace
from engine.model.failures import REFRESH, CallFailed, SystemDown, from_problem, other_shape, unknown_outcome, unreachable
from engine.observability import Observer, Watched
from engine.peers.breaker import Breaker
from engine.peers.tokens import Tokens
from engine.peers.waits import retry_after_s
from engine.settings import BODY_MAX_BYTES
from engine.structured_log import say

LOG = logging.getLogger("engine.calls")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: JSON bytes, and the version that the ETag names."""

    operation: str
    body: bytes
    version: int | None


def open_session(timeout_s: float) -> aiohttp.ClientSession:
    """The one HTTP session of the process; `timeout_s` bounds every call as a whole."""
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300),  # the number of calls is bounded by each Peer's slots
        timeout=aiohttp.ClientTimeout(total=timeout_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        raise_for_status=False,
    )
    # aiohttp repeats an idempotent request by itself when a kept connection breaks. A retry that nobody counts, without
    # a wait, would multiply ours; there is no public switch.
    session._retry_connection = False
    return session


class Peer:
    """One system. At most `slots` calls at a time; waiting for a slot is not part of a call's deadline."""

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        session: Callable[[], aiohttp.ClientSession],
        tokens: Tokens,
        breaker: Breaker,
        slots: int,
        errors: Mapping[str, ErrorCode],
        clock: Clock,
        entropy: Entropy,
        observer: Observer | None = None,
    ) -> None:
        self.name = name
        self.breaker = breaker
        self._observer = observer or Observer()
        self._base_url = base_url
        self._session = session
        self._tokens = tokens
        self._slots = asyncio.Semaphore(slots)
        self._errors = errors
        self._clock = clock
        self._entropy = entropy

    async def call(self, request: Request, trace: Trace) -> Answer:
        """Send it; once more with a new token when the old one is refused. Raises CallFailed for everything but a 2xx with JSON."""
        async with self._slots:
            self.breaker.admit(request.operation)
            token = await self._token()
            try:
                return await self._send(request, trace, token)
            except CallFailed as failure:
                if failure.retry != REFRESH:
                    raise
                self._tokens.spoil(token)
            return await self._send(request, trace, await self._token())

    async def _token(self) -> str:
        try:
            return await self._tokens.get()
        except CallFailed:
            # Nothing was sent to this system, so a probe of its breaker has no verdict.
            self.breaker.no_verdict()
            raise

    async def _send(self, request: Request, trace: Trace, token: str) -> Answer:
        try:
            with self._observer.call(self.name, request, trace) as watched:
                answer = await self._exchange(request, trace, token, watched)
        except CallFailed as failure:
            self._tell_breaker(failure)
            if failure.outage and not self.breaker.closed:
                wait = max(self.breaker.waits_s() or 0.0, failure.retry_after_s or 0.0)
                raise SystemDown(request.operation, self.name, wait, asked=failure.retry_after_s is not None) from failure
            raise
        self._reachable()
        return answer

    def _tell_breaker(self, failure: CallFailed) -> None:
        if failure.outage:
            if self.breaker.outage(failure.retry_after_s):
                say(LOG, logging.WARNING, "breaker.opened", system=self.name, code=failure.code)
        elif failure.status is None:
            self.breaker.no_verdict()
        else:
            self._reachable()

    def _reachable(self) -> None:
        if self.breaker.answered():
            say(LOG, logging.WARNING, "breaker.closed", system=self.name)

    async def _exchange(self, request: Request, trace: Trace, token: str, watched: Watched) -> Answer:
        headers = trace.headers(watched.span_id or self._entropy.span_id())
        headers["Authorization"] = f"Bearer {token}"
        headers["Accept"] = "application/json"
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if request.key is not None:
            headers["Idempotency-Key"] = f'"{request.key}"'
        if request.if_match is not None:
            headers["If-Match"] = f'"{request.if_match}"'
        try:
            async with self._session().request(
                request.method,
                self._base_url + request.path,
                data=request.body,
                params=request.params,
                headers=headers,
                allow_redirects=False,
            ) as response:
                body = await _read_bounded(response, request.operation)
                watched.status = response.status
                return self._judge(request, response, body)
        except aiohttp.ClientConnectorError as error:
            raise unreachable(request.operation, str(error.os_error)) from error
        except TimeoutError as error:
            raise unknown_outcome(request.operation, "TIMEOUT", "no complete answer within the deadline") from error
        except (aiohttp.ClientError, OSError) as error:
            raise unknown_outcome(request.operation, "CONNECTION_BROKEN", type(error).__name__) from error

    def _judge(self, request: Request, response: aiohttp.ClientResponse, body: bytes) -> Answer:
        if 200 <= response.status < 300:
            if response.content_type != "application/json":
                raise unknown_outcome(request.operation, "WRONG_CONTENT_TYPE", f"status {response.status} with {response.content_type}")
            return Answer(request.operation, body, _version(response.headers.get("ETag")))
        raise from_problem(
            request.operation,
            response.status,
            _problem(body),
            self._errors,
            retry_after_s=retry_after_s(response.headers.get("Retry-After"), self._clock.now(), response.headers.get("Date")),
        )


async def _read_bounded(response: aiohttp.ClientResponse, operation: str) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > BODY_MAX_BYTES:
            raise unknown_outcome(operation, "ANSWER_TOO_LONG", f"more than {BODY_MAX_BYTES} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _problem(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _version(etag: str | None) -> int | None:
    text = (etag or "").removeprefix("W/").strip('"')
    return int(text) if text.isdigit() else None


def decode(answer: Answer, decoder: "msgspec.json.Decoder[_T]") -> _T:
    """Read a success strictly: unknown members are ignored, known ones must be as agreed. What is no JSON may be whole the next time."""
    try:
        return decoder.decode(answer.body)
    except msgspec.ValidationError as error:
        raise other_shape(answer.operation, str(error)[:200]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise unknown_outcome(answer.operation, "UNREADABLE_ANSWER", str(error)[:200]) from error
