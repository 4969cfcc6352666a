"""What every system does with every request: authentication, bodies, keys, references, pages, versions, rates, unknown addresses."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from mocks.kit.settings import Settings
from tests.contract.kit.toy import Stage, stage

Check = Callable[[Stage], Awaitable[Any]]
PROBLEM = {"type", "title", "status", "detail", "instance", "code"}


def staged(check: Check, settings: Settings | None = None) -> Any:
    """Run one check against a toy."""

    async def run() -> Any:
        async with stage(settings) as toy:
            return await check(toy)

    return asyncio.run(run())


async def raw_post(toy: Stage, data: bytes, content_type: str | None = "application/json", **headers: str) -> tuple[int, Any]:
    """A create with this body as it is."""
    sent = {"Authorization": f"Bearer {toy.token}", **headers}
    if content_type is not None:
        sent["Content-Type"] = content_type
    skipped = () if content_type else ("content-type",)
    async with toy.session.post(toy.url + "/purchase-orders", data=data, headers=sent, skip_auto_headers=skipped) as answer:
        return answer.status, msgspec.json.decode(await answer.read())


@pytest.mark.requirement("R01.11", "R01.22")
def test_authentication() -> None:
    """No token, an unknown, an expired, a revoked one, and one without the scope: 401 or 403 problems, nothing in the books."""

    async def check(toy: Stage) -> list[tuple[int, str]]:
        tokens = toy.mechanics.tokens
        connector = tokens.authenticate("connector", "s")
        assert connector is not None
        weak, old = tokens.issue(connector, frozenset({"erp.read"})), tokens.issue(connector, connector.scopes)
        held = tokens.check(old)
        assert held is not None
        held.expires_ns = 0
        found = []
        for token in ("", "unknown", old, weak):
            toy.token = token
            status, _, body = await toy.create()
            assert set(body) == PROBLEM
            found.append((status, body["code"]))
        toy.token = tokens.issue(connector, connector.scopes)
        tokens.revoke("connector")
        found.append(((await toy.create())[0], "revoked"))
        assert not toy.system.orders
        return found

    assert staged(check) == [
        (401, "TOKEN_INVALID"),
        (401, "TOKEN_INVALID"),
        (401, "TOKEN_INVALID"),
        (403, "INSUFFICIENT_SCOPE"),
        (401, "revoked"),
    ]


def test_secrets_stay_out_of_the_history() -> None:
    """Neither tokens nor secrets nor bodies are in any row."""

    async def check(toy: Stage) -> None:
        toy.token, good = "sesame-wrong", toy.token
        await toy.create()
        toy.token = good
        await toy.create("REQ-TEST-77")
        text = b"".join(toy.mechanics.recorder.tail(0, 1000))
        for secret in (b"sesame", good.encode(), b"9.80"):
            assert secret not in text

    staged(check)


@pytest.mark.requirement("R08.05")
@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        (b'{"total":"1.00"}', "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"total":"1.00"}', None, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"total":"1.00"', "application/json", 400, "MALFORMED_REQUEST"),
        (b"", "application/json", 400, "MALFORMED_REQUEST"),
        (b"\xff\xfe\x00", "application/json", 400, "MALFORMED_REQUEST"),
        (b"[" * 200 + b"]" * 200, "application/json", 400, "MALFORMED_REQUEST"),
        (b'{"total":' + b'{"a":' * 40 + b"1" + b"}" * 41, "application/json; charset=utf-8", 400, "MALFORMED_REQUEST"),
        (b'{"total":"1.00","pad":"' + b"x" * 262_144 + b'"}', "application/json", 413, "PAYLOAD_TOO_LARGE"),
        (b'{"total":"1.00","unknown":1}', "application/json", 422, "VALIDATION_FAILED"),
        (b'{"total":1.0}', "application/json", 422, "VALIDATION_FAILED"),
        (b'{"total":"NaN"}', "application/json", 422, "VALIDATION_FAILED"),
        (b"null", "application/json", 422, "VALIDATION_FAILED"),
    ],
)
def test_bad_bodies(data: bytes, content_type: str | None, status: int, code: str) -> None:
    """Each mistake has its status and code; nothing happens."""

    async def check(toy: Stage) -> None:
        found, body = await raw_post(toy, data, content_type)
        assert (found, body["code"]) == (status, code)
        assert not toy.system.orders
        assert (await toy.create())[0] == 201  # the connection and the system live on

    staged(check)


def test_chunked_body_is_bounded() -> None:
    """A body without Content-Length is counted while it arrives."""

    async def check(toy: Stage) -> None:
        async def endless() -> Any:
            for _ in range(40):
                yield b"x" * 16_384

        headers = {"Authorization": f"Bearer {toy.token}", "Content-Type": "application/json"}
        async with toy.session.post(toy.url + "/purchase-orders", data=endless(), headers=headers) as answer:
            assert answer.status == 413

    staged(check)


def test_strings_full_of_brackets_are_not_deep() -> None:
    """Depth counts structure, not text."""

    async def check(toy: Stage) -> int:
        return (await raw_post(toy, b'{"total":"1.00","external_ref":"' + b"[{" * 30 + b'"}'))[0]

    assert staged(check) == 201


def test_idempotency_key() -> None:
    """Same key and payload replays; another payload is refused; another operation is another key; the order of members does not matter."""

    async def check(toy: Stage) -> None:
        first = await toy.create("A", Idempotency_Key='"k 1"')
        again = await toy.create("A", Idempotency_Key='"k 1"')
        assert (first[0], again[0], first[2]) == (201, 201, again[2])
        assert (first[1].get("idempotency-replayed"), again[1]["idempotency-replayed"]) == (None, "true")
        assert again[1]["etag"] == first[1]["etag"]
        status, shuffled = await raw_post(toy, b'{ "external_ref": "A",  "total": "9.80"}', **{"Idempotency-Key": '"k 1"'})
        assert (status, shuffled) == (201, first[2])
        status, _, body = await toy.create("B", Idempotency_Key='"k 1"')
        assert (status, body["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert (await toy.create("C", path="/ap-invoices", Idempotency_Key='"k 1"'))[0] == 202
        assert len(toy.system.orders) == 2
        outcomes = [row["server_outcome"] for row in toy.rows("decision")]
        assert outcomes == ["committed", "replayed", "replayed", "rejected", "committed"]

    staged(check)


@pytest.mark.parametrize("key", ['""', '"unclosed', "two words", "x" * 256, "ä"])
def test_malformed_keys(key: str) -> None:
    """A key that is neither a quoted string nor a bare token is refused."""

    async def check(toy: Stage) -> tuple[int, str]:
        status, body = await raw_post(toy, b'{"total":"1.00"}', **{"Idempotency-Key": key})
        return status, body["code"]

    assert staged(check) == (400, "INVALID_PARAMETER")


def test_a_refusal_does_not_use_up_the_key() -> None:
    """What was refused changed nothing: with its cause repaired, the same key succeeds."""

    async def check(toy: Stage) -> list[int]:
        await toy.create("A")
        refused = (await toy.create("A", Idempotency_Key="k1"))[0]
        toy.system.orders.clear()
        return [refused, (await toy.create("A", Idempotency_Key="k1"))[0]]

    assert staged(check) == [409, 201]


def test_pages() -> None:
    """Pages join without a gap or a repeat; a foreign, edited or cut cursor is refused; limits are 1 to 200."""

    async def check(toy: Stage) -> None:
        for number in range(7):
            await toy.create(f"R{number}")
        seen: list[str] = []
        cursor = ""
        while True:
            status, _, page = await toy.call("GET", f"/purchase-orders?limit=3{cursor}")
            assert status == 200
            seen += [order["number"] for order in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == sorted(toy.system.orders)
        good = cursor.removeprefix("&cursor=")
        edited = ("A" if good[0] != "A" else "B") + good[1:]
        for bad in (edited, good[:-3], "x", "%00", "a" * 2000):
            status, _, body = await toy.call("GET", f"/purchase-orders?cursor={bad}")
            assert (status, body["code"]) == (400, "INVALID_CURSOR")
        assert (await toy.call("GET", f"/purchase-orders?external_ref=R1&cursor={good}"))[2]["code"] == "INVALID_CURSOR"
        for limit in ("0", "201", "-1", "x", "1.5", "٣"):
            assert (await toy.call("GET", f"/purchase-orders?limit={limit}"))[2]["code"] == "INVALID_PARAMETER"
        assert (await toy.call("GET", "/purchase-orders?limit=1&limit=2"))[0] == 400

    staged(check)


def test_two_operations_share_a_path() -> None:
    """With external_ref it is the look-up, without it the list."""

    async def check(toy: Stage) -> list[str]:
        await toy.create("R1")
        assert (await toy.call("GET", "/purchase-orders?external_ref=R1"))[2]["items"][0]["external_ref"] == "R1"
        await toy.call("GET", "/purchase-orders")
        return [row["call_point"] for row in toy.rows("request")]

    assert staged(check) == ["erp.po.create", "erp.po.find", "erp.po.list"]


def test_versions() -> None:
    """ETag names the version. If-Match: the current one, * and none pass; another or a foreign one is 412, no tag at all 400."""

    async def check(toy: Stage) -> list[int]:
        number = (await toy.create())[2]["number"]
        path = f"/purchase-orders/{number}/cancel"
        assert (await toy.call("GET", f"/purchase-orders/{number}"))[1]["etag"] == '"1"'
        found = [(await toy.call("POST", path, {"reason": "x"}, If_Match=tag))[0] for tag in ('"9"', '"abc"', "1", "", '"1"')]
        found += [(await toy.call("POST", path, {"reason": "x"}, If_Match="*"))[0], (await toy.call("POST", path, {"reason": "x"}))[0]]
        return found

    assert staged(check) == [412, 412, 400, 400, 200, 200, 200]


def test_trace_headers() -> None:
    """A fit correlation id and traceparent are echoed; unfit ones are replaced or left out; without one, one is made."""

    async def check(toy: Stage) -> None:
        trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
        headers = (await toy.create("A", X_Correlation_ID="abc", traceparent=trace))[1]
        assert (headers["x-correlation-id"], headers["traceparent"]) == ("abc", trace)
        headers = (await toy.create("B", X_Correlation_ID="a b", traceparent="junk"))[1]
        assert headers["x-correlation-id"].startswith("dc-")
        assert "traceparent" not in headers
        commits = {row["entity_id"]: row["corr_id"] for row in toy.rows("commit")}
        assert "abc" in commits.values()

    staged(check)


@pytest.mark.requirement("R08.02")
def test_rate_limit() -> None:
    """Over the rate: 429 with Retry-After and RateLimit fields, refused without effect; under it the fields count down."""

    async def check(toy: Stage) -> None:
        answers = [await toy.call("GET", "/purchase-orders") for _ in range(4)]
        assert [status for status, _, _ in answers] == [200, 200, 200, 429]
        headers = answers[-1][1]
        assert headers["retry-after"] == "1"
        assert headers["ratelimit-policy"] == '"client";q=3;w=1'
        assert headers["ratelimit"].startswith('"client";r=0')
        assert toy.rows("response_end")[-1]["retry_after_ms"] == 1000

    staged(check, Settings(rate_limit_per_s=3))


def test_unknown_addresses() -> None:
    """A path that is not there, a method that it does not take, a trailing slash: problems, recorded; never a page of the framework."""

    async def check(toy: Stage) -> None:
        for method, path, status in (
            ("GET", "/nowhere", 404),
            ("GET", "/", 404),
            ("GET", "/purchase-orders/", 404),
            ("GET", "/purchase-orders/1/2", 404),
            ("DELETE", "/purchase-orders", 405),
            ("OPTIONS", "/purchase-orders", 405),
            ("GET", "/purchase-orders/unknown", 404),
        ):
            found, headers, body = await toy.call(method, path)
            assert (found, set(body)) == (status, PROBLEM), path
            assert headers["content-type"] == "application/problem+json"
            assert ("allow" in headers) == (status == 405)
        assert [row["server_outcome"] for row in toy.rows("decision")] == ["rejected"] * 7
        assert (await toy.call("GET", "/nowhere", X_Correlation_ID="mine-1"))[1]["x-correlation-id"] == "mine-1"

    staged(check)


def test_a_defect_inside_shows_no_trace() -> None:
    """An exception of a handler is a plain 500 problem; the client learns nothing of the inside."""

    async def check(toy: Stage) -> None:
        actors = toy.mechanics.tokens.authenticate("actors", "s")
        assert actors is not None
        toy.token = toy.mechanics.tokens.issue(actors, actors.scopes)
        status, _, body = await toy.call("POST", "/break", X_Acting_User="U1")
        assert (status, body["code"]) == (500, "INTERNAL_ERROR")
        assert "secret" not in str(body)
        assert "ZeroDivision" not in str(body)
        assert (await toy.call("POST", "/break"))[0] == 400  # nobody acts

    staged(check)


def test_openapi_document() -> None:
    """3.1, every operation with its problems, parameters, security and schemas; webhooks; every reference resolves."""

    async def check(toy: Stage) -> None:
        _, _, doc = await toy.call("GET", "/openapi.json")
        assert doc["openapi"].startswith("3.1")
        assert set(doc["webhooks"]) == {"posting.confirmed"}
        create = doc["paths"]["/purchase-orders"]["post"]
        assert create["security"] == [{"oauth2": ["erp.write"]}]
        assert {"201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503"} <= set(create["responses"])
        names = {parameter["name"] for parameter in doc["paths"]["/purchase-orders"]["get"]["parameters"]}
        assert {"external_ref", "limit", "cursor"} <= names
        text = str(doc)
        for name in doc["components"]["schemas"]:
            text = text.replace(f"'#/components/schemas/{name}'", "ok")
        assert "#/components" not in text
        async with toy.session.get(toy.url + "/docs") as page:
            assert page.status == 200
        assert toy.rows("request") == []  # pages of the documentation are no calls

    staged(check)


def test_links_lead_on() -> None:
    """A create links to what can be done with its number, and no link names an operation that is not there."""

    async def check(toy: Stage) -> None:
        _, _, doc = await toy.call("GET", "/openapi.json")
        known = {each["operationId"] for methods in doc["paths"].values() for each in methods.values()}
        links = doc["paths"]["/purchase-orders"]["post"]["responses"]["201"]["links"]
        assert {link["operationId"] for link in links.values()} <= known
        assert links["erp.po.read"]["parameters"] == {"number": "$response.body#/number"}

    staged(check)


def test_pipelined_requests_are_answered_in_order() -> None:
    """Two requests in one packet get two answers."""

    async def check(toy: Stage) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", toy.server.port)
        one = f"GET /purchase-orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {toy.token}\r\n\r\n"
        writer.write((one + one.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")).encode())
        text = await reader.read()
        writer.close()
        return text.count(b"HTTP/1.1 200")

    assert staged(check) == 2
