"""The command line inside one process: exit codes, one message, lists that name everything."""

import errno
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import duckdb
import pytest

from harness import canary
from harness import commands as cli
from harness.crash import crash_message
from harness.doctor import Finding, findings_text
from harness.errors import ConnectorError, DrycloseError, InternalError, MachineError, NoRoom, RunUnreadable, UsageError, did_you_mean
from harness.judge.invariants import load_invariants
from harness.scenario import Expect, scenario_names
from harness.shortage import shortage
from harness.stage.options import VerifyOptions
from tests.shipped import CATALOG
from tests.unit.judge.guest_builder import stored
from tests.unit.judge.history_builder import clean_run


@pytest.mark.parametrize(
    ("what", "ids"),
    [
        ("flows", [point.id for flow in CATALOG.flows.values() for point in flow.call_points]),
        ("faults", [*CATALOG.faults, *(fault.name for fault in CATALOG.faults.values())]),
        ("invariants", [invariant.id for invariant in load_invariants()]),
        ("scenarios", scenario_names()),
    ],
)
def test_lists_name_everything(what: str, ids: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a report or a message names can be looked up."""
    assert cli.run(["list", what]) == 0
    words = set(capsys.readouterr().out.split())
    assert set(ids) <= words


@pytest.mark.parametrize(
    "command", ["", "verify", "up", "judge", "replay", "report", "connector", "connector check", "list", "list flows", "doctor"]
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Help is for people: a sentence, not only options."""
    assert cli.run([*command.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Usage: dryclose")
    assert len(text.split("\n\n")[1].strip()) > 20


@pytest.mark.parametrize(
    ("error", "code"),
    [(UsageError("a"), 3), (RunUnreadable("a"), 3), (ConnectorError("a"), 2), (InternalError("a"), 4), (click.Abort(), 130)],
)
def test_errors_have_their_exit_code(error: Exception, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """One message on standard error, nothing on standard output."""
    assert raising(error) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("dryclose: ")
    assert not isinstance(error, DrycloseError) or shown.err == "dryclose: a\n"


def raising(error: BaseException) -> int:
    """The exit code of a command that raises this."""

    @cli.cli.command(name="raise-for-a-test")
    def command() -> None:
        """Raise."""
        raise error

    try:
        return cli.run(["raise-for-a-test"])
    finally:
        cli.cli.commands.pop("raise-for-a-test")


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    """Also outside a run."""
    assert raising(KeyboardInterrupt()) == 130
    assert "interrupted" in capsys.readouterr().err


def test_mistake_of_dryclose_leaves_the_details_in_a_file(tmp_path: Path) -> None:
    """The terminal gets two lines, the run directory the traceback."""
    error = ValueError("secret of the machine")
    error.run_directory = tmp_path  # type: ignore[attr-defined]
    message = crash_message(error, ["verify"])
    assert message.count("\n") == 1
    assert str(tmp_path / "crash.txt") in message
    assert "ValueError" in (tmp_path / "crash.txt").read_text()


def test_details_never_land_in_the_folder_of_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a run directory they go among the temporary files."""
    temporary, here = tmp_path / "temporary", tmp_path / "here"
    for folder in (temporary, here):
        folder.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    message = crash_message(ValueError("secret of the machine"), ["report"])
    assert list(here.iterdir()) == []
    (written,) = temporary.iterdir()
    assert str(written) in message


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (MemoryError(), MachineError, 3),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), MachineError, 3),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to pin"), MachineError, 3),
        (RuntimeError("can't start new thread"), MachineError, 3),
        (OSError(errno.ENOSPC, "No space left on device", "history.ndjson"), NoRoom, 2),
        (duckdb.IOException("IO Error: Could not write: No space left on device"), NoRoom, 2),
        (ExceptionGroup("several", [ValueError(), MemoryError()]), MachineError, 3),
    ],
)
def test_a_shortage_is_no_mistake_of_dryclose(error: Exception, kind: type[DrycloseError], code: int) -> None:
    """Whatever it is wrapped in."""
    outer = InternalError("outcomes.sql")
    outer.__cause__ = error
    for one in (error, outer):
        found = shortage(one)
        assert isinstance(found, kind)
        assert found.exit_code == code
    assert shortage(ValueError("wrong")) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of the address space")
@pytest.mark.parametrize("command", [["verify", "--scenario", "smoke", "--out", "new"], ["judge", "run"]])
def test_too_little_address_space_is_said(command: list[str], tmp_path: Path) -> None:
    """Before a native library ends the process without a word: nothing is started, and no verdict is written."""
    stored(clean_run(), tmp_path / "run")
    before = sorted(tmp_path.rglob("*"))
    program = "import resource as r, sys; r.setrlimit(r.RLIMIT_AS, (800 << 20, 800 << 20)); from harness.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    assert "too little of memory: each process may have 800 MiB" in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "hint"), [("standrd", "did you mean 'standard'? Valid are: smoke, standard"), ("zzz", "Valid are: smoke, standard")]
)
def test_names_are_guessed(name: str, hint: str) -> None:
    """Only when one is near."""
    assert did_you_mean(name, ["standard", "smoke"]) == hint


def test_no_choices_are_named() -> None:
    """An empty list reads as a sentence."""
    assert did_you_mean("x", []) == "Valid are: none"


def run_canary(folder: Path, code: int, violated: list[str]) -> tuple[int, str]:
    """A canary that must end with 1 and C01, when its run ends like this."""
    said: list[str] = []

    def run(options: VerifyOptions) -> int:
        assert options.out is not None
        options.out.mkdir(parents=True, exist_ok=True)
        rows = [{"id": name, "status": "violated"} for name in violated] + [{"id": "C08", "status": "ok"}]
        (options.out / "verdict.json").write_text(json.dumps({"invariants": rows}))
        return code

    options = VerifyOptions(scenario="canary-duplicate", out=folder / "run")
    return canary.run_canary(options, Expect(1, ("C01",)), run, said.append), "".join(said)


def test_canary_that_is_caught_ends_like_its_run(tmp_path: Path) -> None:
    """A bad connector is a violation, also when it is bad on purpose."""
    code, said = run_canary(tmp_path, 1, ["C01", "D01"])
    assert code == 1
    assert "CANARY CAUGHT" in said


@pytest.mark.parametrize(("code", "violated"), [(0, []), (1, ["D01"]), (2, ["C01"])])
def test_canary_that_is_missed_is_a_mistake_of_dryclose(tmp_path: Path, code: int, violated: list[str]) -> None:
    """Not seeing the bug, or seeing another one, is exit code 4."""
    ended, said = run_canary(tmp_path, code, violated)
    assert ended == 4
    assert "CANARY MISSED" in said


@pytest.mark.parametrize("code", [3, 130])
def test_canary_that_did_not_run_is_not_judged(tmp_path: Path, code: int) -> None:
    """Ctrl-C and bad settings keep their exit code."""
    assert run_canary(tmp_path, code, []) == (code, "")


def test_doctor_says_what_to_do() -> None:
    """A bad finding is followed by its advice, a good one is not."""
    text = findings_text([Finding(True, "Python 3.11", "install it"), Finding(False, "no ports", "free some")])
    assert text.splitlines()[:3] == ["ok    Python 3.11", "BAD   no ports", "      -> free some"]
    assert "1 thing(s) to repair" in text
