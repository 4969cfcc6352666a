"""`dryclose load --attach URL`: load for a world and a connector that run already (`dryclose up`, `dryclose up --env`).

Everything goes over the world's control port. Its history is copied while it grows, from the moment of attaching on, so that the run
directory of the load is judged like any other; nothing else should happen in that world meanwhile.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from harness.addresses import is_loopback
from harness.errors import ConnectorError, UsageError
from harness.load.documents import PlannedDocument
from harness.load.generator import Target
from harness.load.meter import Grid

TOKEN, SECRET = "DRYCLOSE_CONTROL_TOKEN", "DRYCLOSE_PEOPLE_SECRET"
MAINTENANCE = "F-B5"
PAGE = 5000
PUMP_S = 0.4
PROBE_S = 0.1
CALL_S = 10.0


def loopback(url: str, said: str = "--attach") -> str:
    """The address without a trailing slash. Raises UsageError for any host but this machine: load is sent to nobody else. said: by whom."""
    try:
        parts = urlsplit(url)
        host, valid = parts.hostname or "", parts.scheme == "http" and parts.port is not None
    except ValueError:
        host, valid = "", False
    if not valid:
        raise UsageError(f"{said} {url}: expected an address such as http://127.0.0.1:8004")
    if not is_loopback(host):
        raise UsageError(f"{said} {url}: {host} is not this machine; load is only sent to loopback addresses (127.0.0.1, ::1, localhost)")
    return url.rstrip("/")


@dataclass(slots=True)
class AttachedGround:
    """A world in another process."""

    http: aiohttp.ClientSession
    control: str
    copy: Path
    people: Mapping[str, Any]
    secret: str
    seq: int = 0
    lags: list[tuple[float, float]] = field(default_factory=list)
    last_line: bytes = b""
    _copying: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def hosted(self) -> bool:
        """Somebody else's."""
        return False

    @property
    def target(self) -> Target:
        """Where people work, and as whom."""
        return Target(dict(self.people["urls"]), self.people["token_url"], self.people["client_id"], self.secret)

    @property
    def history(self) -> Path:
        """Our copy."""
        return self.copy

    async def admit(self, wave: str) -> None:
        """Documents of this wave join the run."""
        self.copy.touch()
        await self.post("/phases", {"name": wave, "joins": True, "begin": False})

    async def begin(self, wave: str) -> None:
        """The phase carries the wave's name."""
        await self.post("/phases", {"name": wave})

    async def window(self, system: str, *, on: bool) -> None:
        """503 with Retry-After for everybody."""
        await self.post("/windows", {"fault_id": MAINTENANCE, "system": system, "on": on})

    async def refresh(self, joined: dict[str, str], documents: dict[str, PlannedDocument]) -> None:
        """The world keeps its books itself."""

    def pids(self) -> dict[str, int | None]:
        """Nobody of them is ours."""
        return {}

    async def quiet(self, state: str, reason: str) -> None:
        """How the waiting ended."""
        await self.post("/quiet", {"state": state, "reason": reason})

    async def final_views(self) -> None:
        """The world reads its documents into the history; then the copy is made whole."""
        await self.post("/phases", {"name": "final"})
        await self.post("/final-views", None)
        await self.pump()

    async def post(self, path: str, body: Any) -> Any:
        """One operation of the control port."""
        return await call(self.http, "POST", self.control + path, body, known=True)

    # --- the copy of the history

    async def pump(self) -> None:
        """Take over what is new. Raises ConnectorError. Two at once would both take the rows after the same number."""
        async with self._copying:
            while await self._page():
                pass

    async def _page(self) -> bool:
        """Whether there may be more."""
        data = await self._rows()
        lines = data.splitlines()
        if not lines:
            return False
        seq = _seq(lines[-1])
        with self.copy.open("ab") as file:
            file.write(self._opening(lines[0]) + data)
        self.last_line, self.seq = lines[-1], seq
        return len(lines) >= PAGE

    def _opening(self, first: bytes) -> bytes:
        """The copy begins as a history begins, also where the world has been running for a while."""
        if self.last_line or not self.seq:
            return b""
        kept = {name: json.loads(first).get(name) for name in ("run_id", "t_mono_ns", "t_wall", "t_biz", "phase")}
        detail = json.dumps({"attached_after": self.seq})
        return json.dumps({**kept, "seq": self.seq, "kind": "run_start", "node": "harness", "detail": detail}).encode() + b"\n"

    async def _rows(self) -> bytes:
        url = f"{self.control}/history?after={self.seq}&limit={PAGE}"
        try:
            async with self.http.get(url, allow_redirects=False) as answer:
                status, data = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ConnectorError(f"the attached world stopped answering: GET {url}: {error or type(error).__name__}") from None
        if status != 200:
            raise ConnectorError(f"the attached world does not tell its history: GET {url} answered {status}")
        return data

    def close_copy(self) -> None:
        """The copy is complete up to here: it ends as a history ends."""
        last = json.loads(self.last_line) if self.last_line else {}
        kept = {name: last.get(name) for name in ("run_id", "t_mono_ns", "t_wall", "t_biz", "phase")}
        row = {**kept, "seq": self.seq + 1, "kind": "run_end", "node": "harness"}
        with self.copy.open("ab") as file:
            file.write(json.dumps(row).encode() + b"\n")

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Copy, and measure how long the world takes to answer anything at all."""
        tasks = [asyncio.create_task(self._pumping()), asyncio.create_task(self._probing())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for failure in ended:
            if isinstance(failure, Exception):
                raise failure

    async def _pumping(self) -> None:
        while True:
            # A world under load may miss an answer; nothing is lost, and the copy that must be whole is the last one, after the load.
            with contextlib.suppress(ConnectorError):
                await self.pump()
            await asyncio.sleep(PUMP_S)

    async def _probing(self) -> None:
        """A probe that gets no answer stays due, so that the silence counts from its beginning to its end."""
        ticks = Grid(PROBE_S)
        try:
            while True:
                await asyncio.sleep(max(0.0, ticks.due - monotonic()))
                if await self._answers():
                    self.lags += ticks.passed(monotonic())
                else:
                    await asyncio.sleep(PROBE_S)
        finally:
            self.lags += ticks.passed(monotonic())

    async def _answers(self) -> bool:
        """Anything at all."""
        try:
            async with self.http.get(f"{self.control}/health", allow_redirects=False) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Door:
    """How to get in: the control port, connectors that must be alive, and the secrets."""

    control: str
    connectors: tuple[str, ...]
    token: str
    secret: str


def door(urls: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> Door:
    """The first address is the world's control port, further ones are connectors. Raises UsageError."""
    control, *others = [loopback(url) for url in urls]
    token, secret = environment.get(TOKEN), environment.get(SECRET)
    if not token or not secret:
        raise UsageError(f"--attach needs {TOKEN} and {SECRET} in the environment; `dryclose up --env` prints them for its world")
    return Door(control, tuple(others), token, secret)


@asynccontextmanager
async def attached(way: Door, copy: Path) -> AsyncIterator[AttachedGround]:
    """The world behind the door; its history is copied to `copy`. Raises UsageError when nobody is there."""
    timeout = aiohttp.ClientTimeout(total=CALL_S)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {way.token}"}, timeout=timeout, trust_env=False) as http:
        for url in way.connectors:
            await _alive(http, url)
        people = people_of(await call(http, "GET", f"{way.control}/people", None), f"{way.control}/people says")
        world = await call(http, "GET", f"{way.control}/seed", None)
        if not isinstance(world, dict) or not isinstance(world.get("seq"), int):
            raise UsageError(f"{way.control}/seed: expected the seed and the last row's number of a world")
        yield AttachedGround(http, way.control, copy, people, way.secret, seq=world["seq"])


def people_of(answer: Any, said: str) -> Mapping[str, Any]:
    """Where people work. Raises UsageError: what goes there is load and the people's secret, and an answer may name any address."""
    found = answer if isinstance(answer, dict) else {}
    urls, token_url = found.get("urls"), found.get("token_url")
    wanted = {"run_id": str, "seed": int, "urls": dict, "client_id": str}
    if not isinstance(urls, dict) or not all(isinstance(found.get(name), kind) for name, kind in wanted.items()):
        raise UsageError(f"{said}: expected run_id, seed, urls, token_url and client_id of a world")
    for url in (*urls.values(), token_url):
        loopback(str(url), said)
    return found


def _seq(line: bytes) -> int:
    """The number of a row of the history."""
    try:
        return int(json.loads(line)["seq"])
    except (ValueError, KeyError, TypeError):
        raise ConnectorError("the attached world's history is not one: a row has no seq") from None


async def call(http: aiohttp.ClientSession, method: str, url: str, body: Any, *, known: bool = False) -> Any:
    """One operation of the control port. Raises UsageError when there is no control port, ConnectorError when it stops answering.
    known: it answered before."""
    try:
        async with http.request(method, url, json=body, allow_redirects=False) as answer:
            text = await answer.text()
            if answer.status in {401, 404}:
                raise UsageError(f"{method} {url} answered {answer.status}: expected the control port of a world whose token is {TOKEN}")
            answer.raise_for_status()
            return json.loads(text)
    except (aiohttp.ClientConnectorError, ValueError) as error:
        if known:
            raise ConnectorError(f"the attached world is gone: {method} {url}: {error or type(error).__name__}") from None
        raise UsageError(f"{url}: there is no control port of a world; start one with `dryclose up --env`") from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ConnectorError(f"the attached world stopped answering: {method} {url}: {error or type(error).__name__}") from None


async def _alive(http: aiohttp.ClientSession, url: str) -> None:
    try:
        async with http.get(f"{url}/health", headers={"Authorization": ""}, allow_redirects=False) as answer:
            status = str(answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        status = str(error) or type(error).__name__
    if status != "200":
        raise UsageError(f"--attach {url}: GET {url}/health: {status}; expected 200 from the connector that is to be loaded")
