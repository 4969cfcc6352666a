"""A real browser for tests: the machine's chromium, driven over its DevTools protocol. Nothing is downloaded, nothing is installed."""

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

BROWSER = next((found for name in ("chromium", "chromium-browser", "google-chrome", "chrome") if (found := shutil.which(name))), "")
needs_browser = pytest.mark.skipif(not BROWSER, reason="no chromium on this machine")
START_S = 30.0
LOOK_S = 0.05
CALL_S = 20.0


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.complaints: list[str] = []  # exceptions, errors on the console, breaches of the policy
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            elif told["method"] == "Runtime.exceptionThrown":
                self.complaints.append(str(told["params"]["exceptionDetails"]))
            elif told["method"] == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
                self.complaints.append(str(told["params"]["entry"].get("text")))

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        told = await asyncio.wait_for(answer, CALL_S)
        if "error" in told:
            raise AssertionError(f"{method}: {told['error']}")
        result: dict[str, Any] = told["result"]
        return result

    async def go(self, url: str) -> None:
        """Open an address, and wait until it is there."""
        await self.call("Page.navigate", url=url)
        await self.until("location.href !== 'about:blank' && document.readyState === 'complete'", CALL_S)

    async def value(self, script: str) -> Any:
        """What an expression is worth in the page."""
        told = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise AssertionError(f"{script}: {told['exceptionDetails']}")
        return told["result"].get("value")

    async def until(self, script: str, limit_s: float) -> Any:
        """Wait until an expression is true in the page; its value."""
        ends = asyncio.get_running_loop().time() + limit_s
        while not (found := await self.value(script)):
            if asyncio.get_running_loop().time() > ends:
                text = await self.value("document.body.innerText")
                raise AssertionError(f"not within {limit_s} s: {script}\n{self.complaints}\n{text[:2000]}")
            await asyncio.sleep(0.05)
        return found

    async def click(self, selector: str) -> None:
        """A click with the mouse, in the middle of an element."""
        await self.value(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        box = await self.value(
            f"(() => {{ const r = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    async def key(self, key: str, code: int, text: str = "") -> None:
        """A key is pressed and let go."""
        for kind in ("keyDown", "keyUp"):
            words = {"text": text} if text and kind == "keyDown" else {}
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **words)

    async def screen(self, width: int, height: int, *, dark: bool = False, mobile: bool = False) -> None:
        """The size of the window, and what the machine prefers."""
        await self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        scheme = "dark" if dark else "light"
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def picture(self, file: Path, *, whole: bool = False) -> None:
        """A screenshot as PNG; whole: beyond the window's edge."""
        told = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        save(file, base64.b64decode(told["data"]))


@contextlib.asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    """A headless browser with one tab, whose profile lies in this folder; gone at the end."""
    profile = folder / "profile"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    process = await asyncio.create_subprocess_exec(
        BROWSER, *options, "about:blank", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        port = await debugging_port(profile / "DevToolsActivePort")
        async with aiohttp.ClientSession(trust_env=False) as client:
            async with client.get(f"http://127.0.0.1:{port}/json/list") as answer:
                tab = next(one for one in await answer.json(content_type=None) if one["type"] == "page")
            async with client.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Page", "Runtime", "Log"):
                    await page.call(f"{domain}.enable")
                yield page
    finally:
        process.terminate()
        await process.wait()


async def debugging_port(file: Path) -> int:
    """The port that the browser chose; it writes it down when it is ready."""
    for _ in range(round(START_S / LOOK_S)):
        port = written_port(file)
        if port is not None:
            return port
        await asyncio.sleep(LOOK_S)
    raise AssertionError(f"{BROWSER} did not start within {START_S} s")


def written_port(file: Path) -> int | None:
    """The first line of the browser's note, when all of it is there."""
    lines = file.read_text().splitlines() if file.exists() else []
    return int(lines[0]) if len(lines) > 1 else None


def save(file: Path, content: bytes) -> None:
    """Write a file."""
    file.write_bytes(content)
