"""Run directory in, pages and files for people and CI out. Verdicts are computed once by the judge and only shown here.

`write_report`, `write_junit`, `write_ctrf` take a run directory and write one file into it; `summary_text` takes a verdict.
All of them also accept a run that is incomplete: interrupted, without verdict.json, or with a torn file.
"""

from reports.closing import closing_text
from reports.ctrf import write_ctrf
from reports.junit import write_junit
from reports.load import load_summary
from reports.page import write_report
from reports.reading import ReportError
from reports.summary import summary_text

__all__ = ["ReportError", "closing_text", "load_summary", "summary_text", "write_ctrf", "write_junit", "write_report"]
