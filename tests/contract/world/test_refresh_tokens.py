"""Refresh tokens over HTTP: given out where a scenario has them, each good for one use; a second use ends all that came of the sign-in."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from mocks.world import World
from tests.contract.world.by_hand import config

Ask = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


def asked(steps: Callable[[Ask, Callable[[str], Awaitable[int]]], Awaitable[Any]], *, refreshes: bool = True) -> Any:
    """What the steps answer. They are given a way to ask for a token, and one to use it."""

    async def run() -> Any:
        async with World.open(config(refresh_tokens=refreshes)) as world, aiohttp.ClientSession() as http:

            async def ask(grant_type: str, **more: str) -> tuple[int, dict[str, Any]]:
                form = {"grant_type": grant_type, "client_id": world.client_id, "client_secret": world.client_secret, **more}
                async with http.post(world.token_url, data=form) as answer:
                    return answer.status, await answer.json(content_type=None)

            async def use(token: str) -> int:
                url = world.urls["procurement"] + "/api/v1/requisitions"
                async with http.get(url, headers={"Authorization": f"Bearer {token}"}) as answer:
                    return answer.status

            return await steps(ask, use)

    return asyncio.run(run())


def test_each_refresh_brings_the_next_one() -> None:
    """Access token and refresh token are new each time; the access token before is good until it expires."""

    async def steps(ask: Ask, use: Callable[[str], Awaitable[int]]) -> Any:
        first = (await ask("client_credentials", scope="procurement.read"))[1]
        second = (await ask("refresh_token", refresh_token=first["refresh_token"]))[1]
        third = (await ask("refresh_token", refresh_token=second["refresh_token"]))[1]
        grants = (first, second, third)
        return [await use(one["access_token"]) for one in grants], len({one["refresh_token"] for one in grants}), third["scope"]

    assert asked(steps) == ([200, 200, 200], 3, "procurement.read")


def test_a_second_use_ends_all_of_that_sign_in() -> None:
    """And nothing of another one."""

    async def steps(ask: Ask, use: Callable[[str], Awaitable[int]]) -> Any:
        other = (await ask("client_credentials"))[1]
        first = (await ask("client_credentials"))[1]
        second = (await ask("refresh_token", refresh_token=first["refresh_token"]))[1]
        again, problem = await ask("refresh_token", refresh_token=first["refresh_token"])
        late, _ = await ask("refresh_token", refresh_token=second["refresh_token"])
        dead = [await use(one["access_token"]) for one in (first, second)]
        fresh = (await ask("client_credentials"))[1]
        return again, problem["error"], late, dead, [await use(one["access_token"]) for one in (other, fresh)]

    assert asked(steps) == (400, "invalid_grant", 400, [401, 401], [200, 200])


def test_what_nobody_was_given() -> None:
    """A refresh token from nowhere, or none; and a world that has none gives none and takes none."""

    async def strange(ask: Ask, _use: Callable[[str], Awaitable[int]]) -> Any:
        return [(await ask("refresh_token", **form))[1]["error"] for form in ({}, {"refresh_token": "x"})]

    async def usual(ask: Ask, _use: Callable[[str], Awaitable[int]]) -> Any:
        return "refresh_token" in (await ask("client_credentials"))[1], (await ask("refresh_token", refresh_token="x"))[1]["error"]

    assert asked(strange) == ["invalid_grant", "invalid_grant"]
    assert asked(usual, refreshes=False) == (False, "unsupported_grant_type")
