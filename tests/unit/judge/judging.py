"""The judge of these tests: the catalogue that ships is read once, not once for each history."""

from pathlib import Path

from harness.judge import Verdict
from harness.judge import judge as judge_with
from tests.shipped import CATALOG


def judge(run_dir: Path) -> Verdict:
    """As a run is judged."""
    return judge_with(run_dir, CATALOG)
