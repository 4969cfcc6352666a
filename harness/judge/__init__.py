"""The judge: SQL invariants over a recorded history, verdicts, coverage. Shares no code with what it judges.

verdict = judge(run_dir)          # never writes
look(run_dir)                     # what is wrong so far, of a run that goes on; no verdict
write_verdict(run_dir, verdict)   # verdict.json
finish_history(run_dir)           # history.parquet beside history.ndjson
explain(run_dir, "p2p-000017")    # the whole timeline of one transaction
"""

from pathlib import Path

from contracts.catalog import load_history
from harness.judge.judging import Look, explain, judge, look
from harness.judge.load import finish_history as _finish
from harness.judge.verdict import Verdict, write_verdict


def finish_history(run_dir: Path) -> Path:
    """Write history.parquet from the whole lines of history.ndjson (which stays) and return its path. Raises RunUnreadable."""
    return _finish(run_dir, load_history())


__all__ = ["Look", "Verdict", "explain", "finish_history", "judge", "look", "write_verdict"]
