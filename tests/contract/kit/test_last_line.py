"""A defect of the mechanics themselves: logged, and answered without a trace."""

import asyncio
import logging

import aiohttp
import pytest

from mocks.hosting.server import HostedServer


def test_defects_of_the_mechanics(caplog: pytest.LogCaptureFixture) -> None:
    """The client gets a 500 problem and nothing of the inside; the log has the trace."""

    async def broken(scope: object, receive: object, send: object) -> None:
        raise LookupError("secret inside")

    async def run() -> tuple[int, dict[str, object]]:
        server = HostedServer("erp", "127.0.0.1")
        server.bind()
        await server.start(broken)
        try:
            async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{server.port}/x") as answer:
                return answer.status, await answer.json(content_type="application/problem+json")
        finally:
            await server.stop()

    with caplog.at_level(logging.ERROR, "dryclose.world"):
        status, body = asyncio.run(run())
    assert (status, body["code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in str(body)
    assert "secret inside" in caplog.text
