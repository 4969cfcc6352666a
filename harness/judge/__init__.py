"""The judge: SQL invariants over a recorded history, verdicts, coverage. Shares no code with what it judges.

verdict = judge(run_dir)          # never writes
judge_and_close(run_dir)          # the same, and what reconciliation.json holds
closing_as_of(run_dir, catalog)   # reconciliation.json at any instant of business time
look(run_dir)                     # what is wrong so far, of a run that goes on; no verdict
write_verdict(run_dir, verdict)   # verdict.json
write_closing(run_dir, document)  # reconciliation.json
finish_history(run_dir)           # history.parquet beside history.ndjson
explain(run_dir, "p2p-000017")    # the whole timeline of one transaction
"""

from pathlib import Path

from contracts.catalog import load_history
from harness.judge.closing import as_of as closing_as_of
from harness.judge.closing import write_closing
from harness.judge.judging import Look, explain, judge, judge_and_close, look
from harness.judge.load import finish_history as _finish
from harness.judge.verdict import Verdict, write_verdict


def finish_history(run_dir: Path) -> Path:
    """Write history.parquet from the whole lines of history.ndjson (which stays) and return its path. Raises RunUnreadable."""
    return _finish(run_dir, load_history())


__all__ = [
    "Look",
    "Verdict",
    "closing_as_of",
    "explain",
    "finish_history",
    "judge",
    "judge_and_close",
    "look",
    "write_closing",
    "write_verdict",
]
