"""`dryclose demo` as people start it: it plays, tells, ends clean, and gives nothing away."""

import json
import socket
from pathlib import Path

import pytest

from tests.scenario.demo.playing import LINK, demo
from tests.scenario.running import CAREFUL, NAIVE, left_over, run


@pytest.mark.slow
def test_it_plays_until_ctrl_c_and_draws_the_sum(tmp_path: Path) -> None:
    """Documents of both flows arrive, faults heal, the totals agree; no process is left, and no code stands in what is kept."""
    out = tmp_path / "run"
    with demo(out, "--connector", CAREFUL, "--speed", "5", "--seed", "3") as play:
        code = play.link().partition("code=")[2]
        play.until("/docs")
        play.until("purchase order")
        play.until(lambda text: "AP invoice" in text or "journal entry" in text)
        play.until("healed:")
        said = play.stop()
    assert "the totals agree" in said
    assert "DOES NOT AGREE" not in said
    assert left_over(out) == []
    kept = [path.read_text("utf-8", errors="replace") for path in out.rglob("*") if path.is_file()]
    assert [text for text in kept if code in text] == []
    assert json.loads((out / "manifest.json").read_text())["status"] == "complete"


@pytest.mark.slow
def test_a_connector_that_books_twice_is_caught_on_stage(tmp_path: Path) -> None:
    """The naive connector meets a lost response: an alarm names both documents, and the sum says so."""
    with demo(tmp_path / "run", "--connector", NAIVE, "--speed", "5", "--seed", "7", "--no-browser-hint") as play:
        play.until("BOOKED MORE THAN ONCE")
        play.until("DOES NOT AGREE")
        said = play.stop()
    assert "THE TOTALS DO NOT AGREE" in said
    assert LINK.findall(said) == []


def test_bad_input_is_one_message(tmp_path: Path) -> None:
    """Exit code 3, and what would be right; never a traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for arguments, says in (
            (("--speed", "0"), "speed"),
            (("--speed", "fast"), "speed"),
            (("--connector", tmp_path / "none.toml"), "there is no such manifest"),
            (("--port-base", port, "--connector", CAREFUL, "--out", tmp_path / "run"), str(port)),
        ):
            result = run("demo", *arguments, timeout_s=30)
            assert result.returncode == 3, (arguments, result)
            assert says in result.stderr
            assert "Traceback" not in result.stdout + result.stderr
