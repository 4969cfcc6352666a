"""The run directory: made, refused, emptied, read; never half written."""

import json
from pathlib import Path

import pytest

from harness.errors import RunUnreadable, UsageError
from harness.plan.model import Plan
from harness.stage.directory import RunDirectory, new_manifest


def a_run(path: Path) -> RunDirectory:
    """A run that has just begun."""
    directory = RunDirectory.create(path)
    directory.write_manifest(new_manifest(run_id="r1", seed=1, scenario={"name": "smoke"}, connector={"name": "x"}, started_at="now"))
    return directory


def test_a_new_run_says_that_it_is_not_finished(tmp_path: Path) -> None:
    """A harness that is killed leaves a true manifest."""
    manifest = a_run(tmp_path / "deep" / "run").read_manifest()
    assert manifest["status"] == "interrupted"
    assert "not finished" in manifest["why"]
    assert manifest["versions"]["python"]


def test_an_older_run_is_emptied_and_nothing_else(tmp_path: Path) -> None:
    """State and verdict of the last run go; a note that somebody put there stays."""
    first = a_run(tmp_path / "run")
    (first.state / "database").write_text("old")
    first.verdict.write_text("{}")
    (first.path / "note.txt").write_text("mine")
    second = a_run(tmp_path / "run")
    assert list(second.state.iterdir()) == []
    assert not second.verdict.exists()
    assert (second.path / "note.txt").read_text() == "mine"


@pytest.mark.parametrize("content", [{"thesis.txt": "x"}, {"manifest.json": "{}"}, {"manifest.json": '{"schema": 1}'}])
def test_a_foreign_directory_is_refused(tmp_path: Path, content: dict[str, str]) -> None:
    """Also one with a manifest.json of another program."""
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match="not empty and is not a run"):
        RunDirectory.create(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(content)


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    """As the directory itself, and as a folder above it."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(UsageError, match="--out"):
            RunDirectory.create(path)


def test_the_current_directory_is_taken_when_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--out .` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    assert RunDirectory.create(Path()).path == tmp_path


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"schema": 2}', "\0"])
def test_unreadable_runs(tmp_path: Path, text: str | None) -> None:
    """Each is refused in words."""
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(RunUnreadable):
        RunDirectory.open(tmp_path)


def test_members_are_changed_one_by_one(tmp_path: Path) -> None:
    """update_manifest keeps the others."""
    directory = a_run(tmp_path / "run")
    directory.update_manifest(status="complete", figures={"n": 1})
    assert directory.read_manifest()["status"] == "complete"
    assert directory.read_manifest()["seed"] == 1
    assert not list(directory.path.glob("*.part"))


def test_plan_is_written_and_read(tmp_path: Path) -> None:
    """plan.json has the schema that readers expect."""
    directory = a_run(tmp_path / "run")
    directory.write_plan(Plan(), {})
    assert directory.read_plan() == {"schema": 1, "waves": [], "experiments": [], "cells": [], "notes": []}
    directory.plan.write_text(json.dumps({"experiments": []}))
    with pytest.raises(RunUnreadable):
        directory.read_plan()
