"""`--url`: a pact against somebody's real system, so that drift shows. The system is a small one on loopback here."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from harness.contracts.outcome import Verification, exit_code, lines
from harness.contracts.verify import VerifyOptions, is_outside, verify
from tests.contract.pact.users_pact import NUMBER, ORDER_EXISTS, interaction, pact

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def against(
    handler: Handler,
    file: Path,
    *,
    path: str = "",
    state_path: str | None = None,
    headers: tuple[str, ...] = (),
    state_headers: tuple[str, ...] = (),
) -> Verification:
    """Verify a pact against this handler."""

    async def body() -> Verification:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        state_url = None if state_path is None else base + state_path
        try:
            (outcome,) = await verify(VerifyOptions((file,), None, base + path, headers, state_url, state_headers), lambda _text: None)
            return outcome
        finally:
            await runner.cleanup()

    return asyncio.run(body())


def text(outcome: Verification) -> str:
    """What a person reads."""
    return "\n".join(lines(outcome))


def test_drift_shows(tmp_path: Path) -> None:
    """The sandbox renamed a member: the expectation that our mock keeps is broken there."""

    async def sandbox(request: web.Request) -> web.Response:
        return web.json_response({"orderNumber": NUMBER, "status": "created"})

    outcome = against(sandbox, pact(tmp_path, interaction(states=[ORDER_EXISTS], body={"number": NUMBER, "status": "created"})))
    assert exit_code([outcome]) == 1
    assert "- /number: the member is missing" in text(outcome)
    assert "provider states were not set" in text(outcome)


def test_headers_paths_and_states_reach_the_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its base path, a header with a secret from the environment instead of the consumer's, and states with their parameters."""
    monkeypatch.setenv("SANDBOX_TOKEN", "s3cret-of-the-sandbox")
    seen: list[tuple[str, Any]] = []

    async def sandbox(request: web.Request) -> web.Response:
        if request.path == "/states":
            seen.append(("state", await request.json()))
            return web.json_response({})
        seen.append((request.path_qs, request.headers.getall("Authorization")))
        return web.json_response({"number": NUMBER})

    file = pact(tmp_path, interaction(states=[ORDER_EXISTS], query={"a": ["b c"]}, body={"number": NUMBER}))
    header = "authorization: Bearer ${SANDBOX_TOKEN}"
    outcome = against(sandbox, file, path="/base/v1", state_path="/states", headers=(header,))
    assert exit_code([outcome]) == 0, text(outcome)
    assert ("state", {"state": ORDER_EXISTS[0], "params": ORDER_EXISTS[1], "action": "setup"}) in seen
    assert (f"/base/v1/purchase-orders/{NUMBER}?a=b+c", ["Bearer s3cret-of-the-sandbox"]) in seen or (
        f"/base/v1/purchase-orders/{NUMBER}?a=b%20c",
        ["Bearer s3cret-of-the-sandbox"],
    ) in seen
    assert "s3cret" not in text(outcome)


def test_state_address_that_fails(tmp_path: Path) -> None:
    """An expectation whose state could not be set is not verified; no two minutes of attempts."""
    began = time.monotonic()

    async def sandbox(request: web.Request) -> web.Response:
        return web.json_response({}, status=500 if request.path == "/states" else 200)

    outcome = against(sandbox, pact(tmp_path, interaction(states=[ORDER_EXISTS])), state_path="/states")
    assert exit_code([outcome]) == 2
    assert "provider state 'a purchase order exists': --state-url answered 500" in text(outcome)
    assert time.monotonic() - began < 15


def test_nobody_answers(tmp_path: Path) -> None:
    """An address where nobody listens proves nothing: exit 2, with the reason."""
    file = pact(tmp_path, interaction())
    (outcome,) = asyncio.run(verify(VerifyOptions((file,), None, "http://127.0.0.1:9"), lambda _text: None))
    assert exit_code([outcome]) == 2
    assert "nobody answered: ClientConnectorError" in text(outcome)


def test_our_own_pact_against_a_sandbox() -> None:
    """Without --pact, --provider chooses one of ours: how far is the mock from this system?"""

    async def sandbox(_request: web.Request) -> web.Response:
        return web.json_response({"error": "invalid_client"}, status=401)

    async def body() -> Verification:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", sandbox)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            (outcome,) = await verify(VerifyOptions(provider="identity", url=url), lambda _text: None)
            return outcome
        finally:
            await runner.cleanup()

    outcome = asyncio.run(body())
    assert [each.what for each in outcome.expectations] == ["broken"] * 3
    assert outcome.pact.path.name == "engine-identity.json"


def test_an_answer_in_pieces_is_read_to_its_end(tmp_path: Path) -> None:
    """Chunked, with a pause, and longer than one read: the sandbox is sound, and so is the verdict."""

    async def sandbox(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        await answer.write(b'{"number": "4500012345", "text": "' + b"x" * 300_000)
        await asyncio.sleep(0.05)
        await answer.write(b'"}')
        return answer

    outcome = against(sandbox, pact(tmp_path, interaction(body={"number": NUMBER})))
    assert exit_code([outcome]) == 0, text(outcome)


def test_an_endless_answer_is_no_answer(tmp_path: Path) -> None:
    """Above the limit nothing is judged, because half of it would look broken."""

    async def sandbox(_request: web.Request) -> web.Response:
        return web.Response(body=b"[" + b" " * 5_000_000, content_type="application/json")

    outcome = against(sandbox, pact(tmp_path, interaction(body={"number": NUMBER})))
    assert exit_code([outcome]) == 2
    assert "the answer has more than 4194304 bytes" in text(outcome)


def test_no_proxy_on_this_machine() -> None:
    """Whatever the address of loopback looks like, a proxy of the environment sees no request to it."""
    assert [is_outside(f"http://{host}:8080/x") for host in ("127.0.0.2", "LOCALHOST", "[::1]")] == [False] * 3
    assert is_outside("https://erp.example.com")


def test_a_consumer_that_expects_to_be_turned_away_keeps_its_token(tmp_path: Path) -> None:
    """--header is for those that want in: a spent token stays spent."""

    async def sandbox(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") == "Bearer good":
            return web.json_response({"number": NUMBER})
        return web.json_response({"code": "TOKEN_INVALID"}, status=401)

    spent = interaction("a spent token", status=401)
    spent["request"]["headers"] = {"Authorization": ["Bearer spent"]}
    file = pact(tmp_path, spent, interaction("an order", body={"number": NUMBER}))
    outcome = against(sandbox, file, headers=("Authorization: Bearer good",))
    assert exit_code([outcome]) == 0, text(outcome)


def test_states_behind_a_token(tmp_path: Path) -> None:
    """--state-header goes to --state-url, and to nobody else; without it the refusal says what is missing."""
    tokens: list[tuple[str, str | None]] = []

    async def sandbox(request: web.Request) -> web.Response:
        tokens.append((request.path, request.headers.get("X-Key")))
        if request.path == "/states":
            return web.json_response({}, status=200 if request.headers.get("X-Key") == "k" else 401)
        return web.json_response({"number": NUMBER})

    file = pact(tmp_path, interaction(states=[ORDER_EXISTS], body={"number": NUMBER}))
    outcome = against(sandbox, file, state_path="/states", state_headers=("X-Key: k",))
    assert exit_code([outcome]) == 0, text(outcome)
    assert {path == "/states" for path, key in tokens if key} == {True}
    assert "does it need --state-header?" in text(against(sandbox, file, state_path="/states"))


def test_what_is_pending_fails_nothing_and_proves_nothing(tmp_path: Path) -> None:
    """Version 4: one that is not kept yet is told apart; with nothing kept beside it there is no pass."""

    async def sandbox(_request: web.Request) -> web.Response:
        return web.json_response({"number": NUMBER})

    pending = interaction("a colour", body={"colour": "red"}) | {"pending": True}
    both = against(sandbox, pact(tmp_path, interaction(body={"number": NUMBER}), pending))
    assert (exit_code([both]), "1 of 2 expectations are kept, 0 broken, 1 pending" in text(both)) == (0, True), text(both)
    assert exit_code([against(sandbox, pact(tmp_path, pending))]) == 2


def test_a_header_that_nobody_asks_for_is_not_invented(tmp_path: Path) -> None:
    """JSON without a Content-Type is kept by a pact that says nothing about it, and arrives as it was sent."""

    async def untyped(_request: web.Request) -> web.StreamResponse:
        class Untyped(web.Response):
            async def _prepare_headers(self) -> None:
                await super()._prepare_headers()
                self._headers.popall("Content-Type", None)

        return Untyped(body=b'{"number": "4500012345"}')

    older = {"description": "x", "request": {"method": "GET", "path": "/a"}, "response": {"status": 200, "body": {"number": NUMBER}}}
    assert exit_code([against(untyped, pact(tmp_path, older, version="3.0.0"))]) == 0
