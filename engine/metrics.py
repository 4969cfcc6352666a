"""What the engine counts, for Prometheus. Labels come from small closed sets: never an id, an amount or a text from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5)  # a call is given up after 1.5 s


@dataclass(frozen=True, slots=True)
class Declared:
    """One metric. The name is the one that /metrics shows; docs/observability.md is checked against `doc`."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    doc: str


METRICS = (
    Declared(
        "dryclose_engine_events_received_total", "counter", ("type", "outcome"),
        "Webhooks by event type and what became of them: accepted, ignored, refused (signature), unreadable, not_saved",
    ),
    Declared(
        "dryclose_engine_document_runs_total", "counter", ("flow", "outcome"),
        "Ends of runs: posted, ordered, refused, undone, nothing (settled), parked, waiting, retry",
    ),
    Declared("dryclose_engine_documents", "gauge", ("flow", "state"), "Documents by state: new, open, waiting, parked, settled"),
    Declared(
        "dryclose_engine_calls_total", "counter", ("system", "operation", "outcome"),
        "Calls sent; outcome is success or the class of the failure: transient, throttled, ambiguous, authentication, validation, ...",
    ),
    Declared(
        "dryclose_engine_call_duration_seconds", "histogram", ("system", "operation"),
        "From the first byte of a call to the last of its answer, or to giving up",
    ),
    Declared(
        "dryclose_engine_retries_total", "counter", ("flow", "reason"),
        "Runs put off to try again: system_down (a breaker is open) or again (a call failed, or the answer is not there yet)",
    ),
    Declared("dryclose_engine_checks_total", "counter", ("answer",), "Questions of people who waited: within_budget, over_budget, unknown"),
    Declared("dryclose_engine_breaker_open", "gauge", ("system",), "1 while the circuit breaker of a system lets only probes pass"),
    Declared("dryclose_engine_token_requests_total", "counter", ("outcome",), "Access tokens asked for; outcome as of calls"),
    Declared("dryclose_engine_queue_jobs", "gauge", ("status",), "Jobs in the queue: queued, picked, failed (held)"),
    Declared("dryclose_engine_queue_oldest_seconds", "gauge", (), "Age of the oldest job that nobody has taken; 0 when there is none"),
    Declared(
        "dryclose_engine_document_oldest_seconds", "gauge", (),
        "Time since the last step of the unfinished document that has stood still longest; 0 when all are at rest",
    ),
)  # fmt: skip
"""Everything that the engine's /metrics shows."""


class Meter:
    """Counters and gauges in a registry of their own, so that two engines in one process count apart."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        for each in METRICS:
            if each.kind == "counter":
                self._counters[each.name] = Counter(each.name, each.doc, each.labels, registry=self._registry)
            elif each.kind == "gauge":
                self._gauges[each.name] = Gauge(each.name, each.doc, each.labels, registry=self._registry)
            else:
                self._histograms[each.name] = Histogram(each.name, each.doc, each.labels, registry=self._registry, buckets=BUCKETS_S)

    def count(self, name: str, *labels: str) -> None:
        """One more."""
        self._counters[name].labels(*labels).inc()

    def time(self, name: str, seconds: float, *labels: str) -> None:
        """One duration."""
        self._histograms[name].labels(*labels).observe(seconds)

    def show(self, name: str, values: Mapping[tuple[str, ...], float]) -> None:
        """The values of a gauge as they are now; labels that are not named are no longer shown."""
        gauge = self._gauges[name]
        gauge.clear()
        for labels, value in values.items():
            (gauge.labels(*labels) if labels else gauge).set(value)

    def text(self) -> bytes:
        """The exposition in Prometheus' text format."""
        return generate_latest(self._registry)
