"""What the world counts, for Prometheus: read off the rows of the history as they are written, so that both always agree.

Labels come from small closed sets: never an id, an amount or a text from outside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UNDER_WAY_MAX = 20_000  # a request that never ends (its server was taken down) is forgotten at last
NONE = "none"


@dataclass(frozen=True, slots=True)
class Declared:
    """One metric. The name is the one that /metrics shows; docs/observability.md is checked against `doc`."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    doc: str


METRICS = (
    Declared(
        "dryclose_world_requests_total", "counter", ("system", "call_point", "status"),
        "Requests that ended, by the status that was put on the wire; none: no answer was sent",
    ),
    Declared(
        "dryclose_world_request_duration_seconds", "histogram", ("system", "call_point"),
        "From the arrival of a request to the end of its answer, planned waits of faults included",
    ),
    Declared("dryclose_world_faults_fired_total", "counter", ("fault", "mode"), "Faults that reached the connector, by id and mode"),
    Declared(
        "dryclose_world_events_total", "counter", ("call_point", "outcome"),
        "Delivery attempts: acknowledged (2xx), refused (4xx), failed (any other status), no_answer; dropped: never sent, by plan",
    ),
    Declared("dryclose_world_deliveries_pending", "gauge", (), "Events under way or waiting for their next attempt"),
    Declared("dryclose_world_holds", "gauge", (), "Requests held at their call points until the connector is killed"),
    Declared("dryclose_world_deferred", "gauge", (), "Postings and late commits that the systems still have to carry out"),
    Declared("dryclose_world_journals", "gauge", ("ledger",), "Journals in the ERP's books: actual, memo"),
    Declared("dryclose_world_journals_unbalanced", "gauge", ("ledger",), "Journals that do not add up to zero; anything but 0 is a defect"),
    Declared(
        "dryclose_world_trial_balances_unbalanced", "gauge", ("ledger",),
        "Company codes whose debits and credits differ; anything but 0 is a defect",
    ),
)  # fmt: skip
"""Everything that the world's /metrics shows."""

Row = Mapping[str, Any]
Gauges = Mapping[str, Mapping[tuple[str, ...], float]]


class WorldMeter:
    """Counts rows. A registry of its own: two worlds in one process count apart."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        by_kind: dict[str, Any] = {"counter": Counter, "gauge": Gauge}
        families: dict[str, Any] = {
            each.name: by_kind[each.kind](each.name, each.doc, each.labels, registry=self._registry)
            for each in METRICS
            if each.kind in by_kind
        }
        self._families = families
        self._requests: Counter = families["dryclose_world_requests_total"]
        self._faults: Counter = families["dryclose_world_faults_fired_total"]
        self._events: Counter = families["dryclose_world_events_total"]
        declared = next(each for each in METRICS if each.kind == "histogram")
        self._durations = Histogram(declared.name, declared.doc, declared.labels, registry=self._registry, buckets=BUCKETS_S)
        self._began: dict[int, int] = {}
        self._readers: dict[str, Callable[[str, int, Row], None]] = {
            "request": self._request,
            "response_end": self._response_end,
            "fault_fired": self._fault_fired,
            "event_ack": self._event_ack,
            "event_dropped": self._event_dropped,
        }

    def row(self, kind: str, node: str, mono_ns: int, columns: Row) -> None:
        """One row of the history was written."""
        reader = self._readers.get(kind)
        if reader is not None:
            reader(node, mono_ns, columns)

    def _request(self, _node: str, mono_ns: int, columns: Row) -> None:
        self._began[columns["op_id"]] = mono_ns
        if len(self._began) > UNDER_WAY_MAX:
            self._began.pop(next(iter(self._began)))

    def _response_end(self, node: str, mono_ns: int, columns: Row) -> None:
        point = columns["call_point"]
        self._requests.labels(node, point, columns.get("status", NONE)).inc()
        began = self._began.pop(columns["op_id"], None)
        if began is not None:
            self._durations.labels(node, point).observe((mono_ns - began) / 1e9)

    def _fault_fired(self, _node: str, _mono_ns: int, columns: Row) -> None:
        self._faults.labels(columns.get("fault_id", NONE), columns.get("mode", NONE)).inc()

    def _event_ack(self, _node: str, _mono_ns: int, columns: Row) -> None:
        self._events.labels(columns["call_point"], outcome_of(columns.get("status"))).inc()

    def _event_dropped(self, _node: str, _mono_ns: int, columns: Row) -> None:
        self._events.labels(columns["call_point"], "dropped").inc()

    def text(self, gauges: Gauges) -> bytes:
        """The exposition in Prometheus' text format, with the gauges as they are now."""
        for name, values in gauges.items():
            family = self._families[name]
            for labels, value in values.items():
                (family.labels(*labels) if labels else family).set(value)
        return generate_latest(self._registry)


def outcome_of(status: int | None) -> str:
    """What became of one delivery attempt."""
    if status is None:
        return "no_answer"
    if 200 <= status < 300:
        return "acknowledged"
    return "refused" if 400 <= status < 500 else "failed"
