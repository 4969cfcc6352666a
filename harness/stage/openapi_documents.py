"""The OpenAPI documents as the running systems emit them, for contracts/openapi."""

import asyncio
from typing import Any

import aiohttp

from mocks.world import World, WorldConfig

TOKEN_PATH = "/oauth/token"  # noqa: S105 (no secret)
TOKEN_URL = f"http://127.0.0.1:8083{TOKEN_PATH}"  # of no run: the documents must not change from one to the next


def openapi_documents() -> dict[str, dict[str, Any]]:
    """/openapi.json of every system by name. Opens a world on free ports for a moment."""
    return asyncio.run(_documents())


async def _documents() -> dict[str, dict[str, Any]]:
    config = WorldConfig(seed=0, run_id="docs", history_path=None)
    async with World.open(config) as world, aiohttp.ClientSession() as http:
        tokens = dict.fromkeys(world.catalog.token_services, world.token_url.removesuffix(TOKEN_PATH))
        urls = {**world.urls, **tokens, "control": world.control_url}
        return {name: _lasting(await _document(http, url)) for name, url in urls.items()}


async def _document(http: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with http.get(f"{url}/openapi.json") as answer:
        answer.raise_for_status()
        document = await answer.json()
    assert isinstance(document, dict)
    return document


def _lasting(document: dict[str, Any]) -> dict[str, Any]:
    """The same without what changes from run to run."""
    for scheme in document["components"]["securitySchemes"].values():
        for flow in scheme.get("flows", {}).values():
            flow["tokenUrl"] = TOKEN_URL
    return document
