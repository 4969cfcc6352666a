"""The live page in a real browser: it comes alive by its link, a click parks traffic, its end drains it, the totals agree."""

import asyncio
from pathlib import Path

import pytest

from tests.browser.chromium import Page, browser, needs_browser
from tests.scenario.demo.playing import Demo, demo
from tests.scenario.running import CAREFUL, left_over

SHOWN = "document.getElementById('live')?.hidden === false"
LOCKED = "document.getElementById('locked')?.hidden === false"
AGREE = "document.getElementById('verdict').dataset.agree === 'true'"
MAINTENANCE = '[data-button="maintenance"]'


def count(stage: str) -> str:
    """The number over a column."""
    return f"Number(document.getElementById('count-{stage}').textContent)"


def cards(stage: str) -> str:
    """How many cards stand in a column."""
    return f"document.getElementById('col-{stage}').children.length"


async def enters(page: Page, play: Demo) -> None:
    """The link opens once and leaves nothing in the address bar."""
    link = play.link()
    await page.go(link)
    await page.until(SHOWN, 10)
    assert "code" not in await page.value("location.href")
    assert await page.value("document.cookie") == ""
    await page.value("window.before = true; location.reload()")
    await page.until(f"!window.before && {SHOWN}", 10)


async def parks_and_drains(page: Page) -> None:
    """ERP maintenance: documents pile up in the connector, nothing is posted; afterwards all of it is."""
    await page.until(f"{count('posted')} > 1 && {AGREE}", 20)
    await page.click(MAINTENANCE)
    await page.until(f"document.querySelector('{MAINTENANCE}').getAttribute('aria-pressed') === 'true'", 5)
    await page.until(f"{count('connector')} >= 4 && {cards('connector')} >= 4", 15)
    assert "maintenance" in await page.value("document.getElementById('banner').innerText")
    assert await page.value(AGREE)
    posted = await page.value(count("posted"))
    await asyncio.sleep(1)
    assert await page.value(count("posted")) == posted
    await page.click(MAINTENANCE)
    await page.until(f"document.getElementById('banner').hidden && {count('posted')} >= {posted} + 4 && {AGREE}", 15)
    await page.until("document.getElementById('story').innerText.includes('healed: ERP maintenance')", 15)


async def throws_by_keyboard(page: Page) -> None:
    """Lost response with the keyboard; the document that met it opens its trace with Enter, and Escape closes it."""
    await page.value("document.querySelector('[data-button=\"lost\"]').focus()")
    await page.key("Enter", 13, "\r")
    await page.until("!!document.querySelector('.badge.healed')", 15)
    await page.value("document.querySelector('.badge.healed').closest('button').focus()")
    await page.key("Enter", 13, "\r")
    await page.until("!document.getElementById('trace').hidden", 5)
    trace = await page.value("document.getElementById('trace').innerText")
    assert "lost response" in trace
    assert "correlation id" in trace
    assert "connector → ERP" in trace
    await page.key("Escape", 27)
    await page.until("document.getElementById('trace').hidden", 5)
    assert await page.value("document.activeElement.classList.contains('card')")


async def fits(page: Page) -> None:
    """No sideways scrolling from phone to projector, in light and dark."""
    for width, height, dark in ((360, 760, False), (820, 1180, True), (1280, 720, False), (1920, 1080, True)):
        await page.screen(width, height, dark=dark)
        await page.until(f"document.documentElement.scrollWidth <= {width}", 5)


@pytest.mark.slow
@needs_browser
def test_the_live_page(tmp_path: Path) -> None:
    """One demo with the reference engine, seen from a browser, to its end."""
    out = tmp_path / "run"

    async def look(play: Demo) -> None:
        async with browser(tmp_path) as page:
            await page.screen(1600, 900)
            await enters(page, play)
            await parks_and_drains(page)
            await throws_by_keyboard(page)
            await fits(page)
            said = await asyncio.to_thread(play.stop)
            assert "the totals agree" in said
            await page.until("!document.getElementById('ending').hidden", 5)
            assert await page.value("document.getElementById('ending').innerText.includes('the totals agree')")
            assert page.complaints == []

    with demo(out, "--speed", "4", "--seed", "5", "--no-surprises") as play:
        asyncio.run(look(play))
    assert left_over(out) == []


@pytest.mark.slow
@needs_browser
def test_without_its_link_the_page_stays_shut(tmp_path: Path) -> None:
    """No code, a wrong code, a used code: the page says what it needs, and the terminal prints a new link."""

    async def look(play: Demo) -> None:
        first = play.link()
        address = first.partition("#")[0]
        async with browser(tmp_path) as page:
            await page.go(address)
            await page.until(LOCKED, 10)
            await page.go(f"{address}?again#code=guessed")
            await page.until(LOCKED, 10)
            await asyncio.to_thread(play.until, "used up")
            assert play.link() != first

    with demo(tmp_path / "run", "--connector", CAREFUL, "--no-surprises") as play:
        asyncio.run(look(play))
        play.stop()
