"""The bench's material is a correct run of the asked size."""

from pathlib import Path

from harness.judge import judge
from harness.judge.synthetic import make_history


def test_made_history_passes_and_has_the_asked_size(tmp_path: Path) -> None:
    """At least as many rows as asked, at most two transactions more; nothing to complain about; made twice, the same."""
    first = judge(make_history(3_000, tmp_path))
    assert 3_000 <= first.figures["events"] < 3_200
    assert (first.verdict, first.experiments["pass"]) == ("pass", first.experiments["total"])
    again = (tmp_path / "history.ndjson").read_bytes()
    assert (make_history(3_000, tmp_path) / "history.ndjson").read_bytes() == again
