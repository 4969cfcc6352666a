"""What people see of a load: the summary in the terminal and the section of the page, also of a damaged load.json."""

import copy
import json
from pathlib import Path
from typing import Any

from reports import load_summary, write_report
from reports.load_curves import curves, nice

SPREAD = {"count": 40, "p50": 20.5, "p95": 1105.6, "p99": 1133.9, "max": 1133.9}
LOAD: dict[str, Any] = {
    "schema": 1,
    "run_id": "r2abc",
    "seed": 3,
    "connector": "mine",
    "verdict": "fail",
    "exit_code": 1,
    "reasons": ["limit missed: p95 requisition-to-po: 1105.6 ms, limit 900 ms, since second 12"],
    "judge": {"verdict": "pass", "exit_code": 0},
    "profile": {"name": "month-end", "title": "the last <working> day"},
    "limits": [{"name": "p95 requisition-to-po", "limit": 900, "value": 1105.6, "unit": "ms", "ok": False, "since_s": 12.0}],
    "rates": {
        "documents": {"offered": 40, "begun": 40, "approved": 40, "confirmed": 39},
        "offered_per_s": 8.21,
        "achieved_per_s": 8.2,
        "confirmed_per_s": 6.0,
        "peak_offered_per_s": 14,
        "peak_achieved_per_s": 13,
        "peak_confirmed_per_s": 11,
    },
    "latency": {"requisition-to-po": {**SPREAD, "unconfirmed": 1, "calm": SPREAD}},
    "people": {"procurement.requisition.create": {**SPREAD, "errors": 1, "codes": {"<b>": 1}}},
    "connector_calls": {"erp.po.create": {**SPREAD, "calls": 41, "errors": 1, "statuses": {"429": 1}}},
    "throttling": {"limit_per_s": 150, "answers": 3, "came_again": 2, "too_early": 1, "waited_ms": SPREAD, "by_call_point": {}},
    "maintenance": {"system": "erp", "begins_s": 2.0, "ends_s": 3.0, "backlog_before": 1, "backlog_at_end": 8, "drain_s": None},
    "series": {"offered": [3, 4, 5, 1], "approved": [2, 4, 5, 2], "confirmed": [2, 3, 0, 8], "backlog": [0, 1, 6, 0]},
    "cpu": {"world": {"mean": 0.2, "max": 0.4}},
    "saturation": {"generator_lag_ms": {"p99": 3.0, "max": 9.0, "limit": 250}},
}
VERDICT = {"verdict": "pass", "exit_code": 0, "experiments": {"total": 40}}


def page(folder: Path, load: Any) -> str:
    """The page of a run directory with this load.json."""
    (folder / "manifest.json").write_text(json.dumps({"schema": 1, "run_id": "r2abc", "status": "complete"}))
    (folder / "verdict.json").write_text(json.dumps(VERDICT))
    (folder / "load.json").write_text(load if isinstance(load, str) else json.dumps(load))
    return write_report(folder).read_text()


def test_the_summary_says_what_came_of_it() -> None:
    """Rates side by side, the missed limit with its second, the state of the books, the exit code."""
    text = load_summary(LOAD, VERDICT)
    assert text.startswith("FAIL  month-end: 40 documents offered, 39 confirmed")
    assert "offered 8.21 documents a second, achieved 8.2; most in one second 14 / 13" in text
    assert "since second 12" in text
    assert "0 of 1 held" in text
    assert "every document was posted exactly once" in text
    assert "3 calls turned away with 429; 2 calls came again, 1 of them before Retry-After was over" in " ".join(text.split())
    assert text.endswith("exit code   1: a limit of the profile was missed, or a document was not handled right")


def test_the_page_shows_the_load_before_the_verdict(tmp_path: Path) -> None:
    """A load that fails is not hidden behind a judge that passes; what came from outside is escaped."""
    text = page(tmp_path, LOAD)
    assert text.index("Load: Fail") < text.index("Pass</p>")
    assert 'class="curve backlog"' in text
    assert "second 12" in text
    assert "&lt;working&gt;" in text
    assert "<working>" not in text
    assert "they were not all worked off" in text
    assert "style=" not in text.partition("</style>")[2]  # the page's own policy forbids it


def test_what_was_not_tested_is_neither_held_nor_missed(tmp_path: Path) -> None:
    """In the summary and on the page; a maintenance that nobody met drained nothing."""
    untested = {"name": "p95 expense-to-posting", "limit": 900, "value": None, "unit": "ms", "ok": None, "since_s": None}
    window = {**LOAD["maintenance"], "backlog_at_end": 0}
    load = {**LOAD, "limits": [*LOAD["limits"], untested], "maintenance": window}
    assert "0 of 2 held, 1 not tested" in load_summary(load, VERDICT)
    assert "0 when it ended; so nothing was drained" in " ".join(load_summary(load, VERDICT).split())
    assert '<span class="tag ">not tested</span>' in page(tmp_path, load)


def test_nothing_is_said_of_an_attached_world_that_is_not_known(tmp_path: Path) -> None:
    """Neither what its systems allow nor its CPU."""
    load = {**LOAD, "attached": True, "throttling": {**LOAD["throttling"], "limit_per_s": None}}
    text = page(tmp_path, load)
    assert "is not known here" in text
    assert "did not limit the connector" not in text
    assert "CPU of the world: not measured" in text


def test_a_damaged_load_does_not_break_the_page(tmp_path: Path) -> None:
    """Members that are missing or of another type are left out; a torn file is named."""
    for name in LOAD:
        damaged = copy.deepcopy(LOAD)
        damaged[name] = ["?"]
        assert "<h2>Load</h2>" in page(tmp_path, damaged)
        del damaged[name]
        assert "<h2>Load</h2>" in page(tmp_path, damaged)
    assert "load.json is damaged" in page(tmp_path, '{"schema": 1,')


def test_a_verification_has_no_load_section(tmp_path: Path) -> None:
    """Nothing of it is shown where nothing was loaded."""
    page(tmp_path, LOAD)
    (tmp_path / "load.json").unlink()
    assert "<h2>Load</h2>" not in write_report(tmp_path).read_text()


def test_a_search_for_the_knee_is_told() -> None:
    """The answer first, then every probe."""
    probes = [{"rate_per_s": 8.0, "held": True, "broke": []}, {"rate_per_s": 12.5, "held": False, "broke": ["backlog: 9, limit 5"]}]
    text = load_summary({**LOAD, "knee": {"sentence": "Sustainable: 8 documents a second.", "probes": probes}}, VERDICT)
    assert "Sustainable: 8 documents a second." in text
    assert "12.5 documents a second: backlog: 9, limit 5" in text


def test_curves_fit_their_frame() -> None:
    """One second, nothing at all, and a long day; axes end on round numbers."""
    assert curves({}, {}) is None
    for seconds in (1, 2, 500):
        found = curves({"backlog": [7] * seconds, "offered": [1] * seconds}, {"begins_s": 0.5, "ends_s": 900})
        assert found is not None
        points = [tuple(map(float, point.split(","))) for chart in found.charts for line in chart.lines for point in line.points.split()]
        assert all(found.left <= x <= found.right and found.top <= y <= found.bottom for x, y in points)
        assert all(chart.window is not None and chart.window[0] + chart.window[1] <= found.right + 1 for chart in found.charts)
    assert [nice(value) for value in (0, 1, 3, 11, 51, 999)] == [1, 1, 5, 20, 100, 1000]
