"""The report in a real browser, where one is installed: it fits a phone, runs its script, and asks the network for nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest

from reports import write_report
from tests.unit.reports.sample import failing, hostile, write_run

BROWSER = next((found for name in ("chromium", "chromium-browser", "google-chrome", "chrome") if (found := shutil.which(name))), "")
needs_browser = pytest.mark.skipif(not BROWSER, reason="no chromium on this machine")
PROBE = """<script>
addEventListener("load", () => {
  const page = document.getElementById("page");
  const inner = page.contentDocument;
  const wide = inner.documentElement.scrollWidth > page.clientWidth;
  const copy = inner.querySelectorAll(".replay button").length;
  const fetched = page.contentWindow.performance.getEntriesByType("resource").length;
  document.title = `wide=${wide} copy=${copy} fetched=${fetched} hacked=${typeof page.contentWindow.hacked}`;
});
</script>"""


def title_of(folder: Path, report: Path, width: int) -> str:
    """What the probe found out about the report in a frame of this width."""
    probe = folder / "probe.html"
    probe.write_text(f'<!doctype html><iframe id="page" src="{report.as_uri()}" width="{width}" height="900"></iframe>{PROBE}')
    # file:// pages are foreign to each other by default; the probe must look inside the frame
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=4000", "--dump-dom"]
    profile = f"--user-data-dir={folder / 'profile'}"
    shown = subprocess.run([BROWSER, *options, profile, probe.as_uri()], capture_output=True, text=True, timeout=60, check=True)
    return shown.stdout.partition("<title>")[2].partition("</title>")[0]


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("width", [360, 1200])
def test_fits_the_screen_and_asks_for_nothing(tmp_path: Path, width: int) -> None:
    """No sideways scrolling of the page at phone and desk width, the script runs under the policy, nothing is fetched."""
    report = write_report(write_run(tmp_path / "run", failing()))
    title = title_of(tmp_path, report, width)
    assert "wide=false" in title
    assert "copy=0" not in title
    assert "fetched=0" in title


@pytest.mark.slow
@needs_browser
def test_hostile_texts_run_nothing(tmp_path: Path) -> None:
    """Scripts and handlers in names, plans and stories do not run, and do not break the layout of a phone."""
    report = write_report(write_run(tmp_path / "run", failing(say=lambda text: hostile(text).replace("alert(", "window.hacked=("))))
    title = title_of(tmp_path, report, 360)
    assert "hacked=undefined" in title
    assert "wide=false" in title
