"""One call over a real socket, against a server that answers as it is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp import web

from contracts.catalog import load_errors
from engine.clock import Entropy, WallClock
from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, SystemDown
from engine.peers.breaker import Breaker
from engine.peers.caller import Peer, open_session
from engine.peers.tokens import Client, Tokens

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
CREATE = Request("erp.po.create", "POST", "/purchase-orders", body=b"{}", key="k1", if_match=None)


class Server:
    """Answers in the order given, then always 200 {}; counts token requests."""

    def __init__(self, answers: Iterator[Answer]) -> None:
        self.answers = answers
        self.requests: list[web.Request] = []
        self.tokens = 0

    async def token(self, _request: web.Request) -> web.Response:
        """A new token each time."""
        self.tokens += 1
        await asyncio.sleep(0.02)
        return web.json_response({"access_token": f"t{self.tokens}", "token_type": "Bearer", "expires_in": 3600})

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The next answer."""
        self.requests.append(request)
        answer = next(self.answers, None)
        return await answer(request) if answer else web.json_response({}, headers={"ETag": '"7"'})


@contextlib.asynccontextmanager
async def peer(*answers: Answer, timeout_s: float = 0.5) -> AsyncIterator[tuple[Peer, Server]]:
    """A peer whose server gives these answers."""
    server = Server(iter(answers))
    app = web.Application()
    app.router.add_post("/oauth/token", server.token)
    app.router.add_route("*", "/{path:.*}", server.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    clock, entropy, errors = WallClock(), Entropy(1), load_errors()
    try:
        async with open_session(timeout_s) as session:

            def breaker(name: str) -> Breaker:
                return Breaker(name, 0.05, 1.0, clock.monotonic, entropy)

            tokens = Tokens(
                lambda: session, Client(f"{base}/oauth/token", "c", "s"), breaker=breaker("identity"), errors=errors, clock=clock
            )
            one = Peer(
                "erp",
                base,
                session=lambda: session,
                tokens=tokens,
                breaker=breaker("erp"),
                slots=8,
                errors=errors,
                clock=clock,
                entropy=entropy,
            )
            yield one, server
    finally:
        await runner.cleanup()


def body(text: bytes, content_type: str = "application/json", status: int = 200, **headers: str) -> Answer:
    """A complete answer."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=text, status=status, content_type=content_type, headers=headers)

    return answer


def problem(status: int, code: str, **headers: str) -> Answer:
    """An RFC 9457 answer."""
    return body(f'{{"code":"{code}","detail":"because"}}'.encode(), "application/problem+json", status, **headers)


async def slow(request: web.Request) -> web.StreamResponse:
    """One byte now and then: never idle for long, and never done."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(40):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


async def truncated(request: web.Request) -> web.StreamResponse:
    """Promises more than it sends."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"number":')
    assert request.transport is not None
    request.transport.close()
    return response


async def dropped(request: web.Request) -> web.StreamResponse:
    """Closes without a byte."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    """Sends more than anybody wants to read."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        for _ in range(40):
            await response.write(b" " * 65536)
    return response


def call(*answers: Answer, request: Request = CREATE) -> tuple[Any, Server]:
    """The answer or the CallFailed, and what the server saw."""

    async def go() -> tuple[Any, Server]:
        async with peer(*answers) as (one, server):
            try:
                return await one.call(request, Trace("corr-1", "0" * 31 + "a")), server
            except CallFailed as failure:
                return failure, server

    return asyncio.run(go())


def test_a_call_carries_key_token_and_trace() -> None:
    """And the answer's version."""
    answer, server = call()
    headers = server.requests[0].headers
    assert answer.version == 7
    assert headers["Authorization"] == "Bearer t1"
    assert headers["Idempotency-Key"] == '"k1"'
    assert headers["X-Correlation-ID"] == "corr-1"
    assert headers["traceparent"].startswith(f"00-{'0' * 31}a-")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (slow, "TIMEOUT"),
        (truncated, "CONNECTION_BROKEN"),
        (dropped, "CONNECTION_BROKEN"),
        (endless, "ANSWER_TOO_LONG"),
        (body(b"<html>", "text/html"), "WRONG_CONTENT_TYPE"),
        (body(b"", "text/plain", 204), "WRONG_CONTENT_TYPE"),
    ],
)
def test_what_is_not_a_whole_json_answer_leaves_the_outcome_open(answer: Answer, code: str) -> None:
    """Neither success nor failure: the same call again will tell."""
    failure, server = call(answer)
    assert (failure.failure_class, failure.definite, failure.code) == ("ambiguous", False, code)
    assert len(server.requests) == 1, "the client library must not repeat it by itself"


def test_a_dropped_connection_is_not_repeated_by_the_library() -> None:
    """Not even for a method that is idempotent, on a connection that was used before."""

    async def go() -> int:
        async with peer(body(b"{}"), dropped) as (one, server):
            read = Request("erp.job.read", "GET", "/jobs/1")
            await one.call(read, Trace("c", "1" * 32))
            with pytest.raises(CallFailed):
                await one.call(read, Trace("c", "1" * 32))
            return len(server.requests)

    assert asyncio.run(go()) == 2


def test_a_redirect_is_not_followed() -> None:
    """A POST must not become a GET."""
    failure, server = call(body(b"", "text/plain", 301, Location="/elsewhere"))
    assert failure.status == 301
    assert len(server.requests) == 1


def test_an_expired_token_is_renewed_once_for_all() -> None:
    """Ten calls with a spent token need one new token, and none of them fails."""

    async def go() -> int:
        async with peer(*[problem(401, "TOKEN_INVALID")] * 8) as (one, server):
            await asyncio.gather(*(one.call(CREATE, Trace("c", "1" * 32)) for _ in range(8)))
            return server.tokens

    assert asyncio.run(go()) == 2


def test_a_token_that_is_refused_twice_is_a_failure() -> None:
    """No refresh loop."""
    failure, server = call(*[problem(401, "TOKEN_INVALID")] * 5)
    assert (failure.failure_class, len(server.requests)) == ("authentication", 2)


def test_retry_after_reaches_the_caller() -> None:
    """In seconds."""
    failure, _ = call(problem(429, "RATE_LIMITED", **{"Retry-After": "3"}))
    assert (failure.failure_class, failure.retry_after_s) == ("throttled", 3)


def test_maintenance_opens_the_breaker_and_single_errors_do_not() -> None:
    """Only the system's own outage counts; the call that finds it open is nobody's failed attempt."""

    async def go() -> tuple[bool, CallFailed, int]:
        async with peer(*[problem(500, "INTERNAL_ERROR")] * 9, *[problem(503, "MAINTENANCE")] * 9) as (one, server):
            for _ in range(9):
                with pytest.raises(CallFailed):
                    await one.call(CREATE, Trace("c", "1" * 32))
            closed = one.breaker.closed
            failures = []
            for _ in range(7):
                with pytest.raises(CallFailed) as failed:
                    await one.call(CREATE, Trace("c", "1" * 32))
                failures.append(failed.value)
            return closed, failures[-1], len(server.requests)

    closed, last, requests = asyncio.run(go())
    assert closed
    assert isinstance(last, SystemDown)
    assert requests == 9 + 5


def test_nobody_listening_is_certainly_no_effect() -> None:
    """Connection refused."""

    async def go() -> CallFailed:
        async with peer() as (one, _):
            one._base_url = "http://127.0.0.1:9"
            with pytest.raises(CallFailed) as failed:
                await one.call(CREATE, Trace("c", "1" * 32))
            return failed.value

    failure = asyncio.run(go())
    assert (failure.definite, failure.outage, failure.code) == (True, True, "CONNECTION_REFUSED")
