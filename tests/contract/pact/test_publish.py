"""Publishing to a Pact Broker: a stand-in records what it is told."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from harness.contracts.outcome import exit_code
from harness.contracts.publish import PublishOptions, publish
from harness.errors import UsageError
from tests.contract.pact.users_pact import ORDER_EXISTS, interaction, pact

TOKEN = "t0p-secret-of-the-broker"


class StandIn:
    """A broker that keeps every call. `status`: what it answers to pacts; `link`: where results go."""

    def __init__(self, status: int = 201, link: str | None = None) -> None:
        self.calls: list[tuple[str, str, str | None, Any]] = []
        self.status = status
        self.link = link
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Any call."""
        body = await request.json() if request.can_read_body else None
        self.calls.append((request.method, request.raw_path, request.headers.get("Authorization"), body))
        if not request.path.startswith("/pacts/provider/") or request.method == "POST":
            return web.json_response({}, status=201)
        if self.status >= 300:
            return web.json_response({"errors": ["no"]}, status=self.status)
        link = self.link or f"{self.url}{request.path}/verification-results"
        return web.json_response({"_links": {"pb:publish-verification-results": {"href": link}}}, status=201)


def published(stand_in: StandIn, said: list[str], **options: Any) -> int:
    """Publish to the stand-in; the exit code."""

    async def body() -> int:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", stand_in.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            outcomes = await publish(PublishOptions(broker=f"{stand_in.url}/", **options), said.append)
            return 0 if options.get("pacts_only") else exit_code(outcomes)
        finally:
            await runner.cleanup()

    return asyncio.run(body())


def paths(calls: Sequence[tuple[str, str, str | None, Any]]) -> Iterator[str]:
    """Method and path of every call."""
    return (f"{method} {path}" for method, path, _, _ in calls)


def test_pact_result_and_branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pact under its version, the result where the broker's link says, the branch; the token on each call and in no message."""
    monkeypatch.setenv("MY_BROKER_TOKEN", TOKEN)
    stand_in, said = StandIn(), []
    file = pact(tmp_path, interaction(states=[ORDER_EXISTS]), provider="their erp/1")
    options = {"pacts": (file,), "provider": "erp", "version": "1.2+3", "token_env": "MY_BROKER_TOKEN", "branch": "feat/x"}
    assert published(stand_in, said, **options, provider_version="9") == 0
    base = "/pacts/provider/their%20erp%2F1/consumer/my-connector/version/1.2%2B3"
    assert list(paths(stand_in.calls)) == [
        f"PUT {base}",
        "POST /pacts/provider/their%20erp/1/consumer/my-connector/version/1.2+3/verification-results",
        "PUT /pacticipants/my-connector/branches/feat%2Fx/versions/1.2%2B3",
    ]
    assert {token for _, _, token, _ in stand_in.calls} == {f"Bearer {TOKEN}"}
    assert stand_in.calls[0][3] == json.loads(file.read_text())
    result = stand_in.calls[1][3]
    assert (result["success"], result["providerApplicationVersion"]) == (True, "9")
    assert result["testResults"] == [{"interactionDescription": "an order", "success": True, "mismatches": []}]
    assert TOKEN not in " ".join(said)


def test_a_broken_expectation_is_published_as_such(tmp_path: Path) -> None:
    """The result says false, with the reasons; exit 1."""
    stand_in = StandIn()
    assert published(stand_in, [], pacts=(pact(tmp_path, interaction()),), provider="erp", version="1") == 1
    result = stand_in.calls[1][3]
    assert result["success"] is False
    assert result["testResults"][0]["mismatches"] == ["status: expected 200, got 404"]


def test_what_was_not_verified_gets_no_result(tmp_path: Path) -> None:
    """An unknown state: the pact is published, no result is, exit 2."""
    stand_in, said = StandIn(), []
    assert published(stand_in, said, pacts=(pact(tmp_path, interaction(states=[("no such state", {})])),), provider="erp", version="1") == 2
    assert [method for method, *_ in stand_in.calls] == ["PUT"]
    assert "no result for my-connector -> their-erp: not everything could be verified" in said


def test_our_pacts(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of ours, under dryclose's own version; basic credentials from the usual variables."""
    monkeypatch.setenv("PACT_BROKER_USERNAME", "u")
    monkeypatch.setenv("PACT_BROKER_PASSWORD", "p")
    stand_in = StandIn()
    assert published(stand_in, [], pacts_only=True) == 0
    assert len(stand_in.calls) == 15
    assert {token for _, _, token, _ in stand_in.calls} == {"Basic dTpw"}
    assert all(call.startswith("PUT /pacts/provider/") for call in paths(stand_in.calls))


@pytest.mark.parametrize(
    ("stand_in", "options", "said"),
    [
        (StandIn(401), {}, "the broker answered 401: the credentials are missing or wrong"),
        (StandIn(409), {}, "a version is published once, give another --version"),
        (StandIn(500), {}, "the broker answered 500"),
        (StandIn(link="http://elsewhere.example/results"), {}, "leads to http://elsewhere.example, not to --broker"),
        (StandIn(), {"version": None}, "--pact needs --version"),
        (StandIn(), {"token_env": "NO_SUCH_VARIABLE_HERE"}, "the environment has no variable of this name (21 characters"),
        (StandIn(), {"token_env": "s3cr3tvalue"}, "it takes a name, not the token"),
        (StandIn(), {"token_env": TOKEN}, "takes the NAME of an environment variable"),
    ],
)
def test_refusals(tmp_path: Path, stand_in: StandIn, options: dict[str, Any], said: str) -> None:
    """One message that says what to do; the credentials are in none of them, and go to no other server."""
    asked = {"pacts": (pact(tmp_path, interaction(states=[ORDER_EXISTS])),), "provider": "erp", "version": "1", **options}
    with pytest.raises(UsageError) as caught:
        published(stand_in, [], **asked)
    assert said in caught.value.message
    assert TOKEN not in caught.value.message
    assert "s3cr3tvalue" not in caught.value.message


def test_credentials_in_the_address_are_refused(tmp_path: Path) -> None:
    """They would go with half of the calls; what they are is not repeated."""
    with pytest.raises(UsageError, match="no credentials in the address") as caught:
        asyncio.run(publish(PublishOptions("http://user:hidden-pw@127.0.0.1:9", pacts=(pact(tmp_path),), version="1"), print))
    assert "hidden-pw" not in caught.value.message


def test_nobody_there(tmp_path: Path) -> None:
    """An address where no broker listens: said, without a traceback."""
    options = PublishOptions(
        broker="http://127.0.0.1:9", pacts=(pact(tmp_path, interaction()),), provider="erp", version="1", pacts_only=True
    )
    with pytest.raises(UsageError, match="does not answer") as caught:
        asyncio.run(publish(options, lambda _text: None))
    assert "127.0.0.1:9" in caught.value.message
