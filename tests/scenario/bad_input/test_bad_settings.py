"""Mistakes that are found before anything starts: one message, exit code 3, nothing left behind."""

import json
import os
import socket
from pathlib import Path

import pytest

from tests.scenario.bad_input.command_line import dryclose


def test_unknown_command(tmp_path: Path) -> None:
    """A typo in the command is a usage error."""
    done = dryclose("verfy", cwd=tmp_path)
    assert (done.code, done.out) == (3, "")
    assert "verfy" in done.err


def test_unknown_option_and_bad_value(tmp_path: Path) -> None:
    """click's own usage errors have our exit code."""
    assert dryclose("verify", "--sede", "1", cwd=tmp_path).code == 3
    done = dryclose("verify", "--seed", "one", cwd=tmp_path)
    assert done.code == 3
    assert "'one' is not a valid integer" in done.err


def test_unknown_scenario(tmp_path: Path) -> None:
    """The message guesses and lists."""
    done = dryclose("verify", "--scenario", "standrd", cwd=tmp_path)
    assert done.code == 3
    assert "did you mean 'standard'?" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: mine\nflows: [requisition]\n", "mine.yaml:2: flows: unknown flow 'requisition'; did you mean 'requisition-to-po'?"),
        ("faults:\n  include:\n    - F-A3\n    - F-Z9\n", "mine.yaml:4: faults.include: unknown fault 'F-Z9'"),
        ("name: mine\nvolume: {repeats: [1\n", "mine.yaml:3: this is not valid YAML"),
        ("name: mine\nlimits: {settle: 3}\n", "mine.yaml:2: unknown field 'limits.settle'; did you mean 'settle_s'?"),
        ("connector: ./absent.toml\n", "mine.yaml:1: connector: there is no file './absent.toml'"),
    ],
)
def test_mistakes_in_a_scenario(tmp_path: Path, text: str, message: str) -> None:
    """file:line, what came, what would be valid."""
    (tmp_path / "mine.yaml").write_text(text)
    done = dryclose("verify", "--scenario", "mine.yaml", cwd=tmp_path)
    assert done.code == 3
    assert message in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('command = ["x"\n', "connector.toml:1: this is not valid TOML"),
        ("name = 'x'\n", "connector.toml:1: a connector has a command"),
        ('command = ["x"]\nflow = ["p2p"]\n', "connector.toml:2: unknown field 'flow'; did you mean 'flows'?"),
        ("\0", "this is not valid TOML"),
    ],
)
def test_mistakes_in_a_manifest(tmp_path: Path, text: str, message: str) -> None:
    """In `verify` and in `connector check`."""
    (tmp_path / "connector.toml").write_text(text)
    for command in (("verify", "--connector", "connector.toml"), ("connector", "check", "connector.toml")):
        done = dryclose(*command, cwd=tmp_path)
        assert done.code == 3
        assert message in done.err


def test_absent_manifest(tmp_path: Path) -> None:
    """A wrong path is a usage error that says what was expected."""
    done = dryclose("verify", "--connector", "absent.toml", cwd=tmp_path)
    assert done.code == 3
    assert "absent.toml: there is no such manifest" in done.err


def test_run_directory_that_is_not_ours(tmp_path: Path) -> None:
    """Nobody's files are overwritten."""
    (tmp_path / "thesis.txt").write_text("important")
    done = dryclose("verify", "--scenario", "smoke", "--out", tmp_path, cwd=tmp_path)
    assert done.code == 3
    assert "not empty and is not a run of dryclose" in done.err
    assert (tmp_path / "thesis.txt").read_text() == "important"


def test_run_directory_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in the way, which stops root too."""
    (tmp_path / "file").write_text("")
    for out in ("file", "file/run"):
        done = dryclose("verify", "--scenario", "smoke", "--out", out, cwd=tmp_path)
        assert done.code == 3
        assert "--out" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_run_directory_without_permission(tmp_path: Path) -> None:
    """A folder that an ordinary user may not write."""
    (tmp_path / "locked").mkdir(mode=0o500)
    done = dryclose("verify", "--scenario", "smoke", "--out", "locked/run", cwd=tmp_path)
    assert done.code == 3
    assert "cannot be written" in done.err


def test_ports_in_use(tmp_path: Path) -> None:
    """The port and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        base = min(port, 65530)
        done = dryclose("verify", "--scenario", "smoke", "--port-base", base, "--out", "run", cwd=tmp_path)
    assert done.code == 3
    assert str(port) in done.err


@pytest.mark.parametrize(
    "command", [("judge", "."), ("report", "."), ("replay", ".", "p2p-000001"), ("judge", "absent"), ("replay", "absent", "x")]
)
def test_directories_that_are_not_runs(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Each command that reads a run refuses another directory."""
    done = dryclose(*command, cwd=tmp_path)
    assert done.code == 3
    assert "run directory" in done.err


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 99}', '{"schema": 1}'])
def test_damaged_runs(tmp_path: Path, text: str) -> None:
    """A manifest that is torn, of another program, or without its plan."""
    (tmp_path / "manifest.json").write_text(text)
    for command in (("judge", "."), ("replay", ".", "p2p-000001")):
        assert dryclose(*command, cwd=tmp_path).code == 3


def test_replay_of_an_unknown_transaction(tmp_path: Path) -> None:
    """The run is readable, the transaction is not in it."""
    manifest = {"schema": 1, "run_id": "r1", "seed": 1, "scenario": {"name": "smoke"}, "connector": {"manifest": "absent.toml"}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "plan.json").write_text(json.dumps({"schema": 1, "experiments": [], "cells": []}))
    done = dryclose("replay", ".", "p2p-000001", cwd=tmp_path)
    assert done.code == 3
    assert "p2p-000001" in done.err


def test_closed_output(tmp_path: Path) -> None:
    """`dryclose list faults | head -1` is no error."""
    import subprocess

    from tests.scenario.bad_input.command_line import DRYCLOSE

    done = subprocess.run(f"{DRYCLOSE} list faults | head -1", shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("id")
    assert done.stderr == ""
