"""What is read out of a history for a load's figures."""

from pathlib import Path

import pytest

from harness.errors import ConnectorError
from harness.judge.synthetic import make_history
from harness.load.facts import read_facts
from tests.shipped import CATALOG


def test_a_history_that_does_not_say_when_the_load_began_is_one_message(tmp_path: Path) -> None:
    """An attached world may have been restarted meanwhile: no traceback, no time axis out of nowhere."""
    run_dir = make_history(2_000, tmp_path)
    with pytest.raises(ConnectorError, match="the history has no row of kind phase for 'load-r2abc'"):
        read_facts(run_dir, CATALOG, {"load-r2abc": 0.0}, "load-r2abc")
