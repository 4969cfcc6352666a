"""What a connector says of itself is read with bounds."""

from pathlib import Path

import pytest

from harness.stage import answers


def test_a_file_that_is_not_there_declares_nothing(tmp_path: Path) -> None:
    """Nothing was parked yet."""
    assert answers.said_in(tmp_path / "parked.json") == {"items": []}


def test_what_nests_without_end_is_no_answer() -> None:
    """A decoder would run out of stack."""
    with pytest.raises(ValueError, match="nests without end"):
        answers.decoded(b"[" * 200_000)


def test_a_file_without_an_end_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state folder is the connector's; what it puts there is not trusted to end."""
    monkeypatch.setattr(answers, "ANSWER_MAX", 1000)
    (tmp_path / "parked.json").symlink_to("/dev/zero")
    with pytest.raises(ValueError, match="more than 1,000 bytes"):
        answers.said_in(tmp_path / "parked.json")
