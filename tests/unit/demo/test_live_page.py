"""The page itself: self-contained, escaped, under a policy that allows its own style and script and nothing else."""

import base64
import hashlib
import re
from pathlib import Path

from reports.live import Link, LiveFacts, render_live
from reports.live.page import BUTTONS, COLUMNS
from reports.templating import LIVE_TEMPLATES

HOSTILE = "<script>alert(1)</script>\"' onload=x \u202e"


def page(text: str = "engine") -> tuple[str, str]:
    """The page of a connector with this name."""
    return render_live(LiveFacts(text, "rabcd", 7, (Link("ERP", "http://127.0.0.1:1/docs"),)))


def test_names_are_escaped() -> None:
    """A connector may be called anything."""
    html, _ = page(HOSTILE)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
    assert "\u202e" not in html


def test_the_policy_allows_exactly_the_inline_style_and_script() -> None:
    """By digest; connections go to the page's own port; nobody may frame it."""
    html, policy = page()
    for tag in ("style", "script"):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}" in policy
    assert policy.startswith("default-src 'none'")
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_nothing_is_fetched_from_anywhere() -> None:
    """No address but the links that were given; no attribute that would need a looser policy."""
    html, _ = page()
    assert set(re.findall(r"https?://[^\s\"'<)]+", html)) == {"http://127.0.0.1:1/docs"}
    assert re.findall(r"<[^>]+\s(?:style|on\w+)=", html) == []


def test_the_script_writes_texts_only() -> None:
    """What comes over the line is never taken for markup."""
    script = (LIVE_TEMPLATES / "live.js").read_text("utf-8")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script) == []


def test_everything_that_the_script_looks_for_is_there() -> None:
    """Ids of the template and of the script belong together; every column and button has its place."""
    html, _ = page()
    ids = set(re.findall(r'id="([^"]+)"', html))
    script = Path(LIVE_TEMPLATES / "live.js").read_text("utf-8")
    assert set(re.findall(r'\$\("([^"]+)"\)', script)) <= ids
    assert {f"col-{column.stage}" for column in COLUMNS} | {f"count-{column.stage}" for column in COLUMNS} <= ids
    assert [f'data-button="{button.name}"' in html for button in BUTTONS] == [True] * len(BUTTONS)
