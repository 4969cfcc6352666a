"""What is no mistake of anybody's settings: a reader that goes away, a disk that is full, a machine without memory."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenario.bad_input.command_line import DRYCLOSE
from tests.scenario.running import CAREFUL, SMALL

FULL = Path("/dev/full")
HISTORY_BYTES = 60_000


def in_a_shell(line: str, folder: Path) -> int:
    """The exit code of `dryclose` in a line of bash that leaves it in $code."""
    script = f"{line}\nexit $code"
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode


@pytest.mark.parametrize("reader", ["| true", "| head -1", "2> >(exec true)", ">&-", "2>&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize(("command", "code"), [("list faults", 0), ("report nowhere", 3), ("verify --scenario nowhere", 3)])
def test_a_reader_that_goes_away_changes_no_exit_code(tmp_path: Path, command: str, code: int, reader: str) -> None:
    """Whoever has seen enough decides nothing."""
    assert in_a_shell(f"{DRYCLOSE} {command} {reader}; code=${{PIPESTATUS[0]}}", tmp_path) == code


@pytest.mark.skipif(not FULL.exists(), reason="a system without /dev/full")
def test_what_a_full_disk_did_not_take_is_told(tmp_path: Path) -> None:
    """The list that was asked for is not there: 2. Nothing but the message is lost: the code stays."""
    assert in_a_shell(f"{DRYCLOSE} list faults > {FULL}; code=$?", tmp_path) == 2
    assert in_a_shell(f"{DRYCLOSE} list faults > {FULL} 2> {FULL}; code=$?", tmp_path) == 2
    assert in_a_shell(f"{DRYCLOSE} report nowhere 2> {FULL}; code=$?", tmp_path) == 3


def test_a_full_disk_ends_the_run_and_leaves_whole_rows(tmp_path: Path) -> None:
    """No file of dryclose may grow beyond the limit, as on a disk without room; the connector is not held to it."""
    (tmp_path / "small.yaml").write_text(SMALL.replace("FAULTS", "F-B1"))
    manifest = CAREFUL.read_text().replace(
        '["{python}", "careful.py"', f'["sh", "-c", "ulimit -S -f unlimited; exec {sys.executable} careful.py"'
    )
    assert "ulimit" in manifest
    own = tmp_path / "own"
    own.mkdir()
    for source in CAREFUL.parent.glob("*.py"):
        (own / source.name).symlink_to(source)
    (own / "connector.toml").write_text(manifest)
    limits = (HISTORY_BYTES, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    done = subprocess.run(
        [DRYCLOSE, "verify", "--scenario", "small.yaml", "--connector", own / "connector.toml", "--out", "run"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
    )
    assert done.returncode == 2, done.stderr
    assert "the history cannot be written any more: File too large" in done.stderr
    rows = [json.loads(line) for line in (tmp_path / "run" / "history.ndjson").read_text().splitlines()]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["status"] == "failed"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own", "run", "small.yaml"]


@pytest.mark.parametrize(
    "command",
    [
        ("verify", "--scenario", "FILE"),
        ("verify", "--connector", "FILE"),
        ("connector", "check", "FILE"),
        ("load", "--profile", "FILE"),
        ("contracts", "verify", "--pact", "FILE"),
        ("contracts", "diff", "FILE", "FILE"),
    ],
)
@pytest.mark.parametrize("what", ["endless", "nested"])
def test_a_file_without_an_end(tmp_path: Path, command: tuple[str, ...], what: str) -> None:
    """A device that never ends, a hundred thousand brackets: one line, code 3, in seconds, within a bounded memory."""
    (tmp_path / "nested.yaml").write_text("[" * 100_000)
    file = "/dev/zero" if what == "endless" else "nested.yaml"
    done = subprocess.run(
        [DRYCLOSE, *(file if word == "FILE" else word for word in command)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,  # a machine that is busy with other tests
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)),
    )
    assert done.returncode == 3, done.stderr
    assert file in done.stderr
    assert "mistake of dryclose" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["nested.yaml"]
