"""A connector with which no verdict is possible: exit code 2, and the reason in one message."""

from pathlib import Path

from tests.scenario.running import DEAF, DIES, TAKES_AND_FORGETS, connector, document, left_over, run, scenario


def verified(tmp_path: Path, on_event: str) -> tuple[int, str]:
    """Exit code and everything that was said."""
    manifest = connector(tmp_path / "connector", on_event)
    done = run("verify", "--scenario", scenario(tmp_path, "F-A3"), "--connector", manifest, "--out", tmp_path / "run")
    return done.returncode, done.stdout + done.stderr


def test_a_connector_that_never_receives_anything(tmp_path: Path) -> None:
    """It is healthy, but its webhook path is another one."""
    code, said = verified(tmp_path, DEAF)

    assert code == 2, said
    assert "received nothing" in said
    assert "dryclose connector check" in said
    assert document(tmp_path / "run", "manifest.json")["status"] == "failed"
    assert document(tmp_path / "run")["exit_code"] == 2
    assert left_over(tmp_path / "run") == []


def test_a_connector_that_takes_events_and_does_nothing(tmp_path: Path) -> None:
    """Acknowledged, and then nothing: there is no work to be judged."""
    code, said = verified(tmp_path, TAKES_AND_FORGETS)

    assert code == 2, said
    assert "settled nothing" in said
    assert "connector.log" in said


def test_a_connector_that_dies_is_quoted(tmp_path: Path) -> None:
    """The exit code and the last lines of its log."""
    code, said = verified(tmp_path, DIES)

    assert code == 2, said
    assert "exit code 7" in said
    assert "the disk is full, giving up" in said
    assert document(tmp_path / "run", "manifest.json")["status"] == "failed"
    assert left_over(tmp_path / "run") == []
