"""docs/observability.md says what the code counts: its tables are those of the registries."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from engine.metrics import METRICS as OF_ENGINE
from engine.metrics import Meter
from mocks.kit.metrics import METRICS as OF_WORLD
from mocks.kit.metrics import WorldMeter, outcome_of
from mocks.kit.tracing import OF_ROWS

PAGE = Path("docs/observability.md")
UNITS = ("_total", "_seconds")
NO_UNIT = {
    "dryclose_engine_documents", "dryclose_engine_breaker_open", "dryclose_engine_queue_jobs", "dryclose_world_deliveries_pending",
    "dryclose_world_holds", "dryclose_world_deferred", "dryclose_world_journals", "dryclose_world_journals_unbalanced",
    "dryclose_world_trial_balances_unbalanced",
}  # fmt: skip
"""Gauges that count things have none."""


def table(metrics: Iterable[object]) -> str:
    """The rows as they must stand on the page."""
    rows = ["| metric | kind | labels | what it counts |", "|---|---|---|---|"]
    for each in metrics:
        labels = ", ".join(f"`{label}`" for label in each.labels) or "-"
        rows.append(f"| `{each.name}` | {each.kind} | {labels} | {each.doc} |")
    return "\n".join(rows)


@pytest.mark.parametrize("metrics", [OF_ENGINE, OF_WORLD], ids=["engine", "world"])
def test_the_page_has_every_metric_as_the_code_declares_it(metrics: tuple[object, ...]) -> None:
    """Name, kind, labels and meaning."""
    assert table(metrics) in PAGE.read_text("utf-8"), table(metrics)


def test_the_page_names_every_attribute_of_a_span() -> None:
    """What the rows of the history add to a span of the world."""
    assert [name for name in OF_ROWS.values() if f"`{name}`" not in PAGE.read_text("utf-8")] == []


@pytest.mark.parametrize("metric", [*OF_ENGINE, *OF_WORLD], ids=lambda metric: metric.name)
def test_names_follow_the_conventions(metric: object) -> None:
    """Counters end in _total, durations in _seconds; labels are never ids."""
    assert metric.name.endswith(UNITS) != (metric.name in NO_UNIT)
    assert (metric.kind == "counter") == metric.name.endswith("_total")
    assert not {"id", "document", "reference", "correlation_id", "txn"} & set(metric.labels)


def test_two_meters_in_one_process_count_apart() -> None:
    """No registry is shared."""
    one, other = Meter(), Meter()
    one.count("dryclose_engine_token_requests_total", "success")
    assert b'dryclose_engine_token_requests_total{outcome="success"} 1.0' in one.text()
    assert b'outcome="success"' not in other.text()


def test_a_gauge_forgets_what_is_no_longer_so() -> None:
    """A state that no document is in any more is not shown with its old figure."""
    meter = Meter()
    meter.show("dryclose_engine_documents", {("f", "open"): 2})
    meter.show("dryclose_engine_documents", {("f", "settled"): 2})
    assert b'state="open"' not in meter.text()


def test_a_request_is_timed_from_its_row_to_the_row_of_its_end() -> None:
    """Rows of other kinds change nothing; an end without a beginning is counted, not timed."""
    meter = WorldMeter()
    meter.row("request", "erp", 1_000_000_000, {"op_id": 1})
    meter.row("decision", "erp", 1_100_000_000, {"op_id": 1})
    meter.row("response_end", "erp", 1_250_000_000, {"op_id": 1, "call_point": "erp.po.create", "status": 201})
    meter.row("response_end", "erp", 1_250_000_000, {"op_id": 2, "call_point": "erp.po.create"})
    text = meter.text({}).decode()
    assert 'requests_total{call_point="erp.po.create",status="201",system="erp"} 1.0' in text
    assert 'requests_total{call_point="erp.po.create",status="none",system="erp"} 1.0' in text
    assert 'duration_seconds_sum{call_point="erp.po.create",system="erp"} 0.25' in text


@pytest.mark.parametrize(
    ("status", "outcome"), [(202, "acknowledged"), (401, "refused"), (503, "failed"), (302, "failed"), (None, "no_answer")]
)
def test_outcome_of_a_delivery(status: int | None, outcome: str) -> None:
    """One word for each kind of answer."""
    assert outcome_of(status) == outcome
